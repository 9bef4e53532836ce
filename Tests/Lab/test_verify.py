"""Checking a bundle: stock tools by the lines of its README.txt, our two programs over a table of damage and attacks."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import socket
import unittest

import forgery
import judges
import k3s_release
import product
import scratch
import tally
import workbench
import world

DONE, USAGE, NOT_TRUSTED, POLICY, DAMAGED = (
    product.Exit.DONE, product.Exit.USAGE, product.Exit.NOT_TRUSTED, product.Exit.POLICY, product.Exit.DAMAGED)
ADVISORY = {"README.txt", "report.html", "sbom.cdx.json", "sbom.spdx.json", "provenance.json"}
# `sealift verify BUNDLE …` and `sealift-install verify --bundle BUNDLE …` must be of one mind.
PROGRAMS = {"sealift": lambda bundle: [product.tool(), "verify", bundle],
            "sealift-install": lambda bundle: [product.installer(), "verify", "--bundle", bundle]}
pool = concurrent.futures.ThreadPoolExecutor(2)  # both programs at once


def setUpModule():
    """One bundle of three volumes, made once, and the same signed with Ed25519."""
    global bench, bundle, edwards, edwards_key
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define(files=[{"path": "/opt/acme/data", "from": "data"}])
    (definition.parent / "data").write_bytes(k3s_release.comments(36_000_000, seed=1))
    bundle = bench.build(definition, "--volume-size", "16MiB").folder
    secret, edwards_key = bench.keygen("edwards", "--algorithm", "ed25519")
    edwards = bench.build(definition, "--volume-size", "16MiB", key=secret, output=bench.folder / "edwards").folder


class Judged(unittest.TestCase):
    """What each of our programs says of a bundle."""

    ROW = ("S1", "good bundles under another key or in another environment, both programs")

    def verify(self, victim, *options, status, program="sealift", **variables):
        """Runs one program; what it said. A refusal says nothing on standard output."""
        options = options or ("--key", bench.public_key)
        done = product.run(*PROGRAMS[program](victim), *options, home=bench.home, status=None, timeout=60, **variables)
        self.assertEqual(done.status, status, f"{program}: {done.output}{done.errors}")
        if status != DONE:
            self.assertEqual(done.output, "")
            self.assertRegex(done.errors, r"(?m)^sealift(-install)?: error: .*\n(?s:.*)^sealift(-install)?:   next: ")
            tally.count(*self.ROW)
        return done.errors

    def attack(self, change, status, words="", options=(), programs=PROGRAMS):
        """Changes a copy; every program must end with `status` and say `words`."""
        with forgery.copy(bundle) as victim:
            change(victim)
            for errors in pool.map(lambda program: self.verify(victim, *options, status=status, program=program), programs):
                self.assertIn(words, errors)
                if status == DONE:
                    self.assertIn("warning: ", errors)
                    tally.count(self.ROW[0], "damage of words for people, only warned about")


class StockTools(unittest.TestCase):
    """The lines of README.txt, run by sh as they stand; only the path of the key is filled in."""

    def lines(self, folder, tool):
        """The first two lines, which name the key, and those that begin with `tool`."""
        name, identity, *others = [line for line in forgery.readme_lines(folder) if not line.startswith("sudo ")]
        self.assertTrue(name.startswith("key=") and identity.startswith("id="))
        return identity, [line for line in others if line.startswith(f"{tool} ")]

    def run_line(self, folder, line, identity, key, **variables):
        return scratch.run("sh", "-c", f'key="{key}"\n{identity}\n{line}', cwd=folder, check=False,
                           env={**product.environment(bench.home), **variables})

    def judge(self, folder, line, identity, key, **variables):
        """The line says yes to the bundle, and no once a volume, the README or SHA256SUMS is another, or the key."""
        done = self.run_line(folder, line, identity, key, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count(": OK\n"), len((folder / "SHA256SUMS").read_text().splitlines()))
        for name in ("payload-002.tar.zst", "README.txt", "SHA256SUMS"):
            with forgery.copy(folder) as victim:
                forgery.flip(victim / name, -20)
                self.assertNotEqual(self.run_line(victim, line, identity, key, **variables).returncode, 0, name)
        other = bench.folder / "other.pub"
        if not other.exists():
            bench.keygen("other")
        self.assertNotEqual(self.run_line(folder, line, identity, other, **variables).returncode, 0)

    def test_openssl_over_an_ecdsa_signature(self):
        identity, [ecdsa, _] = self.lines(bundle, "openssl")
        self.judge(bundle, ecdsa, identity, bench.public_key)

    def test_openssl_over_an_ed25519_signature(self):
        identity, [_, ed25519] = self.lines(edwards, "openssl")
        self.judge(edwards, ed25519, identity, edwards_key)

    def test_cosign_over_the_detached_signature(self):
        tool, line, identity = self.cosign("--signature", 2)
        self.judge(bundle, line, identity, bench.public_key, PATH=f"{pathlib.Path(tool).parent}:{os.environ['PATH']}")

    def test_cosign_over_the_sigstore_bundle(self):
        tool, line, identity = self.cosign("--bundle", 3)
        self.judge(bundle, line, identity, bench.public_key, PATH=f"{pathlib.Path(tool).parent}:{os.environ['PATH']}")

    def cosign(self, option, generation):
        """The program, in a folder where it is called `cosign`, and the line with `option`."""
        folder = scratch.folder("cosign")
        self.addCleanup(scratch.remove, folder)
        tool = folder / "cosign"
        tool.symlink_to(judges.cosign(generation))
        identity, lines = self.lines(bundle, "cosign")
        return tool, next(line for line in lines if option in line), identity

    def test_cosign_2_over_the_sigstore_bundle(self):
        sigstore = next((bundle / "signatures").glob("*.sigstore.json"))
        self.assertTrue(judges.cosign_verifies_bundle(bench.public_key, sigstore, bundle / "SHA256SUMS"))
        self.assertFalse(judges.cosign_verifies_bundle(bench.public_key, sigstore, bundle / "manifest.json"))

    def test_the_listing_takes_its_names_from_what_is_signed(self):
        _, [line] = self.lines(bundle, "sed")
        done = scratch.run("sh", "-c", line, cwd=bundle)
        self.assertEqual(done.stdout.splitlines(), self.expected_names())
        with forgery.copy(bundle) as victim:
            shutil.copy(bundle / "payload-001.tar.zst", victim / "payload-000.tar.zst")
            self.assertEqual(scratch.run("sh", "-c", line, cwd=victim).stdout, done.stdout)
        commands = " ".join(forgery.readme_lines(bundle))
        self.assertNotIn("payload-*", commands)
        self.assertNotIn("SHA256:", (bundle / "README.txt").read_text())

    @staticmethod
    def expected_names():
        entries = json.loads((bundle / "manifest.json").read_text())["entries"]
        return [entry["path"] + ("/" if entry["kind"] == "directory" else "") for entry in entries]

    def test_tar_zstd_and_bsdtar_agree_with_the_manifest(self):
        volumes = sorted(bundle.glob("payload-*.tar.zst"))
        self.assertEqual(len(volumes), 3)
        self.assertTrue(all(map(judges.zstd_accepts, volumes)))
        self.assertEqual(judges.payload_names(volumes), self.expected_names())
        files = " ".join(map(str, volumes))
        self.assertEqual(scratch.run("sh", "-c", f"cat {files} | bsdtar -tf -").stdout.splitlines(), self.expected_names())

    def test_what_tar_unpacks_is_what_the_manifest_says(self):
        folder = scratch.folder("unpacked")
        self.addCleanup(scratch.remove, folder)
        volumes = " ".join(map(str, sorted(bundle.glob("payload-*.tar.zst"))))
        scratch.run("sh", "-c", f"cat {volumes} | zstd -dcq | tar -xpf - -C {folder}")
        for entry in json.loads((bundle / "manifest.json").read_text())["entries"]:
            path = folder / entry["path"]
            if entry["kind"] == "link":
                self.assertEqual(os.readlink(path), entry["target"])
                continue
            self.assertEqual(f"{path.stat().st_mode & 0o7777:04o}", entry["mode"], path)
            if entry["kind"] in ("file", "template"):
                digest = scratch.run("sha256sum", path).stdout[:64]
                self.assertEqual((path.stat().st_size, digest), (entry["size"], entry["sha256"]))


class Good(Judged):
    def test_a_good_bundle_is_good_in_every_way_of_pinning(self):
        fingerprint = next((bundle / "signatures").glob("*.pub")).name[:16]
        whole = json.loads(bench.sealift("verify", bundle, "--key", bench.public_key, "--json").output)["trust"]["keys"][0]["fingerprint"]
        self.assertTrue(whole.startswith(f"SHA256:{fingerprint}"))
        digits = whole.removeprefix("SHA256:")
        for options in [("--key", bench.public_key), ("--fingerprint", whole), ("--fingerprint", digits[:32]),
                        ("--fingerprint", digits.upper()), ("--key", edwards_key, "--key", bench.public_key)]:
            for program in PROGRAMS:
                with self.subTest(options=options[:2], program=program):
                    self.assertNotIn("warning", self.verify(bundle, *options, status=DONE, program=program))
        self.verify(edwards, "--key", edwards_key, status=DONE)
        bench.sealift("verify", "--deep", bundle, "--key", bench.public_key)

    def test_the_sites_own_keys_are_trusted(self):
        scratch.need("unshare", root=True)
        etc = scratch.folder("etc")
        self.addCleanup(scratch.remove, etc)
        (etc / "sealift/trusted-keys").mkdir(parents=True)
        shutil.copy(bench.public_key, etc / "sealift/trusted-keys/line7.pub")
        shell = 'mount -t overlay -o "lowerdir=$1:/etc" overlay /etc && shift && exec "$@"'
        for command in PROGRAMS.values():
            product.run("unshare", "-m", "sh", "-c", shell, "sh", etc, *command(bundle), home=bench.home)
            (etc / "sealift/trusted-keys/line7.pub").write_bytes(edwards_key.read_bytes())
            product.run("unshare", "-m", "sh", "-c", shell, "sh", etc, *command(bundle), home=bench.home, status=NOT_TRUSTED)
            shutil.copy(bench.public_key, etc / "sealift/trusted-keys/line7.pub")

    def test_a_read_only_medium_will_do(self):
        scratch.need("unshare", root=True)
        shell = 'mount --bind "$1" "$1" && mount -o remount,bind,ro,noexec "$1" && shift && exec "$@"'
        for command in PROGRAMS.values():
            product.run("unshare", "-m", "sh", "-c", shell, "sh", bundle, *command(bundle), "--key", bench.public_key, home=bench.home)


class Damage(Judged):
    """Every file of the bundle, damaged in every way that a medium or a hand does."""

    ROW = ("S2", "damaged bundles, both programs")

    def files(self):
        return [str(path.relative_to(bundle)) for path in sorted(bundle.rglob("*")) if path.is_file()]

    def expected(self, name):
        """What damage of this file must lead to. With `--key FILE` only the signature itself is read below signatures/."""
        if name in ADVISORY:
            return DONE
        return NOT_TRUSTED if name == "SHA256SUMS" or name.endswith(".sig") else DAMAGED

    def each_file(self):
        # Attestations count where somebody demands them: test_evidence.
        return [name for name in self.files() if not name.endswith((".pub", ".sigstore.json", ".intoto.jsonl"))]

    def test_flipped_bits(self):
        for name in self.each_file():
            size = (bundle / name).stat().st_size
            for place, at in {"first": 0, "early": size // 7, "middle": size // 2, "late": size - size // 5, "last": size - 1}.items():
                with self.subTest(file=name, place=place):
                    self.attack(lambda victim: forgery.flip(victim / name, at, bit=at % 8), self.expected(name),
                                words=name if self.expected(name) != NOT_TRUSTED else "cannot trust")

    def test_missing_cut_longer_and_empty_files(self):
        changes = {"missing": pathlib.Path.unlink, "empty": lambda path: forgery.replace(path, b""),
                   "cut": lambda path: forgery.edit(path, lambda data: data[:-1]),
                   "cut in the middle": lambda path: forgery.edit(path, lambda data: data[:len(data) // 2]),
                   "longer": lambda path: forgery.edit(path, lambda data: data + b"\0"),
                   "twice": lambda path: forgery.edit(path, lambda data: data * 2)}
        for name in self.each_file():
            for what, change in changes.items():
                with self.subTest(file=name, change=what):
                    self.attack(lambda victim: change(victim / name), self.expected(name))

    def test_links_pipes_and_folders_in_place_of_files(self):
        for name in self.each_file():
            for change in (forgery.link, forgery.pipe, forgery.folder):
                with self.subTest(file=name, change=change.__name__):
                    status = DAMAGED if name.endswith(".sig") or name == "SHA256SUMS" else self.expected(name)
                    self.attack(lambda victim: change(victim / name), status, words="is not a regular file")

    def test_sockets_devices_and_a_linked_folder(self):
        def listen(victim):
            (victim / "install.sh").unlink()
            with socket.socket(socket.AF_UNIX) as server:
                os.chdir(victim)  # a socket's path must be short
                server.bind("install.sh")
                os.chdir(scratch.ROOT)

        def device(victim):
            (victim / "payload-001.tar.zst").unlink()
            (victim / "payload-001.tar.zst").symlink_to("/dev/zero")

        def folder(victim):
            (victim / "signatures").rename(victim.parent / "signatures")
            (victim / "signatures").symlink_to("../signatures")
        for change in (listen, device, folder):
            with self.subTest(change=change.__name__):
                self.attack(change, DAMAGED)

    def test_volumes_swapped_doubled_and_taken_from_elsewhere(self):
        one, two, three = (f"payload-00{number}.tar.zst" for number in (1, 2, 3))
        for first, second in [(one, two), (two, three), (one, three)]:
            with self.subTest(swapped=(first, second)):
                self.attack(lambda victim: forgery.swap(victim / first, victim / second), DAMAGED)
        with self.subTest("one is a copy of another"):
            self.attack(lambda victim: forgery.replace(victim / two, (victim / one).read_bytes()), DAMAGED)
        with self.subTest("all are gone"):
            self.attack(lambda victim: [(victim / name).unlink() for name in (one, two, three)], DAMAGED)
        with self.subTest("a volume of zeros of the right size"):
            self.attack(lambda victim: forgery.replace(victim / two, bytes((bundle / two).stat().st_size)), DAMAGED)

    def test_what_is_not_signed_is_not_read_and_said(self):
        def surplus(name, make):
            return lambda victim: make(victim / name)
        for name in ("payload-000.tar.zst", "payload-004.tar.zst", "payload-1.tar.zst"):
            with self.subTest(name):
                self.attack(surplus(name, lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd not zstd")), DONE, name)
        with self.subTest("a pipe that would block whoever opens it"):
            self.attack(surplus("payload-000.tar.zst", os.mkfifo), DONE, "payload-000.tar.zst")
        with forgery.copy(bundle) as victim:
            (victim / "AUTORUN.INF").write_text("[autorun]\n")
            (victim / "signatures/0000000000000000.sig").write_bytes(b"no signature")
            for program in PROGRAMS:
                self.assertNotIn("warning", self.verify(victim, status=DONE, program=program))

    def test_every_chunk_of_a_volume_is_covered(self):
        manifest = json.loads((bundle / "manifest.json").read_text())
        volume, offset = 1, 0
        for index, chunk in enumerate(manifest["chunks"]):
            offset = 0 if chunk["volume"] != volume else offset
            volume = chunk["volume"]
            with self.subTest(chunk=index):
                name, at = f"payload-{volume:03}.tar.zst", offset + chunk["size"] // 2
                self.attack(lambda victim: forgery.flip(victim / name, at), DAMAGED, f"chunk {index} of \"{name}\"", programs=["sealift"])
            offset += chunk["size"]


class Trust(Judged):
    ROW = ("S1", "keys and signatures that do not vouch, both programs")

    def test_without_a_key_nothing_is_believed(self):
        if pathlib.Path("/etc/sealift/trusted-keys").exists():
            self.skipTest("this machine trusts keys of its own")
        for program, command in PROGRAMS.items():
            done = product.run(*command(bundle), home=bench.home, status=NOT_TRUSTED)
            self.assertIn("no key is pinned", done.errors)
            for way in ("--key FILE", "--fingerprint SHA256:", "/etc/sealift/trusted-keys/"):
                self.assertIn(way, done.errors)

    def test_keys_that_do_not_vouch(self):
        table = {
            "another key": ("--key", edwards_key), "another fingerprint": ("--fingerprint", "0" * 64),
            "no key at all": ("--key", bundle / "README.txt"), "an empty file": ("--key", "/dev/null"),
            "the private key": ("--key", bench.key), "a copy inside the bundle": ("--key", next((bundle / "signatures").glob("*.pub"))),
        }
        for name, options in table.items():
            for program in PROGRAMS:
                with self.subTest(key=name, program=program):
                    self.verify(bundle, *options, status=NOT_TRUSTED, program=program)

    def test_a_key_inside_is_refused_by_whatever_road_it_is_named(self):
        with forgery.copy(bundle) as victim:
            shutil.copy(bench.public_key, victim / "site.pub")
            road = victim.parent / "road.pub"
            road.symlink_to(victim / "site.pub")
            (victim.parent / "way").symlink_to(victim)
            for key in (victim / "site.pub", road, victim.parent / "way/site.pub", victim / "signatures/../site.pub"):
                for program in PROGRAMS:
                    with self.subTest(key=key.name, program=program):
                        self.assertIn("it lies inside the bundle", self.verify(victim, "--key", key, status=NOT_TRUSTED, program=program))

    def test_a_key_on_the_same_medium_draws_a_warning(self):
        scratch.need("mount", root=True)
        medium = scratch.folder("medium")
        self.addCleanup(scratch.remove, medium)
        scratch.run("mount", "-t", "tmpfs", "medium", medium)
        shutil.copytree(bundle, medium / bundle.name)
        shutil.copy(bench.public_key, medium / "site.pub")
        for program in PROGRAMS:
            errors = self.verify(medium / bundle.name, "--key", medium / "site.pub", status=DONE, program=program)
            self.assertIn("is on the same medium as the bundle", errors)

    def test_fingerprints_too_short_or_no_digits_are_usage(self):
        for text in ("SHA256:" + "0" * 31, "z" * 64, "", "MD5:" + "0" * 32, "0" * 65):
            for program in PROGRAMS:
                with self.subTest(text=text, program=program):
                    self.verify(bundle, "--fingerprint", text, status=USAGE, program=program)

    def test_the_bundles_copy_of_a_key_is_compared_with_the_fingerprint(self):
        fingerprint = json.loads(bench.sealift("verify", bundle, "--key", bench.public_key, "--json").output)["trust"]["keys"][0]["fingerprint"]
        name = next((bundle / "signatures").glob("*.pub")).name
        table = {"another key": lambda path: forgery.replace(path, edwards_key.read_bytes()), "missing": pathlib.Path.unlink,
                 "flipped": lambda path: forgery.flip(path, 60), "cut": lambda path: forgery.edit(path, lambda data: data[:-30]),
                 "bytes after it": lambda path: forgery.edit(path, lambda data: data + data)}
        for what, change in table.items():
            with self.subTest(copy=what):
                self.attack(lambda victim: change(victim / "signatures" / name), NOT_TRUSTED, options=("--fingerprint", fingerprint))
                with forgery.copy(bundle) as victim:  # with the whole key in hand nobody reads the copy
                    change(victim / "signatures" / name)
                    self.verify(victim, status=DONE)

    def test_the_signature_of_another_bundle_or_key_under_this_name(self):
        name = next((bundle / "signatures").glob("*.sig")).name
        other = next((edwards / "signatures").glob("*.sig"))
        table = {"an Ed25519 signature": other.read_bytes(), "SHA256SUMS itself": (bundle / "SHA256SUMS").read_bytes()[:72],
                 "zeros": bytes(72), "1 MiB": bytes(1 << 20), "DER of nothing": bytes.fromhex("3006020100020100"),
                 "good, then a byte": (bundle / "signatures" / name).read_bytes() + b"\0"}
        for what, data in table.items():
            with self.subTest(signature=what):
                status = DAMAGED if what == "1 MiB" else NOT_TRUSTED
                self.attack(lambda victim: forgery.replace(victim / "signatures" / name, data), status)

    def test_a_whole_bundle_signed_by_somebody_else(self):
        secret, public = bench.keygen("mallory")

        def change(victim):
            forgery.edit(victim / "install.sh", lambda data: data + b"echo owned\n")
            forgery.sign_again(victim, secret, public)
            os.replace(next(victim.glob(f"signatures/{self.key_id(public)}.sig")), victim / "signatures" / f"{self.key_id(bench.public_key)}.sig")
        self.attack(change, NOT_TRUSTED, "does not verify")

    @staticmethod
    def key_id(public):
        return scratch.run("sh", "-c", f"openssl pkey -pubin -in '{public}' -outform DER | sha256sum").stdout[:16]


class Signed(Judged):
    """What the right key signed and this format does not have: refused by policy, whoever signed it."""

    ROW = ("S1", "what the right key signed and is no bundle, both programs")

    def forge(self, change, status, words=""):
        def again(victim):
            root = change(victim)
            forgery.sign_again(victim, bench.key, bench.public_key, root)
        self.attack(again, status, words)

    def manifest(self, old, new):
        """A change of the manifest's text, or several."""
        def change(victim):
            text = (victim / "manifest.json").read_text()
            for before, after in zip([old], [new]) if isinstance(old, str) else zip(old, new):
                assert before in text, before
                text = text.replace(before, after, 1)
            forgery.replace(victim / "manifest.json", text.encode())
        return change

    def test_the_forger_can_make_a_good_one(self):
        with forgery.copy(bundle) as victim:
            forgery.sign_again(victim, bench.key, bench.public_key)
            self.assertEqual((victim / "SHA256SUMS").read_bytes(), (bundle / "SHA256SUMS").read_bytes())
            for program in PROGRAMS:
                self.verify(victim, status=DONE, program=program)

    def test_manifests_that_are_not_of_this_format(self):
        table = {
            "another format": ('"format": 1,', '"format": 2,', "it has format 2, this program reads format 1"),
            "a format that is no number": ('"format": 1,', '"format": "1",', ""),
            "an unknown key": ('\n  "users":', '\n  "unknown": 1,\n  "users":', '"unknown"'),
            "an unknown key deep inside": ('"kind":"directory",', '"kind":"directory","later":1,', '"later"'),
            "a critical extension": (('"critical": [],', '"extensions": {},'),
                                     ('"critical": [\n    "delta"\n  ],', '"extensions": {\n    "delta": 1\n  },'), '"delta"'),
            "a critical extension that is not there": ('"critical": [],', '"critical": [\n    "delta"\n  ],', "which is no extension"),
            "a key twice": ('\n  "format": 1,', '\n  "format": 1,\n  "format": 1,', ""),
            "keys out of order": ('"kind":"directory","mode":"0755"', '"mode":"0755","kind":"directory"', ""),
            "another spelling": ('\n  "format": 1,', '\n  "format":  1,', ""),
            "a fraction": ('"format": 1,', '"format": 1.0,', ""),
            "a path that climbs": ('"path":"etc/rancher"', '"path":"../rancher"', ""),
            "an absolute path": ('"path":"etc/rancher"', '"path":"/etc/rancher"', ""),
            "a set-id bit": ('"mode":"0755"', '"mode":"4755"', ""),
            "an unknown kind of entry": ('"kind":"link"', '"kind":"node"', ""),
            "another system": ('"os": "linux"', '"os": "windows"', ""),
            "an empty file": None,
        }
        for name, row in table.items():
            with self.subTest(manifest=name):
                if row is None:
                    self.forge(lambda victim: forgery.replace(victim / "manifest.json", b""), POLICY)
                else:
                    self.forge(self.manifest(*row[:2]), POLICY, row[2])

    def test_roots_that_are_not_of_this_format(self):
        good = (bundle / "SHA256SUMS").read_bytes()
        lines = good.splitlines(keepends=True)
        table = {
            "a line twice": b"".join([lines[0], *lines]), "another order": b"".join([*lines[1:], lines[0]]),
            "binary mode": good.replace(b"  ", b" *", 1), "upper case": good[:64].upper() + good[64:], "no last line feed": good[:-1],
            "carriage returns": good.replace(b"\n", b"\r\n"), "a byte order mark": b"\xef\xbb\xbf" + good, "an empty line": good + b"\n",
            "a comment": b"# good\n" + good, "a path that climbs": good + good[:64] + b"  z/../../etc/passwd\n",
            "an absolute path": good + good[:64] + b"  /etc/passwd\n", "empty": b"", "a NUL": good.replace(b"README", b"READ\0E"),
        }
        for name, root in table.items():
            with self.subTest(root=name):
                self.forge(lambda victim: root, POLICY)

    def test_signed_names_that_do_not_fit(self):
        good = (bundle / "SHA256SUMS").read_bytes()

        def named(victim):
            (victim / "payload-004.tar.zst").write_bytes((victim / "payload-001.tar.zst").read_bytes())

        def unnamed(victim):
            return b"".join(line for line in good.splitlines(keepends=True) if b"payload-002" not in line)

        def headless(victim):
            return b"".join(line for line in good.splitlines(keepends=True) if b"manifest.json" not in line)
        for change in (named, unnamed, headless):
            with self.subTest(change=change.__name__):
                self.forge(change, DAMAGED)

    def test_payloads_that_are_not_what_the_signed_manifest_says(self):
        """The files fit SHA256SUMS, and the manifest does not fit the payload."""
        volume = "payload-002.tar.zst"
        table = {
            "a flipped byte": lambda victim: forgery.flip(victim / volume, 1000),
            "bytes after the last chunk": lambda victim: forgery.edit(victim / volume, lambda data: data + b"\0" * 8),
            "a skippable frame after it": lambda victim: forgery.edit(victim / volume, lambda data: data + bytes.fromhex("502a4d1800000000")),
            "a byte less": lambda victim: forgery.edit(victim / volume, lambda data: data[:-1]),
        }
        for name, change in table.items():
            with self.subTest(payload=name):
                self.forge(change, DAMAGED)


