"""The checks on real machines: strictly read-only, all findings at once, a survey that a build can be tested against."""
import json
import os
import pathlib
import stat
import unittest

import machine
import product
import scratch
import tree
import workbench
import world

Exit = product.Exit
counted = {"failures told at once": 0, "surveys read by another reader": 0, "looks that changed nothing": 0}
SCHEMA = scratch.ROOT / "docs/schema/survey.schema.json"
HUGE = 1 << 52  # a manifest holds no larger numbers than 2^53

# No machine meets these. One of each kind that a machine can be made to fail by a number or a name.
IMPOSSIBLE = [
    {"kind": "cores", "minimum": 4096}, {"kind": "memory", "minimum": HUGE}, {"kind": "disk", "path": "/var/lib", "minimum": HUGE},
    {"kind": "disk", "path": "/usr", "minimum": HUGE}, {"kind": "kernel", "minimum": "99.0"}, {"kind": "kernel-config", "options": ["SEALIFT_NONE"]},
    {"kind": "cgroup", "v2": ["sealift"]}, {"kind": "path-absent", "paths": ["/etc/passwd"]}, {"kind": "path-absent", "paths": ["/usr", "/etc"]},
    {"kind": "program", "programs": ["sealift-none"]}, {"kind": "program", "programs": ["sh", "sealift-none"]}, {"kind": "systemd", "minimum": 9999},
    {"kind": "sysctl", "key": "kernel.pid_max", "minimum": HUGE}, {"kind": "inodes", "path": "/var/lib", "minimum": HUGE},
    {"kind": "hosts-entry", "names": ["localhost", "sealift.invalid"]}, {"kind": "growth", "path": "/var/lib", "estimate": HUGE},
    {"kind": "hosts-entry", "names": ["sealift.invalid"]}, {"kind": "snapd", "minimum": "99.0"},
    {"kind": "unit-inactive", "units": ["systemd-journald.service"]}, {"kind": "file-system", "path": "/proc", "traits": ["exec"]},
]


