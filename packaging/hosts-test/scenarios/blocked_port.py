"""A packet filter blocks ports of a replica's host: its server's, then its sentinel's."""
from hosts import network
from hosts.client import SENTINEL_PORT, SERVER_PORT
from hosts.system import wait

TITLE = "a blocked port"
EXPECTED = "ha status says so; no failover"


def once(group, host, port, master):
    epoch = group.epoch()
    try:
        network.block(host.address, port, "forward", "output")
        told = wait("ha status tells of it",
                    lambda: group.problem(master, f"{host.address}:{port}"), 60)
        group.hold(3 * group.down_after(), master, epoch)
    finally:
        network.heal()
    group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    return f"'{told}'"


def run(group):
    master = group.master()
    replica = next(host for host in group.hosts if host is not master)
    return (f"{once(group, replica, SERVER_PORT, master)}; "
            f"{once(group, replica, SENTINEL_PORT, master)}; no failover")
