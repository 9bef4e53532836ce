"""What comes on top of a platform, and values of single machines: bundles/addon.yaml over bundles/demo.yaml, files in sites/ beside both."""
import json
import shutil
import unittest

import laid
import machine
import platforms
import product
import scratch
import tree
import workbench
import world
from product import Exit

CAMERA = "acme/camera:3.1.0"
# What the add-on lays, whatever the role; the manifest goes to the first server only.
EVERY = {
    "var/lib/rancher/k3s/agent/images/sealift-images-camera.tar": laid.file("0644", laid.image_archive(f"ghcr.io/{CAMERA}")),
    "etc/acme": laid.folder(),
    "etc/acme/camera.yaml": laid.file("0644", laid.yaml_of({"camera": "cam-1.plant", "detail": "low"})),
}
LAID = {
    "first-server": {**EVERY, "var/lib/rancher/k3s/server/manifests/camera.yaml": laid.file(
        "0600", laid.exactly((scratch.ROOT / "bundles/camera/camera.yaml").read_bytes()))},
    "agent": EVERY,
}
VALUES = "CAMERA=cam-1.plant\n"


def setUpModule():
    global connected, bench, platform, definitions, below, addon
    scratch.need(root=True)
    scratch.need_modules("yaml")
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    connected.digests[f"ghcr.io/{CAMERA}"] = connected.registry.push(connected.layout, "plc-bridge", CAMERA)
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    platform = platforms.load("k3s")
    definitions = bench.folder / "definitions"
    below = bench.build(platforms.copy_definition(platform, definitions))
    addon = bench.build(example("addon.yaml"))


def example(name, **changes):
    """An example of bundles/ for this machine's architecture, with words replaced."""
    text = (scratch.ROOT / "bundles" / name).read_text().replace("arch: amd64", f"arch: {product.ARCHITECTURE}")
    for old, new in changes.items():
        text = text.replace(old.replace("_", " "), new)
    path = definitions / name
    path.write_text(text)
    return path


class Rooted(unittest.TestCase):
    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        self.empty = laid.system(self.root)
        self.sites = bench.output / "sites"
        self.addCleanup(shutil.rmtree, self.sites, ignore_errors=True)

    def site(self, name, text, mode=0o600):
        path = self.sites / f"{name}.env"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def run_installer(self, built, *words, status=Exit.DONE):
        return product.run("sh", built.folder / "install.sh", *words, "--root", self.root, "--key", bench.public_key, home=bench.home, status=status)

    def install_platform(self, role="first-server"):
        platforms.install(platform, below.folder, self.root, role, bench.public_key, lambda *words: product.run(*words, home=bench.home))

    def laid_before(self):
        """What is there, apart from the installer's own state."""
        return {path: what for path, what in tree.listing(self.root).items() if not f"{path}/".startswith(f"{laid.STATE}/")}

    def refuse(self, built, *words, status, parts):
        before = tree.listing(self.root)
        done = self.run_installer(built, *words, status=status)
        self.assertEqual(done.output, "")
        for part in (*parts, "next: "):
            self.assertIn(part, done.errors)
        self.assertEqual(tree.changes(before, tree.listing(self.root)), [])


class Addons(Rooted):
    def test_on_the_platform_it_lays_exactly_its_own(self):
        for role, table in LAID.items():
            with self.subTest(role=role):
                self.setUp()
                self.install_platform(role)
                before = self.laid_before()
                # The role is that of the platform: nobody has to say it.
                self.run_installer(addon, "apply", "--set", "CAMERA=cam-1.plant", "--yes")
                self.assertEqual(laid.differences(self.root, before, table, connected), [])
                receipts = {path.name: json.loads(path.read_text()) for path in (self.root / laid.STATE / "receipts").iterdir()}
                self.assertEqual(set(receipts), {"demo.json", "camera.json"})
                self.assertEqual((receipts["camera.json"]["role"], receipts["camera.json"]["needs"][0]["bundle"]), (role, "demo"))

    def test_where_its_platform_is_not_it_is_refused(self):
        words = ("apply", "--role", "first-server", "--set", "CAMERA=cam-1.plant", "--yes")
        self.refuse(addon, *words, status=Exit.POLICY, parts=["camera is an add-on for demo >=1.0 <2 (k3s >=v1.31 <v1.33)", "install demo first"])
        self.install_platform("agent")
        self.refuse(addon, *words, status=Exit.POLICY, parts=["the role first-server is not that of demo", "this machine is agent"])
        later = bench.build(example("addon.yaml", **{">=1.0_<2": ">=2"}), output=bench.folder / "later")
        self.refuse(later, "apply", "--set", "CAMERA=cam-1.plant", "--yes", status=Exit.POLICY,
                    parts=["camera is an add-on for demo >=2", "installed: demo 1.0.0 (k3s v1.31.4+k3s1"])

    def test_no_two_bundles_own_one_path(self):
        self.install_platform()
        thief = bench.build(example("addon.yaml", **{"/etc/acme/camera.yaml": "/etc/rancher/k3s/config.yaml.d/00-sealift.yaml"}), output=bench.folder / "thief")
        self.refuse(thief, "apply", "--set", "CAMERA=cam-1.plant", "--yes", status=Exit.POLICY,
                    parts=['camera wants to lay "/etc/rancher/k3s/config.yaml.d/00-sealift.yaml"', "belongs to the bundle demo"])

    def test_the_platform_stays_as_long_as_something_stands_on_it(self):
        self.install_platform()
        before = self.laid_before()
        self.run_installer(addon, "apply", "--set", "CAMERA=cam-1.plant", "--yes")
        self.refuse(below, "uninstall", "--name", "demo", "--yes", status=Exit.POLICY, parts=["cannot uninstall demo: camera stands on it"])
        self.run_installer(addon, "uninstall", "--name", "camera", "--yes")
        # Folders that were not in the bundle are nobody's.
        left = [each for each in tree.changes(before, self.laid_before()) if "etc/acme" not in each]
        self.assertEqual(left, [])
        self.run_installer(below, "uninstall", "--yes")

    def test_stock_tools_and_ours_see_what_it_needs(self):
        manifest = json.loads((addon.folder / "manifest.json").read_text())
        self.assertEqual(manifest["needs"], [{"bundle": "demo", "platform": [">=v1.31 <v1.33"], "profile": "k3s", "versions": [">=1.0 <2"]}])
        self.assertEqual([each["name"] for each in manifest["images"]], [f"ghcr.io/{CAMERA}"])
        bench.sealift("verify", addon.folder, "--key", bench.public_key, "--deep")


