"""Key lists: the ceremony of the guide run as written, and a site that follows a chain from list to list, with openssl as a signer of its own."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import forgery
import product
import scratch
import tally
import tree
import workbench
import world

Exit = product.Exit
FIRST = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5")
GUIDE = scratch.ROOT / "docs/guides/key-ceremony.md"


def setUpModule():
    global connected, bench
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))


class Ceremony(unittest.TestCase):
    def test_every_block_of_the_guide_runs_as_written(self):
        folder = scratch.folder("ceremony")
        self.addCleanup(scratch.remove, folder)
        (folder / "bin").mkdir()
        (folder / "bin/sealift").symlink_to(product.tool())
        blocks = re.findall(r"(?m)^```sh\n(.*?)^```$", GUIDE.read_text(), re.S)
        self.assertGreater(len(blocks), 12)
        definition = bench.define("ceremony")
        options = " ".join(f"'{each}'" for each in ("--cache", bench.cache, *connected.options))
        script = "set -eu\n" + "".join(f"echo 'block {number}'\n{block}" for number, block in enumerate(blocks, 1))
        variables = product.environment(
            bench.home, DEFINITION=definition, PATH=f"{folder / 'bin'}:{os.environ['PATH']}")
        done = subprocess.run(["sh", "-c", script.replace("$BUILD_OPTIONS", options)], cwd=folder, env=variables, text=True, capture_output=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-3000:])
        self.assertIn(f"block {len(blocks)}\n", done.stdout)
        told = json.loads(bench.sealift("keys", "show", folder / "lists", "--json").output)
        self.assertEqual([(each["number"], sorted(each["signedBy"])) for each in told["lists"]],
                         [(1, ["anna", "ben", "carla"]), (2, ["anna", "carla"]), (3, ["anna", "ben", "dora"])])
        [first], [second] = ((folder / name).iterdir() for name in ("out1", "out2"))
        self.assertTrue((first / "signatures/keys-0001.json").exists())
        # What the page says of the first bundle once list 2 is there.
        refused = bench.sealift("sign", first, "--keys", folder / "lists")
        self.assertIn("3", refused.output)
        refused = bench.sealift("verify", first, "--policy", folder / "policy.json", status=Exit.NOT_TRUSTED)
        self.assertIn("0 of 2 needed keys", refused.errors)
        self.assertIn("key list", bench.sealift("verify", second, "--policy", folder / "policy.json").output)


class Lists(unittest.TestCase):
    """A folder of lists whose root keys are anna's and ben's; either suffices."""

    def setUp(self):
        self.folder = scratch.folder("keys")
        self.addCleanup(scratch.remove, self.folder)
        self.lists = self.folder / "lists"
        for name in ("anna", "ben", "builder", "builder2", "builder3", "approver"):
            bench.sealift("keygen", self.folder / name, "--no-passphrase", *(("--algorithm", "ed25519") if name == "ben" else ()))
        self.keys("new", "--root-key", self.public("anna"), "--root-key", self.public("ben"), "--signing-key", self.public("builder"))
        self.sign("anna")

    def public(self, name):
        return self.folder / f"{name}.pub"

    def secret(self, name):
        return self.folder / f"{name}.key"

    def keys(self, verb, *options, **more):
        return bench.sealift("keys", verb, self.lists, *options, **more)

    def sign(self, name, **more):
        return self.keys("sign", "--key", self.secret(name), **more)

    def next(self, *options, by="anna"):
        self.keys("next", *options)
        self.sign(by)

    def key_id(self, name):
        der = scratch.folder("der") / "key"
        self.addCleanup(scratch.remove, der.parent)
        scratch.run("openssl", "pkey", "-pubin", "-in", self.public(name), "-outform", "DER", "-out", der)
        return hashlib.sha256(der.read_bytes()).hexdigest()[:16]

    def openssl_sign(self, name, file, signature):
        """As an approver who has openssl alone."""
        if "ED25519" in scratch.run("openssl", "pkey", "-in", self.secret(name), "-noout", "-text").stdout:
            scratch.run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.secret(name), "-in", file, "-out", signature)
        else:
            scratch.run("openssl", "dgst", "-sha256", "-sign", self.secret(name), "-out", signature, file)

    def openssl_verifies(self, name, file, signature):
        if "ED25519" in scratch.run("openssl", "pkey", "-in", self.secret(name), "-noout", "-text").stdout:
            words = ["pkeyutl", "-verify", "-pubin", "-inkey", self.public(name), "-rawin", "-in", file, "-sigfile", signature]
        else:
            words = ["dgst", "-sha256", "-verify", self.public(name), "-signature", signature, file]
        return scratch.run("openssl", *words, check=False).returncode == 0

    def policy(self, number=1):
        path = self.folder / "policy.json"
        digest = hashlib.sha256((self.lists / f"keys-{number:04}.json").read_bytes()).hexdigest()
        path.write_text(json.dumps({"policy": 1, "keyList": {"number": number, "digest": f"SHA256:{digest}"}}))
        path.chmod(0o644)
        return path


class Tools(Lists):
    def test_openssl_and_sealift_sign_for_each_other(self):
        for name in ("anna", "ben"):
            file, signature = self.lists / "keys-0001.json", self.lists / f"keys-0001.{self.key_id(name)}.sig"
            with self.subTest(signer=name):
                self.sign(name)
                self.assertTrue(self.openssl_verifies(name, file, signature))
                signature.unlink()
                self.openssl_sign(name, file, signature)
                self.keys("verify")
                forgery.flip(file, 30)
                self.assertFalse(self.openssl_verifies(name, file, signature))
                forgery.flip(file, 30)

    def test_what_must_not_be_is_refused_with_words(self):
        self.keys("next", "--remove", "builder", "--signing-key", self.public("builder2"))
        definition = bench.define("early")
        table = [
            (("keys", "new", self.lists, "--root-key", self.public("anna"), "--signing-key", self.public("builder")), Exit.USAGE, "keys-0001.json"),
            (("keys", "next", self.lists, "--remove", "ben"), Exit.NOT_TRUSTED, "signed by 0 of 1"),
            (("keys", "verify", self.lists), Exit.NOT_TRUSTED, "signed by 0 of 1"),
            (("keys", "sign", self.lists, "--key", self.secret("builder")), Exit.USAGE, "no root key"),
            (("build", definition, "-o", self.folder / "out", "--key", self.secret("builder2"), "--keys", self.lists), Exit.NOT_TRUSTED, "signed by 0 of 1"),
            (("keys", "show", self.folder), Exit.USAGE, "no key lists"),
            (("keys", "new", self.folder / "a", "--root-key", self.public("anna")), Exit.USAGE, "names 0"),
            (("keys", "new", self.folder / "b", "--root-key", self.public("anna"), "--signing-key", f"other={self.public('anna')}"), Exit.USAGE, "two names"),
            (("keys", "new", self.folder / "c", "--root-key", f"a b={self.public('anna')}"), Exit.USAGE, "no name for a key"),
        ]
        for words, status, part in table:
            with self.subTest(words=words[:2]):
                before = tree.listing(self.folder)
                done = bench.sealift(*words, status=status)
                self.assertIn(part, done.errors)
                self.assertIn("next: ", done.errors)
                self.assertEqual(tree.changes(before, tree.listing(self.folder)), [])

    def test_a_list_is_not_made_over_one_that_nobody_knows(self):
        for words, part in ((("--remove", "eve"), "no key called"), ((), "nothing")):
            done = self.keys("next", *words, status=Exit.USAGE)
            self.assertIn(part, done.errors)
        self.next("--expires", "2099-01-01T00:00:00Z")
        self.assertIn("--expires never", self.keys("next", "--remove", "ben", status=Exit.USAGE).errors)

    def test_a_build_with_a_key_that_the_newest_list_does_not_name_is_refused(self):
        done = bench.refused(Exit.USAGE, bench.define("stranger"), "--keys", self.lists, key=self.secret("builder2"))
        self.assertIn("key list 1 does not name", done)


class Site(Lists):
    """A site whose state is what lies below a scratch root; policy and record are read as those of the machine."""

    def setUp(self):
        scratch.need("unshare", root=True)
        super().setUp()
        self.root = self.new_root()
        self.definition = bench.define()

    def new_root(self):
        root = scratch.folder("root")
        self.addCleanup(scratch.remove, root)
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib/sealift", "opt"):
            (root / name).mkdir(parents=True)
        (root / "var/lib/sealift").chmod(0o700)
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\n")
        return root

    def build(self, version, key):
        """The next bundle of one name, with the lists as they are now."""
        text = self.definition.read_text()
        self.definition.write_text(re.sub(r'"version": "2\d+\.\d+\.\d+"', f'"version": "{version}"', text, count=1))
        return bench.build(self.definition, "--keys", self.lists, key=self.secret(key), output=self.folder / f"out-{version}").folder

    def installer(self, verb, bundle, *options, root=None, status=Exit.DONE, policy=None):
        """In a mount namespace where the root's state folder is that of the machine."""
        root = root or self.root
        (root / "var/lib/sealift").mkdir(mode=0o700, exist_ok=True)  # a refused run leaves no empty one
        words = [product.installer(), verb, "--bundle", bundle, "--policy", policy or self.folder / "policy.json", *options]
        words += [] if verb == "verify" else ["--root", root]
        line = 'mount -t tmpfs none /var/lib && mkdir /var/lib/sealift && mount --bind "$0" /var/lib/sealift && exec "$@"'
        return product.run("unshare", "-m", "--propagation", "private", "sh", "-c", line, root / "var/lib/sealift", *words, home=bench.home, status=status)

    def recorded(self, root=None):
        """The number of the list that the site has recorded."""
        path = (root or self.root) / "var/lib/sealift/key-lists.json"
        return json.loads(path.read_text())["list"]["number"] if path.exists() else None

    def refuse(self, bundle, part, status=Exit.NOT_TRUSTED, **more):
        """Refused by every verb, with nothing changed."""
        before = tree.listing(self.root)
        for verb in ("verify", "check", "plan", "apply"):
            with tally.attack("S4", "bundles refused by an installed site that goes by key lists"):
                done = self.installer(verb, bundle, *(() if verb in ("verify", "check") else FIRST), status=status, **more)
                self.assertIn(part, done.errors)
                self.assertEqual(tree.changes(before, tree.listing(self.root)), [])

    def test_a_site_follows_the_chain_and_never_goes_back(self):
        policy = self.policy()
        first = self.build("2026.1.0", "builder")
        for verb in ("verify", "check", "plan"):
            before = tree.listing(self.root)
            self.installer(verb, first, *(() if verb == "verify" else FIRST[:2] if verb == "check" else FIRST), status=None)
            self.assertEqual(tree.changes(before, tree.listing(self.root)), [])
        self.installer("apply", first, *FIRST)
        self.assertEqual(self.recorded(), 1)

        self.next("--remove", "builder", "--signing-key", self.public("builder2"))
        second = self.build("2026.2.0", "builder2")
        self.installer("plan", second, *FIRST)
        self.assertEqual(self.recorded(), 1)
        self.installer("apply", second, *FIRST)
        self.assertEqual(self.recorded(), 2)
        self.refuse(first, "no pinned key has signed it")

        # A thief of builder's key builds something newer, with the lists of before.
        stolen = self.folder / "stolen"
        shutil.copytree(self.lists, stolen)
        for name in stolen.glob("keys-0002*"):
            name.unlink()
        newer = bench.build(bench.define(version="2026.3.0"), "--keys", stolen, key=self.secret("builder"), output=self.folder / "thief").folder
        self.refuse(newer, "no pinned key has signed it")
        # On a site that has never seen list 2 the same bundle is good: what `expires` is for.
        late = self.new_root()
        self.installer("apply", newer, *FIRST, root=late)
        self.assertEqual(self.recorded(late), 1)

        # Lists 3 and 4; ben signs with openssl alone. The late site has skipped 2 and 3.
        self.keys("next", "--signing-key", self.public("builder3"))
        self.openssl_sign("ben", self.lists / "keys-0003.json", self.lists / f"keys-0003.{self.key_id('ben')}.sig")
        self.next("--remove", "builder2", "--remove", "anna", by="ben")
        fourth = self.build("2026.4.0", "builder3")
        self.installer("apply", fourth, *FIRST, "--allow-downgrade", root=late)
        self.assertEqual(self.recorded(late), 4)
        told = json.loads(self.installer("verify", fourth, "--json").output)
        self.assertEqual(told["keyList"]["number"], 4)
        told = json.loads(bench.sealift("verify", fourth, "--policy", policy, "--json").output)
        self.assertEqual(told["keyList"]["number"], 4)
        self.assertIn("list 4", bench.sealift("inspect", fourth, "--policy", policy).output)
        self.installer("apply", fourth, *FIRST)
        self.refuse(second, "no pinned key has signed it")

    def test_newer_lists_alone_are_recorded_and_nothing_else_changes(self):
        self.policy()
        bundle = self.build("2026.1.0", "builder")
        self.installer("apply", bundle, *FIRST)
        self.next("--signing-key", self.public("builder2"))
        bench.sealift("sign", bundle, "--keys", self.lists)
        before = tree.listing(self.root, times="files")
        self.assertIn("nothing was changed", self.installer("apply", bundle, *FIRST).output)
        self.assertEqual(self.recorded(), 2)
        self.assertEqual([line.split(": ")[1] for line in tree.changes(before, tree.listing(self.root, times="files"))], ["var/lib/sealift/key-lists.json"])

    def test_a_fork_and_a_damaged_record_are_refused(self):
        self.policy()
        bundle = self.build("2026.1.0", "builder")
        other = self.folder / "other"
        shutil.copytree(self.lists, other)
        self.next("--signing-key", self.public("builder2"))
        bench.sealift("sign", bundle, "--keys", self.lists)
        self.installer("apply", bundle, *FIRST)
        bench.sealift("keys", "next", other, "--signing-key", self.public("builder3"))
        bench.sealift("keys", "sign", other, "--key", self.secret("anna"))
        with forgery.copy(bundle) as victim:
            for path in (victim / "signatures").glob("keys-0002*"):
                path.unlink()
            for path in other.glob("keys-0002*"):
                shutil.copy(path, victim / "signatures")
            self.refuse(victim, "is not the list of this number that this site has recorded")
        record = self.root / "var/lib/sealift/key-lists.json"
        good = record.read_bytes()
        forgery.flip(record, 300)
        self.refuse(bundle, "cannot read what this site has recorded of its key lists")
        record.write_bytes(good)
        self.installer("verify", bundle)

    def test_a_list_that_has_expired_is_refused_unless_the_policy_warns(self):
        self.next("--signing-key", self.public("builder2"), "--expires", "2001-01-01T00:00:00Z")
        policy = self.policy()
        bundle = self.build("2026.1.0", "builder")
        done = self.installer("apply", bundle, *FIRST, status=Exit.POLICY)
        self.assertIn("the list expired at 2001-01-01T00:00:00Z", done.errors)
        self.assertIsNone(self.recorded())
        policy.write_text(policy.read_text().replace('{"policy": 1', '{"policy": 1, "expiry": "warn"'))
        self.assertIn("expired at 2001", self.installer("apply", bundle, *FIRST).errors)
        self.assertEqual(self.recorded(), 2)

    def test_a_site_that_is_pinned_anew_takes_the_new_chain(self):
        self.policy()
        self.installer("apply", self.build("2026.1.0", "builder"), *FIRST)
        shutil.rmtree(self.lists)
        self.keys("new", "--root-key", self.public("approver"), "--signing-key", self.public("builder2"))
        self.sign("approver")
        bundle = self.build("2026.2.0", "builder2")
        self.refuse(bundle, "is not the list of this number that this site has recorded")
        self.policy()
        self.assertIn("which is none of the lists 1 to 1", self.installer("apply", bundle, *FIRST).errors)
        record = json.loads((self.root / "var/lib/sealift/key-lists.json").read_text())
        self.assertEqual([each["name"] for each in record["list"]["roots"]], ["approver"])


if __name__ == "__main__":
    unittest.main()
