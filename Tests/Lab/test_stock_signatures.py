"""Row S6: stock tools verify what we sign, and we verify what stock tools sign; each pair also with one bit changed, which must be refused."""
import base64
import hashlib
import json
import os
import shutil
import unittest

import forgery
import judges
import product
import scratch
import second_verifier
import small_bundle
import tally
import workbench
import world

# A vector that was made elsewhere, with OpenSSL 3.0: bytes, keys and signatures, all public.
MESSAGE = b"sealift test vector\n"
RECORDED = {
    "ECDSA on P-256": ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELIrCfs4N7XvnpXFPqACi4V/WW5KPyOc1AXsTwH0kWWr7rtwtQ1FTC03MeByKo1MqmfBqermrF9SaRTTJRuieog==",
                       "MEQCICN3UGdcESkI7F4YAYr3l3R4bVjy4Y3PmGxpCVYO4mmRAiBZNzm+ubPYkbT74F8dfZNHJv2wHzdxgVg37rdQjhr2wA=="),
    "Ed25519": ("MCowBQYDK2VwAyEAn/I8JVdZwxUeo5WAKi9BHgFvpa/+3MUo0Q7Ln67ZsfY=",
                "8bw9x0eVWrk81jt3uqvkMdyU7ajwUd3VgBRskdFD6zaKCKBuBRmLIO9XlvLaDIjCcci1BNYsjqOC6wT0EuByAw=="),
}


def setUpModule():
    global bench, bundle, edwards, edwards_key
    scratch.need("openssl")
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define()
    bundle = bench.build(definition).folder
    secret, edwards_key = bench.keygen("edwards", "--algorithm", "ed25519")
    edwards = bench.build(definition, key=secret, output=bench.folder / "edwards").folder


def signature(folder, suffix="sig"):
    [found] = (folder / "signatures").glob(f"*.{suffix}")
    return found


class TheirsVerifyOurs(unittest.TestCase):
    """A signature of `sealift build`, and a judge that must say yes to the bytes that were signed and no to others."""

    def judged(self, name, folder, judge, suffix="sig"):
        with self.subTest(pair=name), tally.attack("S6", "pairs with stock tools, both ways"), forgery.copy(folder) as victim:
            self.assertTrue(judge(signature(victim, suffix), victim / "SHA256SUMS"))
            forgery.flip(victim / "SHA256SUMS", 7)
            self.assertFalse(judge(signature(victim, suffix), victim / "SHA256SUMS"))

    def test_openssl(self):
        self.judged("openssl dgst, ECDSA", bundle, lambda sig, root: judges.openssl_verifies(bench.public_key, sig, root))
        self.judged("openssl pkeyutl, ECDSA", bundle, lambda sig, root: judges.pkeyutl_verifies(bench.public_key, sig, root, "-digest", "sha256"))
        self.judged("openssl pkeyutl, Ed25519", edwards, lambda sig, root: judges.pkeyutl_verifies(edwards_key, sig, root))

    def test_openssl_by_the_bundles_own_copy_of_the_key(self):
        for folder, public in ((bundle, bench.public_key), (edwards, edwards_key)):
            with tally.attack("S6", "pairs with stock tools, both ways"):
                ours, theirs = (scratch.run("sh", "-c", f"openssl pkey -pubin -in '{path}' -outform DER | sha256sum").stdout[:16] for path in (public, signature(folder, "pub")))
                self.assertEqual((ours, theirs), (signature(folder).stem, signature(folder).stem))

    def test_cosign_2(self):
        self.judged("cosign 2.5, detached", bundle, lambda sig, root: judges.cosign_verifies_signature(bench.public_key, sig, root))
        self.judged("cosign 2.5, bundle", bundle, lambda sig, root: judges.cosign_verifies_bundle(bench.public_key, sig, root), "sigstore.json")

    def test_cosign_3(self):
        self.judged("cosign 3.1, bundle", bundle, lambda sig, root: judges.cosign_3_verifies_bundle(bench.public_key, sig, root), "sigstore.json")


