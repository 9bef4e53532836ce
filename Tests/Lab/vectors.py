#!/usr/bin/env python3
"""Makes the vectors of Tests/Vectors that are not there yet, by keys that everybody knows.

    Tests/Lab/vectors.py        writes what is missing, and lists all files in Tests/Vectors/DIGESTS; changes none that is there

A vector is a bundle of a few kilobytes and a `vector.json` that says what is asked and what the answer is. They stay for good: a
later sealift must give the same answer to every one. A row of VECTORS is its maker: a function that lays the bundle and gives
(what, where docs/format.md says so, the verdict) and, where they are not the first key alone, keys and threshold.
"""
import json
import os
import pathlib
import random
import shutil
import sys

sys.dont_write_bytecode = True

import mutator  # noqa: E402
import second_verifier as form  # noqa: E402
import small_bundle  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "Vectors"
KEYS = {name: FOLDER / "keys" / f"test-only-{name}.key" for name in ("first", "second", "edwards")}
GOOD, NOT_TRUSTED, NOT_UNDERSTOOD, DAMAGED = "good", "not trusted", "not understood", "damaged"
EXIT = {GOOD: 0, NOT_TRUSTED: 3, NOT_UNDERSTOOD: 8, DAMAGED: 11}
FIRST = [KEYS["first"]]
NOISE = random.Random(5).randbytes(6000)
VECTORS = {}


def vector(what, section, verdict, keys=("first",), threshold=1, warnings=()):
    """Enters a maker into the table, under its name with dashes."""
    def enter(make):
        VECTORS[make.__name__.replace("_", "-")] = (make, {
            "what": what, "format": section, "verdict": verdict, "exit": EXIT[verdict], "keys": list(keys), "threshold": threshold, "warnings": list(warnings)})
        return make
    return enter


def plain(**options):
    """What most vectors start from: a few files in one volume."""
    bundle = small_bundle.Linux(**options)
    return bundle.folder("etc").file("etc/hosts", b"127.0.0.1 localhost\n").file("opt/tool", b"#!/bin/sh\nexit 0\n", mode="0755")


def windows(**options):
    return small_bundle.Windows(**options).folder("setup").file("setup/node.json", b"{}\n").file("setup/Setup.msi", b"not really\n").file("empty", b"")


# Good.

@vector("a file, a program and a folder in one volume, signed with ECDSA on P-256", "§5, §8", GOOD)
def ecdsa(folder):
    plain().write(folder, FIRST)


@vector("signed with Ed25519", "§5", GOOD, keys=("edwards",))
def ed25519(folder):
    plain().write(folder, [KEYS["edwards"]])


@vector("known by the first 32 digits of its fingerprint only; the key is the bundle's copy", "§5", GOOD, keys=("SHA256:first:32",))
def fingerprint(folder):
    plain().write(folder, FIRST)


@vector("two of three keys must have signed, and two have", "§5, a threshold counts distinct keys", GOOD, keys=("first", "second", "edwards"), threshold=2)
def threshold_two_of_three(folder):
    plain().write(folder, [KEYS["first"], KEYS["edwards"]])


@vector("the stream is cut into small chunks in several volumes; files go over their borders", "§8.2", GOOD)
def volumes(folder):
    plain(step=700, per_volume=3).file("var/data", b"0123456789abcdef" * 300).write(folder, FIRST)


@vector("content that does not shrink, in raw blocks", "§8.2, stored a little larger than plain", GOOD)
def raw_chunks(folder):
    plain(step=2048, pack=lambda data: mutator.raw(data, 512)).file("var/noise", NOISE).write(folder, FIRST)


@vector("frames with content checksums, at level 19", "§8.2, what a frame may have", GOOD)
def checksums_in_frames(folder):
    plain(pack=lambda data: small_bundle.frame(data, "-19", "--check")).write(folder, FIRST)


