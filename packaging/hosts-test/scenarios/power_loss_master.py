"""The master's host loses its power; later it is switched on again, and nobody does more."""
import time

from hosts.group import judged
from hosts.system import Failure, wait

TITLE = "power loss of the master's host"
EXPECTED = "a new master under 1 s after detection; the host comes back as a replica by itself"


def run(group):
    old = group.master()
    others = [host for host in group.hosts if host is not old]
    writer = group.writer("power")
    group.wait_for_replicas()
    old.lose_power()
    lost_at = time.monotonic()
    written_at = wait("a write by a new master",
                      lambda: writer.first_after(lost_at, old.address), 60)
    outage = written_at - lost_at
    new = group.master(others)
    parts = group.last_failover()
    booted = old.boot()
    whole = group.wait_until_whole()
    writer.stop()
    if group.master() is not new:
        raise Failure("the master changed again when its host came back")
    lost = writer.lost(new.address)
    # Where sentinels record no parts, detection is what down-after says.
    after = outage - group.down_after()
    if "detect" in parts:
        after = parts["total"] - parts["detect"] - parts.get("reconfigure", 0)
    text = (f"outage {outage:.2f} s, {after:.2f} s after detection; "
            f"{len(lost)} of {writer.count()} acknowledged writes lost; "
            f"boot {booted:.1f} s, whole {whole:.1f} s later")
    return judged(text, ("seconds after detection", after, 1.0))