class Sites(Rooted):
    """Files beside the bundle. Below a root nobody can tell which machine it will be: `--site` says so. test_site.py has the other way."""

    def plan(self, *words, **more):
        return self.run_installer(below, "plan", *words, **more)

    def test_the_plan_shows_each_value_with_its_line_and_no_secret(self):
        self.site("7H2K9Q3", "# press 4\nSEALIFT_ROLE=agent\nNODE_IP=192.168.10.9\nK3S_URL=https://192.168.10.5:6443\nK3S_TOKEN=hunter2\n")
        done = self.plan("--site", "7H2K9Q3", "--set", "NODE_IP=192.168.10.10", "--yes", status=None)
        path = self.sites / "7H2K9Q3.env"
        self.assertRegex(done.output, r"site\n +\S*/sites/7H2K9Q3\.env, by --site\n")
        self.assertRegex(done.output, r"NODE_IP +192\.168\.10\.10 +from --set\n")
        self.assertRegex(done.output, rf"K3S_URL +https://192\.168\.10\.5:6443 +from {path}, line 4\n")
        self.assertRegex(done.output, rf"K3S_TOKEN +\(secret, not shown\) +from {path}, line 5\n")
        self.assertIn(" as agent, ", done.output)
        self.assertNotIn("hunter2", done.output + done.errors)
        site = json.loads(self.plan("--site", "7H2K9Q3", "--yes", "--json", status=None).output)["site"]
        self.assertEqual((site["file"], site["by"]), (str(path), "--site"))
        self.assertEqual([(each["name"], each["value"]) for each in site["values"]],
                         [("K3S_TOKEN", None), ("K3S_URL", "https://192.168.10.5:6443"), ("NODE_IP", "192.168.10.9")])

    def test_a_folder_of_the_bundles_name_goes_before(self):
        self.site("press-4", "NODE_IP=192.168.10.9\n")
        self.site("demo/press-4", "NODE_IP=192.168.10.10\n")
        self.assertIn("192.168.10.10", self.plan("--site", "press-4", "--role", "first-server", "--yes", status=None).output)

    def test_what_is_wrong_is_refused_with_its_line(self):
        self.install_platform()
        for text, parts in {
            "NODE_IP=192.168.10.9\nNODE_PI=10.0.0.5\n": ['no variable "NODE_PI"', "press.env, line 2", "did you mean NODE_IP?"],
            "NODE_IP=192.168.10.256\n": ['"192.168.10.256" is not an IPv4 address', "press.env, line 1"],
            "# a\n\nNODE_IP 192.168.10.9\n": ["cannot read line 3", "it has no ="],
            "NODE_IP=192.168.10.9\nNODE_IP=192.168.10.10\n": ["cannot read line 2", "NODE_IP stands on line 1 already"],
            'NODE_IP="192.168.10.9\n': ["cannot read line 1", "a quote opens"],
            "SEALIFT_ROLE=master\n": ['no role "master"'],
        }.items():
            with self.subTest(text=text):
                self.site("press", text)
                self.refuse(below, "apply", "--site", "press", "--yes", status=Exit.USAGE, parts=parts)
        self.refuse(below, "apply", "--site", "nobody", "--yes", status=Exit.USAGE, parts=['there is no file "nobody.env"'])

    def test_a_secret_for_everyone_to_read_draws_a_warning_that_the_receipt_keeps(self):
        text = "SEALIFT_ROLE=agent\nK3S_URL=https://192.168.10.5:6443\nK3S_TOKEN=hunter2\n"
        for mode, warns in ((0o600, False), (0o644, True)):
            with self.subTest(mode=oct(mode)):
                self.setUp()
                self.site("press", text, mode)
                done = self.run_installer(below, "apply", "--site", "press", "--yes")
                self.assertEqual("can be read by other users" in done.errors, warns)
                receipt = (self.root / laid.STATE / "receipts/demo.json").read_text()
                self.assertEqual("can be read by other users" in receipt, warns)
                self.assertNotIn("hunter2", done.output + done.errors + receipt)

    def test_a_second_server_is_never_a_second_cluster(self):
        for text in ("", "K3S_URL=https://192.168.10.5:6443\n", "K3S_TOKEN=a\n", "K3S_URL=\nK3S_TOKEN=a\n"):
            with self.subTest(text=text):
                self.site("press", f"SEALIFT_ROLE=server\n{text}")
                self.refuse(below, "apply", "--site", "press", "--yes", status=Exit.USAGE, parts=["values are missing"])
        self.site("press", "SEALIFT_ROLE=server\nK3S_URL=http://192.168.10.5:6443\nK3S_TOKEN=a\n")
        self.refuse(below, "apply", "--site", "press", "--yes", status=Exit.USAGE, parts=["begins with https://"])


