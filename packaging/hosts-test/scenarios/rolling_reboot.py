"""Every host in turn is rebooted cleanly, under load."""
import time

from hosts.group import judged

TITLE = "rolling reboot of all hosts"
EXPECTED = "the group survives; no failed write, no pause over 0.3 s"


def run(group):
    writer = group.writer("reboot")
    since = time.monotonic()
    for host in group.hosts:
        host.shut_down()
        host.boot()
        group.wait_until_whole()
    writer.stop()
    pause = writer.longest_pause(since)
    lost = writer.lost(group.master().address)
    return judged(
        f"{writer.failures} failed writes, longest pause {pause:.2f} s, "
        f"{len(lost)} of {writer.count()} acknowledged writes lost", pause, 0.3)
