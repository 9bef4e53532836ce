"""install.ps1, as far as it can be judged without PowerShell: its constructs, its tables against the document and the profile, its conversion of signatures.

NOT run anywhere by us: the script as a whole, .NET's verification of a signature, ACLs, msiexec, the commands of AKS Edge Essentials.
"""
import random
import re
import unittest

import powershell
import scratch

PATH = scratch.ROOT / "Sources/Assemble/install.ps1"
FORMAT = (scratch.ROOT / "docs/format.md").read_text()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Constructs(unittest.TestCase):
    def setUp(self):
        self.script = powershell.Script(PATH.read_text())

    def test_only_what_windows_powershell_has(self):
        self.assertEqual(self.script.faults(), [])

    def test_each_forbidden_construct_is_found(self):
        """The lint is proven before it is relied on."""
        for line, words in {
            "$a = $b ? 1 : 2": "ternary", "$a = $b ?? 1": "??", "a && b": "&&", "1..3 | ForEach-Object -Parallel { }": "-Parallel", "$a?.b": "?.",
            "clean { }": "clean", "$x = 5u": "number", "ls C:": "alias", "Invoke-Expression $x": "Invoke-Expression", "$IsWindows = 1": "keeps for itself",
            "if ($a -eq $null) { }": "on the right", "function A-B { (1 }": "closes nothing", "'abc": "no end", "{ (": "not closed", "$x = 'ä'": "ASCII",
            "Get-Nothing 1": "neither ours", "function Get-Lonely { }": "nobody's", "Invoke-WebRequest x": "download",
        }.items():
            with self.subTest(line=line):
                self.assertIn(words, " ".join(powershell.Script(line + "\n").faults()))

    def test_a_grammar_of_powershell_has_no_complaint(self):
        """With tree-sitter's grammar, where it is installed; it knows PowerShell 7 too, so the lint above is still needed."""
        scratch.need_modules("tree_sitter", "tree_sitter_powershell")
        import tree_sitter
        import tree_sitter_powershell
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
        self.assertFalse(parser.parse(PATH.read_bytes()).root_node.has_error)


class Tables(unittest.TestCase):
    """What the script knows is what the document allows, and what the profile uses."""

    def setUp(self):
        self.script = powershell.Script(PATH.read_text())

    def test_kinds_of_requirements(self):
        section = FORMAT[FORMAT.index("## 10. Requirements"):FORMAT.index("## 11. Steps")]
        allowed = re.findall(r"(?m)^\| `([\w-]+)` W", section)
        self.assertEqual(sorted(self.script.table("Checks")), sorted(allowed))

    def test_kinds_of_steps_and_programs(self):
        self.assertEqual(self.script.table("StepKinds"), ["command", "wait"])
        for program in self.script.table("Programs"):
            self.assertIn(f"`{program}`", FORMAT)

    def test_types_of_variables(self):
        section = FORMAT[FORMAT.index("## 9. Variables and templates"):FORMAT.index("## 10. Requirements")]
        rows = re.findall(r"(?m)^\| ((?:`[\w-]+` ?)+)\|", section[section.index("| type | accepts |"):section.index("In a template")])
        self.assertEqual(sorted(self.script.table("Types")), sorted(re.findall(r"`([\w-]+)`", " ".join(rows))))

    def test_every_id_of_the_profile_is_of_a_kind_that_the_script_knows(self):
        scratch.need_modules("yaml")
        import yaml
        profile = yaml.safe_load((scratch.ROOT / "profiles/aks-edge.yaml").read_text())
        rules = profile["requirements"] + [rule for each in profile["hardware"].values() for rule in each["requirements"]]
        self.assertEqual({rule["id"]: rule["kind"] for rule in rules if rule["kind"] not in self.script.table("Checks")}, {})
        programs = {step["run"][0] for step in profile["commands"] + profile["waits"]}
        self.assertLessEqual(programs, set(self.script.table("Programs")))
        # `growth` is about the images, and made when the bundle is.
        self.assertEqual({rule["kind"] for rule in rules} | {"growth"}, set(self.script.table("Checks")))

    def test_exit_codes_are_those_of_the_contract(self):
        codes = dict(re.findall(r"(\w+) = (\d+)", self.script.text[self.script.text.index("$ExitCodes"):].split("}")[0]))
        self.assertEqual(codes, {"Done": "0", "Internal": "1", "Usage": "2", "NotTrusted": "3", "Requirements": "4", "StepFailed": "7", "Policy": "8", "Busy": "9",
                                 "InputOutput": "10", "Damaged": "11", "Reboot": "12"})
        used = set(re.findall(r"Stop-Here '(\w+)'", self.script.text)) | {"Done", "Internal", "InputOutput", "Damaged"}
        self.assertEqual(used, set(codes))

    def test_steps_of_the_profile_use_only_what_windows_powershell_has(self):
        scratch.need_modules("yaml")
        import yaml
        profile = yaml.safe_load((scratch.ROOT / "profiles/aks-edge.yaml").read_text())
        for step in profile["commands"] + profile["waits"]:
            if step["run"][0] != "powershell.exe":
                continue
            text = step["run"][-1]
            with self.subTest(step=text[:60]):
                self.assertNotIn("\n", text)
                self.assertNotIn('"', text)
                script = powershell.Script(text)
                lint = [fault for fault in script.faults() if "neither ours" not in fault]
                self.assertEqual(lint, [])


