"""One host: it boots in half a second, and loses its power in less."""
import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

from . import network
from .system import FREEZER, Failure, run, wait

CONTROLLERS = ("systemd", "unified", "memory", "pids", "freezer", "cpu")
CGROUPS = "/sys/fs/cgroup"


class Host:
    def __init__(self, number, directory, base):
        self.number = number
        self.name = network.namespace(number)
        self.address = network.address(number)
        self.directory = os.path.join(directory, self.name)
        self.base = base
        self.process = None
        self.leader = None

    def path(self, name):
        """A file of the host as this machine sees it, while the host runs."""
        return os.path.join(self.directory, "root", name.lstrip("/"))

    # What it is made of

    def make(self):
        self._end_earlier()
        for name in ("root", "upper", "work"):
            os.makedirs(os.path.join(self.directory, name), exist_ok=True)
        self._mount()
        identity = hashlib.md5(self.name.encode()).hexdigest()
        with open(self.path("/etc/machine-id"), "w") as file:
            file.write(identity + "\n")
        with open(self.path("/etc/hostname"), "w") as file:
            file.write(self.name + "\n")

    def _end_earlier(self):
        """Ends what a run that was killed left behind: all that is in the host's control groups."""
        if self._processes():
            self.thaw()

        def is_gone():
            for pid in self._processes():
                os.kill(pid, signal.SIGKILL)
            return not self._processes()
        wait(f"the earlier {self.name} is gone", is_gone, 20)

    def _processes(self):
        pids = set()
        for group in self._cgroups():
            for directory, _, _ in os.walk(group):
                with open(os.path.join(directory, "cgroup.procs")) as file:
                    pids.update(int(line) for line in file)
        return pids

    def _mount(self):
        root = os.path.join(self.directory, "root")
        if os.listdir(root):
            return
        upper, work = (os.path.join(self.directory, name) for name in ("upper", "work"))
        try:
            run("mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir={self.base},upperdir={upper},workdir={work}", root)
        except Failure:
            # The disk of a container is an overlay itself, and takes no other one: a copy does.
            run("cp", "-a", self.base + "/.", root)

    def remove(self):
        """Ends the host, and takes its files and its control groups away."""
        self.kill()
        self._end_earlier()
        run("umount", "-l", os.path.join(self.directory, "root"), check=False)
        shutil.rmtree(self.directory, ignore_errors=True)
        for group in self._cgroups():
            for directory, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(directory)
                except OSError:
                    pass

    def _cgroups(self):
        """Its directory under every controller; one of its own, or hosts would end each other."""
        if os.path.exists(os.path.join(CGROUPS, "cgroup.procs")):
            return [os.path.join(CGROUPS, self.name)]
        return [os.path.join(CGROUPS, controller, self.name) for controller in CONTROLLERS
                if os.path.isdir(os.path.join(CGROUPS, controller))]

    # Power

    def boot(self):
        """Starts it and waits until its services were started; returns how long that took."""
        start = time.monotonic()
        self._mount()
        network.plug(self.number)
        groups = self._cgroups()
        for group in groups:
            os.makedirs(group, exist_ok=True)

        def enter():
            os.setsid()
            for group in groups:
                with open(os.path.join(group, "cgroup.procs"), "w") as file:
                    file.write(str(os.getpid()))

        console = open(os.path.join(self.directory, "console.log"), "ab")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "-M", self.name, "-D",
             os.path.join(self.directory, "root"),
             f"--network-namespace-path=/run/netns/{self.name}", "--resolv-conf=off",
             "--link-journal=no", "--console=pipe", "--boot", "systemd.unit=multi-user.target"],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=enter)
        console.close()
        self.leader = wait(f"{self.name} has a leader", self._find_leader)
        wait(f"{self.name} runs", self._is_up, 120)
        return time.monotonic() - start

    def _find_leader(self):
        if self.process.poll() is not None:
            raise Failure(f"{self.name} ended: see {self.directory}/console.log")
        for child in run("pgrep", "-P", str(self.process.pid), check=False).split():
            with open(f"/proc/{child}/comm") as file:
                if file.read().strip() == "systemd":
                    return int(child)
        return None

    def _is_up(self):
        state = self.enter("systemctl", "is-system-running", check=False).strip()
        return state in ("running", "degraded")

    def kill(self):
        """Ends all its processes at once."""
        if self.leader is not None:
            try:
                os.kill(self.leader, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.process is not None:
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.leader = self.process = None

    def shut_down(self):
        """Powers it off as its power button does: services are stopped, then it ends."""
        os.kill(self.leader, signal.SIGRTMIN + 4)
        self.process.wait(120)
        self.leader = self.process = None

    def lose_power(self):
        """The cable first: a machine without power says no goodbye to its peers."""
        network.unplug(self.number)
        self.kill()

    @property
    def is_on(self):
        return self.process is not None and self.process.poll() is None

    def freeze(self):
        self._freeze(True)

    def thaw(self):
        self._freeze(False)

    def _freeze(self, is_frozen):
        old = os.path.join(FREEZER, self.name, "freezer.state")
        if os.path.exists(old):
            path, words = old, ("THAWED", "FROZEN")
        else:
            path, words = os.path.join(CGROUPS, self.name, "cgroup.freeze"), ("0", "1")
        with open(path, "w") as file:
            file.write(words[is_frozen])

    # Its disk

    @contextmanager
    def small_disk(self, unit, path):
        """While this lasts, the directory of a unit is a disk of its own with little room."""
        kept = "/root/kept"
        self.enter("systemctl", "stop", unit)
        self.enter("sh", "-c", f"cp -a {path} {kept} && "
                   f"mount -t tmpfs -o size=16m small {path} && cp -a {kept}/. {path}")
        self.enter("systemctl", "start", unit)
        try:
            yield
        finally:
            self.free(path)
            self.enter("systemctl", "stop", unit)
            self.enter("sh", "-c", f"rm -rf {kept} {path}.small && cp -a {path} {path}.small && "
                       f"umount {path} && rm -rf {path} && mv {path}.small {path}")
            self.enter("systemctl", "start", unit)

    def fill(self, path):
        """Leaves no room on the disk that a directory is on."""
        self.enter("dd", "if=/dev/zero", f"of={path}/filler", "bs=4k", check=False)

    def free(self, path):
        self.enter("rm", "-f", f"{path}/filler")

    # Work on it

    def command(self, *words):
        """The words that run a command on the host."""
        return ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w",
                "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                f"TERM={os.environ.get('TERM', 'dumb')}", "DEBIAN_FRONTEND=noninteractive", *words]

    def enter(self, *words, check=True, timeout=120):
        """Runs a command on the host; its output."""
        if self.leader is None:
            raise Failure(f"{self.name} is off")
        return run(*self.command(*words), check=check, timeout=timeout)

    def journal(self, unit, lines):
        return self.enter("journalctl", "--no-pager", "-q", "-n", str(lines), "-u", unit,
                          check=False)
