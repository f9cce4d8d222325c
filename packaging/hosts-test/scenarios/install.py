"""What a new user does: apt install on each host, ha init on the first."""
import time

from hosts.system import Failure

TITLE = "install on three hosts, ha init"
EXPECTED = "the group is formed; a second run changes nothing"


def run(group):
    installed = group.install()
    start = time.monotonic()
    group.form()
    formed = time.monotonic() - start
    again = group.form()
    if "nothing to change" not in again:
        raise Failure(f"a second run is not told as one:\n{again}")
    group.wait_until_whole()
    return f"install {installed:.1f} s, init {formed:.1f} s"
