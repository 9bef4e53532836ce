"""Bundles of a few kilobytes, made by hand from docs/format.md: for the vectors, and for changes that only whoever made a bundle can make.

    bundle = small_bundle.Linux()
    bundle.file("etc/hosts", b"…")
    bundle.write(folder, [keys["first"]])
"""
import hashlib
import json
import pathlib
import subprocess
import tempfile

import forgery
import second_verifier as form

STEP = 4096  # plain bytes in a chunk


def digest(data):
    return hashlib.sha256(data).hexdigest()


def spell(manifest):
    """The canonical bytes; whatever the manifest is, as long as it is JSON."""
    return (form.spelled(manifest) + "\n").encode()


def frame(plain, *options):
    """One zstd frame with its content size, as the zstd command makes it."""
    done = subprocess.run(["zstd", "-q", "-c", "--no-check", f"--stream-size={len(plain)}", *options], input=plain, capture_output=True, check=True)
    return done.stdout


def signature(secret, root):
    """A signature by a private key in PEM, over some bytes."""
    digested = [] if b"ED25519" in subprocess.run(["openssl", "pkey", "-in", secret, "-noout", "-text"], capture_output=True, check=True).stdout.upper() else ["-digest", "sha256"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(root)
        file.flush()
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", secret, "-rawin", *digested, "-in", file.name], capture_output=True, check=True).stdout


def public(secret):
    return subprocess.run(["openssl", "pkey", "-in", secret, "-pubout"], capture_output=True, check=True).stdout


def key_id(pem):
    return digest(form.der_of(pem))[:16]


def sums(folder):
    """The bytes of SHA256SUMS that fit what lies in a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    named = {str(path.relative_to(folder)): path for path in files if path.parent.name != "signatures" and path.name != "SHA256SUMS"}
    return "".join(f"{digest(named[name].read_bytes())}  {name}\n" for name in sorted(named)).encode()


def sign(folder, secrets, root=None):
    """Writes SHA256SUMS, and the signature and public key of each private key."""
    root = sums(folder) if root is None else root
    forgery.replace(folder / "SHA256SUMS", root)
    (folder / "signatures").mkdir(exist_ok=True)
    for secret in secrets:
        pem = public(secret)
        forgery.replace(folder / "signatures" / f"{key_id(pem)}.pub", pem)
        forgery.replace(folder / "signatures" / f"{key_id(pem)}.sig", signature(secret, root))


class Small:
    """A manifest with the bytes of its files; members may be changed at will before it is written."""

    os = "linux"

    def __init__(self, **members):
        self.contents, self.files = {}, {"README.txt": b"how to check\n", "install.sh": b"#!/bin/sh\nexec ./sealift-install\n", "sealift-install": b"\x7fELF of a test\n"}
        self.manifest = {
            "format": 1, "name": "line7", "version": "2026.11.0", "sequence": 1763627400, "created": "2026-11-20T08:30:00Z",
            "builder": {"tool": "by hand", "version": "1", "zstd": "1.5.4", "level": 3},
            "target": {"profile": "k3s", "version": "v1.31.4+k3s1", "os": self.os, "arch": "amd64"},
            "roles": [{"name": "server", "summary": "a server"}, {"name": "agent", "summary": "an agent"}],
            "requirements": [], "variables": [], "users": [], "steps": [], "images": [], "sources": [], "space": [], "volumes": [], "chunks": [],
            "entries": [], "critical": [], "extensions": {}, **members}

    def add(self, path, kind, data=None, **members):
        entry = {"kind": kind, "path": path, **members}
        if data is not None:
            self.contents[path] = data
            entry.update(size=len(data), sha256=digest(data), extents=[])
        self.manifest["entries"].append(entry)
        return self

    def folder(self, path, **members):
        return self.add(path, "directory", **{"mode": "0755", "owner": "root:root", **members})

    def file(self, path, data, **members):
        return self.add(path, "file", data, **{"mode": "0644", "owner": "root:root", **members})

    def template(self, path, data, variables, form="env", **members):
        return self.add(path, "template", data, **{"mode": "0644", "owner": "root:root", "format": form, "variables": variables, **members})

    def link(self, path, target, **members):
        return self.add(path, "link", target=target, **members)

    def write(self, folder, secrets, change=lambda manifest: None):
        """Lays the bundle; `change` has the last word on the manifest before it is spelled."""
        self.manifest["entries"].sort(key=lambda entry: entry["path"])
        self.manifest["space"] = form.space(self.manifest["entries"])
        folder.mkdir(parents=True)
        self.lay(folder)
        change(self.manifest)
        for name, data in {**self.files, "manifest.json": spell(self.manifest)}.items():
            (folder / name).write_bytes(data)
        sign(folder, secrets)
        return folder


class Linux(Small):
    """The payload is a tar stream in volumes (§8.1, §8.2)."""

    def __init__(self, step=STEP, per_volume=100, pack=frame, stream=lambda data: data, **members):
        super().__init__(**members)
        self.step, self.per_volume, self.pack, self.stream = step, per_volume, pack, stream

    def tar(self):
        parts = []
        for entry in self.manifest["entries"]:
            data = self.contents.get(entry["path"], b"")
            parts += [form.headers(entry), data, bytes(-len(data) % 512)]
        return self.stream(b"".join(parts) + bytes(1024))

    def lay(self, folder):
        stream, volumes, chunks = self.tar(), [], []
        for index, start in enumerate(range(0, len(stream), self.step)):
            plain = stream[start:start + self.step]
            stored = self.pack(plain)
            if index % self.per_volume == 0:
                volumes.append(b"")
            volumes[-1] += stored
            chunks.append({"plainSha256": digest(plain), "plainSize": len(plain), "sha256": digest(stored), "size": len(stored), "volume": len(volumes)})
        for number, data in enumerate(volumes, 1):
            (folder / f"payload-{number:03}.tar.zst").write_bytes(data)
        self.manifest["chunks"] = chunks
        self.manifest["volumes"] = [{"name": f"payload-{number:03}.tar.zst", "size": len(data)} for number, data in enumerate(volumes, 1)]
        extents(self.manifest)


class Windows(Small):
    """The payload is plain files (§8.3)."""

    os = "windows"

    def __init__(self, **members):
        super().__init__(**members)
        self.files = {"README.txt": b"how to check\n", "install.ps1": b"exit 1\n"}

    def lay(self, folder):
        for path, data in self.contents.items():
            place = folder / "payload" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def extents(manifest):
    """Where the bytes of each entry are, for the chunks that the manifest has."""
    end = 0
    for entry in manifest["entries"]:
        start = end + len(form.headers(entry))
        end = start + entry.get("size", 0)
        if "extents" in entry:
            low, entry["extents"] = 0, []
            for index, chunk in enumerate(manifest["chunks"]):
                high = low + chunk["plainSize"]
                if max(start, low) < min(end, high):
                    entry["extents"].append([index, max(start, low) - low, min(end, high) - max(start, low)])
                low = high
        end += -end % 512


def edit(folder, change):
    """Changes a stored manifest in place, whoever signs it afterwards."""
    path = pathlib.Path(folder) / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    forgery.replace(path, spell(manifest))
