"""`apt upgrade` of every host in turn, under load, with edited configuration files."""
import time

from hosts import packages
from hosts.client import Connection
from hosts.group import judged
from hosts.system import Failure

TITLE = "apt upgrade of each host"
EXPECTED = "a master hands over, edited files stay; no failed write, no pause over 0.3 s"
EDITS = {"/etc/rds/rds.conf": "slowlog-max-len 129", "/etc/rds/sentinel.conf": "# edited"}


def edit(host):
    for path, line in EDITS.items():
        host.enter("sh", "-c", f"echo '{line}' >>{path}")


def upgrade(host, version):
    host.enter("apt-get", "update", "-q", timeout=300)
    host.enter("apt-get", "upgrade", "-y", "-q", timeout=300)
    for name in packages.NAMES:
        installed = host.enter("dpkg-query", "-W", "-f", "${Version}", name)
        if installed != version:
            raise Failure(f"{name} on {host.name} is {installed}, not {version}")
    for path, line in EDITS.items():
        if line not in host.enter("tail", "-n", "1", path):
            raise Failure(f"{path} on {host.name} lost its edit")


def run(group):
    version = group.offer_newer_packages()
    for host in group.hosts:
        edit(host)
    writer = group.writer("upgrade")
    since = time.monotonic()
    epoch = group.epoch()
    for host in group.hosts:
        upgrade(host, version)
        group.wait_until_whole()
        with Connection(host.address, timeout=5) as connection:
            if connection.call("CONFIG", "GET", "slowlog-max-len")[1] != "129":
                raise Failure(f"{host.name} does not run with the edited file")
    took = time.monotonic() - since
    writer.stop()
    pause = writer.longest_pause(since)
    lost = writer.lost(group.master().address)
    text = (f"three hosts in {took:.1f} s, {group.epoch() - epoch} epochs, {writer.failed_text()}, "
            f"longest pause {pause:.2f} s, {len(lost)} of {writer.count()} acknowledged writes "
            "lost")
    return judged(text, ("seconds of pause", pause, 0.3), ("failed writes", writer.unanswered, 0),
                  ("lost writes", len(lost), 0))