@vector("links, absolute and relative, a target of more than 100 bytes; places beside paths; files for one role", "§7, §8.1", GOOD)
def links(folder):
    bundle = plain().link("etc/localtime", "/usr/share/zoneinfo/UTC").link("opt/name", "tool").link("opt/far", "/".join(["deep" * 5] * 8))
    bundle.file("roles/agent/etc/a.conf", b"agent\n", destination="etc/a.conf", roles=["agent"]).file("roles/server/etc/a.conf", b"server\n", destination="etc/a.conf", roles=["server"])
    bundle.file("images/all.tar", b"an archive\n", renamed=".loaded", mode="0600").write(folder, FIRST)


@vector("names over 100 bytes, in UTF-8, of every length around a pax record's next digit", "§8.1", GOOD)
def pax_names(folder):
    bundle = plain()
    for length in (88, 89, 90, 98, 99, 100, 101):
        bundle.file(f"{'n' * length}", b"x").folder(f"{'f' * length}")
    bundle.file("é" * 60 + "/ü", b"umlauts\n").file("/".join(["part" * 60] * 4), b"deep\n").write(folder, FIRST)


@vector("nothing inside: the stream is its end alone", "§8.1", GOOD)
def nothing_inside(folder):
    small_bundle.Linux().write(folder, FIRST)


@vector("plain files, with every kind of rule and step that Windows has", "§8.3, §10", GOOD)
def plain_files(folder):
    rules = [*COMMON_RULES, *WINDOWS_RULES]
    steps = [{"kind": "command", "run": ["msiexec.exe", "/i", "Setup.msi"], "undo": [], "timeout": 600}, {"kind": "wait", "run": ["powershell.exe"], "timeout": 60}]
    windows(requirements=rule_list(rules), steps=steps).write(folder, FIRST)


@vector("an add-on that stands on two bundles, with ranges of versions", "§6.1", GOOD)
def add_on(folder):
    plain(needs=[{"bundle": "base", "profile": "k3s"}, {"bundle": "more", "profile": "k3s", "platform": [">=v1.30 <v1.34", "=v1.35.0"], "versions": ["*+k3s"]}]).write(folder, FIRST)


@vector("every kind of requirement, step and operation for Linux, every type of variable, images, sources, users, templates", "§6.2, §9 to §11", GOOD)
def every_kind(folder):
    everything().write(folder, FIRST)


@vector("an extension that nobody must understand", "§6, `extensions`", GOOD)
def extension(folder):
    plain(extensions={"org.example.note": {"deep": [[{"er": None}], True, -1, "\t"]}}).write(folder, FIRST)


@vector("a report that a scanner rewrote is worth a warning", "§2.1, step 7", GOOD, warnings=["report.html"])
def rewritten_report(folder):
    bundle = plain()
    bundle.files["report.html"] = b"<p>good</p>\n"
    (bundle.write(folder, FIRST) / "report.html").write_bytes(b"<p>good</p>\n<!-- scanned -->\n")


@vector("provenance that is not what was signed is worth a warning", "§2.1, step 7", GOOD, warnings=["provenance.json"])
def rewritten_provenance(folder):
    bundle = plain()
    bundle.files["provenance.json"] = b"{}\n"
    (bundle.write(folder, FIRST) / "provenance.json").write_bytes(b"[]\n")


@vector("files that nobody named lie beside the others", "§2, a reader does not read them", GOOD)
def surplus_files(folder):
    plain().write(folder, FIRST)
    for name in ("AUTORUN.INF", "payload-notes.txt", "signatures/0000000000000000.sig"):
        (folder / name).write_bytes(b"surplus\n")


# Not trusted.

@vector("signed by somebody else", "§5", NOT_TRUSTED)
def signed_by_another(folder):
    plain().write(folder, [KEYS["second"]])


@vector("somebody else's signature under the pinned key's name", "§5", NOT_TRUSTED)
def signature_of_another_key(folder):
    plain().write(folder, [*FIRST, KEYS["second"]])
    shutil.copy(signature(folder, "second"), signature(folder, "first"))


@vector("a bit of the signature is flipped", "§5", NOT_TRUSTED)
def flipped_signature(folder):
    plain().write(folder, FIRST)
    flip(signature(folder, "first"), 20)


@vector("a byte follows the signature", "§5, the DER is all of it", NOT_TRUSTED)
def longer_signature(folder):
    plain().write(folder, FIRST)
    path = signature(folder, "first")
    path.write_bytes(path.read_bytes() + b"\0")


