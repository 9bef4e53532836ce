"""The policy of a site: both programs under it, a root that nothing was laid into, the guide's examples by the schema and by the programs."""
import hashlib
import json
import re
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
GUIDE = scratch.ROOT / "docs/guides/site-policy.md"
FIRST = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")
EXPIRES = "2030-01-01T00:00:00Z"
NOTED_LATER = "2031-01-01T00:00:00Z\n"
OTHER = "arm64" if product.ARCHITECTURE == "amd64" else "amd64"
PROGRAMS = {"sealift": lambda bundle: [product.tool(), "verify", bundle],
            "sealift-install": lambda bundle: [product.installer(), "verify", "--bundle", bundle]}


def setUpModule():
    """A bundle that expires, signed by the builder; the same, signed by an approver too; the same, signed by a stranger."""
    global bench, bundle, approved, foreign, builder, approver, stranger
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    keys = {name: bench.keygen(name) for name in ("builder", "approver", "stranger")}
    builder, approver, stranger = (keys[name][1] for name in ("builder", "approver", "stranger"))
    definition = bench.define(expires=EXPIRES)
    bundle = bench.build(definition, key=keys["builder"][0]).folder
    approved = bench.build(definition, key=keys["builder"][0], output=bench.folder / "approved").folder
    bench.sealift("sign", approved, "--key", keys["approver"][0])
    foreign = bench.build(definition, key=keys["stranger"][0], output=bench.folder / "foreign").folder


def named(name, public):
    return {"name": name, "key": public.read_text()}


def by_fingerprint(name, public):
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"], stdout=subprocess.PIPE, check=True).stdout
    return {"name": name, "fingerprint": "SHA256:" + hashlib.sha256(der).hexdigest()}


