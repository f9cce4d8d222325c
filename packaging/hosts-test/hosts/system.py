"""Commands of this machine, bounded waits, and why the test may not run here."""
import os
import shutil
import subprocess
import time

TOOLS = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "ip": "iproute2",
         "nft": "nftables", "nsenter": "util-linux", "dpkg-scanpackages": "dpkg-dev",
         "dh": "debhelper"}


# The controller of control groups' first version; the second has freezing built in.
FREEZER = "/sys/fs/cgroup/freezer"


class Failure(Exception):
    """Something is not as it should be; the text says what."""


def missing():
    """Why three hosts cannot be run here; None when they can."""
    if os.geteuid() != 0:
        return "it needs root"
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            return f"{tool} is missing: apt install {package}"
    if not any(os.path.exists(path) for path in (FREEZER, "/sys/fs/cgroup/cgroup.controllers")):
        return "no control groups are mounted at /sys/fs/cgroup"
    probe = f"rds-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True)
    if made.returncode != 0:
        return "network namespaces cannot be made here: " + made.stderr.strip()
    run("ip", "netns", "del", probe)
    return None


def run(*words, check=True, timeout=120, input=None):
    """Runs a command; its output. A failure shows what it said."""
    # Nobody answers a prompt: what asks fails.
    source = {"stdin": subprocess.DEVNULL} if input is None else {"input": input}
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, **source)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def wait(what, condition, seconds=60.0, pause=0.02):
    """Waits until the condition gives a value that is true; returns it."""
    end = time.monotonic() + seconds
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
        except (Failure, OSError, subprocess.SubprocessError, ValueError) as error:
            last = error
        if time.monotonic() > end:
            why = f" ({last})" if last else ""
            raise Failure(f"waited {seconds:.0f} s in vain: {what}{why}")
        time.sleep(pause)
