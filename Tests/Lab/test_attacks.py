"""What a hostile stick or archive does to the real programs: things in a file's place, files swapped under the reader, forged signatures, bombs.

Rows S1, U1, X1 and X4 as far as they need whole programs; the tables are in the modules' own tests. `--long` takes every pair of file, thing and verb."""
import ctypes
import gzip
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest

import forgery
import product
import scratch
import tally
import tree
import workbench
import world

Exit = product.Exit
LONG = bool(os.environ.get("SEALIFT_LONG"))
ADVISORY = {"README.txt", "report.html", "sbom.cdx.json", "sbom.spdx.json", "provenance.json"}
APPLY = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")
PATIENCE = 60  # seconds after which a program hangs


def setUpModule():
    global connected, bench, bundle
    scratch.need(root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define(files=[{"path": "/opt/acme/data", "from": "data"}])
    (definition.parent / "data").write_bytes(os.urandom(34_000_000))
    bundle = bench.build(definition, "--volume-size", "16MiB").folder


class Attacked(unittest.TestCase):
    """Programs against a copy of the bundle, into a root of their own."""

    def setUp(self):
        self.renew()

    def renew(self):
        """A root in which nothing is installed."""
        self.root = root = scratch.folder("root")
        self.addCleanup(scratch.remove, root)
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
            (root / name).mkdir(parents=True)
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\n")
        self.before = tree.listing(root, times="files")

    def command(self, verb, victim):
        key = ("--key", bench.public_key)
        if verb == "sealift verify":
            return [product.tool(), "verify", victim, *key]
        more = {"verify": (), "check": ("--root", self.root, *APPLY[:2]), "plan": ("--root", self.root, *APPLY[:-1]), "apply": ("--root", self.root, *APPLY)}[verb]
        return [product.installer(), verb, "--bundle", victim, *key, *more]

    def run_one(self, verb, victim):
        """How one verb ends, and what it said; a program that hangs fails the test. The root is as before, or apply was right to end well."""
        done = product.run(*self.command(verb, victim), home=bench.home, status=None, timeout=PATIENCE)
        self.assertNotIn(done.status, (Exit.INTERNAL, Exit.NEEDS_RECOVERY), done.errors)
        self.assertGreaterEqual(done.status, 0, f"killed by signal {-done.status}")
        if verb != "apply" or done.status != Exit.DONE:
            self.assertEqual(tree.changes(self.before, tree.listing(self.root, times="files")), [])
        else:
            self.renew()
        return done


def named(victim, name, make):
    path = victim / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    make(path)


def listen(path):
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # a socket's path must be short
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def aside(path, absolute=False):
    good = bundle / path.name if (bundle / path.name).exists() else bundle / "signatures" / path.name
    other = path.parents[1] / f"aside-{path.name}"
    if not other.exists():
        os.link(good, other)
    path.symlink_to(other if absolute else f"../aside-{path.name}")


STANDS = {
    "a link to the same bytes": aside, "an absolute link to the same bytes": lambda path: aside(path, True),
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"), "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name), "a link to /proc/self/mem": lambda path: path.symlink_to("/proc/self/mem"),
    "a pipe": lambda path: os.mkfifo(path), "a socket": listen, "a folder": lambda path: path.mkdir(),
    "a device of zeros": lambda path: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
    "a terminal": lambda path: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(5, 0)),
    "a block device": lambda path: os.mknod(path, stat.S_IFBLK | 0o666, os.makedev(7, 250)),
    "a hole of 1 TiB": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
}
HOLE = "a hole of 1 TiB"