@vector("a digit of SHA256SUMS is another, and it was not signed again", "§5", NOT_TRUSTED)
def changed_root(folder):
    plain().write(folder, FIRST)
    flip(folder / "SHA256SUMS", 3)


@vector("there is no SHA256SUMS, as on a medium that was pulled out while it was written", "§2.1, step 1", NOT_TRUSTED)
def no_root(folder):
    plain().write(folder, FIRST)
    (folder / "SHA256SUMS").unlink()


@vector("two keys must have signed, one has", "§5", NOT_TRUSTED, keys=("first", "second"), threshold=2)
def threshold_not_reached(folder):
    plain().write(folder, FIRST)


@vector("two keys must have signed; one has, and is pinned twice", "§5, a threshold counts distinct keys", NOT_TRUSTED, keys=("first", "SHA256:first:64"), threshold=2)
def threshold_one_key_twice(folder):
    plain().write(folder, FIRST)


@vector("one of two pinned keys has signed, the other's signature is wrong", "§5", NOT_TRUSTED, keys=("first", "second"))
def good_and_wrong_signature(folder):
    plain().write(folder, [*FIRST, KEYS["second"]])
    flip(signature(folder, "second"), 20)


@vector("a fingerprint is pinned, and the bundle's copy is another key", "§5", NOT_TRUSTED, keys=("SHA256:first:64",))
def copy_of_another_key(folder):
    plain().write(folder, [*FIRST, KEYS["second"]])
    shutil.copy(signature(folder, "second", "pub"), signature(folder, "first", "pub"))


# Not understood.

@vector("format 2, of which nothing else is known: a later sealift's", "§6, §14", NOT_UNDERSTOOD)
def future_format(folder):
    plain().write(folder, FIRST)
    (folder / "manifest.json").write_bytes(small_bundle.spell({"format": 2, "of": {"a": ["later", "sealift"]}, "name": 7}))
    small_bundle.sign(folder, FIRST)


def manifest_vector(name, what, section, change, make=plain):
    """A signed manifest that breaks one rule; `change` may give other bytes for it."""
    def lay(folder):
        bundle = make()
        bundle.write(folder, FIRST, lambda manifest: change(manifest) if not callable(getattr(change, "text", None)) else None)
        if callable(getattr(change, "text", None)):
            path = folder / "manifest.json"
            path.write_bytes(change.text(path.read_bytes()))
            small_bundle.sign(folder, FIRST)
    lay.__name__ = name.replace("-", "_")
    vector(what, section, NOT_UNDERSTOOD)(lay)


class spelled:
    """A change of the text rather than of its meaning."""

    def __init__(self, old, new):
        self.text = lambda data: data.replace(old, new, 1) if old in data else sys.exit(f"vectors: no {old}")


def member(path, value):
    """Sets a member, such as `entries/1/mode`; takes it out for Ellipsis."""
    def change(manifest):
        *above, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        for part in above:
            manifest = manifest[part]
        if value is ...:
            del manifest[last]
        else:
            manifest[last] = value
    return change


