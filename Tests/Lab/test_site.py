"""On the site: into a scratch root with faults at every step, and on an isolated machine from a read-only stick."""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import forgery
import k3s_release
import laid
import machine
import product
import scratch
import terminal
import tree
import workbench
import world

Exit = product.Exit
ADDRESS = ("--set", "NODE_IP=192.168.10.5")
FIRST = ("--role", "first-server", *ADDRESS, "--yes")
# What holds the time of a run.
TIMES = ("var/lib/sealift/receipts/line7.json", "var/lib/sealift/clock")
TOKEN = "K10abc::server:hunter2"
VOLUME = "payload-002.tar.zst"
counted = {"refused": 0, "faults survived": 0}


def setUpModule():
    """A small bundle, a newer one of the same name, a large one of three volumes, one of another name that wants the same paths."""
    global connected, bench, small, newer, large, rival, other_images
    scratch.need(root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define()
    small = bench.build(definition)
    text = definition.read_text()  # edited in place: the lock beside it says what the next sequence is
    definition.write_text(text.replace("2026.11.0", "2026.12.0").replace('"traefik"', '"traefik", "servicelb"'))
    newer = bench.build(definition)
    settings = json.loads(definition.read_text())
    definition.write_text(json.dumps({key: value for key, value in settings.items() if key not in ("images", "manifests", "allow-missing")} | {"version": "2027.1.0"}))
    other_images = bench.build(definition)
    rival = bench.build(bench.define("rival"))
    heavy = bench.define("heavy", files=[{"path": "/opt/acme/data", "from": "data"}])
    (heavy.parent / "data").write_bytes(k3s_release.comments(36_000_000, seed=1))
    large = bench.build(heavy, "--volume-size", "16MiB")
    unittest.addModuleCleanup(lambda: print(f"test_site: {', '.join(f'{number} {what}' for what, number in counted.items())}"))


def manifest(built):
    return json.loads((built.folder / "manifest.json").read_text())


def entries(built, role):
    """Place on the machine → entry, for one role."""
    return {entry.get("destination", entry["path"]): entry for entry in manifest(built)["entries"] if role in entry.get("roles", [role])}


class Rooted(unittest.TestCase):
    """A scratch root for each test, with a system's folders in it."""

    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
            (self.root / name).mkdir(parents=True)
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        self.empty = self.listing()

    def command(self, *words, built=None, folder=None, key=None):
        """`install.sh` of a bundle, with the first words of `words` as the verb; each verb gets what it takes of root and key."""
        root = () if words[:1] in (("verify",), ("--help",), ("--version",)) else ("--root", self.root)
        keys = () if words[:1] in (("status",), ("--help",), ("--version",)) else ("--key", key or bench.public_key)
        return ["sh", (folder or (built or small).folder) / "install.sh", *words, *root, *keys]

    def install(self, *words, status=Exit.DONE, built=None, folder=None, key=None, **more):
        if status not in (Exit.DONE, None):
            counted["refused"] += 1
        return product.run(*self.command(*words, built=built, folder=folder, key=key), home=bench.home, status=status, **more)

    def listing(self, times=False):
        return tree.listing(self.root, times=times)

    def unchanged(self, before, times=False):
        self.assertEqual(tree.changes(before, self.listing(times)), [])

    def refuse(self, *words, status, part="", **more):
        """Refused with `status`; says `part` and what to do; the root is as before, to the times of its files."""
        before = self.listing(times="files")
        done = self.install(*words, status=status, **more)
        self.assertEqual(done.output, "")
        self.assertRegex(done.errors, r"(?m)^(sealift-install|install\.sh): error: ")
        self.assertIn(part, done.errors)
        self.unchanged(before, times="files")
        return done.errors


class Laying(Rooted):
    def test_every_role_gets_exactly_its_files(self):
        values = scratch.folder("values") / "join.env"
        self.addCleanup(scratch.remove, values.parent)
        values.write_text(f"# join values\nK3S_URL=https://192.168.10.5:6443\nK3S_TOKEN={TOKEN}\n")
        values.chmod(0o600)
        for role in ("first-server", "server", "agent"):
            with self.subTest(role=role):
                self.setUp()
                self.install("apply", "--role", role, *ADDRESS, *(() if role == "first-server" else ("--values", values)))
                found = self.listing()
                for place, entry in entries(small, role).items():
                    self.check_entry(place, entry, found[place])
                unit = "k3s-agent" if role == "agent" else "k3s"
                link = f"etc/systemd/system/multi-user.target.wants/{unit}.service"
                known = {*self.empty, *entries(small, role), *laid.installer(small.folder, [link])}
                more = {place for place in found if place not in known and not place.startswith("var/lib/sealift")}
                self.assertEqual(more, {link})
                text = (self.root / "etc/rancher/k3s/config.yaml.d/00-sealift.yaml").read_text()
                self.assertIn('node-ip: "192.168.10.5"', text)
                self.assertEqual("traefik" in text, role != "agent")
                if role != "first-server":
                    self.assertIn(f'K3S_TOKEN="{TOKEN}"', (self.root / f"etc/systemd/system/{unit}.service.env").read_text())
                self.check_receipt(role)

    def check_entry(self, place, entry, found):
        kind = {"directory": "d", "link": "l"}.get(entry["kind"], "-")
        self.assertEqual(found[0][0], kind, place)
        if kind == "l":
            return self.assertEqual(found[3], entry["target"])
        if place not in self.empty:
            self.assertEqual((f"{(self.root / place).stat().st_mode & 0o7777:04o}", found[1:3]), (entry["mode"], (0, 0)), place)
        if entry["kind"] == "file":
            self.assertEqual(found[3:5], (entry["size"], entry["sha256"]), place)
        return None

    def check_receipt(self, role):
        path = self.root / "var/lib/sealift/receipts/line7.json"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        text = path.read_text()
        receipt = json.loads(text)
        self.assertEqual((receipt["format"], receipt["role"], receipt["bundle"]["version"]), (1, role, "2026.11.0"))
        self.assertEqual({each["name"]: each["digest"] for each in receipt["images"]}, connected.digests)
        self.assertNotIn("hunter2", text)
        self.assertEqual(receipt["values"]["NODE_IP"], "192.168.10.5")

    def test_the_umask_and_the_language_do_not_matter(self):
        listings = []
        for umask, language in ((0o022, "C.UTF-8"), (0o077, "tr_TR.UTF-8"), (0, "POSIX")):
            self.setUp()
            old = os.umask(umask)
            try:
                self.install("apply", *FIRST[:-1], LANG=language, LC_ALL=language)
            finally:
                os.umask(old)
            listings.append({path: what for path, what in self.listing().items() if path not in TIMES})
        self.assertEqual(listings[0], listings[1])
        self.assertEqual(listings[0], listings[2])

    def test_a_second_run_changes_nothing(self):
        self.install("apply", *FIRST[:-1])
        before = self.listing(times=True)
        for words in (("apply", *FIRST[:-1]), FIRST, ("--yes",)):
            with self.subTest(words=words):
                self.assertIn("nothing was changed", self.install(*words).output)
                self.unchanged(before, times=True)

    def test_what_somebody_changed_is_told_and_put_right(self):
        self.install(*FIRST)
        good = self.listing()
        (self.root / "usr/local/bin/k3s").write_bytes(b"#!/bin/sh\n")
        (self.root / "usr/local/bin/kubectl").unlink()
        (self.root / "etc/rancher/k3s/config.yaml").write_text("debug: true\n")
        told = self.install("status").output
        self.assertIn("/usr/local/bin/k3s", told)
        self.assertIn("/usr/local/bin/kubectl", told)
        self.assertNotIn("k3s-killall", told)
        self.install(*FIRST)
        self.assertEqual((self.root / "etc/rancher/k3s/config.yaml").read_text(), "debug: true\n")
        (self.root / "etc/rancher/k3s/config.yaml").unlink()
        self.assertEqual([each for each in tree.changes(good, self.listing()) if not any(path in each for path in TIMES)], [])

    def test_looking_changes_nothing(self):
        for installed in (False, True):
            if installed:
                self.install(*FIRST)
            before = self.listing(times=True)
            for words in (("plan", *FIRST[:-1]), ("plan", *FIRST[:-1], "--json"), ("check", "--role", "first-server"), ("verify",), ("status",),
                          ("status", "--json"), ("--help",), ("--version",)):
                with self.subTest(words=words, installed=installed):
                    self.install(*words, status=None if words[0] == "check" else Exit.DONE)
                    self.unchanged(before, times=True)

    def test_json_is_one_object(self):
        for words, key in ((("plan", *FIRST[:-1]), "items"), (("check", "--role", "first-server"), "findings"), (FIRST, "receipt"),
                           (("status",), "installed"), (("verify",), "verdict")):
            with self.subTest(words=words):
                self.assertIn(key, json.loads(self.install(*words, "--json", status=None).output))
        done = self.install("plan", "--role", "master", "--json", status=Exit.USAGE)
        self.assertEqual(json.loads(done.output)["exitCode"], Exit.USAGE)

    def test_an_upgrade_replaces_and_removes_what_is_no_longer_there(self):
        self.install(*FIRST)
        plan = json.loads(self.install("plan", *FIRST[:-1], "--json", built=newer).output)
        actions = {item["path"]: item["action"] for item in plan["items"]}
        self.assertEqual({path for path, action in actions.items() if action != "unchanged"}, {"/etc/rancher/k3s/config.yaml.d/00-sealift.yaml"})
        self.install("--yes", built=newer)
        self.assertIn("servicelb", (self.root / "etc/rancher/k3s/config.yaml.d/00-sealift.yaml").read_text())
        before = self.listing(times=True)
        self.refuse(*FIRST, status=Exit.POLICY, part="is older than")
        self.refuse(*FIRST, status=Exit.POLICY, part="--allow-downgrade")
        self.unchanged(before, times=True)
        self.install(*FIRST, "--allow-downgrade")
        receipt = json.loads((self.root / "var/lib/sealift/receipts/line7.json").read_text())
        self.assertEqual(receipt["bundle"]["version"], "2026.11.0")
        self.assertTrue(any("--allow-downgrade" in each for each in receipt["warnings"]), receipt["warnings"])

    def test_two_bundles_never_own_one_path(self):
        self.install(*FIRST)
        errors = self.refuse(*FIRST, status=Exit.POLICY, part="belongs to the bundle line7", built=rival)
        self.assertIn("uninstall line7 first", errors)
        findings = json.loads(self.install("check", "--role", "first-server", "--json", built=rival, status=None).output)["findings"]
        self.assertIn("installed", [each["id"] for each in findings if each["verdict"] == "fail"])

    def test_uninstalling_leaves_what_is_not_ours(self):
        self.install(*FIRST)
        data = self.root / "var/lib/rancher/k3s/server/db"
        data.mkdir()
        (data / "state.db").write_text("data")
        (self.root / "etc/rancher/k3s/config.yaml").write_text("debug: true\n")
        product.run("sh", small.folder / "install.sh", "uninstall", "--root", self.root, "--yes", home=bench.home)
        self.assertEqual((data / "state.db").read_text(), "data")
        self.assertEqual((self.root / "etc/rancher/k3s/config.yaml").read_text(), "debug: true\n")
        left = [path for path, what in self.listing().items() if path not in self.empty and what[0][0] != "d"]
        self.assertEqual(sorted(path for path in left if not path.startswith("var/lib/sealift")),
                         ["etc/rancher/k3s/config.yaml", "var/lib/rancher/k3s/server/db/state.db"])


class SmallDisks(Rooted):
    """A disk without room for the image archives of two versions."""

    def setUp(self):
        super().setUp()
        scratch.run("mount", "-t", "tmpfs", "-o", "size=700m", "small", self.root)
        for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
            (self.root / name).mkdir(parents=True)
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")

    def available(self):
        found = os.statvfs(self.root)
        return found.f_bavail * found.f_frsize

    def test_old_image_archives_go_where_there_is_no_room_and_the_plan_says_so(self):
        ignored = ("--ignore", "space:/", "--ignore", "k3s.disk")
        self.install(*FIRST, *ignored)
        whole = json.loads(self.install("plan", "--json", *ignored, built=other_images).output)
        self.assertTrue(whole["keepsImages"])
        # Room for what is written and half of what is unpacked, besides a tenth in reserve.
        archive = entries(other_images, "first-server")["var/lib/rancher/k3s/agent/images/sealift-images.tar"]["size"]
        with open(self.root / "filler", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.available() - whole["bytes"] - archive // 2 - 70 * 2**20)
        plan = self.install("plan", "--json", *ignored, built=other_images, status=None)
        self.assertFalse(json.loads(plan.output)["keepsImages"])
        text = self.install("plan", *ignored, built=other_images, status=None).output
        self.assertRegex(text, "image archives")
        self.install("--yes", *ignored, built=other_images)
        (self.root / "filler").unlink()
        before = self.listing()
        done = product.run(other_images.folder / "sealift-install", "rollback", "--yes", "--root", self.root, home=bench.home, status=Exit.POLICY)
        self.assertIn("were not kept", done.errors)
        self.assertIn("--allow-downgrade", done.errors)
        self.unchanged(before)
        self.install(*FIRST, *ignored, "--allow-downgrade")
        self.assertIn("nothing was changed", self.install(*FIRST, *ignored).output)


class Refusing(Rooted):
    def test_roles_and_values_that_will_not_do(self):
        values = scratch.folder("values")
        self.addCleanup(scratch.remove, values)
        (values / "bad.env").write_text("NODE_IP 10.0.0.5\n")
        (values / "other.env").write_text("NODE_PI=10.0.0.5\n")
        table = {
            ("--yes",): "none was chosen", ("--role", "master", "--yes"): "no role", ("--role", "agent", *ADDRESS, "--yes"): "values are missing",
            ("--role", "first-server", "--set", "NODE_IP=10.0.0.256", "--yes"): "10.0.0.256",
            ("--role", "first-server", "--set", "NODE_PI=10.0.0.5", "--yes"): "did you mean NODE_IP?",
            ("--role", "first-server", "--set", f"K3S_TOKEN={TOKEN}", "--yes"): "is a secret",
            ("--role", "first-server", "--values", values / "bad.env", "--yes"): "line 1",
            ("--role", "first-server", "--values", values / "other.env", "--yes"): "NODE_PI",
            ("apply", "--role", "first-server", "--set", "NODE_IP"): "--set NAME=value", ("aply", "--yes"): 'did you mean "apply"?',
        }
        for words, part in table.items():
            with self.subTest(words=words):
                self.assertNotIn("hunter2", self.refuse(*words, status=Exit.USAGE, part=part))

    def test_nobody_to_ask(self):
        self.refuse("--role", "first-server", *ADDRESS, status=Exit.USAGE, part="there is no terminal")

    def test_bundles_that_are_not_to_be_trusted(self):
        _, other = bench.keygen("stranger")
        with forgery.copy(small.folder) as victim:
            self.refuse(*FIRST, status=Exit.NOT_TRUSTED, part="no pinned key has signed it", key=other)
            shutil.copy(bench.public_key, victim / "site.pub")
            self.refuse(*FIRST, status=Exit.NOT_TRUSTED, part="it lies inside the bundle", folder=victim, key=victim / "site.pub")
        with forgery.copy(small.folder) as victim:
            forgery.flip(victim / "SHA256SUMS", 3)
            self.refuse(*FIRST, status=Exit.NOT_TRUSTED, part="does not verify", folder=victim)

    def test_damage_wherever_it_is(self):
        names = [path.name for path in large.folder.iterdir() if path.is_file() and path.suffix not in (".json", ".html", ".txt")]
        for name in sorted([*names, "manifest.json"]):
            if name == "SHA256SUMS":
                continue
            with self.subTest(file=name), forgery.copy(large.folder) as victim:
                # Of the scripts and the installer a comment is hit: they must still start to be able to find it.
                at = {"install.sh": 40, "sealift-install": -1}.get(name, (large.folder / name).stat().st_size * 2 // 3)
                forgery.flip(victim / name, at)
                self.refuse(*FIRST, status=Exit.DAMAGED, part=name, folder=victim)

    def test_a_volume_that_ends_in_the_middle_or_is_gone(self):
        for change in (os.unlink, lambda path: forgery.edit(path, lambda data: data[:len(data) // 2]), forgery.link, forgery.pipe):
            with self.subTest(change=change), forgery.copy(large.folder) as victim:
                change(victim / "payload-003.tar.zst")
                self.refuse(*FIRST, status=Exit.DAMAGED, part="payload-003.tar.zst", folder=victim)

    def test_a_bundle_for_another_machine(self):
        other = "arm64" if product.ARCHITECTURE == "amd64" else "amd64"
        program = bytearray(product.installer().read_bytes())
        program[18:20] = (183 if other == "arm64" else 62).to_bytes(2, "little")
        foreign = bench.folder / "foreign-installer"
        foreign.write_bytes(program)
        built = bench.build(bench.define("foreign", platform={"profile": "k3s", "version": "v1.31", "arch": other}), "--installer", foreign)
        self.refuse(*FIRST, status=Exit.REQUIREMENTS, part="this bundle is for", built=built)
        command = [product.installer(), *FIRST, "--bundle", built.folder, "--root", self.root, "--key", bench.public_key]
        errors = product.run(*command, home=bench.home, status=Exit.REQUIREMENTS).errors
        self.assertIn("architecture", errors)
        self.unchanged(self.empty)

    def test_one_at_a_time(self):
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self.refuse(*FIRST, status=Exit.BUSY)
        finally:
            os.close(descriptor)
        self.install(*FIRST)

    def test_targets_without_room_or_not_for_writing(self):
        for options, status in (("size=20m", Exit.REQUIREMENTS), ("size=700m,nr_inodes=60", Exit.REQUIREMENTS), ("size=700m,ro", Exit.REQUIREMENTS)):
            with self.subTest(mount=options):
                target = scratch.folder("target")
                scratch.run("mount", "-t", "tmpfs", "-o", options.replace(",ro", ""), "target", target)
                try:
                    for name in ("etc", "usr/local", "var/lib"):
                        (target / name).mkdir(parents=True)
                    if options.endswith(",ro"):
                        scratch.run("mount", "-o", "remount,ro", target)
                    before = tree.listing(target)
                    command = ["sh", large.folder / "install.sh", *FIRST, "--root", target, "--key", bench.public_key]
                    errors = product.run(*command, home=bench.home, status=None)
                    self.assertIn(errors.status, (status, Exit.INPUT_OUTPUT), errors.errors)
                    self.assertEqual(tree.changes(before, tree.listing(target)), [])
                    counted["refused"] += 1
                finally:
                    scratch.remove(target)

    def test_links_in_the_target_lead_nowhere(self):
        """Somebody put links where folders belong: nothing is written through them."""
        outside = scratch.folder("outside")
        self.addCleanup(scratch.remove, outside)
        for place in ("etc/rancher", "etc/rancher/k3s", "usr/local/bin", "var/lib/rancher/k3s/agent/images", "etc/systemd", "var/lib/sealift", "var"):
            with self.subTest(link=place):
                self.setUp()
                path = self.root / place
                shutil.rmtree(path, ignore_errors=True)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(outside)
                before = self.listing()
                done = self.install(*FIRST, status=None)
                self.assertNotEqual(done.status, Exit.DONE)
                self.assertEqual(list(outside.iterdir()), [])
                self.unchanged(before)

    def test_files_where_folders_belong_and_the_reverse(self):
        for place, make in (("etc/rancher", lambda path: path.write_text("mine")), ("usr/local/bin/k3s", lambda path: path.mkdir()),
                            ("var/lib/sealift", lambda path: path.write_text("mine"))):
            with self.subTest(place=place):
                self.setUp()
                make(self.root / place)
                before = self.listing()
                done = self.install(*FIRST, status=None)
                self.assertNotIn(done.status, (Exit.DONE, Exit.INTERNAL, Exit.NEEDS_RECOVERY), done.errors)
                self.unchanged(before)

    def test_places_where_programs_must_not_run(self):
        """The stick and the usual folder for temporary files are noexec: install.sh finds another place, and leaves nothing there."""
        temporary = scratch.folder("noexec")
        self.addCleanup(scratch.remove, temporary)
        scratch.run("mount", "-t", "tmpfs", "-o", "noexec", "noexec", temporary)
        before = set(os.listdir("/var/tmp"))
        self.install(*FIRST, TMPDIR=temporary)
        self.assertEqual(os.listdir(temporary), [])
        self.assertEqual([name for name in set(os.listdir("/var/tmp")) - before if name.startswith("sealift.")], [])


class Faults(Rooted):
    """The run is killed, or refused by the kernel, at one call after the other."""

    def strace(self, *inject):
        """Runs the installer itself under strace, with one fault; its exit status and what it said."""
        scratch.need("strace")
        command = ["strace", "-f", "-qqq", "-o", self.root.parent / f"{self.root.name}.trace", *inject, small.folder / "sealift-install", "apply", *FIRST[:-1],
                   "--bundle", small.folder, "--root", self.root, "--key", bench.public_key]
        self.addCleanup((self.root.parent / f"{self.root.name}.trace").unlink, missing_ok=True)
        return product.run(*command, home=bench.home, status=None)

    def calls(self, *names):
        """How often each call is made in a run that goes well."""
        done = self.strace("-e", f"trace={','.join(names)}")
        self.assertEqual(done.status, Exit.DONE, done.errors)
        text = (self.root.parent / f"{self.root.name}.trace").read_text()
        self.setUp()
        return {name: len(re.findall(rf"(?m)^\d+ +{name}\(", text)) for name in names}

    def points(self, count, most):
        """Up to `most` of the numbers 1…count, the first and the last among them."""
        return range(1, count + 1) if os.environ.get("SEALIFT_LONG") else sorted({1 + round(step * (count - 1) / (most - 1)) for step in range(most)})

    def test_killed_at_any_call_it_is_all_old_or_all_new(self):
        calls = self.calls("renameat", "fsync", "openat2", "mkdirat", "unlinkat", "write", "chmod", "linkat", "symlinkat")
        wanted = entries(small, "first-server")
        for name, count in calls.items():
            for number in self.points(count, 3) if count else []:
                with self.subTest(call=name, number=number):
                    self.setUp()
                    done = self.strace("-e", f"inject={name}:signal=KILL:when={number}")
                    if done.status == Exit.DONE:
                        continue  # a call more or less, as progress has it: this run did not come to that number
                    self.assertIn(done.status, (-signal.SIGKILL, 128 + signal.SIGKILL), done.errors)
                    self.no_half_files(wanted)
                    self.install_again(wanted)
                    counted["faults survived"] += 1

    def no_half_files(self, wanted):
        found = self.listing()
        for place, entry in wanted.items():
            if entry["kind"] == "file" and place in found:
                self.assertEqual(found[place][3:5], (entry["size"], entry["sha256"]), place)

    def install_again(self, wanted):
        recovering = ["recover", "--root", self.root]
        product.run(small.folder / "sealift-install", *recovering, home=bench.home)
        after = self.listing()
        laid = [place for place, entry in wanted.items() if entry["kind"] != "directory" and place in after]
        self.assertIn(len(laid), (0, len([entry for entry in wanted.values() if entry["kind"] != "directory"])), laid)
        if not laid:
            left = [path for path in after if path not in self.empty and path not in ("var/lib/sealift",)]
            self.assertEqual([path for path in left if not path.startswith("var/lib/sealift/")], [])
        product.run(small.folder / "sealift-install", *recovering, home=bench.home)
        self.unchanged(after)
        self.install(*FIRST)
        self.assertIn("nothing was changed", self.install(*FIRST).output)

    def test_a_call_that_the_kernel_refuses_leaves_the_root_as_it_was(self):
        calls = self.calls("renameat", "fsync", "write", "mkdirat", "fchown")
        for name, error in (("renameat", "EIO"), ("fsync", "EIO"), ("write", "ENOSPC"), ("mkdirat", "ENOSPC"), ("fchown", "EPERM")):
            for number in self.points(calls[name], 3) if calls[name] else []:
                with self.subTest(call=name, error=error, number=number):
                    self.setUp()
                    done = self.strace("-e", f"inject={name}:error={error}:when={number}")
                    if done.status == Exit.DONE:
                        continue  # a message that could not be written, or a call with another way round
                    self.assertIn(done.status, (Exit.RESTORED, Exit.INPUT_OUTPUT), done.errors)
                    self.assertEqual([each for each in tree.changes(self.empty, self.listing()) if "var/lib/sealift" not in each], [])
                    counted["faults survived"] += 1

    def test_who_looks_after_a_cut_is_not_sent_to_uninstall_what_is_ours(self):
        count = self.calls("renameat")["renameat"]
        # The last cut but for those after the point of no return, where the journal has got its other name.
        for number in range(count, 0, -1):
            self.setUp()
            self.strace("-e", f"inject=renameat:signal=KILL:when={number}")
            if (self.root / "var/lib/sealift/journal").exists():
                break
        self.assertTrue((self.root / "usr/local/bin/k3s").exists(), "the cut came too early to show anything")
        for words in (("check", "--role", "first-server"), ("plan", *FIRST[:-1])):
            done = self.install(*words, "--json", status=None)
            self.assertIn("sealift-install recover", done.errors)
            found = json.loads(done.output)
            found = found.get("checks", found)["findings"]
            verdicts = {each["id"]: each["verdict"] for each in found}
            self.assertEqual((verdicts["k3s.installed"], verdicts["k3s.links"]), ("pass", "pass"))
        self.install_again(entries(small, "first-server"))

    def test_a_secret_is_in_no_command_line(self):
        values = scratch.folder("values") / "join.env"
        self.addCleanup(scratch.remove, values.parent)
        values.write_text(f"K3S_URL=https://192.168.10.5:6443\nK3S_TOKEN={TOKEN}\n")
        values.chmod(0o600)
        trace = self.root.parent / f"{self.root.name}.trace"
        self.addCleanup(trace.unlink, missing_ok=True)
        command = ["strace", "-f", "-qqq", "-v", "-s", "65536", "-e", "trace=execve", "-o", trace, *self.command(
            "apply", "--role", "agent", *ADDRESS, "--values", values, "--json")]
        done = product.run(*command, home=bench.home)
        self.assertIn(TOKEN, (self.root / "etc/systemd/system/k3s-agent.service.env").read_text())
        self.assertGreater(trace.read_text().count("execve("), 3)
        for text in (trace.read_text(), done.output, done.errors):
            self.assertNotIn("hunter2", text)
        holding = [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink() and b"hunter2" in path.read_bytes()]
        self.assertEqual([(path.name, path.stat().st_mode & 0o777) for path in holding], [("k3s-agent.service.env", 0o600)])

    def test_asked_to_stop_it_stops_and_leaves_the_root_as_it_was(self):
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=name.name):
                self.setUp()
                done = self.strace("-e", f"inject=fsync:signal={name.name}:when=3")
                self.assertEqual(done.status, Exit.RESTORED, done.errors)
                self.assertIn("stopped as asked", done.errors)
                self.unchanged(self.empty)
                counted["faults survived"] += 1


class SeveralSticks(Rooted):
    """The volumes of the large bundle are spread over sticks; signature and manifest are on the first."""

    def setUp(self):
        super().setUp()
        self.first = self.enterContext(forgery.copy(large.folder))
        self.second = scratch.folder("second-stick")
        self.addCleanup(scratch.remove, self.second)
        (self.first / VOLUME).rename(self.second / VOLUME)

    def installed(self):
        self.assertEqual((self.root / "opt/acme/data").stat().st_size, entries(large, "first-server")["opt/acme/data"]["size"])

    def test_each_volume_is_taken_from_where_it_is(self):
        for verb in ("verify", "apply"):
            words = (verb,) if verb == "verify" else (verb, *FIRST[:-1])
            self.assertIn(VOLUME, self.refuse(*words, status=Exit.DAMAGED, part="volume 2 of", folder=self.first))
            self.install(*words, "--bundle", self.second, folder=self.first)
        self.installed()
        self.assertIn("nothing was changed", self.install(*FIRST, "--bundle", self.second, folder=self.first).output)
        # What is laid already needs no second stick.
        self.assertIn("nothing was changed", self.install(*FIRST, folder=self.first).output)

    def test_a_folder_called_like_the_bundle_on_the_second_stick(self):
        (self.second / large.folder.name).mkdir()
        (self.second / VOLUME).rename(self.second / large.folder.name / VOLUME)
        self.install(*FIRST, "--bundle", self.second, folder=self.first)
        self.installed()

    def test_a_missing_volume_says_where_it_was_looked_for(self):
        (self.second / VOLUME).unlink()
        errors = self.refuse(*FIRST, "--bundle", self.second, status=Exit.DAMAGED, part="payload-002.tar.zst", folder=self.first)
        for part in (str(self.first), str(self.second), "volume 2 of", "--bundle"):
            self.assertIn(part, errors)
        self.refuse(*FIRST, "--bundle", self.second / "none", status=Exit.INPUT_OUTPUT, part="none", folder=self.first)

    def test_the_stick_of_another_bundle_is_passed_over(self):
        wrong = scratch.folder("wrong-stick")
        self.addCleanup(scratch.remove, wrong)
        data = (self.second / VOLUME).read_bytes()
        (wrong / VOLUME).write_bytes(bytes(len(data)))
        self.assertIn(str(wrong), self.refuse(*FIRST, "--bundle", wrong, status=Exit.DAMAGED, part="another bundle's", folder=self.first))
        self.install(*FIRST, "--bundle", wrong, "--bundle", self.second, folder=self.first)
        self.installed()

    def test_a_damaged_volume_on_the_second_stick(self):
        forgery.flip(self.second / VOLUME, -100)
        errors = self.refuse(*FIRST, "--bundle", self.second, status=Exit.DAMAGED, part=VOLUME, folder=self.first)
        self.assertRegex(errors, r"chunk \d+ of \"payload-002.tar.zst\" is not what was signed")
        self.assertIn("holds: ", errors)

    def talk(self, *words):
        return terminal.Terminal(self.command(*words, "--role", "first-server", *ADDRESS, folder=self.first), product.environment(bench.home, TERM="xterm"))

    def test_a_person_is_asked_for_the_stick(self):
        with self.talk("apply") as person:
            for name in ("K3S_TOKEN", "K3S_AGENT_TOKEN"):
                person.expect(f"{name}: ")
                person.answer("")
            person.expect("volume 2 of")
            person.answer(str(self.second / "nowhere"))
            person.expect("cannot resolve")
            person.expect("q to stop: ")
            person.answer("")  # not yet
            person.expect("q to stop: ")
            person.answer(str(self.second))
            self.assertEqual(person.finish(), Exit.DONE, person.transcript)
        self.installed()

    def test_a_person_who_has_no_such_stick_stops(self):
        with self.talk("apply") as person:
            for name in ("K3S_TOKEN", "K3S_AGENT_TOKEN"):
                person.expect(f"{name}: ")
                person.answer("")
            person.expect("q to stop: ")
            person.answer("q")
            self.assertEqual(person.finish(), Exit.DAMAGED, person.transcript)
        self.assertIn("as it was before", person.transcript)
        self.assertEqual([each for each in tree.changes(self.empty, self.listing()) if "var/lib/sealift" not in each], [])


def is_open(path):
    """Whether some process reads the file."""
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == str(path):
                return True
    return False


class PulledOut(Rooted):
    """The stick goes while it is read."""

    def run_under(self, *inject):
        scratch.need("strace")
        return product.run("strace", "-f", "-qqq", "-o", "/dev/null", *inject, large.folder / "sealift-install", "apply", *FIRST[:-1], "--bundle", large.folder,
                           "--root", self.root, "--key", bench.public_key, home=bench.home, status=None)

    def test_reads_that_fail_leave_the_root_as_it_was(self):
        for error in ("EIO", "ENODEV", "ENXIO"):
            for volume, number in (("payload-001.tar.zst", 1), ("payload-001.tar.zst", 3), ("payload-003.tar.zst", 2)):
                with self.subTest(error=error, volume=volume, number=number):
                    done = self.run_under("-P", large.folder / volume, "-e", "trace=pread64", "-e", f"inject=pread64:error={error}:when={number}+")
                    self.assertEqual(done.status, Exit.INPUT_OUTPUT, done.errors)
                    for part in (volume, "if the stick was pulled out, put it back", "as it was before"):
                        self.assertIn(part, done.errors)
                    self.unchanged(self.empty)
                    counted["faults survived"] += 1

    def test_a_stick_that_is_unmounted_meanwhile(self):
        """Its mount is gone between two volumes: what is open is still read, the next volume is missing."""
        stick = scratch.folder("stick")
        self.addCleanup(scratch.remove, stick)
        scratch.run("mount", "--bind", large.folder, stick)
        # Each read of the first volume takes a while.
        command = ["strace", "-f", "-qqq", "-o", "/dev/null", "-P", stick / "payload-001.tar.zst", "-e", "trace=pread64", "-e", "inject=pread64:delay_enter=700000",
                   large.folder / "sealift-install", "apply", *FIRST[:-1], "--bundle", stick, "--root", self.root, "--key", bench.public_key]
        running = subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, start_new_session=True,
                                   env=product.environment(bench.home))
        scratch.wait_until(lambda: is_open(stick / "payload-001.tar.zst"), "the first volume", timeout=60)
        scratch.run("umount", "-l", stick)
        errors = running.communicate(timeout=120)[1]
        self.assertEqual(running.returncode, Exit.DAMAGED, errors)
        for part in ("payload-002.tar.zst", str(stick), "as it was before"):
            self.assertIn(part, errors)
        self.unchanged(self.empty)
        counted["faults survived"] += 1


class Talking(Rooted):
    """A person at a terminal."""

    def talk(self, *words, built=None):
        return terminal.Terminal(self.command(*words, built=built), product.environment(bench.home, TERM="xterm"))

    def test_no_changes_nothing(self):
        for answer in ("n", "", "maybe", "yesno"):
            with self.subTest(answer=answer), self.talk("--role", "first-server", *ADDRESS) as person:
                self.leave_empty(person, "K3S_TOKEN", "K3S_AGENT_TOKEN")
                person.expect("/usr/local/bin/k3s")
                person.expect("do this? [y/N]")
                person.answer(answer)
                self.assertNotEqual(person.finish(), Exit.DONE)
                self.assertIn("nothing was done", person.transcript)
                self.unchanged(self.empty)

    def test_yes_installs_after_asking_for_role_and_values(self):
        with self.talk() as person:
            person.expect("which role has this machine?")
            person.answer("3")
            person.expect("NODE_IP")
            person.answer("192.168.10.256")
            person.expect("not ")
            person.answer("192.168.10.7")
            for name, value in self.asked(person):
                person.answer(value)
            person.expect("do this? [y/N]")
            person.answer("y")
            self.assertEqual(person.finish(), Exit.DONE, person.transcript)
        self.assertNotIn("hunter2", person.transcript)
        self.assertIn("hunter2", (self.root / "etc/systemd/system/k3s-agent.service.env").read_text())
        self.assertIn("192.168.10.7", (self.root / "etc/rancher/k3s/config.yaml.d/00-sealift.yaml").read_text())

    @staticmethod
    def leave_empty(person, *names):
        for name in names:
            person.expect(f"{name}: ")
            person.answer("")

    @staticmethod
    def asked(person):
        for name, value in (("K3S_URL", "https://192.168.10.5:6443"), ("K3S_TOKEN", TOKEN)):
            person.expect(name)
            yield name, value

    def test_ctrl_c_at_the_question_changes_nothing(self):
        with self.talk("--role", "first-server", *ADDRESS) as person:
            self.leave_empty(person, "K3S_TOKEN", "K3S_AGENT_TOKEN")
            person.expect("do this? [y/N]")
            person.type("\x03")
            self.assertNotEqual(person.finish(), Exit.DONE)
        self.unchanged(self.empty)


class Machines(unittest.TestCase):
    """What both kinds of machine tests share."""

    NOISE = re.compile(r"^(var/(log|cache|tmp|lib/(systemd|dbus|private))|run|tmp|dev|root/\.|etc/(machine-id|\.pwd\.lock|resolv\.conf|mtab))")

    @classmethod
    def boot(cls, **options):
        site = cls.enterClassContext(machine.Machine(stick=bench.output, **options))
        folder = site.path("/etc/sealift/trusted-keys")
        folder.mkdir(parents=True)
        shutil.copy(bench.public_key, folder)
        return site

    def stick(self, *words, site=None, built=None, status=Exit.DONE):
        """`sh install.sh` from the stick, which is read-only and noexec; the key is one of the site's own."""
        done = (site or self.site).run("sh", f"{machine.MEDIUM}/{(built or small).folder.name}/install.sh", *words, check=False)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def disk(self, site=None):
        """Everything that differs from the image the machine was made of, but for what systemd itself writes."""
        found = tree.listing((site or self.site).folder / "disk/upper", times=True)
        return {path: what for path, what in found.items() if not self.NOISE.match(path) and what[0][0] != "d"}

    def refuse(self, *words, part, status=Exit.REQUIREMENTS, **more):
        before = self.disk(more.get("site"))
        done = self.stick(*words, status=status, **more)
        self.assertIn(part, done.stdout + done.stderr)
        self.assertEqual(tree.changes(before, self.disk(more.get("site"))), [])
        counted["refused"] += 1
        return done


class BareMachine(Machines):
    """Nothing is installed, and after each of these tests still nothing is."""

    @classmethod
    def setUpClass(cls):
        cls.site = cls.boot()

    def tearDown(self):
        self.site.run("ip", "route", "flush", "default", check=False)

    def test_without_a_default_route_it_says_what_to_do(self):
        done = self.refuse(*FIRST, part="k3s.route")
        self.assertIn("ip route add default via 203.0.113.255", done.stderr)
        self.refuse("check", "--role", "first-server", part="FAIL  k3s.route")

    def test_a_port_that_is_taken(self):
        self.site.add_default_route()
        with self.taken(6443):
            self.refuse(*FIRST, part="6443/tcp")

    @contextlib.contextmanager
    def taken(self, port):
        """Somebody listens there."""
        self.site.run("systemd-run", "--unit=taken", "--collect", "perl", "-MIO::Socket::INET", "-e",
                      f"open(S, '<&', IO::Socket::INET->new(LocalPort => {port}, Listen => 1)) or die; sleep 600")
        try:
            scratch.wait_until(lambda: f":{port}" in self.site.run("ss", "-ltn").stdout, "the port")
            yield
        finally:
            self.site.run("systemctl", "stop", "taken", check=False)

    def test_all_findings_at_once(self):
        self.site.run("sh", "-c", "mkdir -p /usr/local/bin && : > /usr/local/bin/kubectl")
        try:
            with self.taken(10250):
                errors = self.refuse(*FIRST, part="10250/tcp").stderr
                for part in ("k3s.route", "/usr/local/bin/kubectl"):
                    self.assertIn(part, errors)
                findings = json.loads(self.stick("check", "--role", "first-server", "--json", status=Exit.REQUIREMENTS).stdout)["findings"]
                self.assertTrue({"k3s.route", "k3s.ports.server", "k3s.links"} <= {each["id"] for each in findings if each["verdict"] == "fail"})
        finally:
            self.site.run("rm", "/usr/local/bin/kubectl")

    def test_looking_changes_nothing(self):
        self.site.add_default_route()
        before = self.disk()
        for words in (("check", "--role", "first-server"), ("plan", *FIRST[:-1]), ("plan", *FIRST[:-1], "--json"), ("status",), ("verify",)):
            with self.subTest(words=words):
                self.stick(*words)
                self.assertEqual(tree.changes(before, self.disk()), [])
        self.assertEqual(self.site.run("sh", "-c", "ls -d /tmp/sealift.* /var/tmp/sealift.* 2>/dev/null | wc -l").stdout, "0\n")

    def test_a_unit_that_does_not_start_leaves_the_machine_as_it_was(self):
        self.site.add_default_route()
        self.site.run("systemctl", "set-environment", "K3S_STAND_IN_FAIL=1")
        self.site.run("sh", "-c", "mkdir -p /run/systemd/system/k3s.service.d && printf '[Service]\\nRestartSec=50ms\\n' > /run/systemd/system/k3s.service.d/q.conf")
        before = self.disk()
        try:
            done = self.stick(*FIRST, status=Exit.RESTORED)
        finally:
            self.site.run("systemctl", "unset-environment", "K3S_STAND_IN_FAIL")
            self.site.run("rm", "-r", "/run/systemd/system/k3s.service.d")
        self.assertIn("told to fail by K3S_STAND_IN_FAIL", done.stderr, done.stderr[-3000:])
        self.assertEqual([each for each in tree.changes(before, self.disk()) if "var/lib/sealift" not in each], [])
        self.assertFalse(self.site.is_active("k3s.service"))
        self.assertNotEqual(self.site.run("systemctl", "is-enabled", "k3s.service", check=False).stdout, "enabled\n")
        counted["faults survived"] += 1

    def test_a_tampered_stick(self):
        self.site.add_default_route()
        stick = bench.output / f"tampered-{small.folder.name}"
        shutil.copytree(small.folder, stick)
        try:
            forgery.flip(stick / "payload-001.tar.zst", -1000)
            built = workbench.Built(stick, {})
            self.refuse(*FIRST, part="payload-001.tar.zst", status=Exit.DAMAGED, built=built)
            forgery.flip(stick / "manifest.json", 100)
            self.refuse(*FIRST, part="manifest.json", status=Exit.DAMAGED, built=built)
            forgery.flip(stick / "SHA256SUMS", 100)
            self.refuse(*FIRST, part="does not verify", status=Exit.NOT_TRUSTED, built=built)
        finally:
            shutil.rmtree(stick)


class SmallMachine(Machines):
    def test_a_disk_too_small_is_told_with_figures(self):
        site = self.boot(size="300m")
        site.add_default_route()
        done = self.refuse(*FIRST, part="space:", site=site)
        self.assertRegex(done.stderr, r"\d MiB")

    def test_a_disk_that_fills_up_meanwhile_leaves_the_machine_as_it_was(self):
        """Whoever says that space does not matter finds out in the middle."""
        site = self.boot(size="400m")
        site.add_default_route()
        needed = sum(entry["size"] for entry in entries(small, "first-server").values() if entry["kind"] == "file")
        site.run("sh", "-c", f"head -c $(($(stat -f -c '%a*%S' /var/lib) - {needed * 2 // 3})) /dev/zero > /var/filler")
        findings = json.loads(self.stick("check", "--role", "first-server", "--json", status=Exit.REQUIREMENTS, site=site).stdout)["findings"]
        ignored = [word for each in findings if each["verdict"] == "fail" for word in ("--ignore", each["id"])]
        self.assertIn("space:/", ignored)
        before = self.disk(site)
        done = self.stick(*FIRST, *ignored, site=site, status=Exit.INPUT_OUTPUT)
        for part in ("no space left", "free some space", "as it was before"):
            self.assertIn(part, done.stderr)
        self.assertEqual([each for each in tree.changes(before, self.disk(site)) if "var/lib/sealift" not in each], [])
        self.assertFalse(site.is_active("k3s.service"))
        site.run("rm", "/var/filler")
        self.stick(*FIRST, *ignored, site=site)
        counted["faults survived"] += 1


class InstalledMachine(Machines):
    """From the stick to a running node, once; then what one can do with it."""

    @classmethod
    def setUpClass(cls):
        cls.site = cls.boot()
        cls.site.add_default_route()
        (bench.output / "sites").mkdir(exist_ok=True)
        (bench.output / "sites" / f"{machine.HOST_NAME}.env").write_text("NODE_IP=192.168.10.9\n")
        cls.addClassCleanup(shutil.rmtree, bench.output / "sites")
        cls.done = cls.site.run("sh", f"{machine.MEDIUM}/{small.folder.name}/install.sh", "--role", "first-server", "--yes", check=False)

    def setUp(self):
        self.assertEqual(self.done.returncode, Exit.DONE, self.done.stdout + self.done.stderr)

    def images(self):
        lines = self.site.run("k3s", "ctr", "-n", "k8s.io", "images", "ls").stdout.splitlines()[1:]
        return {fields[0]: fields[2] for fields in map(str.split, lines)}

    def test_the_node_runs_with_the_images_of_the_registry(self):
        self.assertTrue(self.site.is_active("k3s.service"))
        self.assertEqual(self.site.run("systemctl", "is-enabled", "k3s.service").stdout, "enabled\n")
        self.assertEqual(self.site.run("k3s", "kubectl", "get", "nodes").stdout.split()[:2], [machine.HOST_NAME, "Ready"])
        self.assertEqual(self.images(), connected.digests)
        self.assertIn("Applying manifest /var/lib/rancher/k3s/server/manifests/plc-bridge.yaml", self.site.journal("k3s.service"))
        self.assertIn("install", self.done.stdout)

    def test_the_value_came_from_the_file_of_this_host(self):
        self.assertIn('node-ip: "192.168.10.9"', self.site.path("/etc/rancher/k3s/config.yaml.d/00-sealift.yaml").read_text())
        receipt = json.loads(self.site.path("/var/lib/sealift/receipts/line7.json").read_text())
        self.assertEqual((receipt["values"], receipt["units"]), ({"NODE_IP": "192.168.10.9"}, ["k3s.service"]))

    def test_a_second_run_changes_and_restarts_nothing(self):
        asked = ("systemctl", "show", "--property=ActiveEnterTimestampMonotonic,MainPID", "k3s.service")
        before, running = self.disk_of_files(), self.site.run(*asked).stdout
        self.assertIn("nothing was changed", self.stick("--yes").stdout)
        self.assertEqual(tree.changes(before, self.disk_of_files()), [])
        self.assertEqual(self.site.run(*asked).stdout, running)

    def disk_of_files(self):
        """What the platform itself writes while it runs is left out."""
        return {path: what for path, what in self.disk().items() if not re.match(r"var/lib/rancher/k3s/(agent/containerd|server/(token|node-token|db))", path)}

    def test_status_is_good_and_tells_what_was_changed(self):
        self.assertEqual(self.stick("status").returncode, Exit.DONE)
        killall = self.site.path("/usr/local/bin/k3s-killall.sh")
        text = killall.read_text()
        self.assertNotIn("k3s-killall", self.stick("status").stdout)
        self.site.run("sh", "-c", "echo >> /usr/local/bin/k3s-killall.sh")
        self.assertIn("k3s-killall.sh", self.stick("status").stdout)
        self.stick("--yes")
        self.assertEqual(killall.read_text(), text)

    def test_a_bundle_of_another_name_is_refused(self):
        self.refuse(*FIRST, part="belongs to the bundle line7", status=Exit.POLICY, built=rival)

    def test_a_second_installer_at_once_is_told_to_wait(self):
        command = ["sh", f"{machine.MEDIUM}/{small.folder.name}/install.sh", "--yes"]
        self.site.run("systemd-run", "--unit=holder", "flock", "/", "sleep", "60")
        scratch.wait_until(lambda: self.site.run("flock", "-n", "/", "true", check=False).returncode != 0, "the lock")
        try:
            done = self.site.run(*command, check=False)
            self.assertEqual(done.returncode, Exit.BUSY, done.stderr)
            counted["refused"] += 1
        finally:
            self.site.run("systemctl", "stop", "holder")

    def test_it_comes_up_again_without_the_stick(self):
        self.site.power_off()
        medium = self.site.binds.pop(next(host for host, inside in self.site.binds.items() if inside == machine.MEDIUM))
        self.assertEqual(medium, machine.MEDIUM)
        self.site.boot()
        self.site.add_default_route()
        scratch.wait_until(lambda: self.site.is_active("k3s.service"), "k3s after a boot", timeout=60)
        self.assertEqual(self.images(), connected.digests)
        self.site.power_off()
        self.site.binds[str(self.site.folder / "medium")] = machine.MEDIUM
        self.site.boot()
        self.site.add_default_route()


if __name__ == "__main__":
    unittest.main()