HOSTILE = r"""
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
static void leave_trace(void) { const char *path = getenv("TRACE"); if (path) close(open(path, O_CREAT | O_WRONLY, 0600)); }
__attribute__((constructor)) static void loaded(void) { leave_trace(); }
int OSSL_provider_init(void *handle, void *in, void **out, void **context) { leave_trace(); return 0; }
int bind_engine(void *engine, const char *id, void *functions) { leave_trace(); return 0; }
unsigned long v_check(unsigned long version) { leave_trace(); return version; }
"""
CONFIGURATION = """openssl_conf = start
[start]
providers = providers
engines = engines
[providers]
hostile = hostile
default = default
[default]
activate = 1
[hostile]
module = {module}
activate = 1
[engines]
hostile = engine
[engine]
dynamic_path = {module}
init = 1
"""


class HostileEnvironment(Judged):
    """OPENSSL_CONF and its kin lead to a module that leaves a trace when it is loaded."""

    @classmethod
    def setUpClass(cls):
        scratch.need("cc")
        cls.folder = scratch.folder("hostile")
        cls.addClassCleanup(scratch.remove, cls.folder)
        (cls.folder / "hostile.c").write_text(HOSTILE)
        module = cls.folder / "hostile.so"
        scratch.run("cc", "-shared", "-fPIC", "-w", "-o", module, cls.folder / "hostile.c")
        (cls.folder / "openssl.cnf").write_text(CONFIGURATION.format(module=module))
        cls.trace = cls.folder / "trace"
        cls.variables = {"OPENSSL_CONF": cls.folder / "openssl.cnf", "OPENSSL_MODULES": cls.folder, "OPENSSL_ENGINES": cls.folder,
                         "TRACE": cls.trace}

    def setUp(self):
        self.trace.unlink(missing_ok=True)

    def test_the_trap_works_on_stock_openssl(self):
        scratch.run("openssl", "dgst", "-sha256", bundle / "SHA256SUMS", check=False,
                    env={**os.environ, **{name: str(value) for name, value in self.variables.items()}})
        self.assertTrue(self.trace.exists())

    def test_neither_program_loads_it_to_verify(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                self.verify(bundle, status=DONE, program=program, **self.variables)
                self.assertFalse(self.trace.exists())

    def test_it_is_not_loaded_where_the_private_key_is_used(self):
        definition = bench.define("hostile")
        bench.build(definition, output=bench.folder / "hostile", **self.variables)
        self.assertFalse(self.trace.exists())
        bench.sealift("keygen", bench.folder / "hostile-key", "--no-passphrase", **self.variables)
        self.assertFalse(self.trace.exists())

    def test_proxies_libraries_and_locales_change_no_verdict(self):
        for name, value in {"SSL_CERT_FILE": "/dev/null", "LC_ALL": "tr_TR.UTF-8", "TMPDIR": "/nonexistent", "HOME": "/nonexistent",
                            "TZ": ":/dev/zero", "XDG_CACHE_HOME": "/proc/1"}.items():
            for program in PROGRAMS:
                with self.subTest(variable=name, program=program):
                    self.verify(bundle, status=DONE, program=program, **{name: value})


if __name__ == "__main__":
    unittest.main()
