"""Sentinels without a majority decide nothing: first one that is cut off with its replica's host,
then all three that do not reach each other while the master is gone."""
import time

from hosts import network
from hosts.client import SENTINEL_PORT
from hosts.system import Failure, wait

TITLE = "sentinels without a majority"
EXPECTED = "no failover before a majority is heard"


def one_alone(group):
    master = group.master()
    epoch = group.epoch()
    alone, other = [host for host in group.hosts if host is not master]
    network.part(alone.number, master.number)
    network.part(alone.number, other.number)
    group.hold(3 * group.down_after(), master, epoch)
    network.heal()
    whole = group.wait_until_whole()
    group.expect_no_failover(master, epoch)
    return f"one alone: none in {3 * group.down_after():.0f} s, whole {whole:.1f} s after healing"


def all_apart(group):
    master = group.master()
    others = [host for host in group.hosts if host is not master]
    down_after = group.down_after()
    for host in group.hosts:
        network.block(host.address, SENTINEL_PORT, "forward")
    master.lose_power()
    end = time.monotonic() + 3 * down_after
    while time.monotonic() < end:
        if any(group.named([host]) is not master for host in others):
            raise Failure("a sentinel without a majority named another master")
        time.sleep(0.2)
    network.heal()
    healed_at = time.monotonic()
    wait("a new master", lambda: group.named(others) not in (None, master), 60)
    switched = time.monotonic() - healed_at
    master.boot()
    whole = group.wait_until_whole()
    return (f"all apart without a master: none in {3 * down_after:.0f} s, "
            f"{switched:.1f} s after healing, whole {whole:.1f} s after its boot")


def run(group):
    return f"{one_alone(group)}; {all_apart(group)}"
