"""The group on the three hosts: installing, forming, asking, and being whole again."""
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from . import network, packages
from .client import (SENTINEL_PORT, SERVER_PORT, Connection, ErrorReply, StubbornWriter, Writer,
                     master_by)
from .host import Host
from .system import Failure, wait

NAME = "mymaster"
COUNT = 3
# The number of one more host, which has only a sentinel.
SENTINEL_HOST = COUNT + 1
# Sentinels that RESET forgot count for the majority for half a minute.
FORGOTTEN_SECONDS = 31
# From a fault's end to a group that is whole: booting, replicating, and what sentinels wait for.
WHOLE_SECONDS = 120


class Missed(str):
    """What was measured, where it is over its goal in time."""


def judged(text, *goals):
    """The text, told as missed where a value is over its goal; each is what, value, limit."""
    missed = [f"{what} at most {limit:g}" for what, value, limit in goals if value > limit]
    return Missed(f"{text} (goal: {', '.join(missed)})") if missed else text


class Group:
    """What a scenario is given."""

    def __init__(self, directory, base, files, say):
        self.directory = directory
        self.base = base
        self.packages = files
        self.say = say
        self.hosts = [Host(number, directory, base) for number in range(1, COUNT + 1)]

    # Life

    def start(self):
        """Makes the network and boots all hosts."""
        self.remove()
        network.make(COUNT)
        for host in self.hosts:
            host.make()
        for host in self.hosts:
            host.boot()

    def remove(self):
        for host in self.hosts:
            host.remove()
        Host(SENTINEL_HOST, self.directory, self.base).remove()
        network.remove(SENTINEL_HOST)
        shutil.rmtree(self.directory, ignore_errors=True)

    def host(self, address):
        return next(host for host in self.hosts if host.address == address)

    @property
    def addresses(self):
        return [host.address for host in self.hosts]

    # The packages

    def install(self):
        """Installs the packages on all hosts at the same time; returns the seconds it took."""
        start = time.monotonic()
        with ThreadPoolExecutor(COUNT) as pool:
            list(pool.map(lambda host: self._install(host, self.packages), self.hosts))
        for host in self.hosts:
            for unit in ("rds-server", "rds-sentinel"):
                wait(f"{unit} runs on {host.name}", lambda host=host, unit=unit: host.enter(
                    "systemctl", "is-active", unit, check=False).strip() == "active", 60)
        return time.monotonic() - start

    def _install(self, host, files):
        target = host.path("/root/packages")
        os.makedirs(target, exist_ok=True)
        for file in files:
            shutil.copy(file, target)
        names = [f"/root/packages/{os.path.basename(file)}" for file in files]
        host.enter("apt-get", "install", "-y", "-q", *names, timeout=300)

    def offer_newer_packages(self):
        """Gives apt on each host a repository with a newer version, which it returns."""
        directory = os.path.join(self.directory, "repository")
        version = packages.repository(directory, self.packages)
        for host in self.hosts:
            shutil.copytree(directory, host.path("/srv/rds"), dirs_exist_ok=True)
            with open(host.path("/etc/apt/sources.list"), "w") as file:
                file.write("deb [trusted=yes] file:/srv/rds ./\n")
        return version

    @contextmanager
    def sentinel_host(self, master):
        """One more host, which has only a sentinel, watches the group while this lasts."""
        host = Host(SENTINEL_HOST, self.directory, self.base)
        network.add(host.number)
        try:
            host.make()
            host.boot()
            self._install(host, [file for file in self.packages if "rds-server_" not in file])
            with Connection(host.address, SENTINEL_PORT, timeout=5) as connection:
                connection.call("SENTINEL", "MONITOR", NAME, master.address, SERVER_PORT, 2)
            yield host
        finally:
            host.remove()
            network.take(host.number)
            for host in self.hosts:
                with Connection(host.address, SENTINEL_PORT, timeout=5) as connection:
                    connection.call("SENTINEL", "RESET", NAME)
            time.sleep(FORGOTTEN_SECONDS)

    def form(self, *more):
        """`rds-cli ha init` on the first host, as a user does it; returns what it printed."""
        return self.hosts[0].enter(
            "rds-cli", "ha", "init", "--name", NAME, "--hosts", ",".join(self.addresses), *more,
            timeout=120)

    # Asking

    def status(self, asked=None):
        """`ha status --json` of a host, or of the first that knows the group; else nothing."""
        for host in [asked] if asked else [host for host in self.hosts if host.is_on]:
            text = host.enter("rds-cli", "ha", "status", "--name", NAME, "--json", check=False)
            status = json.loads(text) if text.startswith("{") else {}
            if "problems" in status:
                return status
        return {}

    def status_text(self):
        host = next((host for host in self.hosts if host.is_on), None)
        return host.enter("rds-cli", "ha", "status", "--name", NAME, check=False) if host else ""

    def master(self, among=None):
        """The host that all sentinels of these hosts name, as soon as they agree."""
        return wait("the sentinels name one master", lambda: self.named(among), 60)

    def named(self, among=None):
        """The host that all sentinels of these hosts name now; None while they disagree."""
        named = {master_by(host.address, NAME, 1.0) for host in among or self.hosts}
        return self.host(named.pop()) if len(named) == 1 and None not in named else None

    def wait_until_whole(self, seconds=WHOLE_SECONDS):
        """Until every host agrees that the group is healthy; returns the seconds it took."""
        start = time.monotonic()

        def is_whole():
            return all(self.status(host).get("state") == "healthy" for host in self.hosts)
        try:
            wait("the group is whole", is_whole, seconds, 0.2)
        except Failure as error:
            raise Failure(f"{error}\n{self.status_text()}")
        return time.monotonic() - start

    def problem(self, asked, member):
        """What `ha status` says of a member; None when it is in order."""
        problems = [problem["text"] for problem in self.status(asked).get("problems", [])]
        return next((text for text in problems if member in text), None)

    def follows(self, host, master):
        """Whether a server says that it is the replica of a master, and linked to it."""
        with Connection(host.address) as connection:
            role = connection.call("ROLE")
        return role[0] == "slave" and role[1] == master.address and role[3] == "connected"

    def promote(self, host):
        """A planned change of the master."""
        def is_done():
            with Connection(host.address, SENTINEL_PORT, timeout=30) as connection:
                try:
                    return connection.call("SENTINEL", "FAILOVER", NAME, "COORDINATED", "TO",
                                           host.address, SERVER_PORT)
                except ErrorReply as error:
                    # A sentinel has yet to hear of a server that was just started.
                    raise Failure(str(error)) from error
        wait(f"{host.name} is promoted", is_done, 30, 0.2)
        self.wait_until_whole()
        if self.master() is not host:
            raise Failure(f"{host.name} was promoted, and the master is {self.master().name}")

    def last_failover(self):
        """What the last failover took, in seconds by its parts; empty where it is not recorded."""
        failover = self.status().get("last_failover") or {}
        phases = failover.get("phases_ms", {})
        parts = {name: max(value, 0) / 1000 for name, value in phases.items()}
        if parts:
            parts["total"] = failover["total_ms"] / 1000
            parts["epoch"] = failover["epoch"]
        return parts

    def epoch(self):
        return self.status().get("epoch", -1)

    def down_after(self):
        """Silence after which the master counts as down, in seconds."""
        return self.status()["down_after_ms"] / 1000

    def hold(self, seconds, master, epoch):
        """For so long nothing may change: a failover is a failure."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.5)
        self.expect_no_failover(master, epoch)

    def expect_no_failover(self, master, epoch):
        names = {master_by(host.address, NAME, 1.0) for host in self.hosts if host.is_on}
        if names - {None, master.address}:
            raise Failure(f"there was a failover: {names}\n{self.status_text()}")
        if self.epoch() not in (epoch, -1):
            raise Failure(f"there was a failover: epoch {epoch} is {self.epoch()}")

    # Clients

    def writer(self, prefix, host=None):
        """A client on this machine, or on a host, that writes already."""
        return self._started(Writer(NAME, self.addresses, prefix, host))

    def stubborn_writer(self, master, prefix, host=None):
        """A client that writes to one server whatever the sentinels say."""
        return self._started(StubbornWriter(master.address, prefix, host))

    def _started(self, client):
        client.start()
        wait("the client writes", lambda: client.count() > 5, 30)
        return client

    def wait_for_replicas(self):
        """Until both replicas have what the master has: what was promised before is theirs."""
        master = self.master()
        with Connection(master.address, timeout=20) as connection:
            connection.call("SET", "mark", time.time())
            wait("two replicas have the mark",
                 lambda: connection.call("WAIT", COUNT - 1, 1000) == COUNT - 1, 60)

    def report(self, lines):
        """What helps when a scenario failed: the state, and the ends of the journals."""
        text = self.status_text()
        for host in self.hosts:
            if not host.is_on:
                text += f"--- {host.name} is off\n"
                continue
            for unit in ("rds-server", "rds-sentinel"):
                text += f"--- {host.name} {unit}\n" + host.journal(unit, lines)
        return text
