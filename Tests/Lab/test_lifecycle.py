"""On an isolated machine with real units: install, boot, upgrade, go back, remove; and the power cut in the middle of each."""
import json
import os
import re
import shutil
import unittest

import machine
import product
import scratch
import workbench
import world

Exit = product.Exit
FIRST = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")
DATABASE = "/var/lib/rancher/k3s/server/db/state.db"
counted = {"power cuts healed": 0}


def setUpModule():
    """Two bundles of one name, the second newer."""
    global bench, first, second
    scratch.need(root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define()
    first = bench.build(definition)
    definition.write_text(definition.read_text().replace("2026.11.0", "2026.12.0").replace('"traefik"', '"traefik", "servicelb"'))
    second = bench.build(definition)
    unittest.addModuleCleanup(lambda: print(f"test_lifecycle: {', '.join(f'{number} {what}' for what, number in counted.items())}"))


class Machines(unittest.TestCase):
    def boot(self, **options):
        site = self.enterContext(machine.Machine(stick=bench.output, **options))
        site.path("/etc/sealift/trusted-keys").mkdir(parents=True)
        shutil.copy(bench.public_key, site.path("/etc/sealift/trusted-keys"))
        # The dummy route of the vendor's remedy, put where it outlives a boot.
        site.path("/etc/systemd/system/route.service").write_text(
            "[Unit]\nBefore=k3s.service\n[Service]\nType=oneshot\nExecStart=-/sbin/ip route add default dev lo metric 1000\n"
            "[Install]\nWantedBy=multi-user.target\n")
        site.run("systemctl", "enable", "--now", "route.service")
        return site

    def install(self, site, built, *words, status=Exit.DONE):
        done = site.run("sh", f"{machine.MEDIUM}/{built.folder.name}/install.sh", *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def own(self, site, *words, status=Exit.DONE):
        """The installer that is on the machine; no stick is needed."""
        done = site.run("/usr/local/sbin/sealift-install", *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def pull_out(self, site):
        """The stick is taken; returns what puts it back."""
        host = next(host for host, inside in site.binds.items() if inside == machine.MEDIUM)
        del site.binds[host]
        return lambda: site.binds.__setitem__(host, machine.MEDIUM)

    def version(self, site):
        receipt = site.path("/var/lib/sealift/receipts/line7.json")
        return json.loads(receipt.read_text())["bundle"]["version"] if receipt.exists() else None

    def is_up(self, site):
        scratch.wait_until(lambda: site.is_active("k3s.service"), "k3s", timeout=90)


class Life(Machines):
    def test_from_the_stick_to_the_last_uninstallation(self):
        site = self.boot()
        self.install(site, first, *FIRST)
        database = site.path(DATABASE)
        database.parent.mkdir(parents=True, exist_ok=True)
        database.write_text("of the first")
        asked = site.run("systemctl", "show", "--property=Requires,After", "k3s.service").stdout
        self.assertEqual(asked.count("sealift-recover.service"), 2, asked)

        with self.subTest("a boot without the stick"):
            put_back = self.pull_out(site)
            site.power_off()
            site.boot()
            self.is_up(site)
            self.assertIn("all as laid", self.own(site, "status").stdout)
            site.power_off()
            put_back()
            site.boot()

        with self.subTest("an image that is lost"):
            name = site.run("k3s", "ctr", "-n", "k8s.io", "images", "ls", "-q").stdout.split()[0]
            site.run("k3s", "ctr", "-n", "k8s.io", "images", "rm", name)
            self.assertIn(f"missing {name}", self.own(site, "status").stdout)
            self.assertIn("all in the runtime", self.own(site, "status", "--repair").stdout)

        with self.subTest("an upgrade"):
            plan = self.install(site, second, "plan", *FIRST[:-1]).stdout
            self.assertRegex(plan, rf"copy +[0-9.]+ \w+ +{DATABASE.rpartition('/')[0]}, while the platform is stopped")
            self.install(site, second, "--yes")
            self.is_up(site)
            self.assertEqual(self.version(site), "2026.12.0")
            self.assertIn("to 2026.11.0", self.own(site, "status").stdout)
            database.write_text("of the second")

        with self.subTest("what is older is refused, what went before comes back"):
            self.install(site, first, *FIRST, status=Exit.POLICY)
            done = self.own(site, "rollback", "--yes")
            self.assertIn("is lost", done.stdout)
            self.is_up(site)
            self.assertEqual((self.version(site), database.read_text()), ("2026.11.0", "of the first"))
            self.assertNotIn("servicelb", site.path("/etc/rancher/k3s/config.yaml.d/00-sealift.yaml").read_text())
            self.own(site, "rollback", "--yes", status=Exit.POLICY)

        with self.subTest("a report to carry back"):
            report = json.loads(self.own(site, "report").stdout)
            self.assertEqual(report["bundles"][0]["receipt"]["bundle"]["version"], "2026.11.0")
            self.assertEqual(report["bundles"][0]["state"]["drift"], [])

        with self.subTest("uninstalling keeps the data, purging does not"):
            done = self.own(site, "uninstall", "--yes")
            self.assertIn("until a reboot", done.stdout)
            self.assertFalse(site.is_active("k3s.service"))
            self.assertEqual(database.read_text(), "of the first")
            for place in ("/usr/local/bin/k3s", "/usr/local/sbin/sealift-install", "/etc/systemd/system/sealift-recover.service"):
                self.assertFalse(os.path.lexists(site.path(place)), place)
            self.install(site, first, *FIRST, status=Exit.POLICY)  # the floor survives
            self.install(site, second, *FIRST)
            self.own(site, "uninstall", "--purge", "--yes")
            self.assertFalse(site.path("/var/lib/rancher/k3s").exists())


class Pulled(Machines):
    """The stick is pulled out in the middle of an upgrade: its reads fail from then on."""

    def test_the_old_version_runs_on(self):
        scratch.need("strace")
        site = self.boot()
        self.install(site, first, *FIRST)
        inside = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                  "/usr/local/sbin/sealift-install", "--bundle", f"{machine.MEDIUM}/{second.folder.name}", "--yes"]
        for error in ("EIO", "ENODEV"):
            done = scratch.run("strace", "-f", "-qqq", "-o", "/dev/null", "-P", f"{machine.MEDIUM}/{second.folder.name}/payload-001.tar.zst",
                               "-e", "trace=pread64", "-e", f"inject=pread64:error={error}:when=2+", "nsenter", f"--target={site.leader}", "--all",
                               *inside, check=False)
            self.assertEqual(done.returncode, Exit.INPUT_OUTPUT, done.stderr)
            for part in ("if the stick was pulled out, put it back", "as it was before"):
                self.assertIn(part, done.stderr)
            self.is_up(site)
            self.assertEqual(self.version(site), "2026.11.0")
            self.assertIn("all as laid", self.own(site, "status").stdout)
        self.install(site, second, "--yes")
        self.assertEqual(self.version(site), "2026.12.0")


class Cuts(Machines):
    """The installer is killed at a call, the power is cut at once, and the machine boots without the stick."""

    def setUp(self):
        self.killed = set()

    def tearDown(self):
        # The C library makes renameat of renameat2 without flags; a name that is never met would test nothing.
        self.assertLessEqual({"renameat", "fsync"}, self.killed)

    def cut(self, site, call, number, *command):
        """Runs a command of the machine under our strace; whether it was killed there."""
        scratch.need("strace")
        inside = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", *command]
        done = scratch.run("strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}", "nsenter",
                           f"--target={site.leader}", "--all", *inside, check=False)
        if done.returncode not in (-9, 137):
            return False
        self.killed.add(call)
        return True

    def heal(self, site, wanted):
        """Cuts the power, boots without the stick; exactly one of the versions in `wanted` must be there, whole."""
        can_heal = site.path("/etc/systemd/system/multi-user.target.wants/sealift-recover.service").is_symlink()
        put_back = self.pull_out(site)
        site.pull_plug()
        site.boot()
        scratch.wait_until(lambda: site.run("systemctl", "is-active", "sealift-recover.service", check=False).stdout.strip() != "activating", "recovery")
        version = self.version(site)
        self.assertIn(version, wanted)
        # Before the recovery itself is in place nothing of the machine has changed; what is staged goes with the next run.
        for name in ("journal", "journal.done", "attempts") if can_heal else ():
            self.assertFalse(site.path(f"/var/lib/sealift/{name}").exists(), name)
        if version is not None:
            self.is_up(site)
            self.assertIn("all as laid", self.own(site, "status").stdout)
        else:
            places = ["/usr/local/bin/k3s", "/etc/systemd/system/k3s.service", "/etc/rancher", "/etc/systemd/system/multi-user.target.wants/k3s.service"]
            left = [path for path in (*places, *(["/usr/local/sbin/sealift-install"] if can_heal else [])) if os.path.lexists(site.path(path))]
            self.assertEqual(left, [])
        counted["power cuts healed"] += 1
        site.power_off()
        put_back()
        site.boot()
        return version

    def points(self):
        """Numbers of calls: early among the own files, among the renames, late."""
        long = bool(os.environ.get("SEALIFT_LONG"))
        table = {"renameat": (3, 14, 6, 20, 10), "linkat": (1, 2), "unlinkat": (1, 3), "fsync": (2, 9, 20, 40)}
        return [(call, number) for call, numbers in table.items() for number in (numbers if long else numbers[:2])]

    def test_a_first_installation(self):
        site = self.boot()
        command = ["sh", f"{machine.MEDIUM}/{first.folder.name}/install.sh", *FIRST]
        for call, number in self.points():
            with self.subTest(call=call, number=number):
                if self.cut(site, call, number, *command):
                    self.heal(site, {None, "2026.11.0"})
                if self.version(site) is not None:
                    self.own(site, "uninstall", "--purge", "--yes")
        self.install(site, first, *FIRST)
        self.is_up(site)

    def test_an_upgrade_and_a_rollback(self):
        site = self.boot()
        self.install(site, first, *FIRST)
        site.path(DATABASE).parent.mkdir(parents=True, exist_ok=True)
        site.path(DATABASE).write_text("of the first")
        upgrade = ["sh", f"{machine.MEDIUM}/{second.folder.name}/install.sh", "--yes"]
        for call, number in self.points():
            with self.subTest(call=call, number=number):
                if self.cut(site, call, number, *upgrade):
                    self.heal(site, {"2026.11.0", "2026.12.0"})
                self.assertEqual(site.path(DATABASE).read_text(), "of the first")
                if self.version(site) != "2026.12.0":
                    self.install(site, second, "--yes")
                site.path(DATABASE).write_text("of the second")
                killed = self.cut(site, call, number, "/usr/local/sbin/sealift-install", "rollback", "--yes")
                version = self.heal(site, {"2026.11.0", "2026.12.0"}) if killed else self.version(site)
                self.assertEqual(site.path(DATABASE).read_text(), {"2026.11.0": "of the first", "2026.12.0": "of the second"}[version])
                if version != "2026.11.0":
                    self.own(site, "rollback", "--yes")


if __name__ == "__main__":
    unittest.main()
