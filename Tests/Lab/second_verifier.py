#!/usr/bin/env python3
"""A second verifier of bundles, written from docs/format.md alone; § stands for its sections, and what is in quotes is from there.

    second_verifier.py BUNDLE THRESHOLD KEY…        so many of the keys must have signed; a KEY is a file, or SHA256: and 32 to 64 digits

It shares no line with sealift: a bundle on which the two agree keeps the document, and not merely our code. It checks every stored byte, unpacks the
payload into a temporary file, and ends with the status of §2.1. It needs Python's standard library, `openssl` and `zstd` (which is no part of it).
"""
import base64, hashlib, ipaddress, itertools, json, os, pathlib, re, stat, subprocess, sys, tempfile, time, unicodedata

MIB, GIB, LARGEST, NOT_TRUSTED, NOT_UNDERSTOOD, DAMAGED = 1 << 20, 1 << 30, (1 << 53) - 1, 3, 8, 11
FOR_PEOPLE = {"README.txt", "report.html", "sbom.cdx.json", "sbom.spdx.json", "provenance.json"}

class Refused(Exception):
    """The bundle must not be used: the verdict, and the reason."""
def want(condition, reason, verdict=NOT_UNDERSTOOD):
    if not condition:
        raise Refused(verdict, reason)
def sha256(data):
    return hashlib.sha256(data).hexdigest()

