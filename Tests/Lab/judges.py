"""The stock tools that judge what sealift makes: openssl, sha256sum, cosign, tar, zstd, skopeo.

Each answers yes or no about one thing, and raises LabError only when the judge itself could not work.
"""
import base64
import hashlib
import os
import pathlib
import unittest

import scratch

# Makes cosign 2.5 stay offline with the new bundle format: a root of trust that trusts nobody beside the given key.
_TRUSTED_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'


def openssl_verifies(key, signature, file):
    """An ECDSA signature (DER) over the bytes of `file`."""
    return _yes("openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, file)


def pkeyutl_verifies(key, signature, file, *digested):
    """The other way of openssl: Ed25519, or ECDSA with `-digest sha256`."""
    return _yes("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", *digested, "-in", file, "-sigfile", signature)


def sha256sum_accepts(folder, sums="SHA256SUMS"):
    """Every file that the sums name is there with that content."""
    return scratch.run("sha256sum", "--strict", "--quiet", "-c", sums, cwd=folder, check=False).returncode == 0


def cosign(generation=2):
    """The program, 2.5 or 3.1; skips the test, with the reason, where it cannot be had."""
    found = scratch.run(scratch.ROOT / "scripts/fetch-cosign", generation, check=False)
    if found.returncode != 0:
        raise unittest.SkipTest(f"no cosign {generation}: {found.stdout.strip()}")
    return found.stdout.strip()


def cosign_verifies_signature(key, signature, file):
    """The detached form: the same DER signature, as base64 in a file."""
    folder = scratch.folder("cosign")
    text = folder / "signature"
    text.write_bytes(base64.b64encode(pathlib.Path(signature).read_bytes()))
    answer = _yes(cosign(), "verify-blob", "--key", key, "--signature", text, "--insecure-ignore-tlog", file)
    scratch.remove(folder)
    return answer


def cosign_verifies_bundle(key, bundle, file):
    """The Sigstore v0.3 bundle."""
    folder = scratch.folder("cosign")
    root = folder / "trusted-root.json"
    root.write_text(_TRUSTED_ROOT)
    answer = _yes(cosign(), "verify-blob", "--key", key, "--bundle", bundle, "--new-bundle-format",
                  "--trusted-root", root, "--insecure-ignore-tlog", file)
    scratch.remove(folder)
    return answer


def cosign_3_verifies_bundle(key, bundle, file):
    """The same by cosign 3.1, as README.txt writes it; without a network, and without a transparency log to ask."""
    folder = scratch.folder("cosign")
    answer = _yes(cosign(3), "verify-blob", "--key", key, "--bundle", bundle, "--insecure-ignore-tlog", file, env={**os.environ, "HOME": str(folder)})
    scratch.remove(folder)
    return answer


def cosign_verifies_attestation(key, line, file):
    """One line of attestations: a DSSE envelope with SLSA provenance about `file`."""
    folder = scratch.folder("cosign")
    envelope = folder / "envelope.json"
    envelope.write_text(line)
    answer = _yes(cosign(), "verify-blob-attestation", "--key", key, "--signature", envelope, "--type", "slsaprovenance1",
                  "--insecure-ignore-tlog", file)
    scratch.remove(folder)
    return answer


def evidence_python():
    """The Python that has the makers' own tools for evidence; skips the test, with the reason, where it cannot be had."""
    found = scratch.run(scratch.ROOT / "scripts/fetch-judges", check=False)
    if found.returncode != 0:
        raise unittest.SkipTest(f"no judges of evidence: {found.stdout.strip()}")
    return found.stdout.strip()


def of_evidence(*words):
    """What evidence_judge.py says, and whether that is a yes."""
    done = scratch.run(evidence_python(), scratch.ROOT / "Tests/Lab/evidence_judge.py", *words, check=False)
    if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
        raise scratch.LabError(f"the judge of evidence broke down: {done.stdout}{done.stderr}")
    return done.returncode == 0, done.stdout.strip()


def payload_names(volumes):
    """What GNU tar and zstd find in the payload: the volumes, in the order given, are one stream."""
    files = " ".join(f"'{volume}'" for volume in volumes)
    listed = scratch.run("sh", "-c", f"cat {files} | zstd -dcq | tar -tf -", check=False)
    if listed.returncode != 0:
        raise scratch.LabError(f"tar or zstd refuses the payload: {listed.stderr}")
    return listed.stdout.splitlines()


def zstd_accepts(file):
    return _yes("zstd", "-tq", file)


def archive_digest(archive, name):
    """The digest of what `name` stands for in an OCI archive, as skopeo reads it."""
    raw = scratch.run("skopeo", "inspect", "--raw", f"oci-archive:{archive}:{name}").stdout
    return "sha256:" + hashlib.sha256(raw.encode()).hexdigest()


def _yes(*command, **options):
    return scratch.run(*command, check=False, **options).returncode == 0
