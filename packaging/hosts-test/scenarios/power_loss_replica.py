"""The host of a replica loses its power, and its sentinel with it: no reason for a failover."""
import time

from hosts.group import judged

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
    group.expect_no_failover(master, epoch)
    text = (f"no failover, {writer.failed_text()}, longest pause "
            f"{writer.longest_pause(start):.2f} s; boot {booted:.1f} s, whole {whole:.1f} s later")
    return judged(text, ("failed writes", writer.unanswered, 0))
