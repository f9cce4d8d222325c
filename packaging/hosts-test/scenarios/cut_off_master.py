"""The master's host is cut off from both others: both ways, then one way each. Clients are on both
sides: one on the master's own host, one on another.

With min-replicas-to-write 1 the master that is cut off stops taking writes by itself."""
import time

from hosts import network
from hosts.client import Connection
from hosts.group import Missed, judged
from hosts.system import Failure, wait

TITLE = "the master's host is cut off"
EXPECTED = "failover on the majority's side; the old master stops within its replicas' lag"
LAG_SECONDS = 3
# On top of the lag: replicas acknowledge every second, and lag is counted in whole seconds.
ROUNDING_SECONDS = 2.2


def cut(old, others, ways):
    for other in others:
        if ways in ("both ways", "outwards"):
            network.drop(old.number, other.number)
        if ways in ("both ways", "inwards"):
            network.drop(other.number, old.number)


def configure(group, replicas, lag):
    for host in group.hosts:
        with Connection(host.address, timeout=5) as connection:
            connection.call("CONFIG", "SET", "min-replicas-to-write", replicas)
            connection.call("CONFIG", "SET", "min-replicas-max-lag", lag)


def once(group, ways):
    old = group.master()
    others = [host for host in group.hosts if host is not old]
    many = group.writer(f"many-{ways[:3]}", others[0])
    few = group.writer(f"few-{ways[:3]}", old)
    cut(old, others, ways)
    cut_at = time.monotonic()
    written_at = wait("a write on the majority's side by a new master",
                      lambda: many.first_after(cut_at, old.address), 90)
    new = group.master(others)
    # What is cut off has had its time to do wrong.
    time.sleep(max(0.0, 3 * LAG_SECONDS - (time.monotonic() - cut_at)))
    late = few.after(cut_at)
    alone = group.named([old])
    network.heal()
    whole = group.wait_until_whole()
    many.stop()
    few.stop()
    if alone is not old:
        raise Failure(f"the sentinel that was alone named {alone and alone.name}")
    if group.master() is not new:
        raise Failure("after healing there was another failover")
    stopped = (late[-1] - cut_at) if late else 0.0
    if stopped > LAG_SECONDS + ROUNDING_SECONDS:
        raise Failure(f"the master that was cut off {ways} took writes for {stopped:.1f} s")
    lost = len(many.lost(new.address))
    text = (f"{ways}: new master after {written_at - cut_at:.1f} s, the old one took writes for "
            f"{stopped:.1f} s ({len(few.lost(new.address))} are gone), "
            f"{lost} of the others' lost, whole {whole:.1f} s after healing")
    return judged(text, ("lost writes", lost, 0),
                  ("seconds of outage", written_at - cut_at, group.down_after() + 2))


def run(group):
    configure(group, 1, LAG_SECONDS)
    try:
        results = [once(group, ways) for ways in ("both ways", "inwards", "outwards")]
    finally:
        network.heal()
        configure(group, 0, 10)
    kind = Missed if any(isinstance(result, Missed) for result in results) else str
    return kind("; ".join(results))
