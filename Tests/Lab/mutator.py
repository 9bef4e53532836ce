"""Bundles that a seed has changed in one way: what somebody without the key can do, and what somebody with it can.

    change = mutator.Mutator(seed, secret).change(victim)      # changes the folder; says in words what it did

Whatever it writes replaces a file, so that a victim may be a copy by links (forgery.copy).
"""
import copy
import json
import os
import random
import subprocess

import forgery
import second_verifier as form
import small_bundle

# Texts that are right in some place of a manifest, or nearly so.
TEXTS = [
    "", ".", "..", "/", "//", "a/../b", "./a", "a//b", "/etc/x", "/etc/../x", "a/", "etc", "etc/hosts", "ETC/hosts", "a\\b", "a\nb", "a\tb", "\x7f", "\x80", "\u2028",
    "é", "e\u0301", "\u212a", "ß", "x" * 63, "x" * 64, "x" * 65, "x" * 255, "x" * 256, "/".join("y" * 64), "/".join("y" * 65), "z/" * 512 + "z", "x" * 4096,
    "root:root", "root", "Root:root", "_a:b-", "0644", "0755", "0999", "4755", "644", "v1", "1", "1.2", "v1.2.3+k3s1", "4.15", "4.15-rc1", "new", "v", ">=1", ">= 1", ">1 <2",
    "*+k3s", "*", "=v1", "==1", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/08", "0.0.0.0/0", "::/0", "fd00::/8", "fd00::1", "::1", "1::2::3", "::ffff:1.2.3.4", "1.2.3.4", "01.2.3.4",
    "1.2.3", "fe80::1%eth0", "443/tcp", "0/tcp", "65536/udp", "80-90/tcp", "90-80/tcp", "80-80/tcp", "080/tcp", "443", "443/sctp", "true", "false", "True", "0", "-0", "-1", "007",
    "9007199254740991", "9007199254740992", "-9223372036854775808", "https://a", "http://a.b:80/x?y#z", "https://a@b", "https://[::1]:1/", "https://[1.2.3.4]/", "https://a:0/", "https://a:65536", "ftp://a",
    "https://", "https://a b", "https://a/`", "2026-11-20T08:30:00Z", "2026-02-30T08:30:00Z", "2024-02-29T23:59:59Z", "0000-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20t08:30:00Z",
    "2026-11-20T08:30:60Z", "A", "AB_1", "a_1", "linux", "windows", "amd64", "arm64", "x86-64-v3", "x86-64-v5", "server", "agent", "king", "fail", "warn", "directory", "file",
    "link", "template", "swap-off", "resolver", "unit", "wait", "con", "NUL.txt", "com1", "com10", "a.", "a b", "-a", "a-", "--force", "k3s.service", "a..b", "dev-\\x2d.mount", "payload-001.tar.zst",
    "sha256:" + "0" * 64, "0" * 64, "A" * 64, "0" * 63, ".loaded", "loaded", ".", ".a/b", "plain", "yaml", "env", "string", "secret", "token", "enum", "port", "url", "ip", "files", "none",
]
NUMBERS = [0, 1, -1, 2, 3, 99, 100, 512, 1024, 60_000, 60_001, 86_400, 86_401, 999, 1000, 1 << 20, (1 << 20) + 1, 1 << 22, (1 << 22) + 1, 1 << 30, (1 << 30) + 1, (1 << 31) - 1, 1 << 31,
           1 << 42, (1 << 42) + 1, (1 << 53) - 1, 1 << 53, -(1 << 53), 1 << 70]


def places(value):
    """Every place of a JSON value: its container, and its key in it."""
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield value, key
        yield from places(item)


