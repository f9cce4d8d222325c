"""The host of a replica loses its power, and its sentinel with it: no reason for a failover."""
import time

from hosts.system import Failure

TITLE = "power loss of a replica's host"
EXPECTED = "no failover, no failed write; the host comes back by itself"
# Well past down-after: what could go wrong would have gone wrong.
DARK_SECONDS = 10


def run(group):
    master = group.master()
    epoch = group.epoch()
    replica = next(host for host in group.hosts if host is not master)
    writer = group.writer("replica")
    start = time.monotonic()
    replica.lose_power()
    time.sleep(DARK_SECONDS)
    booted = replica.boot()
    whole = group.wait_until_whole()
    writer.stop()
    if group.master() is not master or group.epoch() != epoch:
        raise Failure("there was a failover")
    return (f"no failover, {writer.failures} failed writes, longest pause "
            f"{writer.longest_pause(start):.2f} s; boot {booted:.1f} s, "
            f"whole {whole:.1f} s later")
