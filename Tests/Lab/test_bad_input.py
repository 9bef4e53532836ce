"""Bad input to sealift: a clear error with what, where and next; the right exit code; nothing left behind."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import unittest

import forgery
import k3s_release
import mirror
import product
import scratch
import tree
import workbench
import world
from layout import encode

USAGE, GATHERING, INPUT_OUTPUT = product.Exit.USAGE, product.Exit.GATHERING, product.Exit.INPUT_OUTPUT
PROGRAM = f"k3s{k3s_release.SUFFIX.get(product.ARCHITECTURE, '')}"
OTHER = "arm64" if product.ARCHITECTURE == "amd64" else "amd64"
PLAIN = f"name: line7\nversion: 2026.11.0\nplatform: {{profile: k3s, version: v1.31, arch: {product.ARCHITECTURE}}}\n"
counted = {"refused": 0}


def setUpModule():
    global connected
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    unittest.addModuleCleanup(lambda: print(f"test_bad_input: {counted['refused']} refused in words, with nothing left behind"))


class Refusals(unittest.TestCase):
    """A workbench for each class. Every refusal is compared with what was there before."""

    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        cls.bench.sealift("cache", "list", "--cache", cls.bench.cache)

    def setUp(self):
        connected.mirror.faults.clear()
        connected.forget()

    def refuse(self, command, status, *parts, cwd=None, **variables):
        """The command ends with `status` and says each part, in our form; apart from the cache all is as before. What it said."""
        temporary = self.bench.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        connected.forget()
        before = self.listing()
        done = self.bench.sealift(*command, status=None, cwd=cwd or temporary, timeout=120, TMPDIR=temporary, **variables)
        self.check(done, status, parts)
        self.assertEqual(tree.changes(before, self.listing()), [])
        return done.errors

    ENDING = r"(?m)^sealift: error: [^\n]+\n(sealift:   [^\n]*\n)*sealift:   next: [^\n]+\n\Z"

    def check(self, done, status, parts):
        self.assertEqual(done.status, status, done.output + done.errors)
        self.assertEqual(done.output, "")
        self.assertRegex(done.errors, self.ENDING)
        self.assertNotRegex(done.errors, r"Optional\(|Error\(|0x[0-9a-f]{6}|\.swift")
        for part in parts:
            self.assertIn(part, done.errors)
        counted["refused"] += 1

    def listing(self):
        return {path: what for path, what in tree.listing(self.bench.folder).items() if path.split("/")[0] != "cache"}

    def asked_nobody(self):
        self.assertEqual(connected.asked(), [])


class Definitions(Refusals):
    """The place is shown: file, line, column, the line itself with a caret below it. In the tables ¦ marks the place."""

    TABLE = {
        "an unknown key": (PLAIN + "¦imags: [a/b:1]\n", 'unknown key "imags"', 'did you mean "images"?'),
        "an unknown key deep inside": (PLAIN.replace("profile: k3s", "¦profil: k3s"), 'unknown key "profil"', 'did you mean "profile"?'),
        "a key twice": (PLAIN + "¦name: other\n", '"name"', "twice"),
        "a list for a text": (PLAIN.replace("line7", "¦[line7]"), "list"),
        "a text for a list": (PLAIN + "images: ¦a/b:1\n", "list"),
        "a number for a map": (PLAIN + "config: ¦7\n", "map"),
        "no version": (PLAIN.replace("version: 2026.11.0\n", "").replace("name:", "¦name:"), '"version"'),
        "a name that is none": (PLAIN.replace("line7", "¦Line 7"), "Line 7"),
        "a version that is none": (PLAIN.replace("2026.11.0", "¦../../x"), "../../x"),
        "an unknown profile": (PLAIN.replace("k3s,", "¦k3z,"), '"k3z"', 'did you mean "k3s"?'),
        "an unknown architecture": (PLAIN.replace(f"arch: {product.ARCHITECTURE}", "arch: ¦riscv64"), '"riscv64"', "amd64", "arm64"),
        "an image in upper case": (PLAIN + "images: [¦acme/Bridge:1]\n", "acme/Bridge:1"),
        "a variable of an unknown type": (PLAIN + "variables:\n  NODE_IP: {type: ¦ipv5}\n", '"ipv5"', "ipv4"),
        "a default that is none": (PLAIN + "variables:\n  GATEWAY: {type: ipv4, ask: a, default: ¦10.0.0.256}\n", "10.0.0.256"),
        "a secret with a default": (PLAIN + "variables:\n  PASSWORD: {type: secret, ask: a, default: ¦hunter2}\n", "secret"),
        "a token in the bundle": (PLAIN + "config: {¦token: abc}\n", "token", "given on the site"),
        "an unknown setting": (PLAIN + "config: {¦disabel: [traefik]}\n", '"disabel"', 'did you mean "disable"?'),
        "an unknown role": (PLAIN + "roles: [¦master]\n", '"master"', "first-server"),
        "a folder that is not there": (PLAIN + "manifests: [¦./nowhere]\n", "nowhere"),
        "a file that is not there": (PLAIN + "files: [{path: /etc/x, from: ¦nowhere}]\n", "nowhere"),
        "a path that climbs": (PLAIN + 'files: [{path: ¦/etc/../x, content: ""}]\n', "/etc/../x"),
        "a relative path": (PLAIN + 'files: [{path: ¦etc/x, content: ""}]\n', "etc/x"),
        "a mode that is none": (PLAIN + 'files: [{path: /etc/x, content: "", mode: ¦"4755"}]\n', "4755"),
        "a requirement of no kind": (PLAIN + "requirements: [{id: a, kind: ¦luck, severity: fail, reason: b}]\n", '"luck"'),
        "a time that is none": (PLAIN + "expires: ¦tomorrow\n", "tomorrow"),
        "a number in quotes": (PLAIN + 'config: {https-listen-port: ¦"6443"}\n', "whole number", '"6443"'),
        "a word for a number": (PLAIN + "config: {https-listen-port: ¦many}\n", "whole number", '"many"'),
        "a number for yes or no": (PLAIN + "config: {debug: ¦1}\n", "true or false", "the number 1"),
        "a text for a list of settings": (PLAIN + "config: {disable: ¦traefik}\n", "a list", '"traefik"'),
        "a list for a setting": (PLAIN + "config: {node-name: ¦[a]}\n", "text", "a list"),
        "a setting with a line break": (PLAIN + 'config: {node-name: ¦"a\\nb"}\n', "on one line", r'"a\nb"'),
        "a line break in a list": (PLAIN + 'config: {node-label: [a=b, ¦"c=d\\nbind-address: 0.0.0.0"]}\n', "config.node-label[1]", "on one line"),
        "a line break in a question": (PLAIN + 'variables: {SITE: {type: string, ask: ¦"name\\nof the site"}}\n', "variables.SITE.ask", "on one line"),
        "a line break in a default": (PLAIN + 'variables: {SITE: {type: string, ask: a, default: ¦"x\\ny"}}\n', "variables.SITE.default", "on one line"),
        "a line break in a path": (PLAIN + 'files: [{path: ¦"/etc/a\\nb", content: ""}]\n', "an absolute path", r'"/etc/a\nb"'),
        "a line break in a unit": (PLAIN + 'units: [{name: ¦"a\\nb.service"}]\n', "a systemd unit"),
        "a line break in an owner": (PLAIN + 'files: [{path: /etc/x, content: "", owner: ¦"a\\nb:c"}]\n', "such as root:root"),
        "a line break in an image": (PLAIN + 'images: [¦"acme/a:1\\nacme/b:1"]\n', r'"acme/a:1\nacme/b:1"'),
        "a line break in an address": (PLAIN + 'artefacts: {binary: {url: ¦"https://github.com/a\\nb"}}\n', "a URL such as"),
        "a line break in the version": (PLAIN.replace("v1.31", '¦"v1.31\\n"'), "v1.31.4+k3s1", "stable, latest, testing"),
        "an artefact that is none": (PLAIN + "artefacts: {¦binry: {file: x}}\n", "known keys: binary", 'did you mean "binary"?'),
        "a digest that is none": (PLAIN + "artefacts: {binary: {file: x, sha256: ¦abc}}\n", "abc"),
        "a variable that is not declared": (PLAIN + 'files: [{path: /etc/x, template: env, content: ¦"A=${SITE}"}]\n', "K3S_TOKEN, K3S_URL, NODE_IP", "${SITE}"),
        "a tab": (PLAIN + "config:\n¦\tdisable: [traefik]\n", "tab"),
        "a quote that does not end": (PLAIN + 'images: ["acme/bridge:1]\n¦', "which began on line 4", "close the quotes"),
        "two documents": (PLAIN + "---\n¦name: other\n", "a second document"),
        "an alias bomb": ("a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{'¦' if n == 14 else ''}*{chr(97 + n)}, *{chr(97 + n)}]\n"
                                                   for n in range(20)), "cannot read more than 200000 values", "remove aliases"),
        "a tag": (PLAIN.replace("line7", "¦!!python/object line7"), "tag"),
        "a list": ("¦- name: line7\n", "list"),
    }

    def write(self, text):
        folder = self.bench.folder / "definition"
        folder.mkdir(exist_ok=True)
        path = folder / "line7.yaml"
        path.write_text(text)
        return path

    def test_each_error_is_shown_at_its_place(self):
        for name, (marked, *parts) in self.TABLE.items():
            with self.subTest(definition=name):
                before = marked.split("¦")[0]
                line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
                path = self.write(marked.replace("¦", ""))
                errors = self.refuse(self.bench.command(path), USAGE, f"sealift: error: {path}:{line}:{column}: ", *parts)
                self.check_excerpt(errors, path.read_text(), line, column)
                if not name.endswith("that is not there"):  # which files there are to be may depend on the version
                    self.asked_nobody()

    def check_excerpt(self, errors, text, line, column):
        shown = [each.removeprefix("sealift:   | ") for each in errors.splitlines() if each.startswith("sealift:   |")]
        content = (text.splitlines() + [""])[line - 1]
        self.assertEqual(len(shown), 2, errors)
        self.assertEqual(shown[0].replace("\t", " "), content.replace("\t", " "))
        self.assertEqual(shown[1].index("^") + 1, column)

    def test_what_is_no_text_is_refused(self):
        path = self.write("")
        for name, data in {"Latin-1": PLAIN.encode() + b"images: [caf\xe9]\n", "UTF-16": PLAIN.encode("utf-16"), "nothing": b"", "NUL": b"name: a\0b\n",
                           "a program": product.installer().read_bytes()[:100_000]}.items():
            with self.subTest(definition=name):
                path.write_bytes(data)
                self.refuse(self.bench.command(path), USAGE, str(path))

    def test_too_large_or_too_deep(self):
        path = self.write(PLAIN + "config: " + "[" * 10_000 + "]" * 10_000 + "\n")
        self.refuse(self.bench.command(path), USAGE, f"{path}:4:")
        path.write_text(PLAIN + "# " + "x" * (20 << 20) + "\n")
        self.refuse(self.bench.command(path), INPUT_OUTPUT, str(path), "more than 4 194 304 bytes")

    def test_a_profile_of_ones_own_is_read_as_strictly(self):
        folder = self.bench.folder / "profiles"
        folder.mkdir()
        text = (scratch.ROOT / "profiles/k3s.yaml").read_text()
        definition = self.write(PLAIN)
        table = {
            "an unknown key": text.replace("\nroles:\n", "\n¦rolls:\n", 1), "a requirement of no kind": text.replace("kind: swap-off", "kind: ¦swap", 1),
            "a channel server without an address": text.replace("url: https://update.k3s.io/v1-release/channels", "url: ¦update.k3s.io", 1),
            "another name": text.replace("profile: k3s\n", "profile: ¦k3x\n", 1),
        }
        for name, marked in table.items():
            with self.subTest(profile=name):
                (folder / "k3s.yaml").write_text(marked.replace("¦", ""))
                before = marked.split("¦")[0]
                place = f"{folder}/k3s.yaml:{before.count(chr(10)) + 1}:" if name != "another name" else f"{folder}/k3s.yaml"
                self.refuse(self.bench.command(definition, "--profiles", folder), USAGE, place)
                self.asked_nobody()

    def test_a_file_that_is_not_there(self):
        errors = self.refuse(self.bench.command(self.bench.folder / "absent.yaml"), INPUT_OUTPUT, "absent.yaml", "no such file")
        self.assertIn("check the spelling", errors)

    def test_a_damaged_lock_is_not_used(self):
        definition = self.bench.define("locked")
        self.bench.sealift("lock", definition, "--cache", self.bench.cache, *connected.options)
        lock = definition.with_suffix(".yaml.lock")
        text = lock.read_text()
        connected.forget()
        for name, change in {"a key of later times": text + "later: 1\n", "a short digest": re.sub(r"sha256:[0-9a-f]{4}", "sha256:", text, count=1),
                             "cut": text[:len(text) // 2], "another form": text.replace("lock: 1", "lock: 2")}.items():
            with self.subTest(lock=name):
                lock.write_text(change)
                for use in ("--locked", "--quiet"):
                    self.refuse(self.bench.command(definition, use), USAGE, str(lock))
                self.asked_nobody()


class Commands(Refusals):
    ENDING = r"(?m)^sealift: error: [^\n]+\n(sealift:   [^\n]+\n)*\Z"  # what a mistyped word should be is in the error itself

    def test_words_that_nobody_knows(self):
        table = {
            ("biuld",): 'did you mean "build"?', ("build",): "DEFINITION", ("build", "a", "b"): '"b"', ("build", "a", "--keey", "x"): "--key",
            ("build", "a", "--jobs", "0"): "1 to 64", ("build", "a", "--level", "20"): "1 to 19", ("build", "a", "--volume-size", "2GiB"): "1GiB",
            ("build", "a", "--locked", "--update"): "--update", ("build", "a", "--mirror", "nonsense"): "nonsense",
            ("verify",): "BUNDLE", ("keygen", "x", "--algorithm", "rsa"): "rsa", ("cache",): "list", ("build", "a", "-o"): "-o",
        }
        for words, part in table.items():
            with self.subTest(command=" ".join(words)):
                more = ["--unsigned", "--cache", self.bench.cache] if words[:2] == ("build", "a") else []
                self.refuse([*words, *more], USAGE, part)

    def test_an_error_as_json_is_one_object(self):
        definition = self.bench.define("typed", imags=[])
        done = self.bench.sealift(*self.bench.command(definition, "--json"), status=USAGE)
        said = json.loads(done.output)
        self.assertEqual(said["exitCode"], USAGE)
        self.assertIn("imags", said["error"]["message"])


class Keys(Refusals):
    """What is wrong with the key is said before anything is fetched."""

    def tearDown(self):
        self.asked_nobody()

    def test_no_key(self):
        command = ["build", self.bench.define(), "-o", self.bench.folder / "out", "--cache", self.bench.cache, *connected.options]
        self.refuse(command, USAGE, "no key to sign with", "--unsigned")

    def test_keys_that_must_not_be_used(self):
        def changed(change):
            path = self.bench.folder / "key"
            path.unlink(missing_ok=True)
            shutil.copy(self.bench.key, path)
            other = change(path)
            return other if isinstance(other, pathlib.Path) else path

        def link(path):
            path.unlink()
            path.symlink_to(self.bench.key)
        table = {
            "readable by all": (lambda path: path.chmod(0o644), USAGE, "chmod 600"), "readable by the group": (lambda path: path.chmod(0o640), USAGE, "chmod 600"),
            "somebody else's": (lambda path: os.chown(path, 12345, -1), USAGE, "belongs to user 12345"),
            "a link": (link, USAGE, "symbolic link"), "a folder": (lambda _: self.bench.folder, USAGE, "not a regular file"),
            "a pipe": (forgery.pipe, USAGE, "not a regular file"), "absent": (pathlib.Path.unlink, INPUT_OUTPUT, "no such file"),
            "the public key": (lambda _: self.private(self.bench.public_key), USAGE, ""), "empty": (lambda path: path.write_bytes(b""), USAGE, ""),
            "cut": (lambda path: path.write_bytes(path.read_bytes()[:-60]), USAGE, ""),
            "huge": (lambda path: path.write_bytes(bytes(1 << 20)), USAGE, "longer than"),
        }
        for name, (change, status, part) in table.items():
            with self.subTest(key=name):
                if name in ("somebody else's",):
                    scratch.need(root=True)
                key = changed(change)
                self.refuse(self.bench.command(self.bench.define(), key=key), status, part)

    def private(self, path):
        copy = self.bench.folder / "copy"
        shutil.copy(path, copy)
        copy.chmod(0o600)
        return copy

    def test_wrong_passphrases(self):
        folder = self.bench.folder
        for name, text in {"right": "correct horse\n", "wrong": "battery staple\n", "empty": "\n", "open": "correct horse\n"}.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o644 if name == "open" else 0o600)
        self.bench.sealift("keygen", folder / "closed", "--passphrase-file", folder / "right")
        self.assertIn("ENCRYPTED PRIVATE KEY", (folder / "closed.key").read_text())
        definition = self.bench.define()
        for name, part in {"wrong": "passphrase", "empty": "empty", "open": "chmod 600", "absent": "no such file"}.items():
            with self.subTest(passphrase=name):
                command = self.bench.command(definition, "--passphrase-file", folder / name, key=folder / "closed.key")
                errors = self.refuse(command, INPUT_OUTPUT if name == "absent" else USAGE, part)
                self.assertNotIn("horse", errors)
                self.assertNotIn("staple", errors)
        with self.subTest("nobody to ask"):
            self.refuse(self.bench.command(definition, key=folder / "closed.key"), USAGE, "passphrase")

    def test_a_key_is_never_overwritten(self):
        self.refuse(["keygen", self.bench.folder / "site", "--no-passphrase"], USAGE, "exists")
        (self.bench.folder / "half.pub").write_text("mine")
        self.refuse(["keygen", self.bench.folder / "half", "--no-passphrase"], USAGE, "exists")


class Installers(Refusals):
    """An installer that would not run there is told before anything is fetched."""

    def test_installers_that_would_not_run(self):
        foreign = self.bench.folder / "foreign"
        data = bytearray(product.installer().read_bytes())
        data[18:20] = (183 if data[18] == 62 else 62).to_bytes(2, "little")
        foreign.write_bytes(data)
        script = self.bench.folder / "script"
        script.write_text("#!/bin/sh\n")
        platform = {"profile": "k3s", "version": "v1.31", "arch": OTHER}
        table = {
            "none for this architecture": (self.bench.define(platform=platform), (), f"cannot build for {OTHER}: there is no installer"),
            "one of another architecture": (self.bench.define("a"), ("--installer", foreign), f"the installer is for {OTHER}"),
            "ours for another architecture": (self.bench.define("b", platform=platform), ("--installer", product.installer()), "the installer is for"),
            "a dynamic program": (self.bench.define("c"), ("--installer", product.tool()), "not static"),
            "a script": (self.bench.define("d"), ("--installer", script), "no Linux program"),
            "absent": (self.bench.define("e"), ("--installer", "/nowhere"), "there is no installer"),
            "a folder": (self.bench.define("f"), ("--installer", "/"), "not a file"),
        }
        for name, (definition, options, part) in table.items():
            with self.subTest(installer=name):
                self.refuse(self.bench.command(definition, *options), USAGE, part, "--installer FILE")
                self.asked_nobody()


class Releases(Refusals):
    """What the makers publish is not there, or not what was promised."""

    def define(self, name="line7", **changes):
        return self.bench.define(name, **{"images": None, **changes})

    def platform(self, version):
        return {"profile": "k3s", "version": version, "arch": product.ARCHITECTURE}

    def test_versions_that_do_not_exist(self):
        for version, status, parts in [
                ("v1.31.9+k3s1", USAGE, ["K3s has no files of v1.31.9+k3s1", "v1.31.4+k3s1"]),
                ("v1.39", USAGE, ['there is no channel "v1.39"', "channels: latest, stable, v1.31, v1.30"]), ("stabel", USAGE, ["(stable, latest, testing, v#.#)"]),
                ("v1.31.4", USAGE, ["v1.31.4"]), ("v1.20.1+k3s1", USAGE, ["v1.20.1+k3s1"])]:
            with self.subTest(version=version):
                path = self.define(platform=self.platform(version))
                line = path.read_text().splitlines().index(f'  "version": "{version}",') + 1
                self.refuse(self.bench.command(path), status, f"{path}:{line}:14: ", *parts)

    def test_a_version_that_is_not_made_for_this_architecture(self):
        """The other architecture's files are there, and are named; whether the version stands in the definition or a channel leads to it."""
        mine = [path for path in connected.mirror.files if product.ARCHITECTURE in path or path.endswith("/k3s" if PROGRAM == "k3s" else "/k3s-arm64")]
        kept = {path: connected.mirror.files.pop(path) for path in mine}
        self.addCleanup(connected.mirror.files.update, kept)
        for version in (k3s_release.VERSION, "v1.31"):
            for change in ("no file of this architecture", "only its checksum file"):
                with self.subTest(version=version, release=change):
                    path = self.define(platform=self.platform(version))
                    line = path.read_text().splitlines().index(f'  "version": "{version}",') + 1
                    self.refuse(self.bench.command(path), USAGE, f"{path}:{line}:14: K3s has no files of {k3s_release.VERSION} for {product.ARCHITECTURE}",
                                f"there are: {k3s_release.VERSION} for {OTHER}", f"a version that is built for {product.ARCHITECTURE}")
                    connected.mirror.files.update({each: data for each, data in kept.items() if "sha256sum" in each})
            for path in mine:
                connected.mirror.files.pop(path, None)

    def test_a_channel_that_leads_to_files_that_are_not_published(self):
        path = self.define(platform=self.platform("stable"))
        self.refuse(self.bench.command(path), GATHERING, k3s_release.STABLE, 'though the channel "stable" names it')

    def test_checksum_files_that_do_not_fit(self):
        sums = connected.release.path(f"sha256sum-{product.ARCHITECTURE}.txt")
        good = connected.mirror.files[sums]
        line = next(each for each in good.splitlines(keepends=True) if each.endswith(f"  {PROGRAM}\n".encode()))
        table = {
            "no line about it": (good.replace(line, b""), f'it names: "k3s-airgap-images-{product.ARCHITECTURE}.tar"'),
            "only a longer name": (good.replace(line, line.replace(b"\n", b"-debug\n")), "no line is about it"),
            "another digest": (good.replace(line, b"0" * 64 + line[64:]), "its content is not what was promised"),
            "two lines that differ": (good + b"0" * 64 + line[64:], "differ"), "a web page": (b"<html>log in</html>\n", ""), "empty": (b"", ""),
        }
        try:
            for name, (data, part) in table.items():
                with self.subTest(checksums=name):
                    connected.mirror.files[sums] = data
                    self.refuse(self.bench.command(self.define(), cache=self.bench.folder / "cache/sums"), GATHERING, part)
        finally:
            connected.mirror.files[sums] = good

    def test_downloads_that_lie_break_off_or_are_refused(self):
        """Each under an address of its own, at once: some are asked five times, with pauses."""
        loop = f"{connected.mirror.url}/acme/redirected/k3s"
        table = {
            "other bytes": (mirror.WrongBytes(77), ["its content is not what was promised", "expected", "found"]),
            "more bytes": (mirror.Longer(5_000), []), "a length too short": (mirror.WrongLength(-50), []),
            "a length too long": (mirror.WrongLength(50), ["tries"]), "cut again and again": (mirror.Cut(100), ["tries: 5", "what has arrived is kept"]),
            "never in": (mirror.Unavailable(), ["503", "tries: 5", "run again later"]), "too many requests": (mirror.Unavailable(0, status=429), ["429"]),
            "not found": (mirror.Unavailable(status=404), ["404", "check the address"]), "forbidden": (mirror.Unavailable(status=403), ["403"]),
            "redirected": (mirror.Redirect(loop), ["redirects more than"]), "redirected to a file": (mirror.Redirect("file:///etc/passwd"), ["redirects"]),
            "a wrong part": (mirror.WrongRange(1), []),
        }
        with concurrent.futures.ThreadPoolExecutor(len(table) + 1) as pool:
            plain = pool.submit(self.ask_in_tls)
            runs = {name: pool.submit(self.download, name, fault) for name, (fault, _) in table.items()}
        for name, (_, parts) in table.items():
            with self.subTest(download=name):
                done, left = runs[name].result()
                if name == "a wrong part":  # it was never asked for a part: the download is good
                    self.assertEqual(done.status, product.Exit.DONE, done.errors)
                    continue
                self.check(done, GATHERING, [f"https://github.com/acme/{name.split()[-1]}", *parts])
                self.assertEqual(left, [])

        with self.subTest(download="an image from a registry that speaks no TLS"):
            host = connected.registry.host
            self.check(plain.result(), GATHERING, [f"{host}/acme/plc-bridge:2.3.1", f"--insecure-registry {host}"])
            self.bench.build(self.bench.folder / "define-plain/plain.yaml", "--insecure-registry", host)

    def ask_in_tls(self):
        definition = self.bench.define("plain", images=[f"{connected.registry.host}/acme/plc-bridge:2.3.1"])
        return self.bench.sealift(*self.bench.command(definition, cache=self.bench.folder / "cache/plain"), status=None)

    def download(self, name, fault):
        """A build with its program from an address that fails in one way; the outcome, and what it left at the output."""
        address, place = f"/acme/{name.split()[-1]}/k3s", self.bench.folder / "cache" / name.replace(" ", "-")
        connected.mirror.add(address, connected.release.assets[PROGRAM])
        connected.mirror.always(address, fault)
        definition = self.define(re.sub("[^a-z]", "-", name), artefacts={"binary": {"url": f"https://github.com{address}"}})
        output = self.bench.folder / "cache" / f"out-{definition.stem}"
        done = self.bench.sealift(*self.bench.command(definition, cache=place, output=output), status=None, timeout=150)
        lock = definition.with_suffix(".yaml.lock")
        return done, [str(path) for path in (output, lock) if path.exists()]