def setUpModule():
    global connected, bench, usual, demanding
    scratch.need(root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    usual = bench.build(bench.define())
    rules = [{"id": f"impossible.{number}", "severity": "fail", "reason": "nobody has it", **rule} for number, rule in enumerate(IMPOSSIBLE)]
    demanding = bench.build(bench.define("demanding", requirements=rules))
    unittest.addModuleCleanup(lambda: print(f"test_checks: {', '.join(f'{number} {what}' for what, number in counted.items())}"))


def state(site):
    """What of a machine a look could change: its disk with times of change, what is mounted, loaded and set, its network."""
    files = {}
    for path in [site.root, *sorted(site.root.rglob("*"))]:
        about = path.lstat()
        if stat.S_ISSOCK(about.st_mode) or "/var/log/journal" in str(path):
            continue
        files[str(path.relative_to(site.root))] = (about.st_mode, about.st_uid, about.st_gid, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    told = {command: site.run("sh", "-c", command).stdout for command in (
        "find /run /tmp /dev/shm -xdev -not -path '/run/systemd/*' -not -path '/run/udev/*' | sort", "cut -d' ' -f1-4 /proc/self/mounts", "cut -d' ' -f1 /proc/modules | sort",
        "ip -o address; ip -o route; ip -o link | sed 's/qlen.*//'", "systemctl list-units --plain --no-legend --state=active | cut -d' ' -f1 | grep -v scope | sort",
        "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/rp_filter")}
    return files, told


class OnAMachine(unittest.TestCase):
    """An isolated machine with the stick as a hardened host mounts it: read-only and noexec. Nothing is staged before."""

    @classmethod
    def setUpClass(cls):
        stick = scratch.folder("stick")
        cls.addClassCleanup(scratch.remove, stick)
        for built in (usual, demanding):
            scratch.run("cp", "-a", built.folder, stick / built.folder.name)
        cls.site = cls.enterClassContext(machine.Machine(stick))
        cls.site.path("/root/site.pub").write_bytes(pathlib.Path(bench.public_key).read_bytes())

    def check(self, built, *options):
        return self.site.run("sh", f"{machine.MEDIUM}/{built.folder.name}/install.sh", "check", "--key", "/root/site.pub", *options, check=False)

    def unchanged(self, look):
        """Runs a look twice: the first has systemd and the like settle, the second is compared."""
        look()
        before = state(self.site)
        result = look()
        after = state(self.site)
        self.assertEqual({path for path in before[0].keys() | after[0].keys() if before[0].get(path) != after[0].get(path)}, set())
        self.assertEqual(before[1], after[1])
        counted["looks that changed nothing"] += 1
        return result

    def test_a_check_from_the_stick_changes_nothing(self):
        done = self.unchanged(lambda: self.check(usual, "--role", "first-server", "--json"))
        self.assertIn(done.returncode, (Exit.DONE, Exit.REQUIREMENTS), done.stderr)
        found = json.loads(done.stdout)["findings"]
        self.assertGreater(len(found), 30)
        for finding in found:
            self.assertTrue(finding["measured"] and finding["limit"] and finding["reason"], finding)
            if finding["verdict"] in ("fail", "warn"):
                self.assertTrue(finding["fix"], finding)

    def test_a_survey_changes_nothing(self):
        done = self.unchanged(lambda: self.survey())
        self.assertEqual(done.returncode, Exit.DONE, done.stderr)

    def survey(self, *options):
        return self.site.run("sh", f"{machine.MEDIUM}/{usual.folder.name}/install.sh", "check", "--survey", "--json", *options, check=False)

    def test_the_disk_probe_leaves_nothing(self):
        before = state(self.site)[0]
        done = self.check(usual, "--role", "first-server", "--probe-disk", "--json")
        latency = next(each for each in json.loads(done.stdout)["findings"] if each["id"] == "k3s.data.latency")
        self.assertNotEqual(latency["verdict"], "skipped")
        after = state(self.site)[0]
        self.assertEqual({path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}, set())

    def test_everything_that_is_short_is_told_at_once(self):
        for options in (("check", "--json"), ("apply", "--yes", "--set", "NODE_IP=192.168.10.5", "--json")):
            with self.subTest(verb=options[0]):
                before = state(self.site)
                done = self.site.run("sh", f"{machine.MEDIUM}/{demanding.folder.name}/install.sh", *options, "--key", "/root/site.pub",
                                     "--role", "first-server", check=False)
                self.assertEqual(done.returncode, Exit.REQUIREMENTS, done.stderr)
                told = json.loads(done.stdout)
                found = {each["id"]: each for each in told.get("checks", told)["findings"]}
                for number, rule in enumerate(IMPOSSIBLE):
                    finding = found[f"impossible.{number}"]
                    if finding["verdict"] == "unknown":  # such as the configuration of a kernel that hides it
                        continue
                    self.assertEqual(finding["verdict"], "fail", rule)
                    self.assertTrue(finding["measured"] and finding["limit"] and finding["fix"], finding)
                    counted["failures told at once"] += 1
                if options[0] == "apply":
                    self.assertEqual(before[0], state(self.site)[0])  # refused before the first write

    def test_a_build_is_tested_against_a_survey(self):
        path = bench.folder / "line7.survey.json"
        path.write_text(self.survey().stdout)
        done = bench.sealift(*bench.command(bench.define("surveyed")), "--site", f"first-server={path}", status=None)
        told = done.errors
        self.assertIn(f"checks for first-server at {machine.HOST_NAME}", told)
        self.assertIn("k3s.route", told)  # a machine without a network has no default route
        self.assertEqual(done.status, Exit.REQUIREMENTS, told)
        self.assertFalse(list(bench.folder.glob("**/surveyed-*-k3s-*")))
        self.site.add_default_route()
        path.write_text(self.survey().stdout)
        done = bench.sealift(*bench.command(bench.define("surveyed")), "--site", f"first-server={path}", status=None)
        self.assertNotIn("k3s.route", done.errors)
        demanded = bench.sealift(*bench.command(bench.define("demanded", requirements=[
            {"id": "impossible", "kind": "cores", "minimum": 4096, "severity": "fail", "reason": "nobody has it"}])), "--site", path, status=None)
        self.assertEqual(demanded.status, Exit.REQUIREMENTS, demanded.errors)
        self.assertIn("impossible: ", demanded.errors)


class Surveys(unittest.TestCase):
    """The document, as JSON Schema and another reader see it."""

    def survey(self, *options, **keywords):
        done = product.run(product.installer(), "check", "--survey", "--json", *options, home=bench.home, **keywords)
        return json.loads(done.output)

    def test_the_schema_takes_it(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("there is no jsonschema for Python")
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(self.survey())
        counted["surveys read by another reader"] += 1

    def test_it_tells_what_the_machine_tells(self):
        told = self.survey()
        self.assertEqual(told["machine"]["kernel"], os.uname().release)
        self.assertEqual(told["machine"]["hostName"], os.uname().nodename)
        self.assertEqual(told["texts"]["/proc/meminfo"].split()[:2], pathlib.Path("/proc/meminfo").read_text().split()[:2])
        self.assertEqual(sorted(sum(told["folders"]["/usr/bin"].values(), [])), sorted(os.listdir("/usr/bin")))
        root = next(each for each in told["mounts"] if each["folder"] == "/")
        about = os.statvfs("/")
        self.assertEqual(root["total"], about.f_blocks * about.f_frsize)
        counted["surveys read by another reader"] += 1

    def test_nothing_secret_and_nobody_elses_address_is_in_it(self):
        told = json.dumps(self.survey())
        self.assertNotIn("/etc/shadow:", told)
        for line in self.survey()["texts"].get("/proc/net/tcp", "").splitlines()[1:]:
            self.assertEqual(line.split()[3], "0A")
