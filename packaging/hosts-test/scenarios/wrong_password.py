"""One server has another password than the rest of the group: first a replica, then the master."""
from hosts.client import SERVER_PORT, Connection
from hosts.system import wait

TITLE = "a wrong password on one node"
EXPECTED = "ha status and the journals say so; no failover"


def once(group, host, master):
    epoch = group.epoch()
    asked = next(other for other in group.hosts if other not in (host, master))
    with Connection(host.address, timeout=5) as connection:
        connection.call("CONFIG", "SET", "requirepass", "another")
        # Who is connected stays let in: the sentinels must come anew.
        connection.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try:
            told = wait("ha status tells of it", lambda: group.problem(asked, host.address), 60)
            refused = f"{host.address}:{SERVER_PORT} refuses this sentinel"
            wait("a sentinel's journal tells of it",
                 lambda: refused in asked.journal("rds-sentinel", 300), 30)
            group.hold(3 * group.down_after(), master, epoch)
        finally:
            connection.call("CONFIG", "SET", "requirepass", "")
    group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    return f"'{told}'"


def run(group):
    master = group.master()
    replica = next(host for host in group.hosts if host is not master)
    return (f"replica: {once(group, replica, master)}; master: {once(group, master, master)}; "
            "no failover")
