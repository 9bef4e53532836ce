"""What a bundle brings for an auditor, judged by the makers' own tools: CycloneDX, SPDX, in-toto, cosign, JSON Schema; and what may be demanded."""
import base64
import hashlib
import json
import os
import re
import subprocess
import unittest

import forgery
import judges
import product
import scratch
import tally
import workbench
import world

ATTESTATIONS = "signatures/provenance.intoto.jsonl"
KINDS = ["sbom.cdx.json", "sbom.spdx.json", "report.html", "provenance"]
SCHEMA = scratch.ROOT / "docs/schema/verify-report.schema.json"


def setUpModule():
    """One bundle, signed with ECDSA by who built it and with Ed25519 by an approver; and one that nobody signed at first."""
    global bench, bundle, key, approver, late
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define(files=[{"path": "/opt/acme/notes", "from": "notes"}])
    (definition.parent / "notes").write_text("for the auditor\n")
    bundle, key = bench.build(definition).folder, bench.public_key
    secret, approver = bench.keygen("approver", "--algorithm", "ed25519")
    bench.sealift("sign", bundle, "--key", secret)
    command = bench.command(definition, "--unsigned", output=bench.folder / "late")
    position = command.index("--key")
    del command[position:position + 2]
    bench.sealift(*command)
    [late] = (bench.folder / "late").iterdir()


def lines(of):
    return (of / ATTESTATIONS).read_text().splitlines()


def payload(line):
    return json.loads(base64.b64decode(json.loads(line)["payload"]))


class Lists(unittest.TestCase):
    def judged(self, kind, name):
        with tally.attack("E1", f"lists of contents accepted by {kind}'s own tool"):
            good, said = judges.of_evidence(kind, bundle / name)
            self.assertTrue(good, said)
        return int(said)

    def test_cyclonedx_accepts_its_list(self):
        document = json.loads((bundle / "sbom.cdx.json").read_text())
        self.assertEqual(self.judged("cyclonedx", "sbom.cdx.json"), len(document["components"]))

    def test_spdx_accepts_its_list(self):
        document = json.loads((bundle / "sbom.spdx.json").read_text())
        self.assertEqual(self.judged("spdx", "sbom.spdx.json"), len(document["packages"]))

    def test_the_judges_refuse_what_is_wrong(self):
        broken = {"cyclonedx": lambda text: text.replace('"SHA-256"', '"SHA-255"', 1), "spdx": lambda text: text.replace('"SPDXRef-DOCUMENT"', '"nothing"', 1)}
        for kind, change in broken.items():
            name = {"cyclonedx": "sbom.cdx.json", "spdx": "sbom.spdx.json"}[kind]
            with self.subTest(kind=kind), forgery.copy(bundle) as victim:
                forgery.edit(victim / name, lambda data: change(data.decode()).encode())
                self.assertFalse(judges.of_evidence(kind, victim / name)[0])

    def test_both_lists_name_every_file_and_image_of_the_manifest(self):
        manifest = json.loads((bundle / "manifest.json").read_text())
        cyclone = json.loads((bundle / "sbom.cdx.json").read_text())["components"]
        spdx = json.loads((bundle / "sbom.spdx.json").read_text())["packages"]
        digests = {entry["sha256"] for entry in manifest["entries"] if "sha256" in entry}
        self.assertLessEqual(digests, {each["content"] for component in cyclone for each in component.get("hashes", [])})
        self.assertLessEqual(digests, {each["checksumValue"] for package in spdx for each in package.get("checksums", [])})
        links = {f"{image['name']}" for image in manifest["images"]}
        self.assertEqual({component["bom-ref"].removeprefix("image:") for component in cyclone if component["type"] == "container"}, links)
        purls = [component["purl"] for component in cyclone if component["type"] == "container"]
        from_spdx = [each["referenceLocator"] for package in spdx for each in package.get("externalRefs", []) if each["referenceType"] == "purl"]
        self.assertEqual(sorted(purls), sorted(locator for locator in from_spdx if locator.startswith("pkg:oci/")))
        for purl in purls:
            self.assertRegex(purl, r"^pkg:oci/[a-z0-9%._-]+@sha256%3A[0-9a-f]{64}\?arch=[a-z0-9]+&repository_url=[^&]+(&tag=[^&]+)?$")


