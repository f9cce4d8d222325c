"""The disk of the master's host is full: a snapshot fails, so that writes are refused."""
import time

from hosts.client import Connection, ErrorReply
from hosts.group import judged
from hosts.system import Failure, wait

TITLE = "the master's disk is full"
EXPECTED = "reads go on, writes get MISCONF, a failover; with room again it is a good replica"


def refusal(connection):
    """The error that a write gets; None when it is done."""
    try:
        connection.call("SET", "probe", 1)
        return None
    except ErrorReply as error:
        return str(error)


def run(group):
    old = group.master()
    others = [host for host in group.hosts if host is not old]
    with old.small_disk("rds-server", "/var/lib/rds"):
        # Its restart made another the master.
        group.wait_until_whole()
        group.promote(old)
        writer = group.writer("disk")
        group.wait_for_replicas()
        with Connection(old.address, timeout=5) as connection:
            points = connection.call("CONFIG", "GET", "save")[1]
            old.fill("/var/lib/rds")
            connection.call("CONFIG", "SET", "save", "1 1")
            error = wait("writes are refused", lambda: refusal(connection), 30)
            full_at = time.monotonic()
            if not error.startswith("MISCONF"):
                raise Failure(f"writes are refused by: {error}")
            told = wait("ha status tells of it", lambda: group.problem(others[0], old.address))
            while group.named(others) is old:
                if connection.call("GET", f"disk:{writer.acknowledged[0][1]}") is None:
                    raise Failure("a read finds nothing")
                if time.monotonic() - full_at > 60:
                    raise Failure("no failover in 60 s")
                time.sleep(0.05)
        written_at = wait("a write by a new master",
                          lambda: writer.first_after(full_at, old.address), 60)
        new = group.master(others)
        wait("the old master follows", lambda: group.follows(old, new), 60)
        old.free("/var/lib/rds")
        whole = group.wait_until_whole()
        with Connection(old.address, timeout=5) as connection:
            connection.call("CONFIG", "SET", "save", points)
        writer.stop()
        lost = writer.lost(new.address)
    group.wait_until_whole()
    text = (f"MISCONF, '{told}'; first write by a new master after {written_at - full_at:.2f} s; "
            f"{len(lost)} of {writer.count()} acknowledged writes lost; "
            f"whole {whole:.1f} s after there was room again")
    return judged(text, ("lost writes", len(lost), 0))
