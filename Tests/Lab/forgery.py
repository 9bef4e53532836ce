"""Bundles that are not what they were: copies with one thing changed, unsigned or signed anew by a key of the test's own.

    with forgery.copy(bundle) as victim:
        forgery.flip(victim / "manifest.json", 7)
        forgery.sign_again(victim, secret_key, public_key)
"""
import contextlib
import hashlib
import os
import pathlib
import shutil

import scratch


@contextlib.contextmanager
def copy(bundle):
    """A copy that costs no content: its files are links to the originals until a function of this module replaces one."""
    folder = scratch.folder("forged")
    victim = folder / bundle.name
    shutil.copytree(bundle, victim, copy_function=os.link)
    try:
        yield victim
    finally:
        scratch.remove(folder)


def replace(path, data):
    """Gives a file other content, and leaves the original that it was a link to alone."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def edit(path, change):
    """Replaces the content by `change(bytes)`."""
    replace(path, change(path.read_bytes()))


def flip(path, at, bit=0):
    """Flips one bit of the byte at `at` (negative: from the end)."""
    def change(data):
        changed = bytearray(data)
        changed[at] ^= 1 << bit
        return bytes(changed)
    edit(path, change)


def swap(one, other):
    first, second = one.read_bytes(), other.read_bytes()
    replace(one, second)
    replace(other, first)


def link(path):
    """Puts a link to the same content in the file's place."""
    aside = path.parents[1] / f"aside-{path.name}"
    path.rename(aside)
    path.symlink_to(aside)


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def folder(path):
    path.unlink()
    path.mkdir()


def sums(bundle):
    """The bytes of SHA256SUMS that fit the files that are there."""
    files = [path for path in bundle.rglob("*") if path.is_file() and path.parent.name != "signatures" and path.name != "SHA256SUMS"]
    lines = [(str(path.relative_to(bundle)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(lines)).encode()


def sign_again(bundle, secret, public, root=None):
    """Makes SHA256SUMS fit what is there (or be `root`) and signs it with openssl: what somebody could do who has the key."""
    replace(bundle / "SHA256SUMS", sums(bundle) if root is None else root)
    der = scratch.run("sh", "-c", f"openssl pkey -pubin -in '{public}' -outform DER | sha256sum").stdout
    target = bundle / "signatures" / f"{der[:16]}.sig"
    target.unlink(missing_ok=True)
    scratch.run("openssl", "dgst", "-sha256", "-sign", secret, "-out", target, bundle / "SHA256SUMS")


def readme_lines(bundle):
    """The command lines of README.txt, in order: what stands indented there, the list of files left out."""
    text = (pathlib.Path(bundle) / "README.txt").read_text().split("\nFILES\n")[0]
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]
