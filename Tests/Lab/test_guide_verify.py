"""docs/guides/verify-without-sealift.md, run line by line: on a bundle of each kind, then on damaged ones, each stopped by the step that is for it."""
import re
import shutil
import subprocess
import unittest

import forgery
import judges
import scratch
import workbench
import world

GUIDE = scratch.ROOT / "docs/guides/verify-without-sealift.md"


def steps(*kinds):
    """The page's blocks for these kinds of bundle and key, with the number of the step they stand in."""
    text, number, found = GUIDE.read_text(), 0, []
    for heading, kind, lines in re.findall(r"^## (\d+)\.|^```sh ?(\w*)\n(.*?)^```$", text, re.M | re.S):
        number = int(heading or number)
        if lines and number and (not kind or kind in kinds):
            found.append((number, lines))
    return found


class Guide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch.need("openssl", "sha256sum", "tar", "zstd", "jq", "bash")
        cls.folder = scratch.folder("audit")
        cls.addClassCleanup(scratch.remove, cls.folder)
        cls.bundles = {}
        for profile, system in {"k3s": "linux", "aks-edge": "windows"}.items():
            platform = world.platforms.load(profile)
            with world.World(platform=profile) as connected, workbench.Workbench(connected) as bench:
                definition = world.platforms.copy_definition(platform, bench.folder / "definition")
                made = [(bench.build(definition), bench.public_key, bench.key, "ecdsa")]
                if system == "linux":
                    secret, public = bench.keygen("edwards", "--algorithm", "ed25519")
                    made.append((bench.build(definition, key=secret, output=bench.folder / "edwards"), public, secret, "ed25519"))
                for built, public, secret, algorithm in made:
                    place = cls.folder / f"{system}-{algorithm}"
                    shutil.copytree(built.folder, place / "bundle")
                    shutil.copy(public, place / "site.pub")
                    shutil.copy(secret, place / "site.key")
                    cls.bundles[system, algorithm] = place

    def audit(self, bundle, key, *kinds, told=None):
        """Runs the page; the number of the step that failed (0: none), and all that was said."""
        told = told or "SHA256:" + scratch.run("sh", "-c", f"openssl pkey -pubin -in '{key}' -outform DER | sha256sum").stdout[:64]
        aside = scratch.folder("unpacked")
        self.addCleanup(scratch.remove, aside)
        lines = [f"bundle='{bundle}' key='{key}' told='{told}'", f"export TMPDIR='{aside}'"]
        for number, block in steps(*kinds):
            lines += [f"echo '=== {number}'", block]
        done = subprocess.run(["bash", "-c", "set -eu -o pipefail\n" + "\n".join(lines)], cwd=scratch.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        reached = re.findall(r"^=== (\d+)$", done.stdout, re.M)
        return (0 if done.returncode == 0 else int(reached[-1])), done.stdout

    def test_every_line_passes_on_good_bundles(self):
        for (system, algorithm), place in self.bundles.items():
            with self.subTest(system=system, algorithm=algorithm):
                failed, said = self.audit(place / "bundle", place / "site.pub", system, algorithm)
                self.assertEqual(failed, 0, said)
                self.assertEqual(sorted(set(re.findall(r"=== (\d+)", said)), key=int), [str(number) for number in range(1, 10)])
                self.assertIn("the second verifier agrees", said)
                self.assertRegex(said, r"Verified OK|Signature Verified Successfully")
                self.assertRegex(said, r"(?m)^ghcr.io/acme/plc-bridge:2.3.1 sha256:[0-9a-f]{64}$")

    def test_the_line_for_cosign_2(self):
        self.cosign(2)

    def test_the_line_for_cosign_3(self):
        self.cosign(3)

    def cosign(self, generation):
        place = self.bundles["linux", "ecdsa"]
        [line] = [block for _, block in steps(f"cosign{generation}") if "cosign" in block]
        program = judges.cosign(generation)
        identity = next((place / "bundle/signatures").glob("*.sig")).stem
        said = scratch.run("bash", "-euc", f"cosign() {{ '{program}' \"$@\"; }}; bundle='{place}/bundle' key='{place}/site.pub' id={identity}\n{line}")
        self.assertIn("Verified OK", said.stdout + said.stderr)

    def test_each_step_stops_what_it_is_for(self):
        """Without the key up to step 3; with it, everything that the signature does not show."""
        def sign(victim, place):
            forgery.sign_again(victim, place / "site.key", place / "site.pub")

        def manifest(old, new):
            def change(victim, place):
                text = (victim / "manifest.json").read_text()
                self.assertIn(old, text)
                forgery.replace(victim / "manifest.json", text.replace(old, new, 1).encode())
                sign(victim, place)
            return change

        def sbom(victim, place):
            forgery.replace(victim / "sbom.cdx.json", b'{"bomFormat":"CycloneDX"}')
            sign(victim, place)

        volume, plain = "payload-001.tar.zst", "payload/join.json"
        table = [
            ("linux", "a signature of another", 2, lambda victim, _: forgery.flip(next(victim.glob("signatures/*.sig")), 20)),
            ("linux", "another root", 2, lambda victim, _: forgery.flip(victim / "SHA256SUMS", 5)),
            ("linux", "a flipped bit of the payload", 3, lambda victim, _: forgery.flip(victim / volume, 999)),
            ("linux", "a missing file", 3, lambda victim, _: (victim / "install.sh").unlink()),
            ("linux", "a file in addition", 3, lambda victim, _: (victim / "AUTORUN.INF").write_text("x")),
            ("linux", "a link for a file", 3, lambda victim, _: forgery.link(victim / "install.sh")),
            ("linux", "a later format", 4, manifest('"format": 1', '"format": 2')),
            ("linux", "a volume that the manifest does not list", 5, manifest('"name":"payload-001', '"name":"payload-002')),
            ("linux", "an entry that is not inside", 5, manifest('"path":"usr/local/bin/crictl"', '"path":"usr/local/bin/cricti"')),
            ("linux", "a file of another digest", 6, self.another_digest(sign)),
            ("linux", "an image of another digest", 7, manifest('"manifest":"sha256:', '"manifest":"sha256:0')),
            ("linux", "a list of contents without contents", 8, sbom),
            ("linux", "a rule of the format", 9, manifest('"mode":"0755"', '"mode":"4755"')),
            ("windows", "a flipped bit of a plain file", 3, lambda victim, _: forgery.flip(victim / plain, 1)),
            ("windows", "a plain file that the manifest does not list", 5, manifest('"path":"join.json"', '"path":"joyn.json"')),
            ("windows", "a file of another digest", 6, self.another_digest(sign)),
            ("windows", "a rule of the format", 9, manifest('"owner":"root:root"', '"owner":"user:root"')),
        ]
        for system, what, wanted, change in table:
            with self.subTest(system=system, change=what):
                place = self.bundles[system, "ecdsa"]
                with forgery.copy(place / "bundle") as victim:
                    change(victim, place)
                    failed, said = self.audit(victim, place / "site.pub", system, "ecdsa")
                    self.assertEqual(failed, wanted, said)

    def test_another_fingerprint_than_the_one_told(self):
        place = self.bundles["linux", "ecdsa"]
        failed, said = self.audit(place / "bundle", place / "site.pub", "linux", "ecdsa", told="SHA256:" + "0" * 64)
        self.assertEqual(failed, 1, said)

    @staticmethod
    def another_digest(sign):
        def change(victim, place):
            text = (victim / "manifest.json").read_text()
            entries = text[text.index('"entries": ['):]
            digest = re.search(r'"sha256":"([0-9a-f]{64})"', entries)[1]
            forgery.replace(victim / "manifest.json", text.replace(entries, entries.replace(digest, "0" * 64, 1)).encode())
            sign(victim, place)
        return change


if __name__ == "__main__":
    unittest.main()
