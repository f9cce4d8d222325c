"""A host with a replica and a sentinel is cut off: one sentinel alone may not decide anything."""
from hosts import network

TITLE = "sentinels without a majority are cut off"
EXPECTED = "no failover"


def run(group):
    master = group.master()
    epoch = group.epoch()
    alone, other = [host for host in group.hosts if host is not master]
    network.part(alone.number, master.number)
    network.part(alone.number, other.number)
    group.hold(3 * group.down_after(), master, epoch)
    network.heal()
    whole = group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    return f"no failover in {3 * group.down_after():.0f} s; whole {whole:.1f} s after healing"
