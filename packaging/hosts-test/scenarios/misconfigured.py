"""A password that only one node has, and a port that is blocked: told clearly, no failover."""
from hosts import network
from hosts.client import Connection
from hosts.system import Failure, run as command, wait

TITLE = "wrong password on one node, a blocked port"
EXPECTED = "ha status says what is wrong; no failover"


def problems(group, asked):
    return [problem["text"] for problem in group.status(asked).get("problems", [])]


def told(group, asked, address):
    """The problem of a server, as soon as it is told."""
    def find():
        return next((text for text in problems(group, asked) if address in text), None)
    return wait(f"ha status tells of {address}", find, 60, 0.2)


def run(group):
    master = group.master()
    epoch = group.epoch()
    replica = next(host for host in group.hosts if host is not master)
    connection = Connection(replica.address, timeout=5)
    try:
        connection.call("CONFIG", "SET", "requirepass", "another")
        password = told(group, master, replica.address)
        group.hold(3 * group.down_after(), master, epoch)
    finally:
        connection.call("CONFIG", "SET", "requirepass", "")
        connection.close()
    group.wait_until_whole()
    try:
        for chain in ("forward", "output"):
            command("nft", "add", "rule", "bridge", network.TABLE, chain, "ip", "daddr",
                    replica.address, "tcp", "dport", "6379", "drop")
        port = told(group, master, replica.address)
        group.hold(3 * group.down_after(), master, epoch)
    finally:
        network.heal()
    whole = group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    if password == port:
        raise Failure(f"both are told alike: {port}")
    return f"'{password}'; '{port}'; whole {whole:.1f} s later"
