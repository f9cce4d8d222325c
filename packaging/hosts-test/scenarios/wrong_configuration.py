"""A bad line in a configuration file of a replica's host: a reload keeps what runs, a restart
fails and says where."""
from hosts.system import Failure, wait

TITLE = "a wrong line in a configuration file"
EXPECTED = "the unit fails clearly, the journal and ha status say so; no failover"
LINE = "no-such-directive yes"


def once(group, host, unit, path, member, master):
    epoch = group.epoch()
    host.enter("sh", "-c", f"cp -a {path} {path}.kept && echo {LINE} >>{path}")
    number = host.enter("wc", "-l", path).split()[0]
    try:
        host.enter("systemctl", "reload", unit, check=False)
        if host.enter("systemctl", "is-active", unit, check=False).strip() != "active":
            raise Failure(f"{unit}: a reload of a wrong file ended it")
        host.enter("systemctl", "restart", unit, check=False)
        journal = wait("the journal tells of the line", lambda: next(
            (line for line in reversed(host.journal(unit, 50).splitlines())
             if "no-such-directive" in line and number in line), None), 30)
        state = host.enter("systemctl", "show", "-p", "ActiveState,SubState", "--value", unit)
        told = wait("ha status tells of it", lambda: group.problem(master, member), 60)
        group.hold(3 * group.down_after(), master, epoch)
    finally:
        host.enter("mv", f"{path}.kept", path)
        host.enter("systemctl", "restart", unit)
    group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    return (f"{unit} is {'/'.join(state.split())}, its journal says "
            f"'{journal.split(': ', 1)[1]}', status '{told}'")


def run(group):
    master = group.master()
    host = next(host for host in group.hosts if host is not master)
    server = once(group, host, "rds-server", "/etc/rds/rds.conf", f"{host.address}:6379", master)
    sentinel = once(group, host, "rds-sentinel", "/etc/rds/sentinel.conf",
                    f"{host.address}:26379", master)
    return f"{server}; {sentinel}; no failover"
