"""Keys in tokens: SoftHSM by OpenSSL's provider, from trixie. Signatures that stock openssl and sites take; tokens, PINs and keys that are not there."""
import os
import pathlib
import subprocess
import unittest

import judges
import product
import scratch
import tally
import workbench
import world

Exit = product.Exit
MODULE = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "473829"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch.need("softhsm2-util", "pkcs11-tool", "openssl")
        provider = scratch.run(scratch.ROOT / "scripts/fetch-pkcs11-provider", check=False)
        if provider.returncode != 0:
            raise unittest.SkipTest(f"no pkcs11-provider: {provider.stdout.strip()}")
        if not MODULE.exists():
            raise unittest.SkipTest(f"no {MODULE}")
        cls.folder = scratch.folder("tokens")
        cls.addClassCleanup(scratch.remove, cls.folder)
        (cls.folder / "store").mkdir()
        (cls.folder / "softhsm.conf").write_text(f"directories.tokendir = {cls.folder}/store\nobjectstore.backend = file\nlog.level = ERROR\n")
        cls.variables = {"SOFTHSM2_CONF": cls.folder / "softhsm.conf", "OPENSSL_MODULES": provider.stdout.strip(), "PKCS11_PROVIDER_MODULE": MODULE}
        cls.tool("softhsm2-util", "--init-token", "--free", "--label", "site", "--pin", PIN, "--so-pin", "87654321")
        for label, kind, number in (("builder", "EC:prime256v1", "01"), ("twin", "EC:prime256v1", "02"), ("twin", "EC:prime256v1", "03"),
                                    ("edwards", "EC:edwards25519", "04"), ("rsa", "rsa:2048", "05"), ("large", "EC:secp384r1", "06")):
            cls.tool("pkcs11-tool", "--module", MODULE, "--login", "--pin", PIN, "--keypairgen", "--key-type", kind, "--label", label, "--id", number)
        cls.pin = cls.folder / "pin"
        cls.pin.write_text(PIN + "\n")
        cls.pin.chmod(0o600)
        connected = cls.enterClassContext(world.World())
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        cls.bundle = cls.bench.build(cls.bench.define()).folder

    @classmethod
    def tool(cls, *command):
        subprocess.run([str(part) for part in command], check=True, env={**os.environ, "SOFTHSM2_CONF": str(cls.variables["SOFTHSM2_CONF"])},
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)

    def sign(self, address, *options, status=Exit.DONE, **variables):
        return self.bench.sealift("sign", self.bundle, "--key", address, *options, status=status, **{**self.variables, **variables})

    def address(self, label="builder", query=None):
        return f"pkcs11:token=site;object={label}?" + (query or f"pin-source=file:{self.pin}")

    def test_a_key_in_a_token_signs(self):
        for label, verifies in (("builder", judges.openssl_verifies), ("edwards", judges.pkeyutl_verifies)):
            with self.subTest(label=label), tally.attack("S6", "signatures of a token's keys, verified by openssl"):
                said = self.sign(self.address(label)).output
                identity = said.strip().rpartition("SHA256:")[2][:16]
                signatures = self.bundle / "signatures"
                self.assertTrue(verifies(signatures / f"{identity}.pub", signatures / f"{identity}.sig", self.bundle / "SHA256SUMS"))
                self.bench.sealift("verify", self.bundle, "--key", signatures / f"{identity}.pub", status=None)

    def test_a_bundle_is_built_with_it_and_the_pin_comes_as_a_passphrase_does(self):
        built = self.bench.sealift(*self.bench.command(self.bench.define(), output=self.folder / "built", key="pkcs11:object=builder"),
                                   "--passphrase-file", self.pin, **self.variables)
        self.assertIn("SHA256:", built.output)

    def test_the_library_may_stand_in_the_address(self):
        self.sign(self.address(query=f"module-path={MODULE}&pin-source=file:{self.pin}"), PKCS11_PROVIDER_MODULE=None)

    def test_what_is_refused(self):
        wrong, open_to_all = self.folder / "wrong", self.folder / "open"
        for path, text, mode in ((wrong, "0000\n", 0o600), (open_to_all, PIN + "\n", 0o644)):
            path.write_text(text)
            path.chmod(mode)
        for name, address, part, variables in (
                ("the PIN in the address", self.address(query=f"pin-value={PIN}"), "which every user of this machine can then read", {}),
                ("a PIN that others can read", self.address(query=f"pin-source=file:{open_to_all}"), "lets others at it", {}),
                ("no PIN and no terminal", "pkcs11:token=site;object=builder", "there is no terminal to ask at", {}),
                ("a wrong PIN", self.address(query=f"pin-source=file:{wrong}"), "did not take the PIN", {}),
                ("no such key", self.address("nobody"), "shows no such private key", {}),
                ("no such token", f"pkcs11:token=other;object=builder?pin-source=file:{self.pin}", "no such token is here", {}),
                ("two keys", self.address("twin"), "2 keys of the token fit", {}),
                ("RSA", self.address("rsa"), "RSA, 2048 bits", {}),
                ("P-384", self.address("large"), "EC secp384r1", {}),
                ("no library", self.address(), "which library of its maker", {"PKCS11_PROVIDER_MODULE": None}),
                ("no provider", self.address(), 'no provider "pkcs11"', {"OPENSSL_MODULES": self.folder}),
                ("an attribute twice", "pkcs11:object=a;object=b", "stands again at byte 16", {}),
                ("neither object nor id", "pkcs11:token=site", "neither object nor id", {})):
            before = sorted(path.name for path in (self.bundle / "signatures").iterdir())
            with self.subTest(name=name), tally.attack("S7", "tokens, PINs and keys in them that are refused"):
                done = self.sign(address, status=Exit.USAGE, **variables)
                self.assertIn(part, done.errors)
                self.assertIn("next:", done.errors)
                self.assertNotIn(PIN, done.output + done.errors)
                self.assertEqual(sorted(path.name for path in (self.bundle / "signatures").iterdir()), before)
