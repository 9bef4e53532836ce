"""Snaps on a site: an isolated machine whose snapd is a STAND-IN that notes every command and refuses a wrong order. The real snapd cannot
run here: it needs squashfs mounts, AppArmor and a systemd that is not nspawn's. What is proven ends at its command line."""
import json
import shutil
import unittest

import machine
import microk8s_release
import platforms
import product
import scratch
import tree
import workbench
import world

Exit = product.Exit
TOKEN = "0123456789abcdef0123456789abcdef"
SIDELOAD = "/var/snap/microk8s/common/etc/sideload"


def setUpModule():
    global connected, bench, built
    product.installer()
    connected = unittest.enterModuleContext(world.World(platform="microk8s"))
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = platforms.copy_definition(platforms.load("microk8s"), bench.folder / "definition")
    built = bench.build(definition)


class SnapSite(unittest.TestCase):
    """One machine for each test: every install changes it."""

    def setUp(self):
        self.site = self.enterContext(machine.Machine(stick=bench.output, size="12g"))
        self.site.add_default_route()
        for name, mode in (("/usr/bin/snap", 0o755),):
            shutil.copy(scratch.ROOT / "Tests/Lab/snapd-stand-in", self.site.path(name))
            self.site.path(name).chmod(mode)
        self.site.path("/snap").mkdir()
        keys = self.site.path("/etc/sealift/trusted-keys")
        keys.mkdir(parents=True)
        shutil.copy(bench.public_key, keys)

    def install(self, *words, status=Exit.DONE):
        done = self.site.run("sh", f"{machine.MEDIUM}/{built.folder.name}/install.sh", "--role", "first-node", *words, "--yes", check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def commands(self):
        """What snap was told, questions left out."""
        path = self.site.path("/var/lib/snapd-stand-in/log")
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.split()[0] not in ("version", "list", "get", "abort", "watch")]

    def snaps(self):
        folder = self.site.path("/var/lib/snapd-stand-in/installed")
        return {path.name: int(path.read_text()) for path in folder.iterdir()}

    def settings(self):
        return {path.name: path.read_text().strip() for path in self.site.path("/var/lib/snapd-stand-in/settings").iterdir()}

    def files(self):
        return {path: what for path, what in tree.listing(self.site.folder / "disk/upper", times=True).items()
                if path.startswith(("opt/", "var/snap/")) and what[0][0] != "d"}

    ALL = {"snapd": microk8s_release.DAEMON_REVISION, "core22": microk8s_release.BASE_REVISION, "microk8s": microk8s_release.REVISION}

    def test_a_node_is_installed_again_and_taken_away(self):
        self.install()
        snapd, core, own = (f"/opt/sealift/snaps/{name}_{revision}" for name, revision in self.ALL.items())
        self.assertEqual(self.commands(), [
            "wait system seed.loaded", f"ack {snapd}.assert", f"install {snapd}.snap", "set system store.access=offline", "refresh --hold",
            f"ack {core}.assert", f"install {core}.snap", f"ack {own}.assert", f"install {own}.snap --classic"])
        self.assertEqual(self.snaps(), self.ALL)
        self.assertEqual(self.settings(), {"store.access": "offline", "refresh.hold": "forever"})
        # The archive was taken in, and the images are those of the bundle.
        self.assertEqual([path.name for path in self.site.path(SIDELOAD).iterdir()], ["sealift-images.tar.loaded"])
        listed = self.site.run("/snap/bin/microk8s", "ctr", "image", "ls").stdout.splitlines()[1:]
        self.assertEqual({line.split()[0] for line in listed}, {*microk8s_release.IMAGES, f"ghcr.io/{world.APPLICATION}"})
        self.assertTrue(self.site.path("/var/snap/microk8s/common/etc/launcher/install.yaml").exists())
        # Nothing is off, though the file bears another name now.
        [state] = json.loads(self.site.run("sealift-install", "status", "--json").stdout)["installed"]
        self.assertEqual((state["drift"], state["missingImages"]), ([], []))
        # Again: nothing is written, nothing installed, the archive is not laid a second time.
        before, told = self.files(), len(self.commands())
        self.assertIn("nothing was changed", self.install())
        self.assertEqual(tree.changes(before, self.files()), [])
        self.assertEqual(self.commands()[told:], ["wait system seed.loaded"])
        # Away: MicroK8s goes, with a snapshot of its data; base and snapd stay.
        self.site.run("sealift-install", "uninstall", "--yes")
        self.assertEqual(self.commands()[-1], "remove microk8s")
        self.assertEqual(set(self.snaps()), {"snapd", "core22"})
        self.assertEqual([path for path in self.files() if "sideload" in path or path.startswith("opt/")], [])

    def test_an_install_hook_that_fails_leaves_the_machine_as_it_was(self):
        refuse = self.site.path("/var/lib/snapd-stand-in/refuse")
        refuse.parent.mkdir(parents=True)
        refuse.touch()
        said = self.install(status=Exit.RESTORED)
        self.assertIn("installing the snap microk8s failed", said)
        self.assertIn('run hook "install"', said)
        self.assertEqual(self.snaps(), {})
        self.assertEqual(self.settings(), {})
        self.assertEqual(self.commands()[-4:], ["remove --purge core22", "refresh --unhold", "unset system store.access", "remove --purge snapd"])
        self.assertEqual(self.files(), {})

    def test_what_others_have_installed_stays(self):
        folder = self.site.path("/var/lib/snapd-stand-in/installed")
        folder.mkdir(parents=True)
        (folder / "snapd").write_text("99999\n")
        (folder / "core22").write_text("7\n")
        (folder.parent / "refuse").touch()
        said = self.install(status=Exit.RESTORED)
        self.assertIn("snapd stays at revision 99999, which is newer", said)
        self.assertEqual(self.snaps(), {"snapd": 99999, "core22": 7})
        self.assertIn("revert core22 --revision=7", self.commands())
        self.assertNotIn("remove --purge snapd", self.commands())

    def test_without_snapd_the_check_says_what_to_do(self):
        self.site.path("/usr/bin/snap").unlink()
        said = self.install(status=Exit.REQUIREMENTS)
        self.assertIn("microk8s.snapd", said)
        self.assertIn("there is no snapd", said)
        self.assertIn("install the distribution's package snapd", said)
        self.assertEqual(self.files(), {})


if __name__ == "__main__":
    unittest.main()
