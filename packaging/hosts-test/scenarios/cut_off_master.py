"""The master's host is cut off from both others: both ways, then one way each; clients reach all.

With min-replicas-to-write 1 the master that is cut off stops taking writes by itself."""
import time

from hosts import network
from hosts.client import Connection, StubbornWriter
from hosts.system import Failure, wait

TITLE = "the master's host is cut off"
EXPECTED = "failover on the majority's side; the old master stops within its replicas' lag"
LAG_SECONDS = 3


def cut(old, others, ways):
    for other in others:
        if ways in ("both", "out"):
            network.drop(old.number, other.number)
        if ways in ("both", "in"):
            network.drop(other.number, old.number)


def configure(group, replicas, lag):
    for host in group.hosts:
        with Connection(host.address, timeout=5) as connection:
            connection.call("CONFIG", "SET", "min-replicas-to-write", replicas)
            connection.call("CONFIG", "SET", "min-replicas-max-lag", lag)


def once(group, ways):
    old = group.master()
    others = [host for host in group.hosts if host is not old]
    writer = group.writer(f"cut-{ways}")
    stubborn = StubbornWriter(old.address, f"side-{ways}")
    stubborn.start()
    wait("the other client writes", lambda: len(stubborn.acknowledged) > 5, 30)
    cut(old, others, ways)
    cut_at = time.monotonic()
    wait("a new master", lambda: group.named(others) not in (None, old), 90)
    new = group.master(others)
    switched = time.monotonic() - cut_at
    time.sleep(LAG_SECONDS + 2)
    late = stubborn.after(cut_at)
    stopped = (late[-1] - cut_at) if late else 0.0
    network.heal()
    whole = group.wait_until_whole()
    writer.stop()
    stubborn.stop()
    if group.master() is not new:
        raise Failure("after healing there was another failover")
    lost = len(writer.lost(new.address))
    return (f"{ways}: new master {switched:.1f} s, old one took writes for {stopped:.1f} s, "
            f"{lost} lost, whole {whole:.1f} s")


def run(group):
    configure(group, 1, LAG_SECONDS)
    try:
        return "; ".join(once(group, ways) for ways in ("both", "in", "out"))
    finally:
        network.heal()
        configure(group, 0, 10)