class Images(Refusals):
    """Registries that refuse, lack, or deliver something else."""

    def refuse_image(self, name, *parts, status=GATHERING, cache="images", **changes):
        definition = self.bench.define("imaged", images=[name], **changes)
        return self.refuse(self.bench.command(definition, cache=self.bench.folder / "cache" / cache), status, name.split("@")[0], *parts)

    def push(self, index, name):
        """Pushes the image `index` of the layout under a name of its own; that name."""
        connected.registry.push(connected.layout, index, name)
        return f"ghcr.io/{name}"

    def test_images_that_are_not_there(self):
        self.refuse_image("ghcr.io/acme/plc-bridge:9", "the registry has no such image", '"2.3.1"')
        self.refuse_image("ghcr.io/acme/nothing:1", "the registry has no such image")
        self.refuse_image(f"ghcr.io/acme/plc-bridge@sha256:{'0' * 64}", "no such image")

    def test_images_for_other_machines_only(self):
        layout = connected.layout
        others = [each for each in layout.children(layout.descriptor("plc-bridge")) if each["platform"]["architecture"] != product.ARCHITECTURE]
        index = encode({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": others})
        layout.tag("foreign", layout.add(index, "application/vnd.oci.image.index.v1+json"))
        wanted, there = f"an image for linux/{product.ARCHITECTURE}: there is none", f'available: "linux/{OTHER}"'
        self.refuse_image(self.push("foreign", "acme/foreign:1"), wanted, there, "imaged.yaml:")
        self.refuse_image(self.push(f"plc-bridge-{OTHER}", "acme/single:1"), wanted, there, "imaged.yaml:")

    def test_registries_that_deliver_other_bytes(self):
        for number, part in enumerate(("config", "layer")):  # of a manifest the registry itself finds out
            with self.subTest(part=part):
                name, digest = self.own_image(number, part)
                path = connected.registry.blob_path(digest)
                good = path.read_bytes()
                forgery.flip(path, len(good) // 2)
                try:
                    self.refuse_image(name, cache=f"flipped-{part}")
                finally:
                    path.write_bytes(good)

    def test_registries_that_have_lost_a_part(self):
        for number, part in enumerate(("manifest", "config", "layer"), 10):
            with self.subTest(part=part):
                name, digest = self.own_image(number, part)
                connected.registry.blob_path(digest).unlink()
                self.refuse_image(name, cache=f"lost-{part}")

    def own_image(self, number, part):
        """An image that shares nothing but its base, and the digest of one part of it."""
        layout, tag = connected.layout, f"own-{number}"
        folder = self.bench.folder / "cache/content"
        folder.mkdir(exist_ok=True)
        (folder / "text").write_text(f"image {number}\n" * 50)
        scratch.run("umoci", "insert", "--image", f"{layout.folder}:base-{product.ARCHITECTURE}", "--tag", f"{tag}-single", folder / "text", "/text")
        manifest = {**layout.descriptor(f"{tag}-single"), "platform": {"os": "linux", "architecture": product.ARCHITECTURE}}
        index = layout.add(encode({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]}),
                           "application/vnd.oci.image.index.v1+json")
        layout.tag(tag, index)
        config, *layers = layout.children(manifest)
        digests = {"index": index["digest"], "manifest": manifest["digest"], "config": config["digest"], "layer": layers[-1]["digest"]}
        return self.push(tag, f"acme/{tag}:1"), digests[part]

    def test_an_image_list_that_is_none(self):
        path = connected.release.path("k3s-images.txt")
        good = connected.mirror.files[path]
        try:
            for data, part in [(b"<html>log in</html>\n", "line 1"), (b"", "it names no image"), (b"\xff\xfe\n", "is not text")]:
                with self.subTest(list=data):
                    connected.mirror.files[path] = data
                    definition = self.bench.define("listed", images=None)
                    self.refuse(self.bench.command(definition, cache=self.bench.folder / "cache/lists"), GATHERING, path.rsplit("/", 1)[1], part)
        finally:
            connected.mirror.files[path] = good


class Places(Refusals):
    """Outputs and caches that cannot be written to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definition = cls.bench.define("large", files=[{"path": "/opt/acme/data", "from": "data"}])
        (cls.definition.parent / "data").write_bytes(k3s_release.comments(30_000_000, seed=3))
        cls.bench.build(cls.definition)

    def mounted(self, name, size):
        scratch.need("mount", root=True)
        folder = self.bench.folder / "cache" / name
        folder.mkdir(exist_ok=True)
        scratch.run("mount", "-t", "tmpfs", "-o", f"size={size}", name, folder)
        self.addCleanup(scratch.run, "umount", folder)
        return folder

    def test_an_output_that_fills_up(self):
        for size, when in [("8m", "before anything is written"), ("26m", "in the middle"), ("34m", "near the end")]:
            with self.subTest(full=when):
                full = self.mounted(f"full-{size}", size)
                self.refuse(self.bench.command(self.definition, output=full / "stick"), INPUT_OUTPUT,
                            "the file system is full", str(full), "needed", "available", "choose another place with -o")
                self.assertEqual([str(path) for path in full.rglob("*") if path.name != "stick"], [])

    def test_an_old_bundle_survives_a_full_stick(self):
        stick = self.mounted("stick", "70m")
        built = self.bench.build(self.definition, output=stick)
        before = tree.listing(stick)
        (self.definition.parent / "data").write_bytes(k3s_release.comments(30_000_000, seed=4))
        (stick / "ballast").write_bytes(bytes(20 << 20))
        self.bench.sealift("lock", self.definition, "--cache", self.bench.cache, *connected.options)
        self.refuse(self.bench.command(self.definition, output=stick), INPUT_OUTPUT, "the file system is full")
        (stick / "ballast").unlink()
        self.assertEqual(tree.changes(before, tree.listing(stick)), [])
        self.bench.sealift("verify", built.folder, "--key", self.bench.public_key)

    def test_a_cache_that_fills_up(self):
        small = self.mounted("small", "600k")
        self.refuse(self.bench.command(self.bench.define("cached"), cache=small / "cache"), INPUT_OUTPUT, "no space left on device", str(small))
        scratch.run("mount", "-o", "remount,size=64m", small)
        self.bench.build(self.bench.define("cached"), cache=small / "cache")

    def test_places_that_are_not_for_us(self):
        definition = self.bench.define("placed")
        self.bench.sealift("lock", definition, "--cache", self.bench.cache, *connected.options)
        place = self.bench.folder / "cache/places"
        for name in ("file", "foreign/placed-2026.11.0-k3s-" + product.ARCHITECTURE, "read-only"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "file").write_text("mine")
        foreign = place / "foreign" / f"placed-2026.11.0-k3s-{product.ARCHITECTURE}"
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("mine")
        read_only = self.mounted("read-only", "64m")
        scratch.run("mount", "-o", "remount,ro", read_only)
        table = {"a file": (place / "file", ""), "a folder of that name that is no bundle": (foreign.parent, "placed-2026.11.0"),
                 "a read-only medium": (read_only, "read-only")}
        for name, (output, part) in table.items():
            with self.subTest(output=name):
                before = tree.listing(place)
                self.refuse(self.bench.command(definition, output=output), INPUT_OUTPUT, part)
                self.assertEqual(tree.changes(before, tree.listing(place)), [])


class SiteValues(Refusals):
    """What a site gives for a variable is of its type, on one line, or the installer names the variable and what it should have been."""

    TYPES = {
        "string": ("hall 3", ["a\nb", "a\rb", "a\x1b[2Jb", "a\u2028b", "x" * 5000]), "integer": ("7", ["7.5", "seven", "0x7", "7\n", " 7", "99999999999999999999"]),
        "boolean": ("true", ["yes", "True", "1", "true\n"]), "ipv4": ("192.168.10.5", ["192.168.10.256", "192.168.10.5\n", "fe80::1", "192.168.010.5"]),
        "ipv6": ("fe80::1", ["192.168.10.5", "fe80::1%eth0", "fe80:::1"]), "ip": ("fe80::1", ["host", "10.0.0.1/8"]),
        "cidr": ("10.42.0.0/16", ["10.42.0.0", "10.42.0.1/16", "10.42.0.0/33", "10.42.0.0/16\n"]), "hostname": ("edge-1.plant", ["edge_1", "-edge", "edge 1", "a\nb", "a..b"]),
        "port": ("6443", ["0", "65536", "-1", "06443", "6443\n"]), "url": ("https://10.0.0.1:6443", ["10.0.0.1:6443", "https://a b", "https://a\nb", "file"]),
    }

    def test_values_that_are_not_of_their_type(self):
        scratch.need(root=True)
        variables = {f"A_{kind.upper()}": {"type": kind, "ask": "a", "default": good} for kind, (good, _) in self.TYPES.items()}
        built = self.bench.build(self.bench.define("values", variables=variables))
        root = self.bench.folder / "root"
        root.mkdir()
        plan = ["sh", built.folder / "install.sh", "plan", "--root", root, "--key", self.bench.public_key, "--role", "first-server"]
        for kind, (good, bad) in self.TYPES.items():
            product.run(*plan, "--set", f"A_{kind.upper()}={good}", home=self.bench.home)
            for value in bad:
                with self.subTest(type=kind, value=value[:20]):
                    done = product.run(*plan, "--set", f"A_{kind.upper()}={value}", home=self.bench.home, status=USAGE)
                    self.assertIn(f"A_{kind.upper()}", done.errors)
                    self.assertRegex(done.errors, r"(?m)^sealift-install:   next: |expected|is not ")
                    self.assertNotRegex(done.errors, "[\x1b\u2028\r]")
                    self.assertEqual((done.output, list(root.iterdir())), ("", []))
                    counted["refused"] += 1


if __name__ == "__main__":
    unittest.main()
