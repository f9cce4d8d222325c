"""One bridge, a network namespace and a cable for each host, and what goes wrong with them."""
import ctypes

from .system import run

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)

BRIDGE = "rdsbr0"
TABLE = "rds-hosts"
# This machine's own address on the bridge: where clients live that no fault meets.
CLIENT = "10.77.0.254"


def address(number):
    return f"10.77.0.{number}"


def namespace(number):
    return f"rds{number}"


def cable(number):
    return f"rdsv{number}"


def enter(name):
    """From now on the sockets of the calling thread are those of a process on that host."""
    with open(f"/run/netns/{name}", "rb") as file:
        if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def make(count):
    run("ip", "link", "add", BRIDGE, "type", "bridge")
    run("ip", "addr", "add", f"{CLIENT}/24", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    for number in range(1, count + 1):
        add(number)
    # A table of its own, so that the machine's rules stay as they are.
    run("nft", "-f", "-", input=f"""
        table bridge {TABLE} {{
            chain forward {{ type filter hook forward priority 0; policy accept; }}
            chain input {{ type filter hook input priority 0; policy accept; }}
            chain output {{ type filter hook output priority 0; policy accept; }}
        }}""")


def add(number):
    """The namespace and the cable of a host."""
    name = namespace(number)
    run("ip", "netns", "add", name)
    run("ip", "link", "add", cable(number), "type", "veth", "peer", "name", "eth0", "netns", name)
    run("ip", "link", "set", cable(number), "master", BRIDGE, "up")
    run("ip", "-n", name, "addr", "add", f"{address(number)}/24", "dev", "eth0")
    run("ip", "-n", name, "link", "set", "eth0", "up")
    run("ip", "-n", name, "link", "set", "lo", "up")


def take(number):
    run("ip", "link", "del", cable(number), check=False)
    run("ip", "netns", "del", namespace(number), check=False)


def remove(count):
    """Takes everything away, also what an earlier run left behind."""
    run("nft", "delete", "table", "bridge", TABLE, check=False)
    for number in range(1, count + 1):
        take(number)
    run("ip", "link", "del", BRIDGE, check=False)


def unplug(number):
    run("ip", "link", "set", cable(number), "down")


def plug(number):
    run("ip", "link", "set", cable(number), "up")


def drop(source, target):
    """Frames of one host no longer reach the other."""
    run("nft", "add", "rule", "bridge", TABLE, "forward", "iifname", cable(source), "oifname",
        cable(target), "drop")


def part(one, other):
    """Neither host reaches the other."""
    drop(one, other)
    drop(other, one)


def block(address, port, *chains):
    """Other hosts no longer reach a port; nor this machine, where `output` is named."""
    for chain in chains:
        run("nft", "add", "rule", "bridge", TABLE, chain, "ip", "daddr", address, "tcp", "dport",
            str(port), "drop")


def lose(percent):
    """So many frames of every hundred between hosts are lost."""
    run("nft", "add", "rule", "bridge", TABLE, "forward", "numgen", "random", "mod", "100", "<",
        str(percent), "drop")


def heal():
    """All frames go through again."""
    for chain in ("forward", "input", "output"):
        run("nft", "flush", "chain", "bridge", TABLE, chain)
