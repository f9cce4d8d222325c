import Consensus
import TestSupport
import Testing

@Suite struct `The manual of rds-sentinel.conf` {
    @Test func `says what the rows say`() throws {
        var page = ManualPage(head)
        page.add(".SH THE PROCESS\n")
        page.add(ServingDirectives.rows)
        page.add(".SH ALL MASTERS\n")
        add(SentinelRow.own.filter { !$0.isLearned }, masterName: nil, to: &page)
        page.add(".SH A MASTER\n.I name\nis that of the group, which clients ask for.\n")
        add(SentinelRow.ofMasters.filter { !$0.isLearned }, masterName: "name", to: &page)
        page.add(
            ".SH WRITTEN BY THE SENTINEL\nWhat it learned and whom it voted for. Not to be edited.\n"
        )
        add(SentinelRow.own.filter(\.isLearned), masterName: nil, to: &page)
        add(SentinelRow.ofMasters.filter(\.isLearned), masterName: "name", to: &page)
        page.add(foot)
        #expect(
            try page.isCommitted(as: "rds-sentinel.conf.5"), "RDS_REGENERATE=1 writes it anew")
    }

    private func add(_ rows: [SentinelRow], masterName: String?, to page: inout ManualPage) {
        for row in rows {
            let words = ([masterName].compactMap(\.self) + row.arguments)
                .map { $0.replacing("|", with: "\\fR|\\fP") }
            let line =
                ".BI \"sentinel \(ManualPage.escaped(row.name)) \" \""
                + "\(ManualPage.escaped(words.joined(separator: " ")))\""
            var sentences = [ManualPage.sentence(row.summary)]
            if !row.defaultValue.isEmpty { sentences.append("Default: \(row.defaultValue).") }
            page.addEntry(line.replacing("\\efR|\\efP", with: "\\fR|\\fP"), sentences)
        }
    }

    private let head = """
        .\\" Made of the rows in Sources/Consensus/Settings; ConsensusTests holds the two together.
        .TH RDS-SENTINEL.CONF 5 "" "rds" "File Formats"
        .SH NAME
        rds-sentinel.conf \\- configuration of rds\\-sentinel
        .SH DESCRIPTION
        The format is that of sentinel.conf of Redis, and of
        .BR rds.conf (5):
        a line holds a directive and its arguments; # begins a comment;
        .B include
        reads another file. Directives may also stand on the command line, with two dashes before them.
        What else redis.conf may hold is known by name and passed over.
        .PP
        Without
        .B state\\-file
        the sentinel keeps its state in this file, and rewrites it in place. With it this file is only
        read: the state is kept in the other one, beside what this file said; a line that is changed here
        since counts again from the next start on, and the log says so. What is learned (epochs, votes,
        replicas, other sentinels) is then the state's, unless the address of the master was changed here.

        """

    private let foot = """
        .SH SEE ALSO
        .BR rds\\-sentinel (1),
        .BR rds.conf (5),
        .BR rds\\-cli (1)

        """
}
