import Server
import TestSupport
import Testing

@Suite struct `The manual of rds.conf` {
    @Test func `says what the rows say`() throws {
        var page = ManualPage(head)
        for (title, rows) in ServerDirectives.families {
            page.add(".SS \(title)\n")
            page.add(rows)
        }
        page.add(foot)
        #expect(try page.isCommitted(as: "rds.conf.5"), "RDS_REGENERATE=1 writes it anew")
    }

    private let head = """
        .\\" Made of the rows in Sources/Server/Settings; ServerTests holds the two together.
        .TH RDS.CONF 5 "" "rds" "File Formats"
        .SH NAME
        rds.conf \\- configuration of rds\\-server
        .SH DESCRIPTION
        A line holds a directive and its arguments, divided by blanks. Arguments with blanks stand in
        single or double quotes; within double quotes \\en, \\er, \\et, \\eb, \\ea, \\exHH and a
        backslash before any other byte are understood. A line that begins with # is a comment.
        .PP
        .BI include " path"
        reads another file in its place;
        .I path
        may hold the wildcards *, ? and [...].
        .BI rename\\-command " name new\\-name"
        gives a command another name, or none if it is empty.
        Every directive may also stand on the command line, with two dashes before it.
        .PP
        Sizes are bytes, or have a unit: k, m, g count by 1000, kb, mb, gb by 1024.
        .PP
        A value that promises what this version does not do stops the start.
        .PP
        With
        .B state\\-file
        this file is only read: what is changed at run time is kept in the state file, each value with
        the one that it overrode. Where this file says something else since, this file counts, and the
        log says so. Without it CONFIG REWRITE and every change of the master rewrite this file in place.
        .SH DIRECTIVES

        """

    private let foot = """
        .SH SEE ALSO
        .BR rds\\-server (1),
        .BR rds\\-sentinel.conf (5),
        .BR rds\\-cli (1)

        """
}