def everything():
    types = {"string": "a b", "integer": "-7", "boolean": "true", "ipv4": "10.0.0.7", "ipv6": "fd00::7", "ip": "::1", "cidr": "10.42.0.0/16", "hostname": "node-1.plant", "port": "6443",
             "url": "http://10.0.0.1:80/x?y#z", "https-url": "https://[fd00::1]:6443"}
    variables = [{"name": f"V_{kind.replace('-', '_').upper()}", "type": kind, "ask": f"a {kind}", "required": False, "default": value} for kind, value in types.items()]
    variables += [{"name": "PASSWORD", "type": "secret", "ask": "password", "required": True, "roles": ["agent"]}, {"name": "TOKEN", "type": "token", "ask": "token", "required": True},
                  {"name": "LEVEL", "type": "enum", "ask": "level", "required": True, "values": ["low", "high"], "default": "high"}]
    timeout = {"timeout": 60}
    steps = [{"kind": "module", "name": "br_netfilter"}, {"kind": "sysctl", "key": "net/ipv4.ip_forward", "value": "1"}, {"kind": "prepare", "run": ["/bin/true"], "undo": [], **timeout},
             {"kind": "label", "path": "/opt"}, {"kind": "unit", "name": "dev-\\x2dx@a.service", "enable": True, "start": False, "roles": ["agent"], **timeout},
             {"kind": "snap", "name": "core20", "revision": 7, "file": "/opt/core20.snap", "assertions": "/opt/core20.assert", "classic": False, "keep-newer": True, **timeout},
             {"kind": "snap-offline"}, {"kind": "command", "run": ["/opt/tool", ""], "undo": ["/opt/tool", "undo"], **timeout}, {"kind": "wait", "run": ["/opt/tool"], **timeout}]
    operation = [{"kind": "datastore", "path": "/var/db"}, {"kind": "ready", "run": ["/opt/tool"]}, {"kind": "image-runtime", "list": ["ctr", "ls"], "import": ["ctr", "import"]},
                 {"kind": "certificates", "path": "/var/tls"}, {"kind": "teardown", "run": ["/opt/tool"], **timeout}, {"kind": "data", "path": "/"}, {"kind": "remains", "what": "mounts"},
                 {"kind": "rollback", "way": "data", "reason": "the datastore", "roles": ["server"]}]
    digest = "sha256:" + "0123456789abcdef" * 4
    bundle = plain(requirements=rule_list([*COMMON_RULES, *LINUX_RULES]), variables=variables, steps=steps, operation=operation, expires="2096-02-29T23:59:59Z",
                   users=[{"name": "etcd", "home": "/var/lib/etcd", "shell": "/usr/sbin/nologin", "roles": ["server"]}],
                   images=[{"name": f"docker.io/library/{name}:1", "digest": digest, "manifest": digest, "archive": "images/all.tar"} for name in ("a", "b")],
                   sources=[{"url": "https://example.org/a", "sha256": digest[7:], "size": 0}, {"url": "https://example.org/b", "sha256": digest[7:], "size": 9, "checksum": {"url": "u", "sha256": digest[7:]}}])
    bundle.file("images/all.tar", b"an archive\n").template("etc/node.env", b"LEVEL=${LEVEL}\n", ["LEVEL"]).template("etc/node.yaml", b"a: ${V_PORT}\n", ["V_PORT"], form="yaml", roles=["agent"])
    return bundle.template("etc/node.json", b'{"a": ${V_STRING}}\n', ["V_STRING"], form="json").template("etc/address", b"${V_IP}\n", ["V_IP"], form="plain").link("etc/name", "hosts")


def rule_list(rules):
    return [{"id": f"rule.{number}-{rule['kind']}", "severity": ("fail", "warn")[number % 2], "reason": "because", **({"fix": "do"} if number % 3 else {}), **rule} for number, rule in enumerate(rules)]


COMMON_RULES = [{"kind": "cores", "minimum": 2}, {"kind": "memory", "minimum": 1 << 30}, {"kind": "disk", "path": "/", "minimum": 1}, {"kind": "route-overlap", "networks": ["10.42.0.0/16", "fd00::/8"]},
                {"kind": "growth", "path": "/var", "estimate": 1 << 40}]
WINDOWS_RULES = [{"kind": "windows-edition", "editions": ["IoTEnterprise"], "build": 17763}, {"kind": "windows-activation"}, {"kind": "windows-feature", "features": ["OpenSSH.Server"]},
                 {"kind": "free-memory", "minimum": 1}, {"kind": "virtualization"}, {"kind": "network-adapter"}, {"kind": "product-absent", "products": ["AKS Edge"]}]
