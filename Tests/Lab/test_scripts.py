"""The scripts that judge the tree, judged: each rule is broken on purpose and must be seen."""
import importlib.machinery
import importlib.util
import json
import shutil
import unittest

import scratch

TABLE = """# storey	module	in installer	only for
3	Tool	no	-
2	Wrapper	yes	-
2	Other	yes	-
2	Builder	no	-
1	Base	yes	-
0	CThing	yes	Wrapper
"""
DEPENDENCIES = {
    "Tool": ["Wrapper", "Base"], "Wrapper": ["Base", "CThing"], "Other": ["Base"], "Builder": ["Base"], "Base": [],
}


class CheckImports(unittest.TestCase):
    """scripts/check-imports over a small house of four storeys."""

    def setUp(self):
        self.root = scratch.folder("house")
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "scripts").mkdir()
        self.table, self.dependencies = TABLE, {name: list(names) for name, names in DEPENDENCIES.items()}
        self.source = {"Wrapper": "import Base\nimport CThing\n", "Tool": "public import Base\n"}
        self.tests, self.support = {"BaseTests": ["Base"]}, set()

    def check(self):
        """The complaints of the script, without its name."""
        (self.root / "scripts/storeys.tsv").write_text(self.table)
        targets = [{"name": "CThing", "type": "system", "dependencies": []}]
        for name, names in {**self.dependencies, **self.tests}.items():
            kind = "test" if name in self.tests else "executable" if name == "Tool" else "regular"
            targets.append({"name": name, "type": kind, "dependencies": [{"byName": [each, None]} for each in names]})
            if name in self.support:
                targets[-1]["path"] = f"Tests/Support/{name}"
            folder = self.root / targets[-1].get("path", f"{'Tests' if kind == 'test' else 'Sources'}/{name}")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "File.swift").write_text(self.source.get(name, ""))
        package = self.root / "package.json"
        package.write_text(json.dumps({"targets": targets}))
        done = scratch.run(scratch.ROOT / "scripts/check-imports", "--root", self.root, "--package", package, check=False)
        lines = [line.removeprefix("check-imports: error: ") for line in done.stderr.splitlines()]
        self.assertEqual(done.returncode, 1 if lines else 0)
        return lines

    def test_accepts_a_house_in_order(self):
        self.assertEqual(self.check(), [])

    def test_refuses_sideways_and_up(self):
        self.source["Other"] = "@testable import Wrapper\nprivate import struct Tool.Thing\n"
        self.assertEqual(self.check(), [
            "Sources/Other/File.swift:1: import Wrapper: Wrapper is on storey 2, Other on 2: imports go down",
            "Sources/Other/File.swift:2: import Tool: Tool is on storey 3, Other on 2: imports go down"])

    def test_refuses_a_dependency_sideways(self):
        self.dependencies["Other"].append("Wrapper")
        self.assertEqual(self.check(), [
            "Package.swift: Other depends on Wrapper: Wrapper is on storey 2, Other on 2: imports go down"])

    def test_refuses_what_the_manifest_lends_silently(self):
        self.source["Tool"] = "import Other\n"
        self.assertEqual(self.check(), [
            "Sources/Tool/File.swift:1: import Other: Tool does not list Other in Package.swift"])

    def test_refuses_a_c_library_beside_its_wrapper(self):
        self.source["Other"] = "import CThing\n"
        self.assertEqual(self.check(), ["Sources/Other/File.swift:1: import CThing: CThing is only for Wrapper"])

    def test_refuses_foundation_and_dispatch(self):
        for name, module in [("Base", "FoundationEssentials"), ("Other", "Dispatch"), ("Builder", "Foundation")]:
            with self.subTest(module):
                self.source = {name: f"#if os(Linux)\n  internal import {module}\n#endif\n"}
                [complaint] = self.check()
                self.assertIn(f"{name}/File.swift:2: import {module}: {name} may import", complaint)
        self.source = {"Builder": "import FoundationEssentials\n"}
        self.assertEqual(self.check(), [])

    def test_refuses_a_builder_module_in_the_installer(self):
        self.table = self.table.replace("1	Base	yes", "1	Base	no")
        self.assertIn("Package.swift: Other depends on Base: Other is in the installer, Base is not", self.check())

    def test_refuses_tests_that_depend_on_a_program(self):
        self.tests["BaseTests"].append("Tool")
        self.assertEqual(self.check(), ["Package.swift: BaseTests depends on Tool: tests run the built program"])

    def test_what_is_for_tests_stands_in_no_storey_and_serves_no_module(self):
        self.dependencies["Fixture"], self.support = ["Base"], {"Fixture"}
        self.tests["BaseTests"].append("Fixture")
        self.source["BaseTests"] = "import Fixture\nimport Testing\n"
        self.assertEqual(self.check(), [])
        self.dependencies["Other"].append("Fixture")
        self.source["Fixture"] = "import Wrapper\n"
        self.assertEqual(self.check(), [
            "Tests/Support/Fixture/File.swift:1: import Wrapper: Fixture does not list it in Package.swift",
            "Package.swift: Other depends on Fixture: Fixture stands in no storey"])

    def test_refuses_a_module_outside_the_table(self):
        self.dependencies["New"] = []
        self.assertEqual(self.check(), ["New: stands in only one of Package.swift and scripts/storeys.tsv"])


