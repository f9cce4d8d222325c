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
    text = (f"{writer.failed_text()}, longest pause {pause:.2f} s, {len(lost)} of "
            f"{writer.count()} acknowledged writes lost")
    return judged(text, ("seconds of pause", pause, 0.3), ("failed writes", writer.unanswered, 0),
                  ("lost writes", len(lost), 0))