# §2 "open every file once, without following links, … refuse anything but a regular file"
def read(folder, name, limit):
    """All bytes of a file; None when nothing of that name is there."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in name.split("/"):
            above, at = at, os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
            os.close(above)
        want(stat.S_ISREG((facts := os.fstat(at)).st_mode) and facts.st_size <= limit, f"{name} is no regular file, or too large", DAMAGED)
        return os.fdopen(os.dup(at), "rb").read(facts.st_size)
    except OSError as error:
        want(isinstance(error, FileNotFoundError), f"{name}: {error.strerror}", DAMAGED)
    finally:
        os.close(at)

# §5 "A key is ECDSA on P-256 with SHA-256, or Ed25519": by the length of its DER, how that begins, and what openssl is told
KEYS = {91: ("3059301306072a8648ce3d020106082a8648ce3d03010703420004", ["-digest", "sha256"]), 44: ("302a300506032b6570032100", [])}
def der_of(pem):
    blocks = re.findall(rb"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----", pem)
    der = base64.b64decode(blocks[0] + b"==") if len(blocks) == 1 else b""
    want(len(der) in KEYS and der.hex().startswith(KEYS[len(der)][0]), "that is no key of a kind that §5 has", NOT_TRUSTED)
    return der

def signer(folder, root, pin):
    """The fingerprint of a pinned key that has signed; None when its signature, or the copy of a key that is needed, is not there."""
    whole = None if pin.startswith("SHA256:") else pathlib.Path(pin).read_bytes()
    pinned = sha256(der_of(whole)) if whole else pin[7:].lower()
    signature = read(folder, f"signatures/{pinned[:16]}.sig", 1024)
    pem = whole or (signature and read(folder, f"signatures/{pinned[:16]}.pub", 4096))
    if None in (signature, pem):
        return None
    der = der_of(pem)
    want(sha256(der).startswith(pinned), "the bundle's copy is not the pinned key", NOT_TRUSTED)
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in {"root": root, "signature": signature, "key": pem}.items():
            pathlib.Path(scratch, name).write_bytes(data)
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", *KEYS[len(der)][1], "-in", "root", "-sigfile", "signature"]
        want(subprocess.run(verify, cwd=scratch, capture_output=True).returncode == 0, f"the signature of {pinned[:16]} is wrong", NOT_TRUSTED)
    return sha256(der)
# §4 SHA256SUMS
def parse_sums(root):
    segment = rb"(?![.]{1,2}[/\n])[A-Za-z0-9._+][A-Za-z0-9._+-]*"
    want(re.fullmatch(rb"([0-9a-f]{64}  (?!SHA256SUMS\n|signatures/)%s(/%s)*\n)+" % (segment, segment), root), "SHA256SUMS is malformed")
    sums = {name: digest for digest, name in (line.split("  ") for line in root.decode().splitlines())}
    want(list(sums) == sorted(sums) and len(sums) == root.count(b"\n") and max(map(len, sums)) <= 255, "SHA256SUMS: order, or a name")
    return sums

# §3 "A reader MUST refuse bytes that differ from the canonical spelling of what it read." (Texts sort as their bytes in UTF-8 do.)
def spelled(value, level=1):
    if isinstance(value, str):
        return '"' + re.sub(r'[\x00-\x1f"\\]', lambda found: f"\\{found[0]}" if found[0] in '"\\' else f"\\u{ord(found[0]):04x}", value) + '"'
    if not isinstance(value, (dict, list)):
        return json.dumps(value)
    want(level <= 64, "manifest.json is nested too deeply")
    brackets, space = "{}" if isinstance(value, dict) else "[]", " " if level < 3 else ""
    rows = [f"{spelled(key)}:{space}{spelled(value[key], level + 1)}" if brackets == "{}" else spelled(key, level + 1)
            for key in (sorted(value) if brackets == "{}" else value)]
    start, comma, end = (f"\n{'  ' * level}", f",\n{'  ' * level}", f"\n{'  ' * (level - 1)}") if rows and space else ("", ",", "")
    return brackets[0] + start + comma.join(rows) + end + brackets[1]

def integer(text):
    return int(text) if abs(int(text)) <= LARGEST else int("too large")
def understood(data):  # the manifest, which keeps every rule of §3 and §6 to §9
    try:
        manifest = json.loads(data.decode(), parse_int=integer, parse_float=int, parse_constant=int)
        want((spelled(manifest) + "\n").encode() == data, "manifest.json is not spelled in the one way")
        fits(manifest, "manifest", "manifest")
        check_rules(manifest, len(data))
    except (ValueError, RecursionError) as error:
        raise Refused(NOT_UNDERSTOOD, f"manifest.json: {error}") from error
    return manifest

# §6.2 "The two blocks are the whole grammar of a manifest": they are read out of the document itself.
DOCUMENT = (pathlib.Path(__file__).resolve().parents[2] / "docs/format.md").read_text()
WINDOWS = {kind: bool(only) for kind, only in re.findall(r"^\| `([a-z-]+)` W( only)? \|", DOCUMENT, re.M)}
PATTERNS, MEMBERS = (re.search(rf"\n```text {name}\n(.*?)\n```", DOCUMENT, re.S)[1] for name in ("patterns", "members"))
PATTERNS = dict(row.split(maxsplit=1) for row in PATTERNS.splitlines())
for name in PATTERNS:  # a pattern may contain those above it
    PATTERNS[name] = re.sub("<([a-z0-9-]+)>", lambda found: f"(?:{PATTERNS[found[1]]})", PATTERNS[name])
SHAPES, above = {}, ""
for row in re.sub(r"\n +", " ", MEMBERS).splitlines():
    members = dict(word.split(":", 1) for word in row.split() if ":" in word)
    for name in (word for word in row.split() if ":" not in word):
        above = above if name[0] == "/" else name
        SHAPES[above + name if name[0] == "/" else name] = members

def fits(value, rule, at):
    """Refuses a value that does not keep the rule; `at` says where it stands."""
    array = re.fullmatch(r"(.*)([*+])(?:([<!])([a-z]*))?", rule)
    if array:
        want(isinstance(value, list) and (value or array[2] == "*"), f"{at} must be an array of {array[1]}")
        for index, item in enumerate(value):
            fits(item, array[1], f"{at}[{index}]")
        keys = [item[array[4]] if array[4] else item for item in value] if array[3] else []
        want(len(set(keys)) == len(keys) and (array[3] == "!" or keys == sorted(keys)), f"{at} is not sorted, or names something twice")
    elif rule in SHAPES:
        want(isinstance(value, dict), f"{at} must be an object")
        kind = f"{rule}/{value.get('kind')}" if "kind" in SHAPES[rule] else rule
        want(kind in SHAPES, f"{at} is of an unknown kind")
        members = {**SHAPES[rule], **SHAPES[kind]}
        want({key for key in members if key[-1] != "?"} <= set(value) <= {key.rstrip("?") for key in members}, f"{at} has not the members of {kind}")
        for key, item in value.items():
            fits(item, members.get(key) or members[key + "?"], f"{at}.{key}")
    elif ".." in rule:
        low, high = (int(end or edge) for end, edge in zip(rule.split(".."), (-LARGEST, LARGEST)))
        want(type(value) is int and low <= value <= high, f"{at} must be an integer {rule}")
    elif rule in ("bool", "object"):
        want(isinstance(value, bool if rule == "bool" else dict), f"{at} must be of the kind {rule}")
    else:
        good = isinstance(value, str) and re.fullmatch(PATTERNS.get(rule, rule).encode(), value.encode(), re.S) and CHECKS.get(rule, id)(value)
        want(good, f"{at} must be of the form {rule}")

def version(text):
    return ipaddress.ip_network(text).version  # of an address or, with `/`, of a network whose host bits are zero; ValueError for others
CHECKS = {  # what the patterns do not say; of a time's year: the calendar repeats after 400, and Python's begins with 1
    "network": version, "cidr": version, "ip": version, "ipv4": lambda text: version(text) == 4, "ipv6": lambda text: version(text) == 6,
    "time": lambda text: time.strptime(f"{int(text[:4]) % 400 + 2000}{text[4:]}", "%Y-%m-%dT%H:%M:%SZ").tm_sec < 60,
    "listener": lambda text: (ends := [int(end) for end in re.findall("[0-9]+", text)]) == sorted(set(ends)), "integer": lambda text: str(integer(text)),
    "url": lambda text: (host := re.match(r"https?://\[(.*?)\]", text)) is None or version(host[1]) == 6, "https-url": lambda text: CHECKS["url"](text)}

# §6, §7, §9: what no single member shows
def check_rules(manifest, size):
    entries, variables, roles = manifest["entries"], manifest["variables"], [role["name"] for role in manifest["roles"]]
    items = [item for place in ("entries", "requirements", "variables", "users", "steps", "operation") for item in manifest.get(place, [])]
    want(all(set(item.get("roles", [])) <= set(roles) for item in items), "an item is for a role that is not there")
    want(all(item[key][0] for item in items for key in ("run", "list", "import") if key in item), "a program without a name")
    want(all({"amd64", "arm64"} & set(item) for item in items if item.get("kind") == "cpu"), "a processor without a demand")
    for role in roles:
        check_places([entry for entry in entries if role in entry.get("roles", roles)])
    names = [(role, item["name"]) for item in variables for role in item.get("roles", roles)]
    want(len(names) == len(set(names)), "a variable stands twice for a role")
    types = {item["name"]: item["type"] for item in variables}
    for item in variables:
        want(item["type"] == types[item["name"]] and ("values" in item) == (item["type"] == "enum"), f"{item['name']}: of two types, or its values")
        if "default" in item:
            want(item["type"] not in ("secret", "token") and item["default"] in item.get("values", [item["default"]]), f"{item['name']}: its default")
            fits(item["default"], item["type"], f"the default of {item['name']}")
    for entry in entries:
        used = {types.get(name) for name in entry.get("variables", [])}
        want(None not in used and not (entry.get("format") == "plain" and {"string", "secret"} & used), f"{entry['path']}: its variables")
        want(entry.get("destination") != entry["path"], f"{entry['path']}: a destination that says nothing")
    want(manifest["name"] not in [need["bundle"] for need in manifest.get("needs", [])], "a bundle must not need itself")
    want({image["archive"] for image in manifest["images"]} <= {entry["path"] for entry in entries if "size" in entry}, "an image is in no file")
    want(manifest["space"] == space(entries) and len(entries) <= 400_000, "space is not the sum of the entries, or they are too many")
    want(not manifest["critical"], "it needs an extension that this reader does not know")
    (check_plain_files if manifest["target"]["os"] == "windows" else check_tiling)(manifest, size)

def ancestors(path):
    return [path[:slash.start()] for slash in re.finditer("/", path)]
def folded(path):  # §7 "with ASCII letters in lower case, then in Unicode's normal form C"
    return unicodedata.normalize("NFC", re.sub("[A-Z]", lambda letter: letter[0].lower(), path))
def check_places(entries):  # §7 "For any one role no destination stands twice, and none is below another entry's file, template or link"
    places = [(entry.get("destination", entry["path"]), entry["kind"]) for entry in entries]
    there = {folded(place): (place, kind) for place, kind in places}
    want(len(there) == len(places), "two destinations are the same, or differ in case only")
    above = {(path, "directory") for place, _ in places for path in ancestors(place)}
    want(all(there.get(folded(path), (path, kind)) == (path, kind) for path, kind in above), "something is laid below what is no folder")

def space(entries):
    laid = [(entry.get("destination", entry["path"]).rpartition("/")[0], entry.get("size", 0)) for entry in entries if entry["kind"] != "directory"]
    return [{"path": path, "bytes": sum(size for at, size in laid if at == path), "files": [at for at, _ in laid].count(path)}
            for path in sorted({at for at, _ in laid})]

# §8.3 Plain files
def check_plain_files(manifest, size):
    entries, spelling = manifest["entries"], {}
    want(size <= 2 * MIB and not manifest["users"] + manifest["volumes"] + manifest["chunks"], "something that a bundle for windows has not")
    want(all(step["kind"] == "wait" or step["kind"] == "command" and not step["undo"] for step in manifest["steps"]), "a step that is not for windows")
    want(all(rule["kind"] in WINDOWS for rule in manifest["requirements"]), "a requirement that is not for windows")
    files = {entry["path"] for entry in entries if "size" in entry}
    for entry in entries:
        path, usual = entry["path"], "0755" if entry["kind"] == "directory" else "0644"
        want((entry.get("mode"), entry.get("owner")) == (usual, "root:root") and not entry.get("extents"), f"{path}: a link, or its mode")
        want(all(re.fullmatch(PATTERNS["plain-path"], name) for name in (path, entry.get("destination", path))), f"{path}: no name for windows")
        want(all(spelling.setdefault(name.lower(), name) == name for name in [*ancestors(path), path]), f"{path} differs in case only")
        want(not set(ancestors(path)) & files, f"{path} is below a file")

# §8.1 "Nobody needs to parse it: a reader computes every header and compares"
def block(name, mode, size, kind, target=b""):
    fields = (name[:100].ljust(100, b"\0"), b"%07o\0" % mode, b"0000000\0" * 2, b"%011o\0" % size, b"00000000000\0", b" " * 8, kind,
              target[:100].ljust(100, b"\0"), b"ustar\00000".ljust(72, b"\0"), b"0000000\0" * 2, bytes(167))
    header = b"".join(fields)
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]
def headers(entry):
    name, target, size = entry["path"].encode() + b"/" * (entry["kind"] == "directory"), entry.get("target", "").encode(), entry.get("size", 0)
    records, body = {b"linkpath": target[100:] and target, b"path": name[100:] and name, b"size": b"%d" % size * (size >= 8 * GIB)}, b""
    for key, value in records.items():
        rest = len(key) + len(value) + 3
        body += b"%d %s=%s\n" % (rest + len(str(rest + len(str(rest)))), key, value) if value else b""
    extended = block(b"pax_header", 0o644, len(body), b"x") + body + bytes(-len(body) % 512) if body else b""
    return extended + block(name, int(entry.get("mode", "0777"), 8), size * (size < 8 * GIB), {"directory": b"5", "link": b"2"}.get(entry["kind"], b"0"), target)

# §8.2 "Chunks stand one after the other in their volume, from offset 0 to its exact length, and volumes follow one another without gaps"
def check_tiling(manifest, _):
    chunks, volumes = manifest["chunks"], manifest["volumes"]
    want(not any(WINDOWS.get(rule["kind"]) for rule in manifest["requirements"]), "a requirement that is for windows only")
    sizes = [(number, sum(chunk["size"] for chunk in group)) for number, group in itertools.groupby(chunks, lambda chunk: chunk["volume"])]
    want([number for number, _ in sizes] == list(range(1, len(volumes) + 1)), "chunks are not in the order of volumes")
    want(volumes == [{"name": f"payload-{number:03}.tar.zst", "size": size} for number, size in sizes], "chunks do not tile the volumes")
    borders, end = [0, *itertools.accumulate(chunk["plainSize"] for chunk in chunks)], 0
    for entry in manifest["entries"]:
        start = end + len(headers(entry))
        end = start + entry.get("size", 0)
        here = [[index, max(start, low) - low, min(end, high) - max(start, low)]
                for index, (low, high) in enumerate(zip(borders, borders[1:])) if max(start, low) < min(end, high)]
        want(entry.get("extents", []) == here, f"the extents of {entry['path']} are not where its bytes are")
        end += -end % 512
    want(borders[-1] == end + 1024, "chunks do not tile the tar stream")

def unpacked(frame, size):
    """§8.2 "exactly one zstd frame (RFC 8878 §3.1.1): content size stated and equal to `plainSize`, window at most 8 MiB, no dictionary"."""
    padded = frame + bytes(16)  # what is read behind the end shows in the last comparison
    flags, single = padded[4], padded[4] >> 5 & 1
    names, width = (0, 1, 2, 4)[flags & 3], (single, 2, 4, 8)[flags >> 6]
    window = 0 if single else (8 + padded[5] % 8) << 7 + (padded[5] >> 3)
    at = 6 - single + names + width
    stated = int.from_bytes(padded[at - width:at], "little") + 256 * (width == 2)
    good, last = frame[:4] == b"\x28\xb5\x2f\xfd" and not flags & 8 and not any(padded[6 - single:][:names]) and width and window <= 8 * MIB, 0
    while good and not last and at <= len(frame):
        head = int.from_bytes(padded[at:at + 3], "little")
        at, last, good = at + 3 + (1 if head >> 1 & 3 == 1 else head >> 3), head & 1, head >> 1 & 3 != 3
    want(good and stated == size and at + (flags & 4) == len(frame), "a chunk is no such frame", DAMAGED)
    done = subprocess.run(["zstd", "-dcq"], input=frame, capture_output=True)
    want(done.returncode == 0, "a chunk does not unpack", DAMAGED)
    return done.stdout

def check_payload(folder, manifest, sums):  # stored bytes by chunk and volume, then the tar stream
    with tempfile.TemporaryFile() as stream:
        for number, volume in enumerate(manifest["volumes"], 1):
            data, offset = signed(folder, volume["name"], sums, GIB, volume["size"]), 0
            for chunk in (chunk for chunk in manifest["chunks"] if chunk["volume"] == number):
                stored, offset = data[offset:offset + chunk["size"]], offset + chunk["size"]
                want(sha256(stored) == chunk["sha256"], f"a chunk of {volume['name']} is not what was signed", DAMAGED)
                plain = unpacked(stored, chunk["plainSize"])
                want(sha256(plain) == chunk["plainSha256"], f"a chunk of {volume['name']} holds something else", DAMAGED)
                stream.write(plain)
        stream.seek(0)
        for entry in manifest["entries"]:
            head, size = headers(entry), entry.get("size", 0)
            want(stream.read(len(head)) == head, f"the tar header of {entry['path']} is another one", DAMAGED)
            want(sha256(stream.read(size)) == entry.get("sha256", sha256(b"")), f"{entry['path']} is not what the manifest says", DAMAGED)
            want(not any(stream.read(-size % 512)), f"the padding of {entry['path']} is not zero", DAMAGED)
        want(not any(stream.read()), "the end of the tar stream is not zero", DAMAGED)

# §2.1 Verdicts
def signed(folder, name, sums, limit=256 * MIB, size=None):  # the bytes of a file that SHA256SUMS names
    data = read(folder, name, limit)
    want(data is not None and sha256(data) == sums.get(name) and size in (None, len(data)), f"{name} is not what was signed", DAMAGED)
    return data

def verify(folder, pins, threshold=1):
    """Refuses, or gives the names of files for people that are not what was signed."""
    root, warnings = read(folder, "SHA256SUMS", MIB), []
    want(root is not None, "there is no SHA256SUMS", NOT_TRUSTED)
    want(len({signer(folder, root, pin) for pin in pins} - {None}) >= threshold, "too few of the pinned keys have signed", NOT_TRUSTED)
    sums = parse_sums(root)
    manifest = understood(signed(folder, "manifest.json", sums, 32 * MIB))
    plain = {f"payload/{entry['path']}": entry for entry in manifest["entries"] if "size" in entry and manifest["target"]["os"] == "windows"}
    payload = {name for name in sums if name.startswith("payload/") or name.startswith("payload-") and name.endswith(".tar.zst")}
    want(payload == {*plain, *(volume["name"] for volume in manifest["volumes"])}, "SHA256SUMS and the manifest name other files", DAMAGED)
    want(all(sums[name] == entry["sha256"] for name, entry in plain.items()), "SHA256SUMS and the manifest give other digests", DAMAGED)
    for name in sorted(sums.keys() - {volume["name"] for volume in manifest["volumes"]} - {"manifest.json"}):
        try:
            signed(folder, name, sums, 1 << 42 if name in plain else 256 * MIB, plain.get(name, {}).get("size"))
        except Refused:
            want(name in FOR_PEOPLE, f"{name} is not what was signed", DAMAGED)
            warnings.append(name)
    if manifest["target"]["os"] == "linux":
        check_payload(folder, manifest, sums)
    return warnings

if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        sys.stderr.writelines(f"warning: {name} is not what was signed\n" for name in verify(sys.argv[1], sys.argv[3:], int(sys.argv[2])))
    except Refused as refusal:
        print(refusal.args[1], file=sys.stderr)
        sys.exit(refusal.args[0])
