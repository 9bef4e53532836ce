"""A STAND-IN for the snap store: speaks its protocol over the laboratory's mirror, with assertions and snaps of its own making.

    with snap_store.Store() as store:
        store.add("core22", revision=1981, version="20250612", type="base", channels=["latest/stable"], files={"etc/os-release": "…"})
        store.publish(mirror)
        store.keys                  # what a profile has to trust: the ids of the two keys made here
        store.asked                 # requests that snapd would not have made, in words; empty when all were right

Assertions are real: RSA signatures in OpenPGP packets, as snapd checks them (canonical/snapd, asserts/crypto.go), by keys that live as long
as the store. Snaps are squashfs images by mksquashfs. Read back by parse() and verify(), which share no code with the product.
"""
import base64
import hashlib
import json
import re
import shutil
import urllib.parse
from typing import NamedTuple

import mirror as upstream
import scratch

SERIES = "16"
AUTHORITY = "canonical"
MOMENT = "2026-05-01T12:00:00Z"
# Highest format of snap-declaration that snapd 2.54 takes (canonical/snapd, asserts/asserts.go).
FORMATS = {"account": 0, "account-key": 1, "snap-declaration": 5, "snap-revision": 0}
KEYS = {"account": ["account-id"], "account-key": ["public-key-sha3-384"], "snap-declaration": ["series", "snap-id"], "snap-revision": ["snap-sha3-384"]}


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def lines(data):
    text = base64.b64encode(data).decode()
    return "\n".join(text[start:start + 76] for start in range(0, len(text), 76))


# OpenPGP (RFC 4880), as much as assertions use.

def packet(tag, content):
    """A packet of the new format behind the byte 0x01 that assertions put first."""
    size = len(content)
    length = bytes([size]) if size < 192 else bytes([(size - 192 >> 8) + 192, size - 192 & 255]) if size < 8384 else b"\xff" + size.to_bytes(4, "big")
    return bytes([1, 0xC0 | tag]) + length + content


def unpacked(data):
    """The content of a packet."""
    return data[3 if data[2] < 192 else 4 if data[2] < 224 else 7:]