class Stands(Attacked):
    """Something else in the place of every file of the bundle."""

    VERBS = ("sealift verify", "verify", "check", "plan", "apply")

    def test_things_in_the_place_of_files(self):
        names = [str(path.relative_to(bundle)) for path in sorted(bundle.rglob("*")) if path.is_file()]
        pairs = [(name, stand) for name in names for stand in STANDS]
        for number, (name, stand) in enumerate(pairs):
            for verb in self.VERBS if LONG else (self.VERBS[number % 5],):
                with self.subTest(file=name, stand=stand, verb=verb), tally.attack("U1", f"things in the place of a bundle's file, {verb}"), \
                        forgery.copy(bundle) as victim:
                    named(victim, name, STANDS[stand])
                    done = self.run_one(verb, victim)
                    self.assertIn(done.status, self.wanted(name, verb))
                    if done.status == Exit.DAMAGED:
                        self.assertIn(pathlib.Path(name).name, done.errors)
                        self.assertIn("next: ", done.errors)

    def wanted(self, name, verb):
        """How a verb may end. Words for people are not read to install; with the key at hand no copy of it is."""
        if name in ADVISORY or name.endswith((".pub", ".sigstore.json", ".jsonl")):
            return (Exit.DONE, *self.unmet(verb))
        if name in ("SHA256SUMS", "manifest.json") or name.endswith(".sig"):
            return (Exit.DAMAGED,)
        # Neither check nor plan reads the payload or the programs.
        return (Exit.DAMAGED,) if verb in ("sealift verify", "verify", "apply") else (Exit.DONE, Exit.DAMAGED, *self.unmet(verb))

    @staticmethod
    def unmet(verb):
        """A check says what this machine lacks besides."""
        return (Exit.REQUIREMENTS,) if verb == "check" else ()

    def test_things_in_the_place_of_the_folder_of_signatures(self):
        for stand, make in STANDS.items():
            if stand == "a folder":
                continue
            for verb in self.VERBS if LONG else ("verify", "apply"):
                with self.subTest(stand=stand, verb=verb), tally.attack("U1", "things in the place of the folder of signatures"), forgery.copy(bundle) as victim:
                    if "same bytes" in stand:
                        shutil.move(victim / "signatures", victim.parent / "signatures")
                        (victim / "signatures").symlink_to("../signatures")
                    else:
                        named(victim, "signatures", make)
                    self.assertIn(self.run_one(verb, victim).status, (Exit.DAMAGED, Exit.NOT_TRUSTED))

    def test_bundles_that_are_none(self):
        empty = scratch.folder("none")
        self.addCleanup(scratch.remove, empty)
        places = {"an empty folder": empty, "a file": bundle / "manifest.json", "nothing": empty / "absent", "a device": "/dev/zero", "a process": "/proc/self",
                  "its signatures": bundle / "signatures", "the root": "/"}
        pipe = empty.parent / "a-pipe"
        os.mkfifo(pipe)
        self.addCleanup(pipe.unlink)
        for what, place in {**places, "a pipe": pipe}.items():
            for verb in ("sealift verify", "verify", "plan", "apply"):
                with self.subTest(bundle=what, verb=verb), tally.attack("U1", "what is no bundle at all"):
                    self.assertIn(self.run_one(verb, place).status, (Exit.USAGE, Exit.NOT_TRUSTED, Exit.INPUT_OUTPUT, Exit.DAMAGED))


class Swapping(threading.Thread):
    """Has two names change their places as fast as it can, until told to stop."""

    def __init__(self, one, other):
        super().__init__(daemon=True)
        self.names, self.swaps, self.ended = (os.fsencode(one), os.fsencode(other)), 0, threading.Event()
        self.libc = ctypes.CDLL(None, use_errno=True)

    def run(self):
        pause = 0
        while not self.ended.is_set():
            if self.libc.renameat2(-100, self.names[0], -100, self.names[1], 2) != 0:
                return
            self.swaps += 1
            pause = (pause + 7) % 23
            time.sleep(pause / 20_000)  # other moments each time

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(10)


