"""The disk of a sentinel's host is full: what it cannot store it does not promise."""
import time

from hosts.client import SENTINEL_PORT, Connection, ErrorReply
from hosts.group import judged
from hosts.system import Failure, wait

TITLE = "a sentinel's disk is full"
EXPECTED = "it says so and gives no vote; with room again it does, by itself"


def run(group):
    master = group.master()
    full, other = [host for host in group.hosts if host is not master]
    with full.small_disk("rds-sentinel", "/var/lib/rds-sentinel"):
        group.wait_until_whole()
        down_after = group.down_after()
        full.fill("/var/lib/rds-sentinel")
        with Connection(full.address, SENTINEL_PORT, timeout=5) as connection:
            try:
                connection.call("SENTINEL", "FLUSHCONFIG")
                raise Failure("a full disk took the sentinel's state")
            except ErrorReply:
                pass
        told = wait("ha status tells of it", lambda: group.problem(other, full.address), 30)
        master.lose_power()
        end = time.monotonic() + 3 * down_after
        while time.monotonic() < end:
            if any(group.named([host]) is not master for host in (full, other)):
                raise Failure("there was a failover by one vote of three")
            time.sleep(0.2)
        full.free("/var/lib/rds-sentinel")
        freed_at = time.monotonic()
        wait("a new master", lambda: group.named([full, other]) not in (None, master), 60)
        switched = time.monotonic() - freed_at
        master.boot()
        whole = group.wait_until_whole()
    group.wait_until_whole()
    text = (f"'{told}'; no failover by one vote in {3 * down_after:.0f} s, one {switched:.1f} s "
            f"after there was room again; whole {whole:.1f} s after the boot")
    return judged(text, ("seconds until the failover", switched, 5))