LINUX_RULES = [{"kind": "kernel", "minimum": "4.15"}, {"kind": "kernel-config", "options": ["VETH"]}, {"kind": "kernel-module", "modules": ["overlay"]}, {"kind": "cgroup", "v2": ["cpu"], "v1": []},
               {"kind": "cgroup", "v2": []}, {"kind": "port", "ports": ["6443/tcp", "2379-2380/tcp"], "roles": ["server"]}, {"kind": "default-route"}, {"kind": "path-absent", "paths": ["/opt/x", "/"]},
               {"kind": "program", "programs": ["iptables"]}, {"kind": "systemd", "minimum": 219}, {"kind": "host-name"}, {"kind": "sysctl", "key": "vm.x", "minimum": -1}, {"kind": "swap-off"},
               {"kind": "snapd", "minimum": "2.61"}, {"kind": "selinux", "paths": ["/etc/x"]}, {"kind": "cpu", "amd64": "x86-64-v2", "arm64": ["asimd"]}, {"kind": "cpu", "arm64": ["crc32"]},
               {"kind": "inodes", "path": "/", "minimum": 1}, {"kind": "disk-share", "path": "/", "minimum": 99}, {"kind": "file-system", "path": "/", "traits": ["writable", "exec", "suid", "overlay", "local", "no-link"]},
               {"kind": "file-system-driver", "types": ["overlay"]}, {"kind": "write-latency", "path": "/", "maximum": 60000}, {"kind": "solid-state", "path": "/"}, {"kind": "link-speed", "minimum": 1000},
               {"kind": "resolver"}, {"kind": "hosts-entry", "names": ["a"]}, {"kind": "apparmor"}, {"kind": "fapolicyd", "paths": ["/opt"]}, {"kind": "firewall", "ports": ["1/udp"], "networks": ["0.0.0.0/0"]},
               {"kind": "unit-inactive", "units": ["a.service"]}, {"kind": "certificate", "paths": ["/a.pem"]}]

MANIFESTS = {
    "unknown-member": ("a member that format 1 does not have", "§6", member("later", 1)),
    "unknown-member-of-an-entry": ("a member that an entry does not have", "§6.2", member("entries/1/later", 1)),
    "missing-member": ("a member is missing", "§6", member("users", ...)),
    "critical-extension": ("an extension that must be understood, and is not", "§6, `critical`", lambda manifest: manifest.update(critical=["delta"], extensions={"delta": 1})),
    "key-twice": ("a key stands twice", "§3", spelled(b'"format": 1,', b'"format": 1,\n  "format": 1,')),
    "another-spelling": ("a space more", "§3", spelled(b'"format": 1,', b'"format":  1,')),
    "escaped-letter": ("a letter as an escape", "§3, nothing else is escaped", spelled(b'"k3s"', b'"k\\u0033s"')),
    "fraction": ("a number with a fraction", "§3", spelled(b'"sequence": 1763627400', b'"sequence": 1763627400.0')),
    "large-integer": ("an integer beyond 2^53-1", "§3", member("sequence", 1 << 53)),
    "byte-order-mark": ("a byte order mark", "§3", spelled(b"{\n", b"\xef\xbb\xbf{\n")),
    "no-utf-8": ("a text that is not UTF-8", "§3", spelled(b"a server", b"a s\xe9rver")),
    "deep-nesting": ("65 levels", "§3", spelled(b'"extensions": {}', b'"extensions": {\n    "x": ' + b"[" * 63 + b"]" * 63 + b"\n  }")),
    "path-that-climbs": ("a path with ..", "§7", lambda manifest: (member("entries/0/path", "../etc")(manifest), manifest["entries"].sort(key=lambda entry: entry["path"]))),
    "absolute-path": ("an absolute path", "§7", lambda manifest: (member("entries/0/path", "/etc")(manifest), manifest["entries"].sort(key=lambda entry: entry["path"]))),
    "link-that-climbs": ("a link's target with ..", "§7", member("entries/1", {"kind": "link", "path": "etc/hosts", "target": "../x"})),
    "set-user-id": ("a mode with a set-user-id bit", "§7", member("entries/2/mode", "4755")),
    "unknown-owner": ("an owner that is no name", "§7", member("entries/2/owner", "0:0")),
    "unknown-kind-of-entry": ("a device", "§7", member("entries/0/kind", "device")),
    "unknown-requirement": ("a requirement of an unknown kind", "§10", member("requirements", rule_list([{"kind": "moon-phase"}]))),
    "unknown-step": ("a step of an unknown kind", "§11", member("steps", [{"kind": "reboot"}])),
    "unknown-operation": ("an operation of an unknown kind", "§11.1", member("operation", [{"kind": "pray"}])),
    "no-operation": ("`operation` that is there and empty", "§6", member("operation", [])),
    "role-of-an-operation": ("an operation for a role that is not there", "§6.2", member("operation", [{"kind": "remains", "what": "x", "roles": ["king"]}])),
    "processor-without-demand": ("a `cpu` rule that asks for nothing", "§6.2", member("requirements", rule_list([{"kind": "cpu"}]))),
    "kernel-of-no-version": ("a least version that is none", "§10", member("requirements", rule_list([{"kind": "kernel", "minimum": "new"}]))),
    "windows-rule-on-linux": ("a requirement for windows only", "§10", member("requirements", rule_list([{"kind": "virtualization"}]))),
    "option-as-unit": ("a unit that systemctl would take for an option", "§11", member("steps", [{"kind": "unit", "name": "--force", "enable": True, "start": True, "timeout": 1}])),
    "secret-with-default": ("a secret with a default", "§9", member("variables", [{"name": "A", "type": "secret", "ask": "?", "required": True, "default": "x"}])),
    "default-of-another-type": ("a default that is not of its type", "§9", member("variables", [{"name": "A", "type": "cidr", "ask": "?", "required": True, "default": "10.0.0.1/8"}])),
    "default-of-the-least-integer": ("a default of -2^63, which has no magnitude in 64 bits", "§9", member("variables", [{"name": "A", "type": "integer", "ask": "?", "required": True, "default": "-9223372036854775808"}])),
    "extents-moved": ("extents that are not where the bytes are", "§7", member("entries/1/extents", [[0, 513, 20]])),
    "space-that-is-not-so": ("`space` that is not the sum", "§6", member("space/0/files", 2)),
    "volume-of-another-size": ("a volume whose size is not the sum of its chunks", "§8.2", lambda manifest: member("volumes/0/size", manifest["volumes"][0]["size"] + 1)(manifest)),
    "entries-not-sorted": ("entries in another order", "§7", lambda manifest: manifest["entries"].reverse()),
    "destination-that-is-the-path": ("a destination that equals the path", "§7", member("entries/1/destination", "etc/hosts")),
    "needs-itself": ("a bundle that needs itself", "§6.1", member("needs", [{"bundle": "line7", "profile": "k3s"}])),
    "no-date": ("the 30th of February", "§6, RFC 3339", member("created", "2026-02-30T00:00:00Z")),
}
for name, row in MANIFESTS.items():
    manifest_vector(name, *row)


