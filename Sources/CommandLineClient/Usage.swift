/// What --help prints.
public enum Usage {
    /// The whole text.
    public static let text = """
        rds-cli \(ClientVersion.text)

        Usage: rds-cli [OPTIONS] [cmd [arg [arg ...]]]
               rds-cli ha init|status ...   Make a group, or see how it is: rds-cli ha --help
          -h <hostname>      Host of the server (default: 127.0.0.1).
          -p <port>          Port of the server (default: 6379).
          -t <seconds>       How long connecting may take, such as 0.5 (default: no limit).
          -s <socket>        Unix socket of the server, instead of host and port.
          -a <password>      Password to authenticate with. The variable REDISCLI_AUTH says it
                             without showing it to others; this option goes before it.
          --user <username>  User to authenticate as; goes with a password.
          --pass <password>  The same as -a.
          --askpass          Ask for the password at the terminal.
          -u <uri>           redis://user:password@host:port/database, any part may be missing.
          -r <repeat>        Execute the command this many times; negative: for ever.
          -i <interval>      Seconds to wait between repetitions, such as 0.1.
          -n <db>            Database to select.
          -2                 Speak RESP2.
          -3                 Speak RESP3.
          -4, -6             Connect over IPv4 or IPv6 alone.
          -x                 Standard input is the last argument.
          -X <tag>           Standard input takes the place of the argument <tag>.
          -d <delimiter>     Between the elements of a raw reply (default: a line feed).
          -D <delimiter>     After each raw reply (default: a line feed).
          -e                 Exit with 1 when the reply is an error, which goes to standard error.
          --raw              Print replies as they are (default when output is no terminal).
          --no-raw           Print replies for people even when output is no terminal.
          --quoted-input     Arguments are quoted strings: '"\\x00"' is one byte.
          --csv              Print replies as comma-separated values.
          --json             Print replies as JSON (prefers RESP3).
          --quoted-json      Print replies as JSON of ASCII characters (prefers RESP3).
          --show-pushes <yn> Whether to print RESP3 pushes (default: when output is a terminal).
          --pipe             Transfer protocol from standard input to the server.
          --pipe-timeout <n> Give a transfer up after n seconds without reply (default: 30;
                             0: never).
          --eval <file>      Evaluate a Lua script: keys, a comma, arguments.
          --no-auth-warning  Do not warn of passwords on the command line.
          --verbose          Tell more.
          --help             Print this and exit.
          --version          Print the version and exit.

        Without a command rds-cli reads commands from the terminal; "help" tells more there.

        Examples:
          rds-cli set greeting hello
          rds-cli -r 10 -i 1 info clients
          rds-cli -x set page < page.html
          rds-cli --quoted-input set '"a\\x00b"' value
          rds-cli -D "" --raw dump key > key.dump
          rds-cli -X value restore copy 0 value < key.dump

        """
}
