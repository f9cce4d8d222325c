"""Every server in turn is stopped, started and restarted by systemctl, under load."""
import time

from hosts.group import judged

TITLE = "systemctl stop, start, restart of each server"
EXPECTED = "a master hands over; no failed write, no pause over 0.3 s"


def run(group):
    writer = group.writer("stop")
    since = time.monotonic()
    epoch = group.epoch()
    for host in group.hosts:
        for words in (("stop",), ("start",), ("restart",)):
            host.enter("systemctl", *words, "rds-server")
            if words != ("stop",):
                group.wait_until_whole()
    writer.stop()
    pause = writer.longest_pause(since)
    lost = writer.lost(group.master().address)
    text = (f"{group.epoch() - epoch} epochs, {writer.failed_text()}, longest pause {pause:.2f} s, "
            f"{len(lost)} of {writer.count()} acknowledged writes lost")
    return judged(text, ("seconds of pause", pause, 0.3), ("failed writes", writer.failures, 0),
                  ("lost writes", len(lost), 0))