def collision(name, what, one, other):
    """Two files that some file system takes for one, with everything else right."""
    def lay(folder):
        plain().file(one, b"1\n").file(other, b"2\n").write(folder, FIRST)
    lay.__name__ = name.replace("-", "_")
    vector(what, "§7", NOT_UNDERSTOOD)(lay)


collision("names-that-differ-in-case", "two names that differ in case only", "etc/Conf", "etc/conf")
collision("names-in-two-normal-forms", "one name, composed and decomposed", "etc/\u00e9", "etc/e\u0301")
collision("below-a-file", "a file below another file", "etc/x", "etc/x/y")


@vector("a link's target with .., everything else made to fit", "§7", NOT_UNDERSTOOD)
def link_target_that_climbs(folder):
    plain().link("opt/x", "../x").write(folder, FIRST)


@vector("two folders in another order, everything else made to fit", "§7", NOT_UNDERSTOOD)
def folders_not_sorted(folder):
    plain().folder("z1").folder("z2").write(folder, FIRST, lambda manifest: manifest["entries"].append(manifest["entries"].pop(-2)))


@vector("a plain file with the name of a device", "§8.3", NOT_UNDERSTOOD)
def plain_file_called_like_a_device(folder):
    windows().file("setup/NUL.txt", b"x").write(folder, FIRST)


@vector("a link in a bundle for windows", "§8.3", NOT_UNDERSTOOD)
def link_for_windows(folder):
    windows().link("setup/link", "node.json").write(folder, FIRST)


def root_vector(name, what, change):
    def lay(folder):
        plain().write(folder, FIRST)
        small_bundle.sign(folder, FIRST, change((folder / "SHA256SUMS").read_bytes()))
    lay.__name__ = name.replace("-", "_")
    vector(what, "§4", NOT_UNDERSTOOD)(lay)