class Provenance(unittest.TestCase):
    def test_in_toto_and_securesystemslib_accept_every_signer(self):
        self.assertEqual(len(lines(bundle)), 2)
        for public in (key, approver):
            with self.subTest(key=public.name), tally.attack("E2", "attestations accepted by in-toto's own tools"):
                self.assertEqual(judges.of_evidence("provenance", bundle / ATTESTATIONS, public, bundle / "SHA256SUMS"), (True, "1"))
        with forgery.copy(bundle) as victim:
            forgery.flip(victim / "SHA256SUMS", 3)
            self.assertFalse(judges.of_evidence("provenance", bundle / ATTESTATIONS, key, victim / "SHA256SUMS")[0])

    def test_cosign_accepts_it_and_only_for_this_root(self):
        with tally.attack("E2", "attestations accepted by cosign"):
            self.assertTrue(judges.cosign_verifies_attestation(key, lines(bundle)[0], bundle / "SHA256SUMS"))
        self.assertFalse(judges.cosign_verifies_attestation(key, lines(bundle)[0], bundle / "manifest.json"))
        self.assertFalse(judges.cosign_verifies_attestation(key, lines(bundle)[1], bundle / "SHA256SUMS"))

    def test_a_bundle_that_is_signed_later_gets_the_same_statement(self):
        self.assertFalse((late / ATTESTATIONS).exists())
        for file in ("SHA256SUMS", "provenance.json"):
            self.assertEqual((late / file).read_bytes(), (bundle / file).read_bytes())
        with forgery.copy(late) as victim:
            bench.sealift("sign", victim, "--key", bench.key)
            self.assertEqual([payload(line) for line in lines(victim)], [payload(lines(bundle)[0])])

    def test_it_names_what_was_gathered_and_nothing_of_this_machine(self):
        text = (bundle / "provenance.json").read_text()
        predicate = json.loads(text)
        self.assertEqual(payload(lines(bundle)[0])["predicate"], predicate)
        lock = (bench.folder / "define-line7/line7.yaml.lock").read_bytes()
        self.assertEqual(predicate["buildDefinition"]["externalParameters"]["lock"]["sha256"], hashlib.sha256(lock).hexdigest())
        digests = {each["digest"]["sha256"] for each in predicate["buildDefinition"]["resolvedDependencies"]}
        manifest = json.loads((bundle / "manifest.json").read_text())
        self.assertLessEqual({source["sha256"] for source in manifest["sources"]}, digests)
        self.assertLessEqual({image["digest"].removeprefix("sha256:") for image in manifest["images"] if "@" not in image["name"]}, digests)
        self.assertIn(hashlib.sha256(b"for the auditor\n").hexdigest(), digests)
        self.assertIn(hashlib.sha256((bundle / "sealift-install").read_bytes()).hexdigest(), text)
        self.assertNotIn(str(bench.folder), text)
        self.assertNotIn("startedOn", text)


class Guide(unittest.TestCase):
    """docs/guides/evidence.md, block by block, as an auditor types it."""

    def test_every_block_runs_as_it_is_written(self):
        place = bench.folder / "auditor"
        place.mkdir()
        programs = place / "bin"
        programs.mkdir()
        (programs / "sealift").symlink_to(product.tool())
        blocks = re.findall(r"^```sh ?(\w*)\n(.*?)^```$", (scratch.ROOT / "docs/guides/evidence.md").read_text(), re.M | re.S)
        self.assertGreaterEqual(len(blocks), 8)
        for needed, lines in blocks:
            with self.subTest(block=lines), tally.attack("E5", "blocks of docs/guides/evidence.md run as written"):
                if needed == "cosign" and not (programs / "cosign").exists():
                    (programs / "cosign").symlink_to(judges.cosign())
                environment = {"PATH": f"{programs}:{os.environ['PATH']}", "key": str(key), "scratch": str(place), "HOME": str(place)}
                done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", lines], cwd=bundle, env=environment, text=True, capture_output=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue((place / "statement.json").stat().st_size)


