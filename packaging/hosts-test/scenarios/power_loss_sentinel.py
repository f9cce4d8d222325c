"""A sentinel on a host of its own loses its power; so does the process of another, by a signal."""
import time

from hosts.group import judged

TITLE = "power loss of a sentinel's host"
EXPECTED = "no failover, no failed write; it comes back by itself"
DARK_SECONDS = 10


def run(group):
    master = group.master()
    epoch = group.epoch()
    writer = group.writer("sentinel")
    since = time.monotonic()
    # The process alone: the service manager starts it again.
    master.enter("systemctl", "kill", "-s", "KILL", "rds-sentinel")
    restarted = group.wait_until_whole()
    with group.sentinel_host(master) as host:
        group.wait_until_whole()
        host.lose_power()
        time.sleep(DARK_SECONDS)
        told = group.problem(master, host.address)
        booted = host.boot()
        whole = group.wait_until_whole()
    writer.stop()
    group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    text = (f"killed: whole after {restarted:.1f} s; without power: '{told}', boot {booted:.1f} s, "
            f"whole {whole:.1f} s later; no failover, {writer.failed_text()}, longest pause "
            f"{writer.longest_pause(since):.2f} s")
    return judged(text, ("failed writes", writer.unanswered, 0))
