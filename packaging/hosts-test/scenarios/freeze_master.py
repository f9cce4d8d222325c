"""The master's host stands still for three times down-after, then goes on as if nothing was."""
import time

from hosts.client import StubbornWriter
from hosts.group import judged
from hosts.system import Failure, wait

TITLE = "freeze of the master's host"
EXPECTED = "a failover; on thaw the old master takes no write that would be lost"


def run(group):
    old = group.master()
    still = 3 * group.down_after()
    others = [host for host in group.hosts if host is not old]
    writer = group.writer("freeze")
    # It comes when the old master stands still already, and waits for it.
    stubborn = StubbornWriter(old.address, "thaw")
    old.freeze()
    frozen_at = time.monotonic()
    try:
        written_at = wait("a write by a new master",
                          lambda: writer.first_after(frozen_at, old.address), 60)
        new = group.master(others)
        stubborn.start()
        time.sleep(max(0.0, still - (time.monotonic() - frozen_at)))
    finally:
        old.thaw()
    thawed_at = time.monotonic()
    whole = group.wait_until_whole()
    writer.stop()
    stubborn.stop()
    late = len(stubborn.after(thawed_at))
    if late:
        raise Failure(f"{late} writes were taken by the old master after its thaw")
    lost = writer.lost(group.master().address)
    outage = written_at - frozen_at
    text = (f"outage {outage:.2f} s, new master {new.name}; no write taken by the old one after "
            f"its thaw; {len(lost)} of {writer.count()} acknowledged writes lost; "
            f"whole {whole:.1f} s later")
    return judged(text, ("seconds of outage", outage, group.down_after() + 2))
