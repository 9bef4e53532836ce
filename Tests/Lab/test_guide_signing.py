"""docs/guides/signing.md, run line by line: own keys, foreign ones, openssl alone, a company's PKI; then sites that name each of the signers."""
import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import termios
import unittest

import product
import scratch
import tally
import workbench
import world

Exit = product.Exit
GUIDE = scratch.ROOT / "docs/guides/signing.md"
AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
SIGNER = ("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n"
          "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")


def openssl(folder, *arguments):
    subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)


def company(folder):
    """root.pem, inter.pem below it, and the signers leaf and second below that."""
    for name, issuer, key, use in (
            ("root", None, ("EC", "ec_paramgen_curve:P-256"), AUTHORITY), ("inter", "root", ("EC", "ec_paramgen_curve:P-384"), AUTHORITY + "authorityKeyIdentifier=keyid\n"),
            ("leaf", "inter", ("EC", "ec_paramgen_curve:P-256"), SIGNER), ("second", "inter", ("RSA", "rsa_keygen_bits:3072"), SIGNER)):
        openssl(folder, "genpkey", "-algorithm", key[0], "-pkeyopt", key[1], "-out", f"{name}.key")
        openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Company/CN={name}", "-out", f"{name}.csr")
        (folder / f"{name}.ext").write_text(use)
        by = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial") if issuer else ("-signkey", "root.key")
        openssl(folder, "x509", "-req", "-sha256", "-in", f"{name}.csr", "-extfile", f"{name}.ext", "-days", 3650, "-out", f"{name}.pem", *by)
        (folder / f"{name}.key").chmod(0o600)


class Guide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch.need("openssl", "bash")
        cls.folder = scratch.folder("signing")
        cls.addClassCleanup(scratch.remove, cls.folder)
        company(cls.folder)
        connected = cls.enterClassContext(world.World())
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        cls.bundle = cls.folder / "bundle"
        shutil.copytree(cls.bench.build(cls.bench.define()).folder, cls.bundle)
        (cls.folder / "passphrase").write_text("correct horse\n")
        (cls.folder / "passphrase").chmod(0o600)
        lines = "\n".join(re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.M | re.S))
        program = f"set -eu -o pipefail\nsealift() {{ '{product.tool()}' \"$@\"; }}\nbundle='{cls.bundle}'\n{lines}"
        cls.done = subprocess.run(["bash", "-c", program], cwd=cls.folder, env=product.environment(cls.bench.home), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=180)

    def verify(self, **members):
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps({"policy": 1, **members}))
        policy.chmod(0o644)
        return product.run(product.tool(), "verify", self.bundle, "--policy", policy, home=self.bench.home, status=None)

    def authority(self, **more):
        return {"name": "company PKI", "root": (self.folder / "root.pem").read_text(), **more}

    def test_every_line_runs(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout)
        self.assertIn("CMS Verification successful", self.done.stdout)
        names = sorted(path.name for path in (self.bundle / "signatures").iterdir())
        self.assertEqual(len([name for name in names if name.endswith(".sig")]), 5, names)
        self.assertEqual(len([name for name in names if name.endswith(".cms")]), 2, names)

    def test_each_signer_counts(self):
        keys = [{"name": name, "key": (self.folder / f"{name}.pub").read_text()} for name in ("approver", "old", "edwards")]
        for key in keys:
            with tally.attack("S6", "signatures made by the guide's lines, taken by sealift"):
                self.assertEqual(self.verify(keys=[key]).status, Exit.DONE)
        for name in ("leaf", "second"):
            with tally.attack("S6", "signatures made by the guide's lines, taken by sealift"):
                done = self.verify(certificates=[self.authority(signers=[{"commonName": name}])])
                self.assertEqual(done.status, Exit.DONE, done.errors)
                self.assertIn(f"O=Company, CN={name} (company PKI)", done.output)
        self.assertEqual(self.verify(keys=keys, certificates=[self.authority()], threshold=5).status, Exit.DONE)
        done = self.verify(keys=keys, certificates=[self.authority()], threshold=6)
        self.assertEqual(done.status, Exit.NOT_TRUSTED)
        self.assertIn("5 of 6 needed keys", done.errors)

    def test_signers_that_do_not_count(self):
        for more, part in (({"signers": [{"commonName": "nobody"}]}, "none of the signers that the site names"),
                           ({"refused": ["serial:" + self.serial("leaf"), "serial:" + self.serial("second")]}, "is refused by the site"),
                           ({"refused": ["serial:" + self.serial("inter")]}, "O=Company, CN=inter is refused by the site")):
            with self.subTest(more=more):
                done = self.verify(certificates=[self.authority(**more)])
                self.assertEqual(done.status, Exit.NOT_TRUSTED, done.errors)
                self.assertIn(part, done.errors)

    def serial(self, name):
        return scratch.run("openssl", "x509", "-in", self.folder / f"{name}.pem", "-noout", "-serial").stdout.strip().split("=")[1]


class Secrets(unittest.TestCase):
    """Row S7: while a bundle is signed, neither arguments nor environment nor output show the passphrase or the key."""

    def test_no_secret_is_seen_from_outside(self):
        connected = self.enterContext(world.World())
        bench = self.enterContext(workbench.Workbench(connected))
        bundle = bench.build(bench.define()).folder
        phrase = "orthogonal walrus 4711"
        passphrase = bench.folder / "phrase"
        passphrase.write_text(phrase + "\n")
        passphrase.chmod(0o600)
        bench.sealift("keygen", bench.folder / "sealed", "--passphrase-file", passphrase)
        # Without a line end the program waits for more of the passphrase, and can be looked at.
        reader, writer = os.pipe()
        process = subprocess.Popen([product.tool(), "sign", bundle, "--key", bench.folder / "sealed.key", "--passphrase-fd", str(reader)], pass_fds=[reader],
                                   env=product.environment(bench.home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            os.close(reader)
            os.write(writer, phrase.encode())
            scratch.wait_until(lambda: self.unread(writer) == 0, "the passphrase is read", process=process)
            seen = self.proc(process.pid, "cmdline") + self.proc(process.pid, "environ")
        finally:
            os.close(writer)
            output, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, Exit.DONE, output)
        self.assertIn("--passphrase-fd", seen)
        with tally.attack("S7", "a signing program's arguments, environment and output, without a secret"):
            for text in (seen, output):
                self.assertNotIn(phrase, text)
                self.assertNotIn("PRIVATE KEY", text)

    def unread(self, pipe):
        """How many bytes nobody has read yet."""
        return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]

    def proc(self, number, name):
        with open(f"/proc/{number}/{name}", "rb") as file:
            return file.read().decode(errors="replace")
