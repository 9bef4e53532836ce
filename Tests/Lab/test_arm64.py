"""Bundles for arm64, with the installer that scripts/build-installer --arch arm64 makes, run by qemu where the machine is another.

The installer is of another compiler than ours, so what it does is tried here, not only that it starts: Swift 6.2.3 once
compiled the listing of folders wrongly, and only apply and uninstall crashed.
"""
import platform
import shutil
import unittest

import product
import scratch
import world

SITE = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5")


class Arm64(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.installer = fresh(product.installer("arm64"))
        cls.runner = [] if platform.machine() == "aarch64" else ["qemu-aarch64-static"]
        scratch.need(*cls.runner)
        cls.folder = scratch.folder("arm64")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        definition = definition_for("arm64", cls.folder)
        product.sealift("keygen", cls.folder / "site", "--no-passphrase", home=cls.folder)
        with world.World() as connected:
            cls.words = ["build", definition, "-o", cls.folder / "stick", "--key", cls.folder / "site.key", *connected.options]
            product.sealift(*cls.words, "--installer", cls.installer, home=cls.folder)
            cls.refusal = product.sealift(*cls.words[:3], cls.folder / "other", *cls.words[4:], "--installer", product.tool(),
                                          home=cls.folder, status=product.Exit.USAGE)
        [cls.bundle] = (cls.folder / "stick").iterdir()

    def install(self, *arguments, status=product.Exit.DONE):
        program, *words = [*self.runner, self.bundle / "sealift-install", *arguments]
        return product.run(program, *words, home=self.folder, status=status)

    def of_bundle(self, verb, bundle=None, key="site.pub", **options):
        return self.install(verb, "--bundle", bundle or self.bundle, "--key", self.folder / key, **options)

    def test_starts_and_tells_usage(self):
        self.assertIn("sealift-install", self.install("--version").output)
        self.assertIn("Usage:", self.install("--help").output)
        self.install("nonsense", status=product.Exit.USAGE)

    def test_the_bundle_is_good_for_the_tool_and_for_its_own_installer(self):
        self.assertTrue(self.bundle.name.endswith("-arm64"))
        product.sealift("verify", self.bundle, "--key", self.folder / "site.pub", "--deep", home=self.folder)
        self.of_bundle("verify")

    def test_refuses_another_key(self):
        product.sealift("keygen", self.folder / "other", "--no-passphrase", home=self.folder)
        self.of_bundle("verify", key="other.pub", status=product.Exit.NOT_TRUSTED)

    def test_refuses_a_flipped_bit(self):
        copy = self.folder / "tampered"
        shutil.copytree(self.bundle, copy)
        [volume] = copy.glob("payload-*")
        data = bytearray(volume.read_bytes())
        data[len(data) // 2] ^= 1
        volume.write_bytes(data)
        self.of_bundle("verify", bundle=copy, status=product.Exit.DAMAGED)

    def test_plans_installs_and_removes(self):
        root = self.folder / "root"
        root.mkdir()
        where = ("--bundle", self.bundle, "--key", self.folder / "site.pub", "--root", root, *SITE)
        self.assertIn("/usr/local/bin/k3s", self.install("plan", *where).output)
        self.assertEqual(list(root.iterdir()), [])
        self.install("apply", *where)
        self.assertTrue((root / "usr/local/bin/k3s").exists())
        self.install("status", "--root", root)
        self.install("uninstall", "--root", root, "--yes")
        self.assertFalse((root / "usr/local/bin/k3s").exists())

    def test_a_program_for_another_machine_is_no_installer(self):
        self.assertIn("cannot build for arm64: ", self.refusal.errors)
        self.assertIn("scripts/build-installer --arch arm64", self.refusal.errors)


def fresh(installer):
    """Skips the test where the installer is older than the code: it would tell about the code of another day."""
    newest = max(path.stat().st_mtime for path in (scratch.ROOT / "Sources").rglob("*") if path.is_file())
    if installer.stat().st_mtime < newest:
        raise unittest.SkipTest(f"{installer.relative_to(scratch.ROOT)} is older than Sources (scripts/build-installer --arch arm64)")
    return installer


def definition_for(architecture, folder):
    """A copy of bundles/demo.yaml for that architecture."""
    copy = folder / "definition"
    shutil.copytree(scratch.ROOT / "bundles", copy)
    definition = copy / "demo.yaml"
    text = definition.read_text()
    definition.write_text(text.replace("arch: amd64", f"arch: {architecture}"))
    return definition


if __name__ == "__main__":
    unittest.main()