class Signatures(unittest.TestCase):
    """The script's own lines turn DER into r and s: against openssl's signatures and encoding, and against every damage of them."""

    def setUp(self):
        self.convert = powershell.run(powershell.Script(PATH.read_text()).function("ConvertFrom-DerSignature"))

    def test_every_length_of_both_numbers(self):
        chance = random.Random(1)
        lengths = [(a, b) for a in range(1, 33) for b in (1, 15, 31, 32)] + [(b, a) for a in range(1, 33) for b in (1, 32)]
        for first, second in lengths:
            for high in (False, True):
                numbers = [number(chance, length, high) for length in (first, second)]
                with self.subTest(lengths=(first, second), high=high):
                    raw = bytes(self.convert(openssl_der(numbers)))
                    self.assertEqual([int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")], numbers)

    def test_signatures_of_openssl(self):
        folder = scratch.folder("signatures")
        key, message = folder / "key.pem", folder / "message"
        scratch.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        message.write_bytes(b"SHA256SUMS\n")
        seen = set()
        for _ in range(64):
            scratch.run("openssl", "dgst", "-sha256", "-sign", key, "-out", folder / "signature", message)
            der = (folder / "signature").read_bytes()
            raw = bytes(self.convert(der))
            # The way back is openssl's too.
            self.assertEqual(openssl_der([int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")]), der)
            seen.add(len(der))
        self.assertGreater(len(seen), 1)
        scratch.remove(folder)

    def test_what_is_not_that_encoding_is_refused(self):
        good = openssl_der([ORDER - 1, 0x7F])
        self.assertIsNotNone(self.convert(good))
        for length in range(len(good)):
            self.assertIsNone(self.convert(good[:length]), f"cut to {length}")
        for name, der in {
            "bytes after it": good + b"\0", "bytes after it, counted": bytes([0x30, good[1] + 1]) + good[2:] + b"\0",
            "another tag": b"\x31" + good[1:], "a negative number": bytes.fromhex("3006020181020101"), "a zero too many": bytes.fromhex("300702020001020101"),
            "no number": bytes.fromhex("300402000200"), "one number": bytes.fromhex("3003020101"), "a long length": bytes.fromhex("308106020101020101"),
            "a number of 33 bytes": bytes.fromhex("3026" + "0221" + "01" + "00" * 32 + "020101"), "a length past the end": bytes.fromhex("3006020101027f01"),
            "nothing": b"", "an octet string": bytes.fromhex("3006040101020101"),
        }.items():
            with self.subTest(what=name):
                self.assertIsNone(self.convert(der))

    def test_a_line_of_another_form_is_not_run(self):
        with self.assertRaisesRegex(ValueError, "unknown form"):
            powershell.run(["function A-B([byte[]] $x) {", "    Remove-Item C:"])


def number(chance, length, high):
    """A number of so many bytes, its highest bit set or not."""
    first = chance.randrange(0x80, 0x100) if high else chance.randrange(1, 0x80)
    return int.from_bytes(bytes([first]) + chance.randbytes(length - 1), "big")


def openssl_der(numbers):
    """ECDSA-Sig-Value as openssl's asn1parse writes it from a description."""
    folder = scratch.folder("der")
    text = "asn1=SEQUENCE:s\n[s]\n" + "".join(f"{name}=INTEGER:0x{value:x}\n" for name, value in zip("ab", numbers))
    (folder / "description").write_text(text)
    scratch.run("openssl", "asn1parse", "-genconf", folder / "description", "-noout", "-out", folder / "der")
    data = (folder / "der").read_bytes()
    scratch.remove(folder)
    return data


if __name__ == "__main__":
    unittest.main()
