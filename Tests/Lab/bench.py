"""How fast sealift is, as ratios to the pipeline that an engineer would script from stock tools, measured in the same run.

    bench.py [--json FILE] [--size SIZE] [--quick] [--folder DIR]     (scripts/bench builds the programs first)

Both sides get the same images from the same registry on loopback and end with the same thing: a signed bundle on the medium,
its files laid out and checked on a target. Their turns alternate, each in fresh folders of the same file system. Before each
turn everything dirty is written out; what is served is read into memory before building, and the page cache is dropped before
a bundle is read (as root). Of several rounds the best of each side counts: it is the one that others disturbed least.
"""
import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from typing import NamedTuple

import product
import scratch

# The pipeline, in three steps. Everything it is given comes in the environment:
#   $images  lines of "source complete-name file", one for each image     $key, $public  the signing key (PEM) and its public half
#   $files   lines of "URL path", one for each other file                  $root          the target
# It works in the folder it is started in.
PREPARE = "set -euo pipefail\n"
BUILD = PREPARE + """
folder=files/var/lib/rancher/k3s/agent/images
mkdir -p "$folder"
while read -r source name file; do
    skopeo copy --quiet --src-tls-verify=false "docker://$source" "oci-archive:$folder/$file.tar:$name"
done <"$images"
while read -r url path; do
    curl --silent --show-error --fail --create-dirs --output "files/$path" "$url"
done <"$files"
(cd files && find . -type f -exec sha256sum {} +) >files.sha256
tar --create --owner=0 --group=0 --numeric-owner -C files . | zstd -T0 -3 -q -o payload.tar.zst
sha256sum payload.tar.zst files.sha256 >SHA256SUMS
openssl dgst -sha256 -sign "$key" -out SHA256SUMS.sig SHA256SUMS
sync payload.tar.zst files.sha256 SHA256SUMS SHA256SUMS.sig   # the stick may be pulled now, as after `sealift build`
"""
VERIFY = PREPARE + """
openssl dgst -sha256 -verify "$public" -signature SHA256SUMS.sig SHA256SUMS >/dev/null
sha256sum --quiet -c SHA256SUMS
"""
INSTALL = VERIFY + """
tar --extract --zstd -C "$root" -f payload.tar.zst
sums=$PWD/files.sha256
(cd "$root" && sha256sum --quiet -c "$sums")
sync
"""

MEGA = 1_000_000
BUILD_MEMORY, INSTALL_MEMORY, INSPECT_SECONDS = 200 * MEGA, 64 * MEGA, 0.050
INSPECTIONS = 10
SITE = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")


class Cost(NamedTuple):
    """What one turn took; see meter.py."""

    status: int
    seconds: float
    processor: float
    memory: int
    written: int


class Row(NamedTuple):
    """One line of the result: `ours` and `theirs` in `unit`; good when `ratio` is at most `target`."""

    name: str
    peer: str
    ours: float
    theirs: float
    target: float
    unit: str

    @property
    def ratio(self):
        return round(self.ours / self.theirs, 3)

    @property
    def is_good(self):
        return self.ratio <= self.target

    def document(self):
        return {"name": self.name, "peer": self.peer, "ours": round(self.ours, 4), "theirs": round(self.theirs, 4),
                "ratio": self.ratio, "target": self.target, "unit": self.unit}


class Side:
    """One of the two: where it works, and what each of its turns took."""

    name = None

    def __init__(self):
        self.folder, self.costs = scratch.folder(self.name), {}

    def turn(self, name, *command, cwd=None, **variables):
        """Runs one timed step."""
        settle(reading=name in ("verify", "install"))
        cost = measured(*command, cwd=cwd or self.folder, home=self.folder, **variables)
        self.costs.setdefault(name, []).append(cost)
        say(f"    {self.name:<8}{name:<9}{cost.seconds:8.2f} s {cost.processor:8.2f} s of processor {cost.memory / MEGA:6.0f} MB")

    def best(self, name):
        return min(cost.seconds for cost in self.costs[name])

    def memory(self, *names):
        return max(cost.memory for name in names for cost in self.costs[name])


