"""Sticks: FAT32 as it comes back after damage, reads that fail, parts that are missing, mixed up, or of another bundle. Row U1.

The images are made and read by mtools, without a mount; reads fail by strace. `--long` takes every read and four hundred bits."""
import os
import pathlib
import random
import re
import shutil
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
APPLY = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")


def setUpModule():
    global bench, bundle, other
    scratch.need(root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define(files=[{"path": "/opt/acme/data", "from": "data"}])
    (definition.parent / "data").write_bytes(os.urandom(34_000_000))
    bundle = bench.build(definition, "--volume-size", "16MiB").folder
    definition.write_text(definition.read_text().replace("2026.11.0", "2026.12.0"))
    (definition.parent / "data").write_bytes(os.urandom(34_000_000))
    other = bench.build(definition, "--volume-size", "16MiB").folder


class Sticks(unittest.TestCase):
    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
            (self.root / name).mkdir(parents=True)
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        self.before = tree.listing(self.root, times="files")

    def command(self, verb, folder):
        more = {"verify": (), "plan": ("--root", self.root, *APPLY[:-1]), "apply": ("--root", self.root, *APPLY)}[verb]
        return [product.installer(), verb, "--bundle", folder, "--key", bench.public_key, *more]

    def refused(self, verb, folder, statuses, words="", before=()):
        done = product.run(*before, *self.command(verb, folder), home=bench.home, status=None, timeout=60)
        self.assertIn(done.status, statuses, done.output + done.errors)
        self.assertIn(words, done.errors)
        self.assertIn("next: ", done.errors)
        self.assertEqual(tree.changes(self.before, tree.listing(self.root, times="files")), [])

    def test_parts_that_are_missing_mixed_up_or_of_another_bundle(self):
        names = [path.name for path in sorted(bundle.glob("payload-*"))] + ["manifest.json", "SHA256SUMS", "install.sh", "sealift-install"]
        changes = {"missing": lambda victim, name: (victim / name).unlink(), "of another bundle": lambda victim, name: forgery.replace(victim / name, (other / name).read_bytes()),
                   "the next one": lambda victim, name: forgery.replace(victim / name, (bundle / names[(names.index(name) + 1) % 3]).read_bytes()),
                   "half of it": lambda victim, name: forgery.edit(victim / name, lambda data: data[:len(data) // 2]),
                   "zeros": lambda victim, name: forgery.edit(victim / name, lambda data: bytes(len(data))),
                   "in capitals": lambda victim, name: (victim / name).rename(victim / name.upper()) if name != name.upper() else (victim / name).unlink(),
                   "its short name": lambda victim, name: (victim / name).rename(victim / (name[:6].upper() + "~1." + name.split(".")[-1][:3].upper()))}
        for name in names:
            for what, change in changes.items():
                for verb in ("verify", "apply"):
                    if (name, what) == ("install.sh", "of another bundle") or (name, what) == ("sealift-install", "of another bundle"):
                        continue  # the same bytes in every bundle
                    with self.subTest(part=name, change=what, verb=verb), tally.attack("U1", "parts missing, mixed up or of another bundle"), forgery.copy(bundle) as victim:
                        change(victim, name)
                        statuses = (Exit.NOT_TRUSTED,) if name == "SHA256SUMS" and what != "the next one" else (Exit.DAMAGED,)  # too large to be read at all
                        self.refused(verb, victim, statuses, "" if name == "SHA256SUMS" else name)

    def test_reads_that_fail(self):
        """EIO at the reads of each file, one by one: which file it was is said, and the machine is as it was."""
        scratch.need("strace")
        log = self.root.parent / "reads"
        self.addCleanup(log.unlink)
        for verb in ("verify", "apply"):
            points = []
            for path in sorted(each for each in bundle.rglob("*") if each.is_file()):
                product.run("strace", "-f", "-qq", "-o", log, "-P", path, "-e", "trace=read,pread64", *self.command("plan" if verb == "apply" else verb, bundle), home=bench.home)
                reads = [match.group(1) for match in re.finditer(r"\b(read|pread64)\(", log.read_text())]
                points += [(path, call, reads[: index + 1].count(call)) for index, call in enumerate(reads)]
                if verb == "apply" and path.name.startswith("payload"):
                    points += [(path, "pread64", number) for number in range(1, 4)]
            for path, call, number in points if LONG else points[::max(1, len(points) // 14)]:
                with self.subTest(verb=verb, file=path.name, call=call, number=number), tally.attack("U1", "reads that fail"):
                    strace = ("strace", "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", f"inject={call}:error=EIO:when={number}")
                    self.refused(verb, bundle, (Exit.INPUT_OUTPUT, Exit.RESTORED), path.name, strace)

    def test_a_stick_comes_back_as_it_went_or_is_refused(self):
        """A FAT32 image with the bundle on it, one bit or cluster of it damaged, then read again by mtools."""
        scratch.need("mformat", "mcopy")
        place = scratch.folder("stick")
        self.addCleanup(scratch.remove, place)
        image = place / "stick.img"
        with open(image, "wb") as file:
            file.truncate(96 << 20)
        scratch.run("mformat", "-F", "-i", image, "::")
        scratch.run("mcopy", "-s", "-i", image, bundle, "::/bundle")
        good = tree.listing(bundle)
        names = {path: what[3:] for path, what in good.items()}
        whole, randomly = image.read_bytes(), random.Random(7)
        used = len(whole.rstrip(b"\0"))
        ends = {"as it went": 0, "refused": 0}
        for number in range(400 if LONG else 30):
            with self.subTest(number=number), tally.attack("U1", "damaged FAT32 images"):
                data, at = bytearray(whole), randomly.randrange(used if number % 3 else 300_000)
                if number % 5 == 4:
                    data[at & ~511: (at & ~511) + 512] = bytes(512)  # a block that was never written
                elif number % 7 == 6:
                    del data[at:]  # pulled too early
                    data += bytes(len(whole) - len(data))
                else:
                    data[at] ^= 1 << number % 8
                image.write_bytes(data)
                back = place / "back"
                shutil.rmtree(back, ignore_errors=True)
                scratch.run("mcopy", "-s", "-n", "-i", image, "::/bundle", back, check=False, timeout=60)
                found = {path: what[3:] for path, what in tree.listing(back).items()} if back.exists() else {}
                done = product.run(*self.command("verify", back), home=bench.home, status=None, timeout=60)
                is_whole = all(found.get(path) == what for path, what in names.items() if not path.startswith("signatures/") or path.endswith(".sig"))
                if is_whole:
                    self.assertEqual(done.status, Exit.DONE, done.errors)
                elif done.status == Exit.DONE:
                    self.assertIn("warning: ", done.errors)  # words for people
                else:
                    self.assertIn(done.status, (Exit.NOT_TRUSTED, Exit.DAMAGED, Exit.INPUT_OUTPUT))
                ends["as it went" if is_whole else "refused"] += 1
        self.assertTrue(all(ends.values()), ends)

    def test_names_are_taken_by_fat_as_they_are(self):
        """No file of a bundle has a name that FAT or Windows changes, or is larger than FAT32 takes."""
        for path in (each for each in bundle.rglob("*") if each.is_file()):
            with self.subTest(file=path.name):
                self.assertRegex(path.name, r"\A[A-Za-z0-9_+-][A-Za-z0-9._+-]*[A-Za-z0-9_+-]\Z")
                self.assertLessEqual(path.stat().st_size, 1 << 30)


if __name__ == "__main__":
    unittest.main()