class Policed(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.folder("policy")
        self.addCleanup(scratch.remove, self.folder)

    def policy(self, members, name="policy.json", mode=0o644):
        """A file with these members, or with this text."""
        path = self.folder / name
        path.write_text(members if isinstance(members, str) else json.dumps({"policy": 1, **members}))
        path.chmod(mode)
        return path

    def refused(self, done, status, words):
        self.assertEqual(done.status, status, done.output + done.errors)
        self.assertEqual(done.output, "")
        self.assertRegex(done.errors, r"(?m)^sealift(-install)?: error: .*\n(?s:.*)^sealift(-install)?:   next: ")
        for part in (words,) if isinstance(words, str) else words:
            self.assertIn(part, done.errors)


class Verdicts(Policed):
    """`sealift verify` and `sealift-install verify` are of one mind."""

    def judge(self, members, status, words="", options=(), victim=None, mode=0o644):
        path = self.policy(members, mode=mode)
        for command in PROGRAMS.values():
            with tally.attack("S4", "bundles judged under a site's policy by both programs"):
                done = product.run(*command(victim or bundle), "--policy", path, *options, home=bench.home, status=None)
                if status == Exit.DONE:
                    self.assertEqual(done.status, status, done.errors)
                else:
                    self.refused(done, status, words)

    def test_thresholds_of_distinct_keys(self):
        both = [named("builder", builder), named("approver", approver)]
        prints = [by_fingerprint("builder", builder), by_fingerprint("approver", approver)]
        self.judge({"keys": both[:1]}, Exit.DONE)
        self.judge({"keys": both}, Exit.DONE)
        self.judge({"keys": both, "threshold": 2}, Exit.NOT_TRUSTED, "1 of 2 needed keys have signed it")
        self.judge({"keys": prints, "threshold": 2}, Exit.NOT_TRUSTED, "1 of 2 needed keys have signed it")
        self.judge({"keys": both, "threshold": 2}, Exit.DONE, victim=approved)
        self.judge({"keys": prints, "threshold": 2}, Exit.DONE, victim=approved)
        self.judge({"keys": both, "threshold": 2}, Exit.NOT_TRUSTED, "0 of 2 needed keys", victim=foreign)

    def test_options_only_ask_for_more(self):
        both = {"keys": [named("builder", builder), named("approver", approver)]}
        self.judge(both, Exit.DONE, options=("--key", builder))
        self.judge(both, Exit.NOT_TRUSTED, "asked for by name has not signed", options=("--key", approver))
        self.judge(both, Exit.NOT_TRUSTED, "the policy does not name it", options=("--key", stranger), victim=foreign)

    def test_what_it_is_for(self):
        keys = {"keys": [named("builder", builder)]}
        target = {"profile": "k3s", "arch": product.ARCHITECTURE}
        self.judge({**keys, "bundles": ["line7"], "targets": [target]}, Exit.DONE)
        self.judge({**keys, "bundles": ["line8", "line9"]}, Exit.POLICY, ('does not admit a bundle named "line7"', "admits: line8, line9"))
        self.judge({**keys, "targets": [{**target, "arch": OTHER}]}, Exit.POLICY, f'a bundle for "k3s/{product.ARCHITECTURE}"')
        self.judge({**keys, "targets": [{**target, "profile": "k0s"}]}, Exit.POLICY, f"admits: k0s/{product.ARCHITECTURE}")

    def test_evidence(self):
        keys = {"keys": [named("builder", builder)]}
        everything = {**keys, "require": ["report.html", "sbom.cdx.json", "sbom.spdx.json", "provenance"]}
        self.judge(everything, Exit.DONE)
        for name in ("report.html", "sbom.cdx.json", "sbom.spdx.json"):
            with forgery.copy(bundle) as victim:
                forgery.flip(victim / name, 100)
                self.judge(keys, Exit.DONE, victim=victim)
                self.judge(everything, Exit.DAMAGED, (f"{name} is demanded", "is not what was signed"), victim=victim)
                (victim / name).unlink()
                self.judge(everything, Exit.DAMAGED, f"{name} is demanded", victim=victim)
                forgery.sign_again(victim, builder.with_suffix(".key"), builder)
                self.judge({**keys, "require": [name]}, Exit.POLICY, f"{name} is demanded, and the bundle has no", victim=victim)
        with forgery.copy(bundle) as victim:
            (victim / "signatures/provenance.intoto.jsonl").unlink()
            self.judge(keys, Exit.DONE, victim=victim)
            self.judge(everything, Exit.POLICY, "provenance is demanded", victim=victim)
            forgery.replace(victim / "signatures/provenance.intoto.jsonl", (foreign / "signatures/provenance.intoto.jsonl").read_bytes())
            self.judge(everything, Exit.POLICY, "provenance is demanded", victim=victim)

    def test_the_file_itself(self):
        keys = {"keys": [named("builder", builder)]}
        self.judge({**keys, "treshold": 2}, Exit.USAGE, 'unknown key "treshold"')
        self.judge('{"policy": 1,\n "bundles": [line7]}', Exit.USAGE, "policy.json:2:14: ")
        self.judge({**keys, "threshold": 2}, Exit.USAGE, "$.threshold must be from 1 to the number of keys, which is 1")
        self.judge(keys, Exit.NOT_TRUSTED, "others can write it", mode=0o666)
        link = self.folder / "link"
        link.symlink_to(self.policy(keys))
        with forgery.copy(bundle) as victim:
            inside = victim / "policy.json"
            inside.write_text(json.dumps({"policy": 1, **keys}))
            for path, words in ((link, "it is not a regular file"), (self.folder, "it is not a regular file"),
                                (inside, "it lies inside the bundle"), (self.folder / "absent", "")):
                for command in PROGRAMS.values():
                    status = Exit.INPUT_OUTPUT if path.name == "absent" else Exit.NOT_TRUSTED
                    self.refused(product.run(*command(victim), "--policy", path, home=bench.home, status=None), status, words)


class Roots(Policed):
    """An installation below a root: refused, and nothing of the root has changed; or laid, and the receipt says how."""

    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
            (self.root / name).mkdir(parents=True)
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")

    def command(self, *words, victim=None):
        return [product.installer(), "apply", "--bundle", victim or bundle, "--root", self.root, *FIRST, *words]

    def install(self, *words, victim=None):
        product.run(*self.command(*words, victim=victim), home=bench.home)
        return json.loads((self.root / "var/lib/sealift/receipts/line7.json").read_text())

    def refuse(self, status, words, *options, victim=None):
        before = tree.listing(self.root, times="files")
        with tally.attack("S5", "installations refused by a site's policy, the root unchanged"):
            self.refused(product.run(*self.command(*options, victim=victim), home=bench.home, status=None), status, words)
            self.assertEqual(tree.changes(before, tree.listing(self.root, times="files")), [])

    def test_roots_and_names(self):
        keys = {"keys": [named("builder", builder)]}
        self.refuse(Exit.POLICY, "does not admit an installation below", "--policy", self.policy({**keys, "roots": ["/"]}))
        self.refuse(Exit.POLICY, "admits: /srv/images", "--policy", self.policy({**keys, "roots": ["/srv/images"]}))
        self.refuse(Exit.POLICY, 'a bundle named "line7"', "--policy", self.policy({**keys, "bundles": ["line8"]}))
        self.refuse(Exit.NOT_TRUSTED, "no pinned key has signed it", "--policy", self.policy(keys), victim=foreign)
        receipt = self.install("--policy", self.policy({**keys, "roots": [str(self.folder.resolve())], "bundles": ["line7"]}))
        self.assertEqual(len(receipt["keys"]), 1)
        self.assertFalse(any("policy" in each for each in receipt["warnings"]), receipt["warnings"])

    def test_time_that_the_site_has_noted(self):
        self.install("--key", builder)
        clock = self.root / "var/lib/sealift/clock"
        self.assertRegex(clock.read_text(), r"^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$")
        self.assertEqual(clock.stat().st_mode & 0o777, 0o600)
        product.run(product.installer(), "uninstall", "--root", self.root, "--yes", home=bench.home)
        self.assertTrue(clock.exists())
        clock.write_text(NOTED_LATER)
        self.refuse(Exit.POLICY, ("the bundle expired at 2030-01-01T00:00:00Z", "latest time noted here: 2031-01-01"), "--key", builder)
        warned = self.policy({"keys": [named("builder", builder)], "expiry": "warn"})
        self.assertTrue(any("expired" in each and "policy lets it pass" in each for each in self.install("--policy", warned)["warnings"]))
        product.run(product.installer(), "uninstall", "--root", self.root, "--yes", home=bench.home)
        receipt = self.install("--key", builder, "--allow-expired")
        self.assertTrue(any("--allow-expired was given" in each for each in receipt["warnings"]), receipt["warnings"])

    def test_trust_on_first_use(self):
        self.refuse(Exit.NOT_TRUSTED, "no key is pinned")
        receipt = self.install("--trust-on-first-use", victim=foreign)
        self.assertTrue(any("trusted on first use: " in each for each in receipt["warnings"]), receipt["warnings"])
        [kept] = (self.root / "etc/sealift/trusted-keys").iterdir()
        self.assertEqual(kept.read_text(), stranger.read_text())
        self.refuse(Exit.NOT_TRUSTED, "this machine has used another key before", "--trust-on-first-use")
        self.refuse(Exit.NOT_TRUSTED, "several have signed it", "--trust-on-first-use", victim=approved)
        self.refuse(Exit.POLICY, "this site has a policy", "--trust-on-first-use", "--policy", self.policy({}))

    def test_the_policy_that_the_site_keeps(self):
        scratch.need(root=True)
        etc = self.folder / "etc"
        (etc / "sealift").mkdir(parents=True)
        (etc / "sealift/policy.json").write_text(json.dumps({"policy": 1, "keys": [named("builder", builder)]}))
        other = self.policy({"keys": [named("stranger", stranger)]})

        def on_site(*words, victim=None):
            """As a machine on which /etc/sealift is this folder's."""
            line = f'mount -t overlay overlay -o "lowerdir={etc}:/etc" /etc && exec "$@"'
            return product.run("unshare", "--mount", "--propagation", "private", "sh", "-c", line, "sh",
                               *self.command(*words, victim=victim), home=bench.home, status=None)

        probe = subprocess.run(["unshare", "--mount", "--propagation", "private", "mount", "-t", "overlay", "overlay",
                                "-o", f"lowerdir={etc}:/etc", "/etc"], stderr=subprocess.PIPE, text=True)
        if probe.returncode:
            self.skipTest(f"no overlay can be mounted here: {probe.stderr.strip()}")
        before = tree.listing(self.root)
        for words, victim, status, part in (
                ((), foreign, Exit.NOT_TRUSTED, "no pinned key has signed it"),
                (("--key", stranger), foreign, Exit.NOT_TRUSTED, "the policy does not name it"),
                (("--policy", other), foreign, Exit.POLICY, "this site has one of its own"),
                (("--trust-on-first-use",), foreign, Exit.NOT_TRUSTED, "no pinned key has signed it")):
            with self.subTest(words=words):
                self.refused(on_site(*words, victim=victim), status, part)
                self.assertEqual(tree.changes(before, tree.listing(self.root)), [])
        self.assertEqual(on_site().status, Exit.DONE)
        done = on_site("--without-policy", "--key", stranger, victim=foreign)
        self.assertEqual(done.status, Exit.DONE, done.errors)
        self.assertIn("was set aside with --without-policy", done.errors)


class Words(Policed):
    """docs/schema/policy.schema.json and docs/guides/site-policy.md, by a stock validator and by the program."""

    def violations(self, document):
        import jsonschema
        return [error.message for error in jsonschema.Draft202012Validator(
            json.loads((scratch.ROOT / "docs/schema/policy.schema.json").read_text())).iter_errors(document)]

    def verdict(self, text):
        return product.run(*PROGRAMS["sealift"](bundle), "--policy", self.policy(text), home=bench.home, status=None)

    def test_every_example_of_the_guide_is_read_and_fits_the_schema(self):
        scratch.need_modules("jsonschema")
        examples = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        self.assertGreater(len(examples), 5)
        members = set()
        for text in examples:
            with self.subTest(example=text[:60]):
                self.assertEqual(self.violations(json.loads(text)), [])
                self.assertNotEqual(self.verdict(text).status, Exit.USAGE, text)
                members |= set(json.loads(text))
        schema = json.loads((scratch.ROOT / "docs/schema/policy.schema.json").read_text())
        headings = "".join(line for line in GUIDE.read_text().splitlines() if line.startswith("## "))
        for member in set(schema["properties"]) - {"policy"}:
            self.assertIn(member, members, "has no example in the guide")
            self.assertIn(f"`{member}`", headings, "has no chapter in the guide")

    def test_what_the_schema_refuses_the_program_refuses(self):
        scratch.need_modules("jsonschema")
        good = {"policy": 1, "keys": [by_fingerprint("builder", builder)]}
        self.assertEqual(self.violations(good), [])
        wrong = [
            {}, {"policy": 2}, {**good, "keys": []}, {**good, "thresold": 1}, {**good, "threshold": 0}, {"policy": 1, "threshold": 1},
            {**good, "keys": [{"name": "a"}]}, {**good, "keys": [{**good["keys"][0], "key": "x"}]}, {**good, "keys": [{**good["keys"][0], "name": ""}]},
            {**good, "bundles": []}, {**good, "bundles": ["Line7"]}, {**good, "bundles": ["a", "a"]}, {**good, "targets": [{"profile": "k3s"}]},
            {**good, "targets": [{"profile": "k3s", "arch": "x86_64"}]}, {**good, "roots": ["srv"]}, {**good, "roots": ["/srv/"]}, {**good, "roots": ["/a/../b"]},
            {**good, "expiry": "ignore"}, {**good, "weakClock": None}, {**good, "maximumSequenceStep": 0}, {**good, "require": ["sbom"]}, {**good, "require": []},
            {**good, "keyList": {"number": 1, "digest": "SHA256:" + "0" * 64}}, {"policy": 1, "keyList": {"number": 0, "digest": "SHA256:" + "0" * 64}},
            {"policy": 1, "keyList": {"number": 1, "digest": "SHA256:00"}}, {"policy": 1, "keyList": {"number": 1}},
        ]
        for document in wrong:
            with self.subTest(document=document):
                self.assertNotEqual(self.violations(document), [])
                self.refused(self.verdict(json.dumps(document)), Exit.USAGE, "policy.json")
