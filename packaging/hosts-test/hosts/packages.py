"""The packages: the newest of a directory, and the same ones with a higher version."""
import glob
import os
import shutil

from .system import Failure, run

NAMES = ("rds-common", "rds-server", "rds-sentinel", "rds-cli")


def newest(directory):
    """The newest file of each package."""
    found = []
    for name in NAMES:
        files = sorted(glob.glob(os.path.join(directory, f"{name}_*.deb")), key=os.path.getmtime)
        if not files:
            raise Failure(f"no {name}_*.deb in {directory}: run make deb first")
        found.append(files[-1])
    return found


def repository(directory, files):
    """Makes a repository for apt of the same packages with a higher version, which it returns."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    earlier = run("dpkg-deb", "-f", files[0], "Version").strip()
    later = earlier + "+later"
    for file in files:
        contents = os.path.join(directory, "contents")
        run("dpkg-deb", "-R", file, contents)
        control = os.path.join(contents, "DEBIAN/control")
        with open(control) as source:
            text = source.read()
        with open(control, "w") as target:
            target.write(text.replace(earlier, later))
        # They are unpacked at once: to make them small would only take time.
        run("dpkg-deb", "-Znone", "--root-owner-group", "-b", contents, directory)
        shutil.rmtree(contents)
    with open(os.path.join(directory, "Packages"), "w") as index:
        index.write(run("sh", "-c", 'cd "$1" && exec dpkg-scanpackages .', "sh", directory))
    return later
