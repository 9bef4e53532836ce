"""Bundles on sticks: `media write` and `media check`, on file systems of their own (tmpfs, which can be as small as a test needs)."""
import json
import pathlib
import shutil
import unittest

import k3s_release
import product
import scratch
import tree
import workbench
import world
from product import Exit

CLUSTER = 64 << 10
MEBIBYTE = 1 << 20


class Media(unittest.TestCase):
    """One bundle of several volumes, and media with room for some of them."""

    @classmethod
    def setUpClass(cls):
        scratch.need("mount", root=True)
        cls.connected = cls.enterClassContext(world.World())
        cls.bench = cls.enterClassContext(workbench.Workbench(cls.connected))
        definition = cls.bench.define(files=[{"path": "/opt/acme/data", "from": "data"}])
        (definition.parent / "data").write_bytes(k3s_release.comments(24_000_000, seed=5))
        cls.built = cls.bench.build(definition, "--volume-size", "16MiB")
        cls.volumes = [volume.name for volume in cls.built.volumes()]
        assert len(cls.volumes) > 1, cls.volumes
        cls.name = cls.built.folder.name

    def medium(self, name, room):
        """A file system with `room` bytes of its own."""
        folder = self.bench.folder / "media" / name
        folder.mkdir(parents=True)
        scratch.run("mount", "-t", "tmpfs", "-o", f"size={-(-room // 4096) * 4096}", name, folder)
        self.addCleanup(shutil.rmtree, folder)
        self.addCleanup(scratch.run, "umount", folder)
        return folder

    def room(self, names):
        """What files take by the plan's rule: whole clusters, an entry each."""
        return sum(-(-(self.built.folder / name).stat().st_size // CLUSTER) * CLUSTER + 512 for name in names)

    def fixed(self):
        files = [path.relative_to(self.built.folder) for path in self.built.folder.rglob("*") if path.is_file()]
        return [path for path in files if path.name not in self.volumes]

    def write(self, *media, status=Exit.DONE, bundle=None):
        return self.bench.sealift("media", "write", bundle or self.built.folder, *media, "--key", self.bench.public_key, "--json",
                                  status=status)

    def test_a_stick_gets_the_bundle_whole_and_is_checked(self):
        stick = self.medium("stick", 3 * self.room([*self.fixed(), *self.volumes]) + 4 * MEBIBYTE)
        [share] = json.loads(self.write(stick).output)["media"]
        self.assertEqual(share["outcome"], "written")
        self.assertEqual(tree.listing(stick / self.name), tree.listing(self.built.folder))
        self.assertEqual(json.loads(self.write(stick).output)["media"][0]["outcome"], "kept")
        shutil.copytree(self.built.folder, stick / "copied-by-hand")
        with open(stick / "copied-by-hand" / self.volumes[0], "r+b") as volume:
            volume.seek(1000)
            volume.write(b"\xff\x00\xff")
        done = self.bench.sealift("media", "check", stick, "--key", self.bench.public_key, "--json", status=Exit.DAMAGED)
        verdicts = {pathlib.Path(item["path"]).name: item["verdict"] for item in json.loads(done.output)["bundles"]}
        self.assertEqual(verdicts, {self.name: "good", "copied-by-hand": "refused"})

    def test_two_small_sticks_together_install(self):
        first = self.medium("first", self.room([*self.fixed(), self.volumes[0]]) + 2 * MEBIBYTE)
        second = self.medium("second", self.room(self.volumes[1:]) + 2 * MEBIBYTE)
        shares = json.loads(self.write(first, second).output)["media"]
        self.assertEqual([name for name in shares[1]["files"]], self.volumes[1:])
        self.assertFalse((second / self.name / "SHA256SUMS").exists())
        self.bench.sealift("media", "check", first, second, "--key", self.bench.public_key)
        done = self.bench.sealift("media", "check", first, "--key", self.bench.public_key, status=Exit.DAMAGED)
        self.assertIn(self.volumes[1], done.errors)
        root = self.bench.folder / "root"
        root.mkdir()
        self.addCleanup(shutil.rmtree, root)
        product.run(product.installer(), "apply", "--bundle", first / self.name, "--bundle", second, "--root", root, "--key",
                    self.bench.public_key, "--role", "first-server", "--set", "NODE_IP=10.0.0.7", "--yes", home=self.bench.home)
        self.assertTrue((root / "usr/local/bin/k3s").exists())

    def test_too_little_room_is_told_before_anything_is_written(self):
        stick = self.medium("small", self.room(self.fixed()) + 2 * MEBIBYTE)
        done = self.write(stick, status=Exit.INPUT_OUTPUT)
        self.assertIn("it needs", done.errors)
        self.assertIn("available", done.errors)
        self.assertEqual(list(stick.iterdir()), [])

    def test_a_damaged_bundle_is_not_spread(self):
        copy = self.bench.folder / "damaged" / self.name
        shutil.copytree(self.built.folder, copy)
        self.addCleanup(shutil.rmtree, copy.parent)
        with open(copy / self.volumes[-1], "r+b") as volume:
            volume.write(b"\x00")
        stick = self.medium("good", self.room([*self.fixed(), *self.volumes]) + 2 * MEBIBYTE)
        done = self.write(stick, bundle=copy, status=Exit.DAMAGED)
        self.assertIn(self.volumes[-1], done.errors)
        self.assertEqual(list(stick.iterdir()), [])
