"""What an install is to leave, as a table written by hand, and the comparison with what it left.

    TABLE = {
        "etc/rancher": laid.folder(),
        "usr/local/bin/k3s": laid.file("0755", laid.published("k3s")),
        "usr/local/bin/kubectl": laid.link("k3s"),
        "etc/rancher/k3s/config.yaml.d/00-sealift.yaml": laid.file("0644", laid.yaml_of({"disable": ["traefik"]})),
    }
    laid.differences(root, before, TABLE, world)     # in words; empty when root is `before` and the table, nothing more

A rule for a file's content is a function of its bytes and the world it was built in; what it returns is the complaint.
"""
import hashlib
import io
import json
import os
import stat
import tarfile
from typing import Any, NamedTuple

import tree

STATE = "var/lib/sealift"
IMAGE_NAME, REFERENCE = "io.containerd.image.name", "org.opencontainers.image.ref.name"
SYSTEM = ("etc/systemd/system", "opt", "usr/local/bin", "var/lib")


class Row(NamedTuple):
    """One path: its kind, and what it is to be. `content`: a link's target, a file's rule."""

    kind: str
    mode: str | None = None
    content: Any = None
    owner: str = "root"
    group: str = "root"


def folder(mode="0755", owner="root", group="root"):
    return Row("folder", mode, None, owner, group)


def file(mode, rule, owner="root", group="root"):
    return Row("file", mode, rule, owner, group)


def link(target):
    return Row("link", None, target)


def enabled(unit):
    """What `systemctl enable` leaves of a unit with `WantedBy=multi-user.target`, and the folder for it."""
    wants = "etc/systemd/system/multi-user.target.wants"
    return {wants: folder(), f"{wants}/{unit}": link(f"/etc/systemd/system/{unit}")}


def installer(bundle, table):
    """The installer's own files, which every install on Linux leaves (docs/decisions/0040): itself, the unit that heals a cut, and for each
    unit that `table` enables an order to wait for it."""
    units, wants = "etc/systemd/system", "etc/systemd/system/multi-user.target.wants/"
    waiting = {"Requires": "sealift-recover.service", "After": "sealift-recover.service"}
    rows = {
        "usr/local/sbin": folder(),
        "usr/local/sbin/sealift-install": file("0755", exactly((bundle / "sealift-install").read_bytes())),
        f"{units}/sealift-recover.service": file("0644", unit_of(
            Unit={"DefaultDependencies": "no", "RequiresMountsFor": "/etc /opt /srv /usr/local /var/lib", "Conflicts": "shutdown.target",
                  "After": "local-fs.target systemd-remount-fs.service", "Before": "shutdown.target",
                  "ConditionPathExists": ["|/var/lib/sealift/journal", "|/var/lib/sealift/journal.done"]},
            Service={"Type": "oneshot", "ExecStart": "/usr/local/sbin/sealift-install recover --automatic", "SuccessExitStatus": "9",
                     "TimeoutStartSec": "infinity"},
            Install={"WantedBy": "multi-user.target"})),
        wants[:-1]: folder(), f"{wants}sealift-recover.service": link("../sealift-recover.service"),
    }
    for unit in [path.removeprefix(wants) for path in table if path.startswith(wants)]:
        rows[f"{units}/{unit}.d"] = folder()
        rows[f"{units}/{unit}.d/50-sealift-recover.conf"] = file("0644", unit_of(Unit=waiting))
    return rows


def system(root):
    """A system's folders and root's own account in an empty `root`, as every Linux has them; the listing."""
    for name in SYSTEM:
        (root / name).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    return tree.listing(root)


# Rules for content.

def anything(_data, _world):
    return None


def exactly(text):
    """These bytes, or this text."""
    wanted = text.encode() if isinstance(text, str) else text
    return lambda data, _: None if data == wanted else f"is {_short(data)}, not {_short(wanted)}"


def published(asset):
    """The bytes that the makers published under this name (`world.release.assets`)."""
    return lambda data, world: exactly(world.release.assets[asset])(data, world)


def digest(sha256):
    return lambda data, _: None if hashlib.sha256(data).hexdigest() == sha256 else f"has the digest {hashlib.sha256(data).hexdigest()}"


def json_of(value):
    """A JSON document, as Python reads it."""
    return lambda data, _: _equal(json.loads(data), value)


def yaml_of(value):
    """One YAML document, as PyYAML reads it."""
    import yaml
    return lambda data, _: _equal(yaml.safe_load(data), value)


def environment_of(values):
    """An EnvironmentFile= as systemd reads it (systemd.exec(5)): a name, `=`, the value, in double quotes or none."""
    def rule(data, _):
        lines = [line for line in data.decode().splitlines() if line and line[0] not in "#;"]
        return _equal({name: value.strip('"') for name, value in (line.split("=", 1) for line in lines)}, values)
    return rule


def unit_of(**sections):
    """A systemd unit: section → directive → value, or list of values in order (systemd.syntax(7)). Documentation and Description are free."""
    def rule(data, _):
        found, section = {}, None
        for line in data.decode().splitlines():
            if line.startswith("["):
                section = found.setdefault(line.strip("[]"), {})
            elif line and line[0] not in "#;":
                name, value = line.split("=", 1)
                section.setdefault(name, []).append(value)
        for name in ("Description", "Documentation"):
            found.get("Unit", {}).pop(name, None)
        wanted = {name: {key: value if isinstance(value, list) else [value] for key, value in each.items()} for name, each in sections.items()}
        return _equal({name: each for name, each in found.items() if each}, wanted)
    return rule