def number(value):
    return value.bit_length().to_bytes(2, "big") + value.to_bytes((value.bit_length() + 7) // 8, "big")


def signed_message(content, hashed_part):
    return content + hashed_part + b"\x04\xff" + len(hashed_part).to_bytes(4, "big")


class Key:
    """An RSA key made by openssl, known by the id that assertions call it by."""

    def __init__(self, folder, name, bits=2048):
        self.path = folder / f"{name}.pem"
        scratch.run("openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", self.path)
        text = scratch.run("openssl", "rsa", "-in", self.path, "-noout", "-text").stdout
        modulus = int(re.sub(r"[\s:]", "", re.search(r"modulus:\n((?:\s+[0-9a-f:]+\n)+)", text)[1]), 16)
        self.packet = packet(6, b"\x04" + (1451606400).to_bytes(4, "big") + b"\x01" + number(modulus) + number(65537))
        self.id = base64url(hashlib.sha3_384(self.packet).digest())

    def sign(self, content):
        """The signature block of an assertion's content."""
        created = (1_777_636_800).to_bytes(4, "big")
        hashed = b"\x04\x00\x01\x0a" + (6).to_bytes(2, "big") + b"\x05\x02" + created
        message = self.path.with_suffix(".message")
        message.write_bytes(signed_message(content, hashed))
        signature = self.path.with_suffix(".signature")
        scratch.run("openssl", "dgst", "-sha512", "-sign", self.path, "-out", signature, message)
        digest = hashlib.sha512(message.read_bytes()).digest()
        return lines(packet(2, hashed + b"\x00\x00" + digest[:2] + number(int.from_bytes(signature.read_bytes(), "big"))))


def assertion(key, headers, body=b""):
    """The text of a signed assertion; headers in the order given, as snapd writes them."""
    every = {"type": headers["type"], **headers}
    if body:
        every["body-length"] = str(len(body))
    every["sign-key-sha3-384"] = key.id
    content = "".join(f"{name}: {value}\n" for name, value in every.items()).encode()[:-1] + (b"\n\n" + body if body else b"")
    return content + b"\n\n" + key.sign(content).encode() + b"\n"


class Parsed(NamedTuple):
    """An assertion as an independent reader sees it."""

    headers: dict
    body: bytes
    content: bytes
    signature: bytes


def parse(stream):
    """The assertions of a stream, in order."""
    found, rest = [], stream
    while rest:
        head, rest = rest.split(b"\n\n", 1)
        headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
        size = int(headers.get("body-length", 0))
        body, rest = (rest[:size], rest[size + 2:]) if size else (b"", rest)
        content = head + (b"\n\n" + body if size else b"")
        signature, _, rest = rest.partition(b"\n\n")
        found.append(Parsed(headers, body, content, base64.b64decode(signature)))
    return found


def verify(assertion, key_body):
    """Whether openssl takes the signature by the key of an account-key's body."""
    key, signature = unpacked(base64.b64decode(key_body)), unpacked(assertion.signature)
    modulus = key[8:8 + (int.from_bytes(key[6:8], "big") + 7) // 8]
    hashed = signature[:6 + int.from_bytes(signature[4:6], "big")]
    # Behind it: no other subpackets (two bytes), the first two bytes of the digest, the number's length in bits, the number.
    value = signature[len(hashed) + 6:].rjust(len(modulus), b"\0")
    folder = scratch.folder("verify")
    try:
        (folder / "key.cnf").write_text(
            "asn1=SEQUENCE:spki\n[spki]\na=SEQUENCE:alg\nk=BITWRAP,SEQUENCE:rsa\n[alg]\no=OID:rsaEncryption\nn=NULL\n"
            f"[rsa]\nn=INTEGER:0x{modulus.hex()}\ne=INTEGER:65537\n")
        scratch.run("openssl", "asn1parse", "-genconf", folder / "key.cnf", "-noout", "-out", folder / "key.der")
        (folder / "message").write_bytes(signed_message(assertion.content, hashed))
        (folder / "value").write_bytes(value)
        done = scratch.run("openssl", "dgst", "-sha512", "-verify", folder / "key.der", "-keyform", "DER", "-signature", folder / "value",
                           folder / "message", check=False)
        return done.returncode == 0
    finally:
        scratch.remove(folder)


class Snap(NamedTuple):
    """One revision."""

    name: str
    id: str
    revision: int
    version: str
    type: str
    base: str | None
    confinement: str
    architectures: tuple
    channels: tuple
    data: bytes

    @property
    def digest(self):
        return hashlib.sha3_384(self.data).digest()

    @property
    def path(self):
        return f"/api/v1/snaps/download/{self.id}_{self.revision}.snap"


class Store:
    """Leaving it removes its keys and snaps."""

    def __init__(self):
        self.folder = scratch.folder("snaps")
        self.root, self.key = Key(self.folder, "root"), Key(self.folder, "store")
        self.snaps, self.assertions, self.asked = [], {}, []
        for key, signer, name in ((self.root, self.root, "root"), (self.key, self.root, "store")):
            self.vouch(signer, {"type": "account-key", "authority-id": AUTHORITY, "revision": "2", "public-key-sha3-384": key.id, "account-id": AUTHORITY,
                                "name": name, "since": "2016-04-01T00:00:00.0Z"}, lines(key.packet).encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        scratch.remove(self.folder)

    @property
    def keys(self):
        """What a profile trusts: the store's key and the root, by id."""
        return [self.key.id, self.root.id]

    def vouch(self, key, headers, body=b""):
        """Signs an assertion and serves it; its text."""
        text = assertion(key, headers, body)
        self.assertions[(headers["type"], *(headers[name] for name in KEYS[headers["type"]]))] = text
        return text

    def add(self, name, revision, version, channels, files, type="app", base=None, confinement="strict", architectures=("amd64", "arm64"),
            publisher=AUTHORITY):
        """Makes a snap of `files` (path → text or bytes), and all that vouches for it."""
        identity = base64url(hashlib.sha256(name.encode()).digest())[:32]
        described = f"name: {name}\nversion: {version}\ntype: {type}\nconfinement: {confinement}\n" + (f"base: {base}\n" if base else "")
        data = squashfs(self.folder, {**files, "meta/snap.yaml": described})
        snap = Snap(name, identity, revision, version, type, base, confinement, tuple(architectures), tuple(channels), data)
        self.snaps.append(snap)
        self.vouch(self.key, {"type": "snap-declaration", "format": "1", "authority-id": AUTHORITY, "revision": "4", "series": SERIES, "snap-id": identity,
                              "publisher-id": publisher, "snap-name": name, "timestamp": MOMENT})
        self.vouch(self.key, {"type": "snap-revision", "authority-id": AUTHORITY, "snap-sha3-384": base64url(snap.digest), "developer-id": publisher,
                              "snap-id": identity, "snap-revision": str(revision), "snap-size": str(len(data)), "timestamp": MOMENT})
        return snap

    def named(self, name):
        return next(snap for snap in self.snaps if snap.name == name)

    def stream(self, snap):
        """What `snap download` writes beside the snap: key, declaration, revision, one empty line between them."""
        chosen = [("account-key", self.key.id), ("snap-declaration", SERIES, snap.id), ("snap-revision", base64url(snap.digest))]
        return b"\n".join(self.assertions[each] for each in chosen)

    def publish(self, mirror):
        """Speaks the protocol at `mirror`; downloads are redirected, as the real store leads to its delivery network."""
        self.url = mirror.url
        for prefix, answer in (("/v2/snaps/refresh", self.refresh), ("/v2/snaps/info/", self.info), ("/v2/assertions/", self.assertion)):
            mirror.serve(prefix, answer)
        self.deliver(mirror)

    def deliver(self, mirror):
        """Puts the snaps themselves there, again where another store's stood in between."""
        for snap in self.snaps:
            mirror.add(f"/delivery{snap.path}", snap.data)
            mirror.always(snap.path, upstream.Redirect(f"{mirror.url}/delivery{snap.path}"))

    # Answers (store/details_v2.go, store/store_asserts.go).

    def refresh(self, command, path, headers, body):
        if refusal := self.checked(command, headers, "POST"):
            return refusal
        request = json.loads(body)
        [action] = request["actions"]
        if action["action"] != "download" or "epoch" not in action or request["context"] != [] or not request["fields"]:
            self.asked.append(f"no question of snapd's: {request}")
        result = {"instance-key": action["instance-key"], "name": action["name"], "result": "download"}
        known = [snap for snap in self.snaps if snap.name == action["name"]]
        chosen = [snap for snap in known if action["channel"] in snap.channels and headers["Snap-Device-Architecture"] in snap.architectures]
        if not chosen:
            code = "revision-not-found" if known else "name-not-found"
            releases = [{"architecture": architecture, "channel": channel} for snap in known for architecture in snap.architectures for channel in snap.channels]
            result |= {"result": "error", "error": {"code": code, "message": "No such thing.", "extra": {"releases": releases}}}
        else:
            snap = chosen[0]
            result |= {"snap-id": snap.id, "effective-channel": action["channel"], "snap": self.described(snap)}
        return json.dumps({"error-list": [], "results": [result]}).encode()

    def described(self, snap):
        return {"name": snap.name, "snap-id": snap.id, "revision": snap.revision, "version": snap.version, "base": snap.base, "type": snap.type,
                "confinement": snap.confinement, "epoch": {"read": [0], "write": [0]}, "download": {
                    "url": f"https://api.snapcraft.io{snap.path}", "size": len(snap.data), "sha3-384": snap.digest.hex(), "deltas": []}}

    def info(self, command, path, headers, _body):
        if refusal := self.checked(command, headers, "GET"):
            return refusal
        address = urllib.parse.urlsplit(path)
        asked = urllib.parse.parse_qs(address.query)
        known = [snap for snap in self.snaps if snap.name == address.path.rsplit("/", 1)[1]]
        if not known:
            return missing()
        entries = []
        for snap in known:
            for architecture in asked.get("architecture", snap.architectures):
                if architecture in snap.architectures:
                    entries += [self.entry(snap, architecture, channel) for channel in snap.channels]
        return json.dumps({"name": known[0].name, "snap-id": known[0].id, "snap": {"name": known[0].name}, "channel-map": entries}).encode()

    def entry(self, snap, architecture, channel):
        track, risk = channel.split("/")
        name = risk if track == "latest" else channel
        return {"channel": {"architecture": architecture, "name": name, "risk": risk, "track": track, "released-at": MOMENT},
                "revision": snap.revision, "version": snap.version}

    def assertion(self, command, path, headers, _body):
        address = urllib.parse.urlsplit(path)
        kind, *key = address.path.split("/")[3:]
        wanted = urllib.parse.parse_qs(address.query).get("max-format")
        if command != "GET" or headers.get("Accept") != "application/x.ubuntu.assertion" or wanted != [str(FORMATS.get(kind))]:
            self.asked.append(f"not as snapd asks for an assertion: {command} {path}")
        return self.assertions.get((kind, *key)) or missing()

    def checked(self, command, headers, expected):
        """The store's own refusal of a request without the header that it needs; notes what else snapd would have done otherwise."""
        if command != expected or headers.get("Accept") != "application/json":
            self.asked.append(f"not as snapd asks: {command}, Accept {headers.get('Accept')}")
        if headers.get("Snap-Device-Series") != SERIES or not headers.get("Snap-Device-Architecture"):
            self.asked.append("without series or architecture")
            return upstream.Plan(400, {"Content-Type": "application/json"}, json.dumps(
                {"error-list": [{"code": "missing-header", "message": "Snap-Device-Series is missing"}]}).encode())
        return None


def missing():
    return upstream.Plan(404, {"Content-Type": "application/json"}, json.dumps({"error-list": [{"code": "not-found", "message": "not found"}]}).encode())


def squashfs(folder, files):
    """A squashfs image of these files, the same bytes each time."""
    tree, image = folder / "tree", folder / "image.snap"
    shutil.rmtree(tree, ignore_errors=True)
    image.unlink(missing_ok=True)
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    scratch.run("mksquashfs", tree, image, "-noappend", "-quiet", "-no-progress", "-all-root", "-mkfs-time", "0", "-all-time", "0", "-comp", "xz")
    return image.read_bytes()


def listed(data):
    """What stands in a squashfs image, by `unsquashfs -l`."""
    folder = scratch.folder("listing")
    try:
        (folder / "x.snap").write_bytes(data)
        text = scratch.run("unsquashfs", "-l", "-dest", "", folder / "x.snap").stdout
        return {line.lstrip("/") for line in text.splitlines() if line.startswith("/")}
    finally:
        scratch.remove(folder)
