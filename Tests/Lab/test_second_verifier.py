"""Two verifiers, one written by us in Swift, one from docs/format.md in Python: one verdict on every vector and on every changed bundle."""
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import unittest
from unittest import mock

import forgery
import mutator
import product
import scratch
import second_verifier
import small_bundle
import tally
import vectors
import workbench
import world

# How many changed bundles; the long run's number is that of the test matrix.
CHANGES = 2000 if os.environ.get("SEALIFT_LONG") else 200
# Vectors that are changed, beside two bundles as `sealift build` makes them: together they have every kind of everything.
BASES = ("ecdsa", "every-kind", "every-kind", "plain-files", "plain-files", "volumes", "links", "pax-names", "add-on", "extension")


def build(profile, folder):
    """A bundle as `sealift build` makes it of a platform's example (programs are stand-ins), its installer made small, signed by the first key."""
    platform = world.platforms.load(profile)
    with world.World(platform=profile) as connected, workbench.Workbench(connected) as bench:
        made = bench.build(world.platforms.copy_definition(platform, bench.folder / "definition")).folder
        shutil.rmtree(made / "signatures")
        if (made / "sealift-install").exists():
            (made / "sealift-install").write_bytes(b"\x7fELF of a test\n")
        shutil.move(made, folder)
    small_bundle.sign(folder, vectors.FIRST)


def both(bundle, pins, home, threshold=1):
    """The verdicts of sealift and of the second verifier, each with its words."""
    options = [word for pin in pins for word in ("--fingerprint" if pin.startswith("SHA256:") else "--key", pin)]
    done = product.run(product.tool(), "verify", "--deep", "--quiet", bundle, *options, home=home, status=None, timeout=60)
    try:
        warnings = second_verifier.verify(bundle, pins, threshold)
        second = (0, f"good; {warnings}")
    except second_verifier.Refused as refusal:
        second = refusal.args
    return (done.status, done.errors), second


class Vectors(unittest.TestCase):
    def setUp(self):
        self.home = scratch.folder("home")
        self.addCleanup(scratch.remove, self.home)

    def test_every_vector_has_its_verdict(self):
        self.assertGreaterEqual(len(vectors.stored()), 100)
        for name, facts in vectors.stored().items():
            with self.subTest(vector=name), tally.attack("M1", "vectors judged by the second verifier"):
                (status, words), (verdict, reason) = both(vectors.FOLDER / name / "bundle", vectors.pins(facts), self.home, facts["threshold"])
                self.assertEqual(verdict, facts["exit"], reason)
                if facts["threshold"] == 1:  # which the command cannot be given: a site's policy says it
                    self.assertEqual(status, facts["exit"], words)
                if facts["verdict"] == "good":
                    self.assertEqual(reason, f"good; {facts['warnings']}")

    def test_nobody_has_edited_one(self):
        """Old vectors stay for good: what was stored once is in the list for good, and is what it was."""
        self.assertEqual((vectors.FOLDER / "DIGESTS").read_text(), vectors.digests())
        self.assertEqual(sorted(vectors.stored()), sorted(vectors.VECTORS))

    def test_an_unknown_field_is_refused(self):
        facts = vectors.stored()["ecdsa"]
        for wrong in ({**facts, "later": 1}, {key: value for key, value in facts.items() if key != "keys"}, {**facts, "exit": 11}, {**facts, "verdict": "bad"}):
            with self.assertRaises(ValueError):
                vectors.checked(wrong)

    def test_a_wrong_row_of_the_document_shows(self):
        """What reads its rules out of the document judges by them: with a row less strict, a vector gets another verdict."""
        rows = {"set-user-id": ("mode", "[0-7]{4}"), "unknown-owner": ("owner", ".*"), "no-date": ("time", ".*"), "default-of-another-type": ("cidr", ".*"),
                "kernel-of-no-version": ("release", ".*"), "option-as-unit": ("thing", ".*"), "link-target-that-climbs": ("link-target", ".*")}
        for name, (pattern, other) in rows.items():
            with self.subTest(row=pattern), mock.patch.dict(second_verifier.PATTERNS, {pattern: other}), mock.patch.dict(second_verifier.CHECKS, {pattern: lambda text: True}):
                try:
                    second_verifier.verify(vectors.FOLDER / name / "bundle", vectors.pins(vectors.stored()[name]))
                    verdict = 0
                except second_verifier.Refused as refusal:
                    verdict = refusal.args[0]
                self.assertNotEqual(verdict, vectors.EXIT[vectors.NOT_UNDERSTOOD])

    def test_the_grammar_has_every_kind_that_a_profile_can_ask_for(self):
        """docs/format.md §6.2 beside docs/schema, which another test compares with the program."""
        kinds = json.loads((scratch.ROOT / "docs/schema/profile.schema.json").read_text())["$defs"]
        for shape in ("requirement", "operation"):
            known = {name.split("/")[1] for name in second_verifier.SHAPES if name.startswith(f"{shape}/")}
            self.assertEqual(known, set(kinds[shape]["properties"]["kind"]["enum"]))

    def test_the_second_verifier_is_short(self):
        self.assertLessEqual(len(pathlib.Path(second_verifier.__file__).read_text().splitlines()), 300)

    def test_it_runs_as_its_head_says(self):
        program, key = pathlib.Path(second_verifier.__file__), vectors.KEYS["first"].with_suffix(".pub")
        for name, status in {"ecdsa": 0, "flipped-signature": 3, "future-format": 8, "payload-cut": 11}.items():
            done = scratch.run(program, vectors.FOLDER / name / "bundle", "1", key, check=False)
            self.assertEqual(done.returncode, status, done.stderr)