class BuildInstaller(unittest.TestCase):
    """What scripts/build-installer and scripts/swift-chroot refuse, before they do anything."""

    def refusal(self, *command, before=()):
        done = scratch.run(*before, scratch.ROOT / "scripts" / command[0], *command[1:], check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        return done.stderr.removeprefix(f"{command[0]}: error: ").strip()

    def test_refuses_what_it_cannot_build(self):
        for words, expected in [
            (["--arch"], "--arch needs amd64 or arm64"),
            (["--arch", "riscv64"], "cannot build for 'riscv64' on "),
            (["--swift-6.2", "--arch", "riscv64"], "--swift-6.2 checks for this machine's own architecture only"),
            (["--arm64"], "unknown argument '--arm64'"),
        ]:
            with self.subTest(words):
                self.assertTrue(self.refusal("build-installer", *words).startswith(expected))

    def test_the_chroot_needs_root_and_a_command(self):
        self.assertEqual(self.refusal("swift-chroot"), "no command: scripts/swift-chroot COMMAND [ARGUMENT]...")
        nobody = ("unshare", "--user")  # nobody there, who may still read what we may
        if scratch.run(*nobody, "true", check=False).returncode != 0:
            self.skipTest("this machine makes no user name spaces")
        self.assertEqual(self.refusal("swift-chroot", "true", before=nobody),
                         "needs root for debootstrap, mount and chroot: run it with sudo")


class MachinePaths(unittest.TestCase):
    """scripts/machine-paths.txt over one line at a time. The words are put together here so that this file is in order."""

    def found(self, line):
        text = (scratch.ROOT / "scripts/machine-paths.txt").read_text()
        patterns = [each for each in text.splitlines() if each and not each.startswith("#")]
        done = scratch.run("grep", "-E", *(word for each in patterns for word in ("-e", each)), stdin=line + "\n", check=False)
        return done.returncode == 0

    def test_sees_places_of_one_machine_and_registry_hosts(self):
        for line in ["cd /wo" "rk", "see /wo" "rk/main/x", "/tmp/w" "t/lab", "FROM=/ho" "me/anna/src", "pip from py" "pi.org",
                     "deb http://deb.deb" "ian.org/debian x"]:
            with self.subTest(line):
                self.assertTrue(self.found(line))

    def test_leaves_other_words_alone(self):
        for line in ["workdir={disk}/work,upper", "the homework", "/var/lib/work", "/workshop", "$HOME/.cache", "crates", "/root/x"]:
            with self.subTest(line):
                self.assertFalse(self.found(line))


def event(kind, test=None, text="", **more):
    payload = {"kind": kind, "messages": [{"text": text}], **more}
    return {"kind": "event", "payload": payload if test is None else {**payload, "testID": test}}


class Fuzz(unittest.TestCase):
    """scripts/fuzz with a program in libFuzzer's place that says what libFuzzer would."""

    INITED, DONE = "#2 INITED cov: 40 ft: 50", "#900 DONE cov: 47 ft: 60\nstat::number_of_executed_units: 900\nstat::peak_rss_mb: 61"

    def setUp(self):
        loader = importlib.machinery.SourceFileLoader("fuzz", str(scratch.ROOT / "scripts/fuzz"))
        self.fuzz = importlib.util.module_from_spec(importlib.util.spec_from_loader("fuzz", loader))
        loader.exec_module(self.fuzz)
        self.root = scratch.folder("fuzz")
        self.addCleanup(shutil.rmtree, self.root)
        self.fuzz.TOP = self.fuzz.SCRATCH = self.root
        self.fuzz.PROGRAM = self.root / "program"

    def outcome(self, said, status=0, finding=None):
        written = f'for word; do case $word in -artifact_prefix=*) echo x >"${{word#*=}}{finding}";; esac; done' if finding else ""
        self.fuzz.PROGRAM.write_text(f"#!/bin/sh\n{written}\ncat <<'E'\n{said}\nE\nexit {status}\n")
        self.fuzz.PROGRAM.chmod(0o755)
        return self.fuzz.run("json", 1)

    def test_a_run_without_a_finding_tells_its_figures(self):
        outcome = self.outcome(f"{self.INITED}\n{self.DONE}")
        self.assertEqual((outcome.runs, outcome.findings), (900, 0))
        self.assertRegex(outcome.line, r"^ok   json: 900 inputs in .* 47 edges covered, 7 more than by the seeds, 61 MiB$")

    def test_a_finding_is_kept_with_the_way_to_run_it_again(self):
        outcome = self.outcome(f"{self.INITED}\nFatal error: a promise\n", status=77, finding="crash-1")
        self.assertEqual(outcome.findings, 1)
        self.assertIn("Fatal error: a promise", outcome.line)
        self.assertIn("again: program json findings/json/crash-1", outcome.line)

    def test_a_run_without_coverage_is_a_failure(self):
        outcome = self.outcome("#900 DONE corp: 1/1b\n")
        self.assertEqual(outcome.findings, 1)
        self.assertIn("ran blind", outcome.line)

    def test_five_seconds_of_waiting_are_no_finding(self):
        outcome = self.outcome(f"{self.INITED}\n{self.DONE}", status=0, finding="slow-unit-1")
        self.assertEqual(outcome.findings, 0)

    def test_refuses_a_target_that_is_not_there(self):
        done = scratch.run(scratch.ROOT / "scripts/fuzz", "nothing", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no target nothing: ", done.stderr)


class TestScript(unittest.TestCase):
    """What scripts/test says to words that it does not take."""

    def test_refuses_a_sanitizer_that_swift_does_not_have(self):
        done = scratch.run(scratch.ROOT / "scripts/test", "--sanitize", "undefined", check=False)
        self.assertEqual((done.returncode, done.stderr), (
            2, "test: error: Swift has no sanitizer for undefined behaviour on Linux; overflow and bounds trap without one\n"))


class CountTests(unittest.TestCase):
    """scripts/count-tests over event streams as swift-testing writes them."""

    def setUp(self):
        self.root = scratch.folder("count")
        self.addCleanup(shutil.rmtree, self.root)

    def count(self, events, tests=("M.a()/F.swift:1:1", "M.b()/F.swift:2:1")):
        """Status and lines, over one Swift run and no laboratory."""
        records = [{"kind": "test", "payload": {"kind": "function", "id": each}} for each in tests] + events
        stream = self.root / "events"
        stream.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records))
        done = scratch.run(scratch.ROOT / "scripts/count-tests", "--swift", stream, check=False)
        return done.returncode, done.stdout.splitlines()

    def test_counts_skips_apart_with_their_reason(self):
        self.assertEqual(self.count([
            event("testStarted", "M.a()/F.swift:1:1"), event("testEnded", "M.a()/F.swift:1:1"),
            event("testSkipped", "M.b()/F.swift:2:1", 'Test b() skipped: "no root"'), event("runEnded"),
        ]), (0, ["skipped: M.b(): no root", "1 passed, 0 failed, 1 skipped"]))

    def test_a_known_issue_is_no_failure_and_another_is(self):
        known = {"isFailure": False, "isKnown": True}
        real = {"isKnown": False}  # as Swift 6.2 writes it
        for issue, expected in [(known, (0, ["1 passed, 0 failed, 0 skipped"])),
                                (real, (1, ["failed: M.a()", "0 passed, 1 failed, 0 skipped"]))]:
            self.assertEqual(self.count([
                event("testStarted", "M.a()/F.swift:1:1"), event("issueRecorded", "M.a()/F.swift:1:1", issue=issue),
                event("testEnded", "M.a()/F.swift:1:1"), event("runEnded")]), expected)

    def test_a_trap_in_the_middle_is_a_failure(self):
        status, lines = self.count([
            event("testStarted", "M.a()/F.swift:1:1"), event("testEnded", "M.a()/F.swift:1:1"),
            event("testStarted", "M.b()/F.swift:2:1")])
        self.assertEqual((status, lines), (1, ["failed: M.b() (the run stopped in it)", "1 passed, 1 failed, 0 skipped"]))

    def test_reads_messages_with_any_character(self):
        self.assertEqual(self.count([
            event("testStarted", "M.a()/F.swift:1:1", "a \u2028 b \u0085 c \x0b d"), event("testEnded", "M.a()/F.swift:1:1"),
            event("runEnded")]), (0, ["1 passed, 0 failed, 0 skipped"]))

    def test_no_test_and_no_report_are_failures(self):
        self.assertEqual(self.count([event("runEnded")]), (1, ["no test ran", "0 passed, 0 failed, 0 skipped"]))
        done = scratch.run(scratch.ROOT / "scripts/count-tests", "--lab", self.root / "absent", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")


if __name__ == "__main__":
    unittest.main()
