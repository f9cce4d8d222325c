"""The disk of the master's data is full: it cannot save, so it takes no writes, and is replaced."""
import os
import time

from hosts.client import Connection, ErrorReply
from hosts.system import Failure, wait

TITLE = "disk full on the master"
EXPECTED = "reads go on, writes get MISCONF, the group fails over"


def in_service(host, *words, check=True):
    """Runs a command where the server's own view of the files holds."""
    pid = host.enter("systemctl", "show", "-p", "MainPID", "--value", "rds-server").strip()
    return host.enter("nsenter", "-t", pid, "-m", *words, check=check)


def write(connection):
    """What a write is answered with."""
    try:
        return connection.call("SET", "disk", time.time())
    except ErrorReply as error:
        return str(error)


def run(group):
    old = group.master()
    writer = group.writer("disk")
    with Connection(old.address, timeout=20) as connection:
        connection.pipeline([("SET", f"filler:{n}", os.urandom(5000).hex()) for n in range(200)])
        directory = connection.call("CONFIG", "GET", "dir")[1]
        group.wait_for_replicas()
        in_service(old, "mount", "-t", "tmpfs", "-o", "size=256k,mode=0777", "tmpfs", directory)
        full_at = time.monotonic()
        try:
            connection.call("BGSAVE")
            wait("writes get MISCONF", lambda: write(connection).startswith("MISCONF"), 30)
            if connection.call("GET", "filler:0") is None:
                raise Failure("reads do not go on")
            written_at = wait("a write by a new master",
                              lambda: writer.first_after(full_at, old.address), 60)
        finally:
            in_service(old, "umount", "-l", directory, check=False)
    with Connection(old.address, timeout=20) as connection:
        connection.call("SAVE")
    whole = group.wait_until_whole()
    writer.stop()
    lost = writer.lost(group.master().address)
    return (f"outage {written_at - full_at:.2f} s, {len(lost)} of {writer.count()} acknowledged "
            f"writes lost, whole {whole:.1f} s after there was room")
