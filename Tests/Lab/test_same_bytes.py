"""One lock, one bundle: whatever differs around a build, everything of it outside signatures/ is the same, byte for byte.

Twenty-four builds combine folder, umask, time zone and language, and the number of threads, each with nothing compressed before;
the rest vary one thing each: key, cache, mirror, a network that breaks off, user, medium.
"""
import concurrent.futures
import itertools
import json
import os
import shutil
import unittest
from typing import NamedTuple

import k3s_release
import mirror
import product
import registry
import scratch
import tree
import workbench
import world

MANIFESTS = [f"{letter}{number}" for letter in "qaz" for number in range(4)]
LANGUAGES = {"UTC, C": dict(TZ="UTC", LANG="C.UTF-8"), "Nepal, Turkish": dict(TZ="Asia/Kathmandu", LANG="tr_TR.UTF-8", LC_ALL="tr_TR.UTF-8")}


class Way(NamedTuple):
    """How one build is made. `warm`: with what the first build compressed; otherwise only what was fetched, or (`cold`) nothing."""

    folder: str = "first"
    umask: str = "022"
    options: tuple = ()
    variables: dict = {}
    key: str = "site"
    cache: str = "fetched"
    online: bool = False
    relative: bool = False
    output: str = "out"


class SameBytes(unittest.TestCase):
    """A bundle of two volumes with a folder of manifests, built again and again."""

    @classmethod
    def setUpClass(cls):
        scratch.need("unshare", "mount", root=True)
        product.installer()
        cls.connected = cls.enterClassContext(world.World())
        cls.bench = cls.enterClassContext(workbench.Workbench(cls.connected))
        cls.work = cls.bench.folder
        cls.keys = {"site": cls.bench.key, "other": cls.bench.keygen("other")[0],
                    "Ed25519": cls.bench.keygen("edwards", "--algorithm", "ed25519")[0]}
        cls.definition = cls.bench.define(files=[{"path": "/opt/acme/data", "from": "data"}])
        cls.fill(cls.definition.parent, MANIFESTS)
        cls.first = cls.bench.build(cls.definition, "--volume-size", "16MiB")
        cls.expected = cls.listing(cls.first.folder)
        cls.folders = {"first": cls.definition.parent, "elsewhere": cls.copy("else where/é", reversed(MANIFESTS))}
        cls.compared = 1
        cls.addClassCleanup(lambda: print(f"test_same_bytes: {cls.compared} builds of one lock are equal"))

    @staticmethod
    def fill(folder, order):
        """Manifests, made in that order, and a file that does not compress: of what order a folder is, its names do not tell."""
        shutil.rmtree(folder / "manifests", ignore_errors=True)
        for name in order:
            path = folder / "manifests" / name[0] / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n")
        (folder / "data").write_bytes(k3s_release.comments(24_000_000, seed=5))

    @classmethod
    def copy(cls, name, order):
        """Definition and lock in another folder, with other inodes, other times and other modes."""
        folder = cls.work / name
        folder.mkdir(parents=True)
        cls.fill(folder, order)
        for path in (cls.definition, cls.definition.with_suffix(".yaml.lock")):
            shutil.copyfile(path, folder / path.name)
        for number, path in enumerate(sorted(folder.rglob("*"))):
            path.chmod(0o700 if path.is_dir() else 0o600)
            os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
        return folder

    @staticmethod
    def listing(folder):
        """Everything outside signatures/: names, kinds, modes, owners, content."""
        return {path: what for path, what in tree.listing(folder).items() if path.split("/")[0] != "signatures"}

    def test_twenty_four_combinations(self):
        ways = {f"{folder}, umask {umask}, {language}, {jobs} threads": Way(folder, umask, ("--jobs", jobs), LANGUAGES[language])
                for folder, umask, language, jobs in itertools.product(("first", "elsewhere"), ("022", "077"), LANGUAGES, ("1", "2", "8"))}
        self.assertEqual(len(ways), 24)
        self.check(ways)

    def test_everything_else_that_may_differ(self):
        tmpfs = {name: self.mounted(name, order) for name, order in {"forward": MANIFESTS, "backward": MANIFESTS[::-1]}.items()}
        # The probe: a folder's own order does differ between them.
        orders = {tuple(os.listdir(folder / "manifests/q")) for folder in tmpfs.values()}
        self.assertEqual(len(orders), 2)
        self.folders.update(tmpfs)
        with mirror.Mirror() as bad, registry.Registry() as other:
            shutil.copytree(self.connected.registry.storage, other.storage, dirs_exist_ok=True)
            bad.files.update(self.connected.mirror.files)
            path = self.connected.release.path("k3s" if product.ARCHITECTURE == "amd64" else "k3s-arm64")
            bad.fail(path, mirror.Unavailable(0), mirror.Cut(1000), mirror.Cut(2000))
            elsewhere = [word.replace(self.connected.mirror.url, bad.url).replace(self.connected.registry.url, other.url)
                         for word in self.connected.options]
            self.check({
                "another key": Way(key="other"), "an Ed25519 key": Way(key="Ed25519"), "no key": Way(key=None),
                "everything in the cache": Way(cache="warm"), "everything in the cache, another key": Way(cache="warm", key="Ed25519"),
                "an empty cache": Way(cache="cold", online=True), "an empty cache, one thread": Way(cache="cold", online=True, options=("--jobs", "1")),
                "other servers, which break off": Way(cache="cold", options=tuple(elsewhere)),
                "a folder in order": Way("forward"), "a folder in reverse": Way("backward"),
                "umask 000": Way(umask="000"), "no read-back": Way(options=("--no-read-back",)), "a home elsewhere": Way(variables=dict(HOME="/nowhere")),
                "a time to pretend": Way(variables=dict(SOURCE_DATE_EPOCH="1", FAKETIME="1")), "no terminal": Way(variables=dict(TERM="dumb")),
                "as one tar": Way(output="tar"), "a relative path": Way(relative=True),
            })
            self.assertEqual(len(bad.asked(path)), 4)

    def test_what_does_count_is_seen(self):
        """The comparison itself: other compression, and another lock, give other bytes."""
        self.assertIn("payload-001.tar.zst", " ".join(tree.changes(self.expected, self.build(Way(options=("--level", "4"))))))
        folder = self.copy("later", MANIFESTS)
        lock = folder / f"{self.definition.name}.lock"
        lock.write_text(lock.read_text().replace("sequence: 1", "sequence: 2", 1))
        self.folders["later"] = folder
        changed = {each.split(": ")[1] for each in tree.changes(self.expected, self.build(Way("later")))}
        self.assertLess({"SHA256SUMS", "manifest.json"}, changed)
        self.assertEqual([each for each in changed if each.startswith("payload-")], [])

    def mounted(self, name, order):
        """The definition on a file system of its own, whose folders list names in the order of their making."""
        folder = self.work / f"tmpfs-{name}"
        folder.mkdir()
        scratch.run("mount", "-t", "tmpfs", "-o", "size=64m", name, folder)
        return self.copy(f"tmpfs-{name}/definition", order)

    def check(self, ways):
        """Builds each way, two at a time, and compares."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = {name: pool.submit(self.build, way) for name, way in ways.items()}
        for name, run in runs.items():
            with self.subTest(way=name):
                self.assertEqual(tree.changes(self.expected, run.result()), [])
                type(self).compared += 1

    def build(self, way):
        """What the build left, listed; then it is gone."""
        place = scratch.folder("same")
        try:
            cache = self.cache(place / "cache", way.cache)
            output = place / ("bundle.tar" if way.output == "tar" else "out")
            folder = self.folders[way.folder]
            definition = self.definition.name if way.relative else folder / self.definition.name
            key = ("--key", self.keys[way.key]) if way.key else ("--unsigned",)
            online = self.connected.options if way.online else self.connected.local_options
            command = ["build", definition, "--locked", "--volume-size", "16MiB", "-o", output, "--cache", cache, *key, *online, *way.options]
            done = product.run("sh", "-c", f'umask {way.umask} && exec "$@"', "sh", product.tool(), *command, "--json", home=place / "home",
                               cwd=folder, **way.variables)
            assert (json.loads(done.output)["chunks"]["compressed"] == 0) == (way.cache == "warm"), done.output
            return self.listing(self.unpacked(output, place))
        finally:
            scratch.remove(place)

    def cache(self, place, kind):
        """A cache of its own: empty, with what was fetched, or with what was compressed, too."""
        if kind != "cold":
            shutil.copytree(self.bench.cache, place, copy_function=os.link)
        if kind == "fetched":
            shutil.rmtree(place / "volumes")
        return place

    @staticmethod
    def unpacked(output, place):
        if output.suffix == ".tar":
            (place / "untarred").mkdir()
            scratch.run("tar", "-xpf", output, "-C", place / "untarred")
            output = place / "untarred"
        [folder] = output.iterdir()
        return folder


if __name__ == "__main__":
    unittest.main()
