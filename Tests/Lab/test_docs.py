"""The documents agree with the tree and the programs: links lead somewhere, named tests exist, manual pages are those of the programs."""
import json
import re
import subprocess
import unittest

import product
import scratch

ROOT = scratch.ROOT


def documents():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout
    return [ROOT / name for name in listed.split()]


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        count = 0
        for document in documents():
            text = re.sub(r"(?ms)^```.*?^```$", "", document.read_text())  # what is shown as it stands has no links
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
                if "://" in target:
                    continue
                count += 1
                with self.subTest(document=document.name, target=target):
                    self.assertTrue((document.parent / target).exists())
        self.assertGreater(count, 10)

    def test_tests_that_documents_name_exist(self):
        text = (ROOT / "ARCHITECTURE.md").read_text()
        invariants = text[text.index("## Invariants"):text.index("## Threads")]
        for document, table in {"ARCHITECTURE.md": invariants, "threat-model.md": (ROOT / "docs/threat-model.md").read_text()}.items():
            suites = re.findall(r"`(\w+Tests)(?:/(\w+))?`", table)
            files = re.findall(r"`(?:Tests/Lab/)?(test_\w+)(?:\.py)?`", table)
            self.assertGreater(len(suites), 10)
            for module, suite in suites:
                with self.subTest(document=document, module=module, suite=suite):
                    self.assertTrue((ROOT / "Tests" / module).is_dir())
                    if suite:
                        self.assertTrue(list((ROOT / "Tests" / module).rglob(f"{suite}.swift")))
            for file in files:
                with self.subTest(document=document, file=file):
                    self.assertTrue((ROOT / "Tests/Lab" / f"{file}.py").exists())

    def test_scripts_in_the_documents_exist(self):
        for document in documents():
            for script in re.findall(r"(?<![\w/.])scripts/([a-z-]+)\b(?!\.)", document.read_text()):
                with self.subTest(document=document.name, script=script):
                    self.assertTrue((ROOT / "scripts" / script).exists())

    def test_the_manual_pages_are_those_of_the_programs(self):
        for page, program in (("sealift.1", product.tool()), ("sealift-install.8", product.installer())):
            with self.subTest(page=page):
                self.assertEqual((ROOT / "docs/man" / page).read_text(), subprocess.run(
                    [program, "man"], text=True, stdout=subprocess.PIPE, check=True).stdout, "run scripts/update-docs")

    def test_the_page_of_the_installer_has_every_verb_and_option(self):
        page = (ROOT / "docs/man/sealift-install.8").read_text().replace("\\-", "-")
        usage = subprocess.run([product.installer(), "--help"], text=True, stdout=subprocess.PIPE, check=True).stdout
        words = set(re.findall(r"(?m)^  ([a-z]+)  ", usage)) | set(re.findall(r"--[a-z-]+", usage))
        self.assertGreater(len(words), 15)
        self.assertEqual([word for word in sorted(words) if word not in page], [])

    def test_no_unit_of_ours_names_a_page_that_is_not_there(self):
        for path in [*(ROOT / "Sources").rglob("*.swift"), *(ROOT / "profiles").glob("*.yaml")]:
            self.assertEqual(re.findall(r"Documentation=man:\S+", path.read_text()), [], path)

    def test_the_sheet_of_every_profile_is_that_of_the_program(self):
        golden = ROOT / "Tests/Golden/profiles"
        names = [path.stem for path in sorted((ROOT / "profiles").glob("*.yaml"))]
        self.assertEqual(sorted(path.name for path in golden.iterdir()), sorted(f"{name}.{kind}" for name in names for kind in ("json", "txt")))
        for name in names:
            with self.subTest(profile=name):
                said = [subprocess.run([product.tool(), "profiles", name, *more], text=True, stdout=subprocess.PIPE, check=True).stdout for more in ([], ["--json"])]
                self.assertEqual((golden / f"{name}.txt").read_text(), said[0], "run scripts/update-docs")
                self.assertEqual(json.loads((golden / f"{name}.json").read_text()), json.loads(said[1]), "run scripts/update-docs")

    def test_the_sheet_of_another_version_or_of_none(self):
        ask = [product.tool(), "profiles", "k0s"]
        newer = subprocess.run([*ask, "--at", "v1.36.3+k0s.2", "--arch", "arm64"], text=True, stdout=subprocess.PIPE, check=True).stdout
        self.assertIn("k0s-airgap-bundle-v1.36.3%2Bk0s.2-linux-arm64.tar", newer)
        for words, part in ((["--at", "stable"], "is no complete version of k0s"), (["--arch", "mips"], "k0s is not built for")):
            with self.subTest(words=words):
                done = subprocess.run([*ask, *words], text=True, capture_output=True)
                self.assertEqual((done.returncode, done.stdout), (product.Exit.USAGE, ""))
                self.assertIn(part, done.stderr)
                self.assertIn("next: name ", done.stderr)

    def test_every_command_of_the_program_has_help(self):
        page = (ROOT / "docs/man/sealift.1").read_text()
        commands = set(re.findall(r"^\\fBsealift ([a-z ]+)\\fR", page, re.M))
        self.assertGreater(len(commands), 10)
        for command in commands:
            with self.subTest(command=command):
                said = subprocess.run([product.tool(), *command.split(), "--help"], text=True, stdout=subprocess.PIPE, check=True)
                self.assertIn(f"sealift {command}", said.stdout)


if __name__ == "__main__":
    unittest.main()