class Races(Attacked):
    """Files that change while they are read: an installation is right, or there is none."""

    def setUp(self):
        super().setUp()
        product.run(*self.command("apply", bundle), home=bench.home)
        self.good = self.laid()
        self.renew()

    def laid(self):
        return {path: what for path, what in tree.listing(self.root).items() if not path.startswith("var/lib/sealift")}

    def judge(self, verb, victim, row, what):
        with tally.attack(row, what):
            done = product.run(*self.command(verb, victim), home=bench.home, status=None, timeout=PATIENCE)
            self.assertIn(done.status, (Exit.DONE, Exit.NOT_TRUSTED, Exit.DAMAGED, Exit.RESTORED), done.errors)
            if verb == "apply" and done.status == Exit.DONE:
                self.assertEqual(tree.changes(self.good, self.laid()), [])
                self.renew()
            else:
                self.assertEqual(tree.changes(self.before, tree.listing(self.root, times="files")), [])
        return done.status

    def test_files_that_change_places_with_others(self):
        signature = next((bundle / "signatures").glob("*.sig")).relative_to(bundle)
        evil = {"other bytes": lambda path, good: path.write_bytes(bytes(len(good))), "a link": lambda path, _: path.symlink_to("/etc/passwd"),
                "a pipe": lambda path, _: os.mkfifo(path), "a hole": lambda path, _: (path.touch(), os.truncate(path, 1 << 40)),
                "a bit": lambda path, good: path.write_bytes(good[:-40] + bytes([good[-40] ^ 1]) + good[-39:])}
        ends = set()
        swaps = 0
        for name in ("SHA256SUMS", "manifest.json", str(signature), "payload-001.tar.zst", "payload-002.tar.zst", "sealift-install"):
            for what, make in evil.items():
                for verb in ("verify", "apply") * (10 if LONG else 1):
                    with self.subTest(file=name, other=what, verb=verb), forgery.copy(bundle) as victim:
                        make(victim.parent / "evil", (bundle / name).read_bytes())
                        with Swapping(victim / name, victim.parent / "evil") as swapping:
                            ends.add(self.judge(verb, victim, "U1", "runs over a file that changes places with another"))
                        swaps += swapping.swaps
        tally.count("U1", "swaps of a file during these runs", number=swaps)
        self.assertGreater(swaps, 500)
        self.assertTrue(ends & {Exit.DAMAGED, Exit.NOT_TRUSTED}, "no swap was ever met")

    def test_a_folder_of_signatures_that_changes_places(self):
        for verb in ("verify", "apply") * (20 if LONG else 4):
            with forgery.copy(bundle) as victim:
                other = victim.parent / "evil"
                shutil.copytree(victim / "signatures", other)
                for path in other.iterdir():
                    forgery.replace(path, b"evil")
                with Swapping(victim / "signatures", other):
                    self.judge(verb, victim, "U1", "runs over a folder of signatures that changes places")

    def test_files_that_grow_and_shrink(self):
        class Breathing(threading.Thread):
            def __init__(self, path):
                super().__init__(daemon=True)
                self.file, self.size, self.ended = open(path, "r+b"), path.stat().st_size, threading.Event()

            def run(self):
                while not self.ended.is_set():
                    for size in (self.size + 4096, self.size, self.size // 2, 0, self.size):
                        os.truncate(self.file.fileno(), size)

        for name in ("SHA256SUMS", "manifest.json", "payload-001.tar.zst", "install.sh"):
            for verb in ("verify", "apply") * (10 if LONG else 2):
                with self.subTest(file=name, verb=verb), forgery.copy(bundle) as victim:
                    forgery.edit(victim / name, lambda data: data)
                    thread = Breathing(victim / name)
                    thread.start()
                    try:
                        self.judge(verb, victim, "U1", "runs over a file that grows and shrinks")
                    finally:
                        thread.ended.set()
                        thread.join(10)
                        thread.file.close()

    def test_a_stick_that_changes_after_it_was_verified(self):
        """What verify said of the stick is not what apply relies on."""
        changes = {
            "a volume": lambda victim: forgery.flip(victim / "payload-001.tar.zst", 900), "its last bytes": lambda victim: forgery.flip(victim / "payload-003.tar.zst", -3),
            "a volume is gone": lambda victim: (victim / "payload-002.tar.zst").unlink(), "the manifest": lambda victim: forgery.flip(victim / "manifest.json", 50),
            "the root": lambda victim: forgery.flip(victim / "SHA256SUMS", 5), "the installer": lambda victim: forgery.flip(victim / "sealift-install", 70_000),
            "two volumes": lambda victim: forgery.swap(victim / "payload-001.tar.zst", victim / "payload-002.tar.zst"),
        }
        for what, change in changes.items():
            with self.subTest(change=what), tally.attack("U1", "sticks that changed after they were verified"), forgery.copy(bundle) as victim:
                product.run(*self.command("verify", victim), home=bench.home)
                product.run(*self.command("plan", victim), home=bench.home)
                change(victim)
                done = product.run(*self.command("apply", victim), home=bench.home, status=None, timeout=PATIENCE)
                self.assertIn(done.status, (Exit.DAMAGED, Exit.NOT_TRUSTED))
                self.assertEqual(tree.changes(self.before, tree.listing(self.root, times="files")), [])


class Signatures(Attacked):
    """Forged signatures against what installs: the machine is as it was."""

    def test_forms_of_a_signature(self):
        path = next((bundle / "signatures").glob("*.sig"))
        good, other = path.read_bytes(), bench.keygen("mallory")[0]
        work = scratch.folder("forms")
        self.addCleanup(scratch.remove, work)

        def signed(key, data, digest="-sha256"):
            (work / "data").write_bytes(data)
            scratch.run("openssl", "dgst", digest, "-sign", key, "-out", work / "sig", work / "data")
            return (work / "sig").read_bytes()

        root = (bundle / "SHA256SUMS").read_bytes()
        table = {
            "none": None, "empty": b"", "cut": good[:-1], "a byte more": good + b"\0", "another key's": signed(other, root), "over the manifest": signed(bench.key, (bundle / "manifest.json").read_bytes()),
            "over the root and more": signed(bench.key, root + b"\n"), "by SHA-1": signed(bench.key, root, "-sha1"), "by SHA-384": signed(bench.key, root, "-sha384"),
            "by SHA-512": signed(bench.key, root, "-sha512"), "over its digest": signed(bench.key, hashlib.sha256(root).digest()),
            "zeros": bytes(71), "r and s of zero": bytes.fromhex("3006020100020100"), "r and s of one": bytes.fromhex("3006020101020101"), "text": b"trust me\n",
            "the public key": (bundle / "signatures" / path.name.replace(".sig", ".pub")).read_bytes(), "the root": root[:1024],
        }
        for what, data in table.items():
            for verb in ("verify", "plan", "apply"):
                with self.subTest(signature=what, verb=verb), tally.attack("S1", "forged signatures, the machine unchanged"), forgery.copy(bundle) as victim:
                    target = victim / "signatures" / path.name
                    target.unlink()
                    if data is not None:
                        target.write_bytes(data)
                    self.assertEqual(self.run_one(verb, victim).status, Exit.NOT_TRUSTED)


def header(name, size=0, kind=b"0", link=b""):
    """A tar header; quicker than tarfile's for hundreds of thousands."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108], block[108:116], block[116:124] = b"0000644\0", b"0000000\0", b"0000000\0"
    block[124:136], block[136:148], block[148:156] = b"%011o\0" % size, b"00000000000\0", b"        "
    block[156:157], block[157:157 + len(link)], block[257:265] = kind, link, b"ustar\x0000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data):
    return data + bytes(-len(data) % 512)


class Bombs(unittest.TestCase):
    """Archives that would fill memory, disk or time: stopped at a limit, in bounded memory, with nothing left."""

    MEMORY = 512 << 20
    REASONS = "more than|at most|nested|deeper|is not accepted|times its size|cannot read the archive|aliases|memory"
    GZIP, ZSTD = ("gzip", "-1c"), ("zstd", "-qc")

    def setUp(self):
        self.folder = scratch.folder("bombs")
        self.addCleanup(scratch.remove, self.folder)

    def pack(self, pieces, program, target):
        with open(target, "wb") as file:
            process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=file)
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
            self.assertEqual(process.wait(), 0)

    @staticmethod
    def many(number, kind=b"0", link=b""):
        """So many entries, of which only the name differs; sums are mended by hand."""
        template = bytearray(header(b"e0000000", 0, kind, link))
        base = int(template[148:154], 8) - sum(b"0000000")
        for index in range(number):
            digits = b"%07d" % index
            template[1:8] = digits
            template[148:156] = b"%06o\0 " % (base + sum(digits))
            yield bytes(template)

    @staticmethod
    def zeros(name, size, kind=b"0", stated=None):
        yield header(name, stated or size, kind)
        for _ in range(size >> 20):
            yield bytes(1 << 20)
        yield bytes(1024)

    @staticmethod
    def document(name, data):
        return [header(name, len(data)), padded(data), bytes(1024)]

    def images(self):
        """Name → content and compressor; made one by one, when they are asked for."""
        manifest, pax = b"manifest.json", padded(b"65000 comment=" + b"x" * (65_000 - 15) + b"\n")
        return {
            "300 MiB of zeros in gzip": (self.zeros(b"layer", 300 << 20), self.GZIP), "2 GiB of zeros in zstd": (self.zeros(b"layer", 2 << 30), self.ZSTD),
            "150 000 empty files": (self.many(150_000), self.ZSTD), "150 000 folders": (self.many(150_000, b"5"), self.ZSTD),
            "150 000 links": (self.many(150_000, b"2", b"x"), self.ZSTD),
            "a manifest of 64 MiB": (self.zeros(manifest, 64 << 20), self.ZSTD),
            "a manifest of 4 MiB of brackets": (self.document(manifest, b"[" * (4 << 20)), self.ZSTD),
            "a manifest of a million numbers": (self.document(manifest, b"[" + b"1," * 1_000_000 + b"1]"), self.ZSTD),
            "a manifest of a million objects": (self.document(manifest, b"[" + b"{}," * 1_000_000 + b"{}]"), self.ZSTD),
            "a manifest of one key half a million times": (self.document(manifest, b"[{" + b'"a":1,' * 500_000 + b'"b":1}]'), self.ZSTD),
            "a header of 1 GiB": (self.zeros(b"p", 128 << 20, b"x", 1 << 30), self.ZSTD), "a GNU name of 1 GiB": (self.zeros(b"p", 128 << 20, b"L", 1 << 30), self.ZSTD),
            "5 000 headers of 64 KiB": ((part for _ in range(5_000) for part in (header(b"p", len(pax), b"x"), pax)), self.ZSTD),
            "8 GiB that are not there": ([header(b"layer", (1 << 33) - 1)], self.ZSTD),
            "a window of 2 GiB": (self.zeros(b"layer", 100 << 20), (*self.ZSTD, "--long=31", "--single-thread")),
            "a window of 128 MiB": (self.zeros(b"layer", 200 << 20), (*self.ZSTD, "--long=27", "--single-thread")),
        }

    def charts(self):
        chart = b"name: app\nversion: 1.0.0\n"
        front = [header(b"app/Chart.yaml", len(chart)), padded(chart)]
        inner = gzip.compress(b"".join([*front, *self.zeros(b"app/templates/x", 60 << 20)]), 1)
        aliases = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9))
        within = (part for n in range(20) for part in (header(b"app/charts/%d.tgz" % n, len(inner)), padded(inner)))
        return {
            "values of 300 MiB": (itertools.chain(front, self.zeros(b"app/values.yaml", 300 << 20)), self.GZIP),
            "25 000 templates": (itertools.chain(front, self.many(25_000)), self.GZIP),
            "values of aliases": ([*front, *self.document(b"app/values.yaml", aliases)], self.GZIP),
            "Chart.yaml of 60 MiB": (self.zeros(b"app/Chart.yaml", 60 << 20), self.GZIP),
            "twenty charts of 60 MiB within": (itertools.chain(front, within, [bytes(1024)]), self.GZIP),
            "values nested 100 000 deep": ([*front, *self.document(b"app/values.yaml", b"[" * 100_000)], self.GZIP),
        }

    def build(self, definition):
        """Builds with a limit on time; what it cost."""
        out, cache, report = self.folder / "out", self.folder / "cache", self.folder / "report"
        command = [product.tool(), *bench.command(definition, output=out, cache=cache)]
        meter = [sys.executable, "-S", "-E", scratch.ROOT / "Tests/Lab/meter.py", report, *command]
        done = product.run(*meter, home=bench.home, timeout=PATIENCE)
        cost = json.loads(report.read_text())
        self.assertEqual(cost["status"], Exit.USAGE, done.errors)
        self.assertRegex(done.errors, self.REASONS)
        self.assertIn("next: ", done.errors)
        self.assertLess(cost["memory"], self.MEMORY)
        self.assertFalse(out.exists() and list(out.iterdir()))
        self.assertEqual([path for path in cache.rglob("*") if path.is_file() and "partial" in path.parts], [])
        shutil.rmtree(cache, ignore_errors=True)
        return cost

    def bombs(self, table, place, **entry):
        for name, (pieces, program) in table.items():
            with self.subTest(bomb=name), tally.attack("X4", "bombs, stopped in 512 MiB of memory"):
                definition = bench.define("bombed", **entry)
                self.pack(pieces, program, definition.parent / place)
                cost = self.build(definition)
                print(f"test_attacks: {name}: {cost['memory'] >> 20} MiB of memory, {cost['seconds']:.1f} s")

    def test_images_that_are_bombs(self):
        self.bombs(self.images(), "bomb.tar", images=["docker-archive:bomb.tar"])

    def test_charts_that_are_bombs(self):
        self.bombs(self.charts(), "bomb.tgz", charts=[{"chart": "./bomb.tgz"}])


class Names(unittest.TestCase):
    """Files of a definition whose names a file system, a tool or a person takes for one another, or that no file can have."""

    PAIRS = [("/etc/x/a", "/etc/x/A"), ("/etc/X/a", "/etc/x/a"), ("/opt/caf\u00e9", "/opt/cafe\u0301"), ("/opt/CAF\u00c9", "/opt/cafe\u0301"),
             ("/opt/\u00c5", "/opt/A\u030a"), ("/opt/\u00c5", "/opt/\u00e5"), ("/opt/stra\u00dfe", "/opt/STRASSE"), ("/opt/\u212a", "/opt/k"), ("/opt/\u03a3", "/opt/\u03c3"),
             ("/opt/a", "/opt/a"), ("/opt/a", "/opt/a/b"), ("/opt/A", "/opt/a/b"), ("/opt/z", "/usr/local/bin/K3S"), ("/opt/z", "/etc/rancher")]
    BAD = ["opt/a", "/", "/opt/../a", "/opt/./a", "/opt//a", "/opt/a/", "/opt/" + "a" * 256, "/" + "a/" * 64 + "a", "/" + "/".join(["a" * 200] * 6), "/opt/a\nb", "/opt/a\tb", "/opt/a\x7fb",
           "/opt/a\\b", "/opt/\x1b[2Jb", ""]

    def refuse(self, *paths, parts):
        definition = bench.define("named", files=[{"path": path, "content": str(number)} for number, path in enumerate(paths)])
        errors = bench.refused(Exit.USAGE, definition)
        for part in parts:
            self.assertIn(part, errors)
        self.assertIn("next: ", errors)

    def test_names_that_are_one_name_to_somebody(self):
        for one, other in self.PAIRS:
            named = [path.removeprefix("/") for path in (one, other) if path != "/opt/z"]
            with self.subTest(names=(one, other)), tally.attack("X5", "names that are one name to somebody, in a definition, both named"):
                self.refuse(one, other, parts=named)

    def test_names_that_no_file_should_have(self):
        for path in self.BAD:
            with self.subTest(name=path), tally.attack("X5", "names that no file should have, in a definition"):
                self.refuse(path, parts=["files[0].path"])


class Users(unittest.TestCase):
    """Hostile archives read by root and by a user: nothing outside of the cache is touched by either."""

    def archives(self):
        def entry(name, kind=b"0", link=b"", data=b""):
            return header(name.encode(), len(data), kind, link) + padded(data)
        document = entry("manifest.json", data=b"[]")
        return {
            "a path that climbs": document + entry("../../escaped", data=b"x"), "an absolute path": document + entry("/tmp/sealift-escaped", data=b"x"),
            "a link out, then through it": document + entry("out", b"2", b"../..") + entry("out/escaped", data=b"x"), "a link to /etc": document + entry("etc", b"2", b"/etc"),
            "a hard link out": document + entry("shadow", b"1", b"../../../../etc/shadow"), "a device": document + entry("null", b"3"), "a pipe": document + entry("pipe", b"6"),
            "a program of root's": document + entry("../x", data=b"#!"), "two documents": document + entry("manifest.json", data=b"[1]"), "cut": document[:700],
            "a deep path": document + entry("a/" * 49 + "x", data=b"x") + entry("../y"), "no images": document,
        }

    def test_neither_root_nor_a_user_leaves_anything(self):
        scratch.need("setpriv", root=True)
        for user in ("root", "nobody"):
            place = scratch.folder(f"as-{user}")
            self.addCleanup(scratch.remove, place)
            place.parent.chmod(0o755)
            place.chmod(0o755)
            definition = bench.define("archived", images=["docker-archive:a.tar"])
            shutil.copytree(definition.parent, place / "site")
            (place / "home").mkdir()
            scratch.run("chown", "-R", user, place)
            for what, data in self.archives().items():
                with self.subTest(user=user, archive=what), tally.attack("X1", "archives read as root and as a user"):
                    (place / "site/a.tar").write_bytes(data + bytes(1024) if what != "cut" else data)
                    before = tree.listing(place)
                    command = [product.tool(), "lock", place / "site/archived.yaml", "--cache", place / "home/cache", *connected.options]
                    done = product.run("setpriv", "--reuid", user, "--regid", user if user == "root" else "nogroup", "--clear-groups", *command,
                                       home=place / "home", status=Exit.USAGE, timeout=PATIENCE, cwd=place)
                    self.assertIn("next: ", done.errors)
                    changes = [each for each in tree.changes(before, tree.listing(place)) if "home/cache" not in each]
                    self.assertEqual(changes, [])
                    self.assertFalse(os.path.exists("/tmp/sealift-escaped") or list(place.parent.rglob("escaped")))


if __name__ == "__main__":
    unittest.main()