class OursVerifyTheirs(unittest.TestCase):
    """A stock tool signs SHA256SUMS, or makes the key; `sealift verify` and the second verifier judge it."""

    def setUp(self):
        self.folder = scratch.folder("theirs")
        self.addCleanup(scratch.remove, self.folder)

    def accepted(self, name, made, public, folder=None):
        """`made` are the bytes of a signature over the bundle's SHA256SUMS."""
        identity = small_bundle.key_id(public.read_bytes())
        with self.subTest(pair=name), tally.attack("S6", "pairs with stock tools, both ways"), forgery.copy(folder or bundle) as victim:
            forgery.replace(victim / "signatures" / f"{identity}.sig", made)
            self.verdicts(victim, public, product.Exit.DONE)
            forgery.flip(victim / "SHA256SUMS", 7)
            self.verdicts(victim, public, product.Exit.NOT_TRUSTED)

    def verdicts(self, victim, public, status):
        product.sealift("verify", victim, "--key", public, home=bench.home, status=status)
        try:
            second_verifier.verify(victim, [str(public)])
            second = product.Exit.DONE
        except second_verifier.Refused as refusal:
            second = refusal.args[0]
        self.assertEqual(second, status)

    def key(self, name, *options):
        """A pair of keys that openssl made."""
        secret, public = self.folder / f"{name}.key", self.folder / f"{name}.pub"
        scratch.run("openssl", "genpkey", *options, "-out", secret)
        os.chmod(secret, 0o600)
        scratch.run("openssl", "pkey", "-in", secret, "-pubout", "-out", public)
        return secret, public

    def test_openssl_signs(self):
        target, root = self.folder / "sig", bundle / "SHA256SUMS"
        secret, public = self.key("curve", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        scratch.run("openssl", "dgst", "-sha256", "-sign", secret, "-out", target, root)
        self.accepted("openssl dgst, ECDSA", target.read_bytes(), public)
        scratch.run("openssl", "pkeyutl", "-sign", "-inkey", secret, "-rawin", "-digest", "sha256", "-in", root, "-out", target)
        self.accepted("openssl pkeyutl, ECDSA", target.read_bytes(), public)
        secret, public = self.key("edwards", "-algorithm", "ed25519")
        scratch.run("openssl", "pkeyutl", "-sign", "-inkey", secret, "-rawin", "-in", root, "-out", target)
        self.accepted("openssl pkeyutl, Ed25519", target.read_bytes(), public)

    def test_keys_that_openssl_made(self):
        """PKCS#8 as openssl writes it: `sealift build` signs with it, openssl and we verify."""
        for name, options in {"curve": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "edwards": ("-algorithm", "ed25519")}.items():
            secret, public = self.key(name, *options)
            with self.subTest(pair=name), tally.attack("S6", "pairs with stock tools, both ways"):
                made = bench.build(bench.define(), key=secret, output=self.folder / f"out-{name}").folder
                self.verdicts(made, public, product.Exit.DONE)
                digested = ("-digest", "sha256") if name == "curve" else ()
                self.assertTrue(judges.pkeyutl_verifies(public, signature(made), made / "SHA256SUMS", *digested))

    def cosign_signs(self, generation, *options):
        """A key that cosign made, and the signature out of the bundle that it wrote."""
        program, root = judges.cosign(generation), bundle / "SHA256SUMS"
        environment = {**os.environ, "COSIGN_PASSWORD": "", "HOME": str(self.folder)}
        scratch.run(program, "generate-key-pair", cwd=self.folder, env=environment)
        self.sign = lambda *more: scratch.run(program, "sign-blob", "--key", "cosign.key", "--tlog-upload=false", "--yes", *more, root, cwd=self.folder, env=environment).stdout
        self.sign("--bundle", "bundle.json", *options)
        made = json.loads((self.folder / "bundle.json").read_text())["messageSignature"]
        self.assertEqual(base64.b64decode(made["messageDigest"]["digest"]), hashlib.sha256(root.read_bytes()).digest())
        return self.folder / "cosign.pub", base64.b64decode(made["signature"])

    def test_cosign_2_signs(self):
        """Its two forms of signature hold the same kind of DER."""
        public, made = self.cosign_signs(2, "--new-bundle-format")
        self.accepted("cosign 2.5, bundle", made, public)
        self.accepted("cosign 2.5, detached", base64.b64decode(self.sign()), public)

    def test_cosign_3_signs(self):
        public, made = self.cosign_signs(3, "--use-signing-config=false")
        self.accepted("cosign 3.1, bundle", made, public)

    def test_recorded_signatures(self):
        """SHA256SUMS of other words: with the signature good it is not understood, with it wrong it is not trusted."""
        for name, (key, made) in RECORDED.items():
            with self.subTest(vector=name), tally.attack("S6", "pairs with stock tools, both ways"):
                public, folder = self.folder / "recorded.pub", self.folder / name
                public.write_text(f"-----BEGIN PUBLIC KEY-----\n{key[:64]}\n{key[64:]}{chr(10) * bool(key[64:])}-----END PUBLIC KEY-----\n")
                (folder / "signatures").mkdir(parents=True)
                (folder / "SHA256SUMS").write_bytes(MESSAGE)
                sig = folder / "signatures" / f"{small_bundle.key_id(public.read_bytes())}.sig"
                sig.write_bytes(base64.b64decode(made))
                self.verdicts(folder, public, product.Exit.POLICY)
                digested = ("-digest", "sha256") if "ECDSA" in name else ()
                self.assertTrue(judges.pkeyutl_verifies(public, sig, folder / "SHA256SUMS", *digested))
                forgery.flip(folder / "SHA256SUMS", 3)
                self.verdicts(folder, public, product.Exit.NOT_TRUSTED)
                shutil.rmtree(folder)


if __name__ == "__main__":
    unittest.main()