class Ours(Side):
    """sealift, as anybody would call it."""

    name = "sealift"

    def build(self, load, keys):
        self.fresh("cache", "stick")
        load.definition.with_name(load.definition.name + ".lock").unlink(missing_ok=True)
        load.write_definition()
        self.pack("build", load, keys)
        [self.bundle] = (self.folder / "stick").iterdir()

    def rebuild(self, load, keys, change):
        load.write_definition(change)
        self.pack("rebuild", load, keys)

    def pack(self, name, load, keys):
        self.turn(name, product.release_tool(), "build", load.definition, "-o", self.folder / "stick", "--key", keys / "site.key",
                  "--cache", self.folder / "cache", "--installer", product.installer(), *load.options)

    def verify(self, keys):
        self.turn("verify", product.release_tool(), "verify", self.bundle, "--key", keys / "site.pub")

    def inspect(self, keys):
        for _ in range(INSPECTIONS):
            cost = measured(product.release_tool(), "inspect", self.bundle, "--key", keys / "site.pub",
                            cwd=self.folder, home=self.folder)
            self.costs.setdefault("inspect", []).append(cost)

    def install(self, keys):
        self.fresh("root")
        self.turn("install", product.installer(), "--bundle", self.bundle, "--root", self.folder / "root",
                  "--key", keys / "site.pub", *SITE)

    def fresh(self, *names):
        for name in names:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()


class Theirs(Side):
    """The pipeline above."""

    name = "script"

    def build(self, load, keys):
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        images, files = self.folder / "images.txt", self.folder / "files.txt"
        images.write_text("".join(f"{source} {name} image-{number}\n" for number, (source, name) in enumerate(load.images)))
        files.write_text("".join(f"{url} {place}\n" for url, place in load.files))
        self.bundle = self.folder / "bundle"
        self.bundle.mkdir()
        self.script("build", BUILD, images=images, files=files, key=keys / "site.key")
        shutil.rmtree(self.bundle / "files")  # not part of what travels

    def verify(self, keys):
        self.script("verify", VERIFY, public=keys / "site.pub")

    def install(self, keys):
        root = self.folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        self.script("install", INSTALL, public=keys / "site.pub", root=root)

    def script(self, name, text, **variables):
        self.turn(name, "bash", "-c", text, cwd=self.bundle, **variables)


def measured(*command, cwd, home, **variables):
    """Runs a command, which must end well, and gives its cost."""
    with tempfile.NamedTemporaryFile() as report, tempfile.TemporaryFile("w+") as said:
        meter = [sys.executable, "-S", "-E", str(pathlib.Path(__file__).with_name("meter.py")), report.name]
        subprocess.run(meter + [str(part) for part in command], cwd=cwd, env=product.environment(home, TMPDIR=home, **variables),
                       check=True, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=3600)
        cost = Cost(**json.load(report))
        if cost.status != 0:
            said.seek(0)
            raise scratch.LabError(f"{command[0]} ended with {cost.status}:\n{said.read()[-4000:]}")
    return cost


def settle(reading):
    """Nobody pays for what others left to be written; what is read from a medium comes from the medium."""
    os.sync()
    if reading and os.geteuid() == 0:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")


def run(load, rounds):
    """All turns of both sides; the rows."""
    keys = scratch.folder("keys")
    product.run(product.release_tool(), "keygen", keys / "site", "--no-passphrase", home=keys)
    ours, theirs = Ours(), Theirs()
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        both = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        for side in both:
            load.read_upstream()
            side.build(load, keys)
        ours.rebuild(load, keys, f"change {number}")
        for side in both:
            side.verify(keys)
        for side in both:
            side.install(keys)
        ours.inspect(keys)
    return rows(ours, theirs)