class Demands(unittest.TestCase):
    """What is demanded and does not count is refused, by both programs."""

    def verify(self, victim, *options, status=product.Exit.DONE, program="sealift"):
        words = {"sealift": lambda: [product.tool(), "verify", victim], "sealift-install": lambda: [product.installer(), "verify", "--bundle", victim]}[program]()
        return product.run(*words, "--key", key, *options, home=bench.home, status=status)

    def report(self, *words, **more):
        done = self.verify(*words, "--json", **more)
        place = bench.folder / "report.json"
        place.write_text(done.output)
        self.assertEqual(judges.of_evidence("schema", SCHEMA, place), (True, "1"), done.output)
        return json.loads(done.output)

    def test_good_evidence_meets_every_demand(self):
        for program in ("sealift", "sealift-install"):
            with self.subTest(program=program):
                report = self.report(bundle, "--require", ",".join(KINDS), program=program)
                self.assertEqual([(each["name"], each["demanded"], each["verdict"]) for each in report["evidence"]], [(kind, True, "good") for kind in KINDS])

    def test_what_is_missing_damaged_or_by_nobody_is_refused_when_it_is_demanded(self):
        def no_line(victim):
            (victim / ATTESTATIONS).unlink()

        def only_the_approver(victim):
            forgery.replace(victim / ATTESTATIONS, (lines(bundle)[1] + "\n").encode())

        def another_predicate(victim):
            forgery.flip(victim / "provenance.json", -10)

        # Not there, or by nobody who counts: 8. There, and not what was signed: 11.
        absent, damaged = product.Exit.POLICY, product.Exit.DAMAGED
        attacks = [("provenance", status, change) for status, change in (
            (absent, no_line), (absent, only_the_approver), (damaged, another_predicate),
            (absent, lambda victim: forgery.replace(victim / ATTESTATIONS, b"{}\n")),
            (absent, lambda victim: forgery.replace(victim / ATTESTATIONS, b"")),
            (damaged, lambda victim: forgery.link(victim / ATTESTATIONS)),
            (damaged, lambda victim: forgery.replace(victim / ATTESTATIONS, b" " * (16 * 1024 * 1024 + 1))))]
        for kind in KINDS[:3]:
            attacks.append((kind, damaged, lambda victim, kind=kind: forgery.flip(victim / kind, 20)))
            if kind != "report.html":
                attacks.append((f"{kind},provenance", damaged, lambda victim, kind=kind: forgery.flip(victim / kind, 20)))
        for demand, status, change in attacks:
            for program in ("sealift", "sealift-install"):
                with self.subTest(demand=demand, program=program), forgery.copy(bundle) as victim, tally.attack("E3", "evidence that is demanded and does not count"):
                    change(victim)
                    report = self.report(victim, "--require", demand, status=status, program=program)
                    self.assertEqual((report["verdict"], report["exitCode"]), ("refused", status))
                    self.assertIn("is demanded", report["error"]["message"])
                    self.assertTrue(report["error"]["next"])
                    # Nobody is refused for evidence that nobody demands.
                    self.verify(victim, program=program)

    def test_a_demand_for_nothing_known_is_a_mistake_of_usage(self):
        for text in ("sbom", "provenance,", "provenance, report.html"):
            with self.subTest(text=text):
                done = self.verify(bundle, "--require", text, status=product.Exit.USAGE)
                self.assertIn("names no evidence", done.errors)


class Reports(Demands):
    """One object of --json, whatever becomes of the bundle, judged by a stock validator."""

    test_good_evidence_meets_every_demand = test_what_is_missing_damaged_or_by_nobody_is_refused_when_it_is_demanded = None
    test_a_demand_for_nothing_known_is_a_mistake_of_usage = None

    def test_a_good_bundle(self):
        sums = dict(reversed(line.split("  ", 1)) for line in (bundle / "SHA256SUMS").read_text().splitlines())
        manifest = json.loads((bundle / "manifest.json").read_text())
        for program, options in (("sealift", ["--deep"]), ("sealift", []), ("sealift-install", [])):
            with self.subTest(program=program, options=options):
                report = self.report(bundle, "--key", approver, *options, program=program)
                self.assertEqual({each["name"]: each["sha256"] for each in report["files"]}, sums)
                self.assertEqual({each["verdict"] for each in report["files"]}, {"good"})
                self.assertEqual((report["images"], report["sources"], report["requirements"]), (manifest["images"], manifest["sources"], manifest["requirements"]))
                self.assertEqual([each["pinnedBy"] for each in report["trust"]["keys"]], [[str(key)], [str(approver)]])
                self.assertEqual(sum(each["chunks"] for each in report["payload"]["volumes"]), len(manifest["chunks"]))
                self.assertEqual(report["bundle"]["sha256"], hashlib.sha256((bundle / "SHA256SUMS").read_bytes()).hexdigest())
                self.assertEqual(report["program"]["name"], program)

    def test_a_bundle_that_is_refused(self):
        volume = next(bundle.glob("payload-*")).name
        attacks = {
            product.Exit.NOT_TRUSTED: lambda victim: forgery.flip(victim / "SHA256SUMS", 5),
            product.Exit.DAMAGED: lambda victim: forgery.flip(victim / volume, 5000)}
        for status, change in attacks.items():
            for program in ("sealift", "sealift-install"):
                with self.subTest(program=program, status=status), forgery.copy(bundle) as victim, tally.attack("E4", "refusals as one JSON report"):
                    change(victim)
                    report = self.report(victim, status=status, program=program)
                    self.assertEqual((report["verdict"], report["exitCode"], report["error"]["exitCode"]), ("refused", status, status))
                    self.assertEqual("trust" in report, status == product.Exit.DAMAGED)
                    self.assertTrue(report["error"]["message"] and report["error"]["next"])

    def test_words_for_people_that_are_damaged_are_told(self):
        with forgery.copy(bundle) as victim:
            forgery.flip(victim / "report.html", 40)
            report = self.report(victim)
            self.assertEqual([each["name"] for each in report["files"] if each["verdict"] == "damaged"], ["report.html"])
            self.assertEqual(len(report["warnings"]), 1)


if __name__ == "__main__":
    unittest.main()
