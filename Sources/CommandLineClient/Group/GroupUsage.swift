/// What `rds-cli ha --help` prints.
public enum GroupUsage {
    /// The whole text.
    public static let text = """
        Usage: rds-cli ha init --name NAME --hosts HOST,HOST,HOST [OPTIONS]
               rds-cli ha status [-h HOST] [-p PORT] [--name NAME] [--json] [OPTIONS]

        init makes a group of one master, its replicas and their sentinels, out of servers and
        sentinels that run and are empty. The first host becomes the master. What is of the group
        already stays as it is, so that init can be run again at any time.
          --hosts <hosts>    HOST, HOST:PORT or HOST:PORT:SENTINELPORT, with commas between them.
          --server-port <n>  Port of servers where a host has none (default: 6379).
          --sentinel-port <n>  Port of sentinels where a host has none (default: 26379).
          --quorum <n>       Sentinels that must agree that the master is down (default: majority).
          --down-after <ms>  Silence after which it counts as down (default: 5000).
          --failover-timeout <ms>  Bound of a failover's steps (default: 10000).
          --adopt-data       The first server may hold data: they become the group's.
          --dry-run          Say what would be done, and stop.
          --yes              Do not ask at a terminal.
          --timeout <s>      How long to wait until all agree (default: 60).

        status asks a sentinel (default: 127.0.0.1:26379), and then everybody whom it knows.
          --json             One line for machines.
          --timeout <s>      How long to wait for an answer (default: 2).

        Both:
          --name <name>      The group; status needs it where a sentinel watches several.
          --password-file <file>  The first line is the password of servers and sentinels. init
                             sets it where a server has none. REDISCLI_AUTH says it, too.
          --sentinel-password-file <file>  The password of the sentinels, if it is another.

        Exit status of status: 0 healthy; 1 degraded: the master takes writes, but something is
        wrong; 2 down: no master takes writes, no sentinel answers, or there is no such group.
        Exit status of init: 0 the group is formed; 1 not all agreed in time, or the group was
        formed and something is wrong with it; 2 refused: nothing was changed.
        Both: 3 wrong options.

        """
}
