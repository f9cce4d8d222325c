"""Every server in turn is stopped, started and restarted by systemctl, under load."""
import time

from hosts.group import judged

TITLE = "systemctl restart, stop and start of each server"
EXPECTED = "a master hands over; no failed write, no pause over 0.3 s"


def run(group):
    writer = group.writer("stop")
    since = time.monotonic()
    epoch = group.epoch()
    for actions in (("restart",), ("stop", "start")):
        # The master last: then it is another one each time.
        for host in sorted(group.hosts, key=lambda host: host is group.master()):
            for action in actions:
                host.enter("systemctl", action, "rds-server")
            group.wait_until_whole()
    writer.stop()
    pause = writer.longest_pause(since)
    lost = writer.lost(group.master().address)
    text = (f"{group.epoch() - epoch} epochs, {writer.failed_text()}, longest pause {pause:.2f} s, "
            f"{len(lost)} of {writer.count()} acknowledged writes lost")
    return judged(text, ("seconds of pause", pause, 0.3), ("failed writes", writer.unanswered, 0),
                  ("lost writes", len(lost), 0))