SERIAL = "7H2K9Q3"


class OnAMachine(unittest.TestCase):
    """A machine with a serial number, an add-on over a platform that runs; everything that differs comes from sites/ on the stick."""

    @classmethod
    def setUpClass(cls):
        # Both bundles are on one stick; each has a file of its own for this machine, and there is one more by its host name.
        sites = bench.output / "sites"
        cls.addClassCleanup(shutil.rmtree, sites, ignore_errors=True)
        for name, text in {f"demo/{SERIAL}": "SEALIFT_ROLE=first-server\nNODE_IP=192.168.10.9\n", f"demo/{machine.HOST_NAME}": "NODE_IP=192.168.10.8\n",
                           f"camera/{SERIAL}": "CAMERA=cam-1.plant\nDETAIL=high\n"}.items():
            path = sites / f"{name}.env"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        cls.site = cls.enterClassContext(machine.Machine(stick=bench.output))
        folder = cls.site.path("/etc/sealift/trusted-keys")
        folder.mkdir(parents=True)
        shutil.copy(bench.public_key, folder)
        cls.site.add_default_route()
        # nspawn makes /sys itself. A board without DMI tells its number by the device tree, with the zero byte of a C string at its end.
        tree_of_board = "/sys/firmware/devicetree/base"
        cls.site.run("sh", "-c", f"mount -o remount,rw /sys && mkdir -p {tree_of_board} && printf '{SERIAL}\\0' >{tree_of_board}/serial-number")

    def stick(self, built, *words, status=Exit.DONE):
        done = self.site.run("sh", f"{machine.MEDIUM}/{built.folder.name}/install.sh", *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def running(self):
        return self.site.run("systemctl", "show", "--property=ActiveState,MainPID", "k3s.service").stdout

    def test_values_by_serial_number_and_an_add_on_over_what_runs(self):
        plan = self.stick(below, "plan", "--yes")
        self.assertRegex(plan.stdout, rf"sites/demo/{SERIAL}\.env, by device tree serial {SERIAL}\n")
        self.assertIn(f'{machine.HOST_NAME}.env" is for this machine too and is not read', plan.stderr)
        self.stick(addon, "--yes", status=Exit.USAGE)  # several roles, and nothing below that says which
        self.stick(addon, "--role", "first-server", "--yes", status=Exit.POLICY)
        self.stick(below, "--yes")
        receipt = json.loads(self.site.path("/var/lib/sealift/receipts/demo.json").read_text())
        self.assertEqual((receipt["role"], receipt["values"]), ("first-server", {"NODE_IP": "192.168.10.9"}))
        self.assertTrue(any("is not read" in each for each in receipt["warnings"]), receipt["warnings"])
        before = self.running()
        self.assertIn("ActiveState=active", before)
        self.stick(addon, "--yes")
        self.assertEqual(self.running(), before)
        self.assertIn('detail: "high"', self.site.path("/etc/acme/camera.yaml").read_text())
        self.assertTrue(self.site.path("/var/lib/rancher/k3s/agent/images/sealift-images-camera.tar").exists())
        self.assertIn("camera stands on it", self.stick(below, "uninstall", "--name", "demo", "--yes", status=Exit.POLICY).stderr)
        self.stick(addon, "uninstall", "--name", "camera", "--yes")
        self.assertEqual(self.running(), before)
        self.assertFalse(self.site.path("/etc/acme/camera.yaml").exists())
        self.stick(below, "uninstall", "--yes")
        self.assertFalse(self.site.path("/usr/local/bin/k3s").exists())


if __name__ == "__main__":
    unittest.main()