class Mutator:
    """One seed, one change."""

    def __init__(self, seed, secret):
        self.random, self.secret = random.Random(seed), secret

    def change(self, victim):
        ways = {self.member: 52, self.members_twice: 6, self.rebuilt: 14, self.spelling: 6, self.sums: 8, self.stored_bytes: 5, self.frames: 12, self.kinds_of_files: 5, self.signatures: 5}
        [way] = self.random.choices(list(ways), list(ways.values()))
        return f"{way.__name__}: {way(victim)}"

    def one(self, items):
        return self.random.choice(list(items))

    def signed(self, victim, root=None):
        small_bundle.sign(victim, [self.secret], root)

    # The manifest, signed anew.

    def member(self, victim, times=1):
        manifest = json.loads((victim / "manifest.json").read_text())
        said = [self.mutate(manifest) for _ in range(times)]
        forgery.replace(victim / "manifest.json", small_bundle.spell(manifest))
        self.signed(victim)
        return ", then ".join(said)

    def members_twice(self, victim):
        return self.member(victim, times=2)

    def rebuilt(self, victim):
        """Payload, extents, space and order made to fit what was changed, so that only the change itself is left to judge."""
        original = json.loads((victim / "manifest.json").read_text())
        contents = payload(victim, original)
        manifest = copy.deepcopy(original)
        said = self.mutate(manifest, top="entries" if self.random.random() < 0.7 else None)
        try:
            rebuild(victim, manifest, contents)
        except (TypeError, KeyError, ValueError, AttributeError, OSError):  # no bundle can be made of this: it stays as it is, changed
            manifest = copy.deepcopy(original)
            said = self.mutate(manifest)
            forgery.replace(victim / "manifest.json", small_bundle.spell(manifest))
        self.signed(victim)
        return said

    def mutate(self, manifest, top=None):
        # A member of the outermost object first, so that many chunks and entries do not take all changes.
        top = top or self.one(sorted(manifest))
        container, key = self.one([(manifest, top), *(places(manifest[top]) if self.random.random() < 0.95 else [])])
        value = container[key]
        by_type = {str: [self.retext] * 6, int: [self.renumber] * 4, list: [self.reorder, self.repeat, self.empty, self.graft], dict: [self.surplus, self.rename, self.graft, self.rekind]}
        way = self.one([self.retype, self.remove, *by_type.get(type(value), [self.flip])])
        before = json.dumps(value)[:80]
        way(manifest, container, key)
        after = json.dumps(container[key])[:80] if (key in container if isinstance(container, dict) else key < len(container)) else "nothing"
        return f"{way.__name__} {top} … {key}: {before} → {after}"

    def retype(self, _, container, key):
        container[key] = self.one([None, True, False, 0, -1, "", "x", [], {}, [[]], [None], {"a": 1}, 1 << 53])

    def remove(self, _, container, key):
        del container[key]

    def flip(self, _, container, key):
        container[key] = not container[key]

    def retext(self, _, container, key):
        text = container[key]
        at, end = self.random.randrange(len(text) + 1), self.random.randrange(len(text) + 1)
        container[key] = self.one([self.one(TEXTS), self.one(TEXTS), text.swapcase(), text + self.one(TEXTS)[:20], self.one(TEXTS)[:20] + text, text[:at], text[at:],
                                   text[:at] + self.one("a0.A_-é\\\n /:~\"$\u0301") + text[at:], text[:at] + text[at + 1:], text[:at] + self.one("aZ0.-_/:") + text[at + 1:],
                                   text * 40, text[::-1], text[min(at, end):max(at, end)]])

    def renumber(self, _, container, key):
        container[key] = self.one([container[key] + 1, container[key] - 1, container[key] + 512, -container[key], container[key] * 2, *self.random.choices(NUMBERS, k=5)])

    def reorder(self, _, container, key):
        self.random.shuffle(container[key])

    def repeat(self, _, container, key):
        if container[key]:
            container[key].insert(self.random.randrange(len(container[key]) + 1), copy.deepcopy(self.one(container[key])))

    def empty(self, _, container, key):
        container[key] = []

    def graft(self, manifest, container, key):
        """What stands somewhere else, of the same type."""
        others = [other[at] for other, at in places(manifest) if type(other[at]) is type(container[key])]
        container[key] = copy.deepcopy(self.one(others))

    def surplus(self, _, container, key):
        name = self.one(["zzz", "roles", "destination", "renamed", "fix", "values", "default", "expires", "v1", "amd64", "arm64", "checksum", "versions", "operation", "needs", "é"])
        container[key][name] = self.one([1, "a", ["server"], ["agent"], ["agent", "server"], [], "x/y", ".ok", "2026-11-20T08:30:00Z", {"sha256": "0" * 64, "url": "u"}])

    def rename(self, _, container, key):
        if container[key]:
            old = self.one(container[key])
            container[key][self.one([old.upper(), old + "s", old[:-1], "a"])] = container[key].pop(old)

    def rekind(self, _, container, key):
        if "kind" in container[key]:
            shape, kind = self.one([name for name in form.SHAPES if "/" in name]).split("/")
            container[key]["kind"] = kind
            if self.random.random() < 0.7:
                for member, rule in form.SHAPES[f"{shape}/{kind}"].items():
                    container[key].setdefault(member.rstrip("?"), [] if rule[-1] in "*+" else 1 if ".." in rule else True if rule == "bool" else self.one(TEXTS))

    # Bytes.

    def damage(self, data):
        at = self.random.randrange(len(data) + 1)
        piece = self.random.choice([b"\0", b"\n", b" ", b"  ", b"\r\n", b"\xff", b"/", b"..", b"\xc3\xa9", b"0", data[:at][-40:]])
        flipped = data[:at] + bytes([data[at] ^ 1 << self.random.randrange(8)]) + data[at + 1:] if at < len(data) else data + b"\n"
        ways = {"flipped": flipped, "inserted": data[:at] + piece + data[at:], "removed": data[:at] + data[at + 1:], "cut": data[:at], "appended": data + piece, "empty": b"", "twice": data + data}
        name = self.one(ways)
        return f"{name} at {at} of {len(data)}", ways[name]

    def spelling(self, victim):
        said, data = self.damage((victim / "manifest.json").read_bytes())
        forgery.replace(victim / "manifest.json", data)
        self.signed(victim)
        return said

    def sums(self, victim):
        root = (victim / "SHA256SUMS").read_bytes()
        lines = root.splitlines(keepends=True)
        name = self.one(["zzz", "SHA256SUMS", "signatures/x", "payload-9.tar.zst", "payload-/x.tar.zst", "payload/x", "../x", "/x", "a/./b", "-x", "x y", "x" * 255, "x" * 256, "é", "", "a//b", ".a", "a-"])
        ways = {"shuffled": b"".join(self.random.sample(lines, len(lines))), "a line less": b"".join(line for line in lines if line != lines[at])
                if (at := self.random.randrange(len(lines))) >= 0 else b"", f"a line more, {name}": b"".join(sorted([*lines, b"0" * 64 + b"  " + name.encode() + b"\n"], key=lambda line: line[66:])),
                "another digest": root.replace(lines[at][:64], b"1" * 64), "upper case": root.replace(lines[at][:64], lines[at][:64].upper()), "binary mode": root.replace(b"  ", b" *", 1)}
        said = self.one([*ways, "bytes", "bytes", "bytes"])
        said, root = self.damage(root) if said == "bytes" else (said, ways[said])
        if self.random.random() < 0.3:
            forgery.replace(victim / "SHA256SUMS", root)
            return f"{said}, not signed"
        self.signed(victim, root)
        return said

    def stored_bytes(self, victim):
        """Any file but the manifest; signed as it is now, or not."""
        files = [path for path in victim.rglob("*") if path.is_file() and path.parent.name != "signatures" and path.name not in ("SHA256SUMS", "manifest.json") and path.stat().st_size]
        path = self.one(sorted(files))
        said, data = self.damage(path.read_bytes())
        forgery.replace(path, data)
        if self.random.random() < 0.6:
            self.signed(victim)
            return f"{path.relative_to(victim)} {said}, signed"
        return f"{path.relative_to(victim)} {said}"

    # The payload's structure, with manifest and sums that fit it.

    def frames(self, victim):
        manifest = json.loads((victim / "manifest.json").read_text())
        if not manifest["chunks"]:
            return "plain files instead: " + self.stored_bytes(victim)
        index = self.random.randrange(len(manifest["chunks"]))
        chunk = manifest["chunks"][index]
        name = f"payload-{chunk['volume']:03}.tar.zst"
        start = sum(each["size"] for each in manifest["chunks"][:index] if each["volume"] == chunk["volume"])
        data = (victim / name).read_bytes()
        stored = data[start:start + chunk["size"]]
        plain = subprocess.run(["zstd", "-dcq"], input=stored, capture_output=True, check=True).stdout
        end = start + len(stored)
        said, stored, plain = self.frame(stored, plain)
        chunk.update(size=len(stored), sha256=small_bundle.digest(stored), plainSize=len(plain), plainSha256=small_bundle.digest(plain))
        forgery.replace(victim / name, data[:start] + stored + data[end:])
        manifest["volumes"][chunk["volume"] - 1]["size"] = (victim / name).stat().st_size
        forgery.replace(victim / "manifest.json", small_bundle.spell(manifest))
        self.signed(victim)
        return f"chunk {index}: {said}"

    def frame(self, stored, plain):
        """Another frame of the same bytes, or something that is none; or other bytes."""
        at = self.random.randrange(len(plain))
        blocks = stored[header_length(stored):]
        skippable = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"\0\0\0\0"
        window, flags = self.random.randrange(256), self.random.randrange(256)
        size = len(plain).to_bytes(4, "little")
        checked = small_bundle.frame(plain, "--check")
        table = {
            "level 19": small_bundle.frame(plain, "-19"), "level 1, long": small_bundle.frame(plain, "-1", "--long=27"), "checksum": checked,
            "wrong checksum": checked[:-1] + bytes([checked[-1] ^ 1]), "size not stated": small_bundle.frame(plain, "--no-content-size"),
            "two frames": small_bundle.frame(plain[:at]) + small_bundle.frame(plain[at:]), "skippable behind": stored + skippable, "skippable before": skippable + stored,
            "skippable alone": skippable, f"window {window}": MAGIC + bytes([0x80, window]) + size + blocks, f"dictionary {window}": MAGIC + bytes([0xA1, window]) + size + blocks,
            "dictionary 0": MAGIC + b"\xA3\0\0\0\0" + size + blocks, "size in 8 bytes": MAGIC + b"\xE0" + len(plain).to_bytes(8, "little") + blocks,
            "size in 2 bytes": MAGIC + b"\x60" + (max(len(plain) - 256, 0) & 0xFFFF).to_bytes(2, "little") + blocks, "another size": MAGIC + b"\xA0" + (len(plain) + 1).to_bytes(4, "little") + blocks,
            f"flags {flags}": MAGIC + bytes([flags]) + stored[5:], "a raw block": raw(plain, len(plain)), "raw blocks of 100": raw(plain, 100), "no last block": raw(plain, 100, last=False),
            "an empty block at the end": raw(plain, 1000, more=(1).to_bytes(3, "little")), "a reserved block": raw(plain, 1000, more=(7).to_bytes(3, "little")),
            "a byte more": stored + b"\0", "a byte less": stored[:-1], "flipped": stored[:5] + bytes([stored[5] ^ 1]) + stored[6:], "no frame": bytes(8), "another magic": b"\x27" + stored[1:],
        }
        other = {"a flipped byte of the stream": plain[:at] + bytes([plain[at] ^ 1 << self.random.randrange(8)]) + plain[at + 1:], "zeros": bytes(len(plain)),
                 "a byte more of the stream": plain + b"\0", "a byte less of the stream": plain[:-1] or b"\0"}
        said = self.one([*table, *other, *other])
        return (said, table[said], plain) if said in table else (said, small_bundle.frame(other[said]), other[said])

    # Files and signatures.

    def kinds_of_files(self, victim):
        paths = sorted(path for path in victim.rglob("*") if path.is_file())
        path = self.one(paths)
        name = path.relative_to(victim)
        way = self.one(["gone", "link", "pipe", "folder", "surplus", "renamed", "folder link"])
        if way == "link":
            aside = victim.parent / f"aside-{path.name}"
            path.rename(aside)
            path.symlink_to(aside)
        elif way == "folder link":
            (victim / "signatures").rename(victim.parent / "aside")
            (victim / "signatures").symlink_to(victim.parent / "aside")
        elif way == "surplus":
            (victim / self.one(["payload-009.tar.zst", "AUTORUN.INF", "payload.txt", "x.sig"])).write_bytes(b"surplus")
        elif way == "renamed":
            path.rename(path.with_name(path.name.upper()))
        else:
            path.unlink()
            {"gone": lambda: None, "pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[way]()
        return f"{name}: {way}"

    def signatures(self, victim):
        path = self.one(sorted((victim / "signatures").iterdir()))
        other = self.one(sorted((victim / "signatures").iterdir()))
        said, data = self.one([self.damage(path.read_bytes()), ("of another file", small_bundle.signature(self.secret, b"another")), (f"that of {other.name}", other.read_bytes()),
                               ("large", bytes(1025)), ("larger", bytes(4097)), ("zeros", bytes(64))])
        forgery.replace(path, data)
        return f"{path.name}: {said}"


MAGIC = b"\x28\xb5\x2f\xfd"


def raw(plain, step, last=True, more=b""):
    """A frame of raw blocks, made by hand (RFC 8878 §3.1.1.2)."""
    blocks = [plain[at:at + step] for at in range(0, len(plain), step)]
    ends = [last and not more and index == len(blocks) - 1 for index in range(len(blocks))]
    return MAGIC + b"\xA0" + len(plain).to_bytes(4, "little") + b"".join((len(data) << 3 | end).to_bytes(3, "little") + data for data, end in zip(blocks, ends)) + more


def header_length(frame):
    single, names = frame[4] >> 5 & 1, (0, 1, 2, 4)[frame[4] & 3]
    return 6 - single + names + (single, 2, 4, 8)[frame[4] >> 6]


def payload(victim, manifest):
    """The bytes of every entry by its digest."""
    if not manifest["volumes"]:
        return {entry["sha256"]: (victim / "payload" / entry["path"]).read_bytes() for entry in manifest["entries"] if "sha256" in entry}
    volumes = b"".join((victim / volume["name"]).read_bytes() for volume in manifest["volumes"])
    stream = subprocess.run(["zstd", "-dcq"], input=volumes, capture_output=True, check=True).stdout
    contents, at = {}, 0
    for entry in manifest["entries"]:
        at += len(form.headers(entry))
        contents[entry.get("sha256")] = stream[at:at + entry.get("size", 0)]
        at += entry.get("size", 0) + -entry.get("size", 0) % 512
    return contents


def rebuild(victim, manifest, contents):
    """Payload, extents, space and order that fit the entries of a manifest."""
    manifest["entries"].sort(key=lambda entry: entry["path"])
    manifest["space"] = form.space(manifest["entries"])
    if manifest["target"]["os"] == "windows":
        for path in (victim / "payload").rglob("*"):
            if path.is_file():
                path.unlink()
        for entry in manifest["entries"]:
            if "size" in entry:
                place = victim / "payload" / entry["path"].lstrip("/")
                if ".." in place.parts:
                    raise ValueError("such a name cannot lie in the bundle")
                place.parent.mkdir(parents=True, exist_ok=True)
                forgery.replace(place, contents.get(entry["sha256"], b""))
    else:
        bundle = small_bundle.Linux(step=1 << 20, per_volume=2)
        bundle.manifest = manifest
        bundle.contents = {entry["path"]: contents.get(entry.get("sha256"), b"") for entry in manifest["entries"]}
        for path in victim.glob("payload-*.tar.zst"):
            path.unlink()
        bundle.lay(victim)
    forgery.replace(victim / "manifest.json", small_bundle.spell(manifest))
