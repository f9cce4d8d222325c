"""The tree that every host begins with: Debian, systemd, and what the packages depend on."""
import hashlib
import os
import shutil

from .system import Failure, run

PACKAGES = ["systemd", "systemd-sysv", "dbus", "libnss-systemd", "iproute2", "procps",
            "ca-certificates", "libjemalloc2", "liblzf1", "libedit2", "adduser"]
RELEASE = "bookworm"


def tree(directory, say):
    """The directory of the tree; it is made once and kept."""
    key = hashlib.sha256(" ".join([RELEASE] + PACKAGES).encode()).hexdigest()[:12]
    path = os.path.join(directory, f"base-{key}")
    if os.path.isdir(path):
        return path
    say("making the tree of a host: once, about a minute")
    unfinished = path + ".new"
    shutil.rmtree(unfinished, ignore_errors=True)
    os.makedirs(directory, exist_ok=True)
    try:
        run("debootstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), RELEASE,
            unfinished, timeout=1800)
    except Failure as error:
        raise Failure(f"no tree for hosts could be made (is the network there?): {error}")
    # apt on the hosts has no network: what it knows is here.
    for name in ("etc/machine-id", "var/lib/dbus/machine-id"):
        if os.path.exists(os.path.join(unfinished, name)):
            os.remove(os.path.join(unfinished, name))
    os.rename(unfinished, path)
    return path