def shell_script(*parts):
    """A script for /bin/sh, with these words in it."""
    def rule(data, _):
        missing = [part for part in parts if part not in data.decode()]
        return None if data.startswith(b"#!/bin/sh\n") and not missing else f"is no script, or lacks {missing}"
    return rule


def accounts_of(users):
    """passwd(5) with root and these system accounts: name → home, shell. Each has a number below 1000, and a group of that number."""
    def rule(data, _):
        found = {}
        for line in data.decode().splitlines():
            name, password, user, group, _, home, shell = line.split(":")
            if name != "root":
                found[name] = (home, shell)
                if password != "*" or user != group or not 100 <= int(user) <= 999:
                    return f"holds the line {line}"
        return _equal(found, users)
    return rule


def groups_of(names):
    """group(5) with root's group and these, without members."""
    def rule(data, _):
        lines = [line.split(":") for line in data.decode().splitlines()]
        return _equal(sorted((line[0], line[3]) for line in lines if line[0] != "root"), sorted((name, "") for name in names))
    return rule


def image_archive(*names, pinned=False):
    """An OCI archive, uncompressed, with exactly the images of these names (none: all of the world), each with the digest that the
    registry has, under its full name in both annotations (where `pinned`, also as `name@digest`), with every blob of this machine's
    architecture, whole."""
    def rule(data, world):
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            members = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        bad = [name for name, content in members.items()
               if name.startswith("blobs/sha256/") and hashlib.sha256(content).hexdigest() != name.rsplit("/", 1)[1]]
        if bad:
            return f"has blobs that are not what their names say: {bad}"
        entries = json.loads(members["index.json"])["manifests"]
        found = {entry["annotations"][IMAGE_NAME]: entry["digest"] for entry in entries}
        absent = [name for name, entry in zip(found, entries) if not _has_blobs(members, entry)]
        wanted = {name: world.digests[name] for name in names or world.digests}
        if pinned:
            wanted.update({f"{name.rsplit(':', 1)[0]}@{digest}": digest for name, digest in wanted.items()})
        odd = [entry for entry in entries if len({entry["annotations"][key] for key in (IMAGE_NAME, REFERENCE)}) != 1]
        return _equal(found, wanted) or (f"lacks blobs of {absent}" if absent else f"has two names in {odd}" if odd else None)
    rule.digests = lambda world: {name: world.digests[name] for name in names or world.digests}
    return rule


def _has_blobs(members, descriptor):
    """An image whole for one platform at least; those of others need not be there."""
    content = members.get(f"blobs/sha256/{descriptor['digest'].removeprefix('sha256:')}")
    if content is None:
        return False
    document = json.loads(content)
    if "manifests" in document:
        return any(_has_blobs(members, child) for child in document["manifests"])
    return all(f"blobs/sha256/{each['digest'].removeprefix('sha256:')}" in members for each in (document["config"], *document["layers"]))


def image_archives(table):
    """Of a table, the image archives of ours: path → function of the world that tells name → digest. A rule of one's own has it as `digests`."""
    return {path: row.content.digests for path, row in table.items() if hasattr(row.content, "digests")}


# The comparison.

def differences(root, before, table, world):
    """What of `root` is neither as `before` nor as the table says, in words. The installer's own state is looked at apart."""
    after = {path: what for path, what in tree.listing(root).items() if path != STATE and not path.startswith(f"{STATE}/")}
    found = [f"{path}: not there" for path in sorted({*before, *table} - {*after})]
    found += [f"{path}: not in the table" for path in sorted({*after} - {*before, *table})]
    found += [f"{path}: is not as it was" for path in sorted({*before} - {*table}) if path in after and before[path] != after[path]]
    owners, groups = _names(root / "etc/passwd"), _names(root / "etc/group")
    for path, row in table.items():
        if path in after:
            found += [f"{path}: {each}" for each in _complaints(root / path, row, owners, groups, world)]
    return found


def _complaints(path, row, owners, groups, world):
    information = os.lstat(path)
    kind = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFLNK: "link"}.get(stat.S_IFMT(information.st_mode), "something else")
    if kind != row.kind:
        return [f"is a {kind}, not a {row.kind}"]
    found = []
    owner, group = owners.get(information.st_uid, information.st_uid), groups.get(information.st_gid, information.st_gid)
    if (owner, group) != (row.owner, row.group):
        found.append(f"belongs to {owner}:{group}, not {row.owner}:{row.group}")
    mode = f"{information.st_mode & 0o7777:04o}"
    if kind != "link" and mode != row.mode:
        found.append(f"has mode {mode}, not {row.mode}")
    if kind == "link" and os.readlink(path) != row.content:
        found.append(f"leads to {os.readlink(path)}, not {row.content}")
    if kind == "file":
        complaint = row.content(path.read_bytes(), world)
        found += [complaint] if complaint else []
    return found


def _names(path):
    """Number → name, of passwd or group (passwd(5), group(5))."""
    fields = [line.split(":") for line in path.read_text().splitlines()] if path.exists() else []
    return {0: "root", **{int(each[2]): each[0] for each in fields}}


def _equal(found, wanted):
    return None if found == wanted else f"holds {found}, not {wanted}"


def _short(data):
    return f"{len(data)} bytes {data[:60]!r}{' …' if len(data) > 60 else ''}"
