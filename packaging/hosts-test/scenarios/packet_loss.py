"""A third of all frames between the hosts is lost for a minute."""
import time

from hosts import network
from hosts.group import judged

TITLE = "30% packet loss for a minute"
EXPECTED = "no false failover at the default settings; or reported"


def run(group):
    epoch = group.epoch()
    writer = group.writer("loss")
    start = time.monotonic()
    network.lose(30)
    time.sleep(60)
    network.heal()
    whole = group.wait_until_whole()
    writer.stop()
    failovers = group.epoch() - epoch
    lost = writer.lost(group.master().address)
    text = (f"{failovers} failovers, {writer.failed_text()}, longest pause "
            f"{writer.longest_pause(start):.2f} s, {len(lost)} of {writer.count()} acknowledged "
            f"writes lost; whole {whole:.1f} s later")
    return judged(text, ("failovers", failovers, 0))