class Changes(unittest.TestCase):
    """Copies of good bundles, each changed in one way by a seed."""

    @classmethod
    def setUpClass(cls):
        product.tool()
        scratch.need("zstd", "openssl")
        cls.folder = scratch.folder("bases")
        cls.addClassCleanup(scratch.remove, cls.folder)
        cls.secret = vectors.KEYS["first"]
        cls.pin = str(cls.secret.with_suffix(".pub"))
        cls.bases = [shutil.copytree(vectors.FOLDER / name / "bundle", cls.folder / f"{number}-{name}") for number, name in enumerate(BASES)]
        for profile in ("k3s", "aks-edge"):
            build(profile, cls.folder / profile)
            cls.bases.append(cls.folder / profile)

    def test_the_bases_are_good(self):
        for base in self.bases:
            first, second = both(base, [self.pin], self.folder)
            self.assertEqual((first[0], second[0]), (0, 0), f"{base}: {first} {second}")

    def judge(self, seed):
        """One change: the seed, what was changed, both verdicts."""
        base = self.bases[seed % len(self.bases)]
        with forgery.copy(base) as victim:
            change = mutator.Mutator(seed, self.secret).change(victim)
            return seed, f"{base.name}: {change}", *both(victim, [self.pin], self.folder)

    def test_both_are_of_one_mind(self):
        verdicts, apart = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for seed, change, (first, words), (second, reason) in pool.map(self.judge, range(CHANGES)):
                verdicts[first] += 1
                if first != second or first not in (0, 3, 8, 11):
                    apart.append(f"seed {seed}, {change}\n  sealift {first}: {words.strip()}\n  second verifier {second}: {reason}")
        for failed, number in ((False, CHANGES - len(apart)), (True, len(apart))):
            tally.count("S2", "changed bundles judged by two verifiers", failed, number)
        print(f"test_second_verifier: {CHANGES} changes, verdicts {json.dumps(dict(sorted(verdicts.items())))}, {len(apart)} apart")
        self.assertEqual(apart, [], "\n".join(apart))
        self.assertEqual({0, 3, 8, 11} - set(verdicts), set(), "the changes reach every verdict")


if __name__ == "__main__":
    unittest.main()