root_vector("root-not-sorted", "lines in another order", lambda root: b"".join(reversed(root.splitlines(keepends=True))))
root_vector("root-with-a-line-twice", "a line stands twice", lambda root: root.splitlines(keepends=True)[0] + root)
root_vector("root-in-binary-mode", "an asterisk before a name", lambda root: root.replace(b"  ", b" *", 1))
root_vector("root-that-climbs", "a name with ..", lambda root: root + b"0" * 64 + b"  z/../x\n")
root_vector("root-that-names-a-signature", "a signature is named", lambda root: root + b"0" * 64 + b"  signatures/x\n")
root_vector("root-without-its-end", "the last line feed is missing", lambda root: root[:-1])


# Damaged.

def damaged(name, what, section, change, make=plain, again=False):
    """A good bundle, changed afterwards; with `again` the root is made to fit and signed again."""
    def lay(folder):
        make().write(folder, FIRST)
        change(folder)
        if again:
            small_bundle.sign(folder, FIRST)
    lay.__name__ = name.replace("-", "_")
    vector(what, section, DAMAGED)(lay)


def appended(name, data=b"\n"):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data)


def replaced_by_link(folder):
    (folder / "install.sh").rename(folder / "aside.sh")
    os.symlink("aside.sh", folder / "install.sh")


def surplus_volume(folder):
    shutil.copy(folder / "payload-001.tar.zst", folder / "payload-002.tar.zst")


VOLUME = "payload-001.tar.zst"
damaged("manifest-changed", "the manifest is another one than was signed", "§2.1, step 4", appended("manifest.json"))
damaged("manifest-missing", "there is no manifest", "§2.1, step 4", lambda folder: (folder / "manifest.json").unlink())
damaged("payload-flipped", "a bit of the payload is flipped", "§8.2", lambda folder: flip(folder / VOLUME, 40))
damaged("payload-flipped-and-signed", "a bit of the payload is flipped, and the root fits it", "§8.2, a chunk's digest", lambda folder: flip(folder / VOLUME, 40), again=True)
damaged("payload-cut", "the payload is cut short", "§8.2", lambda folder: os.truncate(folder / VOLUME, 100))
damaged("payload-longer-and-signed", "bytes follow the last chunk, and the root fits them", "§8.2, exact length", appended(VOLUME, bytes(8)), again=True)
damaged("volume-missing", "a volume is missing", "§2.1, step 7", lambda folder: (folder / VOLUME).unlink())
damaged("surplus-volume", "a volume that the manifest does not know is named", "§4", surplus_volume, again=True)
damaged("installer-missing", "a named file is missing", "§2.1, step 7", lambda folder: (folder / "sealift-install").unlink())
damaged("script-changed", "a named file has other bytes", "§2.1, step 7", appended("install.sh"))
damaged("script-is-a-link", "a link stands in a file's place", "§2", replaced_by_link)
damaged("plain-file-changed", "a plain file has other bytes", "§8.3", appended("payload/setup/node.json"), make=windows)
damaged("plain-file-contradicts", "root and manifest give a plain file two digests", "§8.3", appended("payload/setup/node.json"), make=windows, again=True)
damaged("plain-file-surplus", "a plain file that the manifest does not know is named", "§8.3", lambda folder: (folder / "payload/setup/more").write_bytes(b"x"), make=windows, again=True)
damaged("plain-file-missing", "a plain file is missing", "§8.3", lambda folder: (folder / "payload/empty").unlink(), make=windows)


def frame_vector(name, what, pack, section="§8.2, exactly one zstd frame"):
    """Chunks that are something else than §8.2 allows, with digests that fit."""
    def lay(folder):
        plain(pack=pack).write(folder, FIRST)
    lay.__name__ = name.replace("-", "_")
    vector(what, section, DAMAGED)(lay)


def header(flags, fields):
    """The blocks of a usual frame behind another header."""
    def pack(data):
        usual = small_bundle.frame(data)
        return mutator.MAGIC + bytes([flags]) + fields(data) + usual[mutator.header_length(usual):]
    return pack


def size(data, more=0):
    return (len(data) + more).to_bytes(4, "little")