def rows(ours, theirs):
    script = "skopeo, tar, zstd -T0 -3, sha256sum, openssl"
    written = ours.costs["install"][-1].written
    return [
        Row("cold build", script, ours.best("build"), theirs.best("build"), 0.8, "s"),
        Row("size of the bundle", script, size_of(ours.bundle) / MEGA, size_of(theirs.bundle) / MEGA, 1.0, "MB"),
        Row("rebuild, one small file changed", "their cold build", ours.best("rebuild"), theirs.best("build"), 0.2, "s"),
        Row("verify", "openssl, sha256sum -c", ours.best("verify"), theirs.best("verify"), 0.6, "s"),
        Row("install, with sync", "openssl, sha256sum -c, tar -x --zstd, sha256sum -c, sync", ours.best("install"),
            theirs.best("install"), 0.8, "s"),
        Row("memory of a build", "a limit", ours.memory("build", "rebuild") / MEGA, BUILD_MEMORY / MEGA, 1.0, "MB"),
        Row("memory of an install", "a limit", ours.memory("install") / MEGA, INSTALL_MEMORY / MEGA, 1.0, "MB"),
        Row("inspect", "a limit", ours.best("inspect") * 1000, INSPECT_SECONDS * 1000, 1.0, "ms"),
        Row("written on the target", "what is there then", written / MEGA, size_of(ours.folder / "root") / MEGA, 1.0, "MB"),
    ]


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def disk(folder):
    """MB/s written durably and read past the cache: 256 MiB that do not shrink."""
    block, count = os.urandom(1 << 20), 256
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        begun = time.monotonic()
        for _ in range(count):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        written = time.monotonic()
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(0)
        while file.read(1 << 20):
            pass
        read = time.monotonic()
    return [round(count * (1 << 20) / MEGA / each) for each in (written - begun, read - written)]


def machine(folder):
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    writing, reading = disk(folder)
    return {"processors": len(os.sched_getaffinity(0)), "model": model, "memory": f"{memory / 1e9:.0f} GB",
            "disk": f"writes {writing} MB/s, reads {reading} MB/s", "load": round(os.getloadavg()[0], 1),
            "dropsCaches": os.geteuid() == 0}


def table(result, found):
    lines = [("", "sealift", "the other", "", "ratio", "target", "")]
    lines += [(row.name, f"{row.ours:.2f}", f"{row.theirs:.2f}", row.unit, f"{row.ratio:.3f}", f"≤ {row.target:.2f}",
               "" if row.is_good else "MISSED") for row in result]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for first, *rest in lines:
        print(first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:])), sep="  ")
    print(f"\n{found['processors']} processors ({found['model']}), {found['memory']}; disk {found['disk']};"
          f" load by others {found['load']}")
    missed = [row.name for row in result if not row.is_good]
    print(f"MISSED: {', '.join(missed)}" if missed else "every target is met")


def say(text):
    print(text, file=sys.stderr, flush=True)


def size(text):
    units = {"K": 1000, "M": MEGA, "G": 1000 * MEGA}
    number = text.upper().removesuffix("B")
    return int(float(number[:-1]) * units[number[-1]]) if number[-1] in units else int(number)


@contextlib.contextmanager
def workplace(folder):
    """The folder for everything here, used by one run at a time; what a killed one left goes."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("bench: another run is at work; two would measure each other")
        for left in folder.glob("sealift-lab-*"):
            shutil.rmtree(left)
        tempfile.tempdir = str(folder)
        yield folder


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--json", type=pathlib.Path, help="write the rows there too")
    parser.add_argument("--size", type=size, help="what a bundle holds, about; 1GB without it")
    parser.add_argument("--quick", action="store_true", help="one round of 250 MB")
    parser.add_argument("--folder", type=pathlib.Path, default=scratch.cache() / "bench", help="where everything is done")
    arguments = parser.parse_args()
    import workload  # after the folder for scratch is known
    with workplace(arguments.folder.resolve()) as folder:
        found = machine(folder)
        say("the images and the servers (some minutes the first time)")
        with workload.Workload(arguments.size or (250 if arguments.quick else 1000) * MEGA, folder) as load:
            result = run(load, 1 if arguments.quick else 3)
    table(result, found)
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": [row.document() for row in result], "machine": found}, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except unittest.SkipTest as missing:
        sys.exit(f"bench: cannot measure here: {missing}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
