"""The whole site loses its power at once, and is switched on again."""
from hosts.client import Connection
from hosts.system import Failure

TITLE = "power loss of all hosts at once"
EXPECTED = "the same master, all data that were saved, without a person"


def run(group):
    master = group.master()
    with Connection(master.address, timeout=20) as connection:
        connection.pipeline([("SET", f"site:{n}", n) for n in range(1000)])
    group.wait_for_replicas()
    for host in group.hosts:
        with Connection(host.address, timeout=20) as connection:
            connection.call("SAVE")
    for host in group.hosts:
        host.lose_power()
    booted = max(host.boot() for host in group.hosts)
    whole = group.wait_until_whole()
    if group.master() is not master:
        raise Failure(f"the master was {master.name} and is {group.master().name}")
    with Connection(master.address, timeout=20) as connection:
        replies = connection.pipeline([("GET", f"site:{n}") for n in range(1000)])
    missing = sum(reply != str(n) for n, reply in enumerate(replies))
    if missing:
        raise Failure(f"{missing} of 1000 saved keys are gone")
    return f"same master, 1000 of 1000 keys; boot {booted:.1f} s, whole {whole:.1f} s later"