frame_vector("two-frames-in-a-chunk", "a chunk of two frames", lambda data: small_bundle.frame(data[:600]) + small_bundle.frame(data[600:]))
frame_vector("skippable-frame", "a skippable frame behind the frame", lambda data: small_bundle.frame(data) + b"\x50\x2a\x4d\x18\x01\0\0\0x")
frame_vector("size-not-stated", "a frame that does not state its content size", lambda data: small_bundle.frame(data, "--no-content-size"))
frame_vector("another-size-stated", "a frame that states another size", header(0xA0, lambda data: size(data, 1)))
frame_vector("large-window", "a window of 9 MiB", header(0x80, lambda data: b"\x69" + size(data)))
frame_vector("dictionary", "a frame that wants a dictionary", header(0xA1, lambda data: b"\x07" + size(data)))
frame_vector("wrong-checksum", "a content checksum that is wrong", lambda data: (lambda frame: frame[:-1] + bytes([frame[-1] ^ 1]))(small_bundle.frame(data, "--check")))


def stream_vector(name, what, stream):
    """Another tar stream than the one that follows from the entries, with digests that fit."""
    def lay(folder):
        plain(stream=stream).write(folder, FIRST)
    lay.__name__ = name.replace("-", "_")
    vector(what, "§8.1", DAMAGED)(lay)


stream_vector("another-tar-header", "a tar header with a user id", lambda data: data[:512 + 108] + b"0000001" + data[512 + 115:])
stream_vector("padding-that-is-not-zero", "a byte in the padding behind a file", lambda data: data[:1535] + b"x" + data[1536:])
stream_vector("end-that-is-not-zero", "a byte in the closing blocks", lambda data: data[:-1] + b"x")
stream_vector("other-content", "a file whose bytes are not those of its digest", lambda data: data[:1024] + b"6" + data[1025:])


def signature(folder, key, suffix="sig"):
    return folder / "signatures" / f"{small_bundle.key_id(small_bundle.public(KEYS[key]))}.{suffix}"


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def pins(facts):
    """The pins of a vector as verifiers take them: paths of public keys, and fingerprints cut to so many digits."""
    found = []
    for name in facts["keys"]:
        _, key, digits = name.split(":") if name.startswith("SHA256:") else ("", name, "")
        path = KEYS[key].with_suffix(".pub")
        found.append(f"SHA256:{small_bundle.digest(form.der_of(path.read_bytes()))[:int(digits)]}" if digits else str(path))
    return found


def checked(facts):
    """The members of a vector.json; ValueError for others, or for a verdict that does not go with its exit status."""
    if set(facts) != {"what", "format", "verdict", "exit", "keys", "threshold", "warnings"} or EXIT.get(facts["verdict"]) != facts["exit"]:
        raise ValueError(f"no vector.json: {facts}")
    return facts


def stored():
    """What is asked of every vector that is there, by its name."""
    return {path.parent.name: checked(json.loads(path.read_text())) for path in sorted(FOLDER.glob("*/vector.json"))}


def digests():
    """The text of DIGESTS: every file of every vector, links by what they point at."""
    files = sorted(path for path in FOLDER.rglob("*") if (path.is_file() or path.is_symlink()) and path.name not in ("DIGESTS", "README.md"))
    return "".join(f"{small_bundle.digest(os.readlink(path).encode() if path.is_symlink() else path.read_bytes())}  {path.relative_to(FOLDER)}\n" for path in files)


def main():
    if (FOLDER / "DIGESTS").exists() and not set((FOLDER / "DIGESTS").read_text().splitlines()) <= set(digests().splitlines()):
        sys.exit("vectors: a stored vector was changed or is gone; bring it back first (git checkout Tests/Vectors)")
    made = 0
    for name, (make, facts) in VECTORS.items():
        if not (FOLDER / name / "vector.json").exists():
            (FOLDER / name).mkdir(exist_ok=True)
            make(FOLDER / name / "bundle")
            (FOLDER / name / "vector.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
            made += 1
    (FOLDER / "DIGESTS").write_text(digests())
    print(f"vectors: {made} made, {len(VECTORS)} in all")


if __name__ == "__main__":
    main()
