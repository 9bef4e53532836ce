"""k0s on the site: its watched folder, its users, its refusals, and an isolated machine from a read-only stick."""
import contextlib
import json
import os
import re
import shutil
import signal
import unittest

import k0s_release
import laid
import machine
import platforms
import product
import scratch
import terminal
import tree
import watching
import workbench
import world

Exit = product.Exit
IMAGES, ARCHIVE = "var/lib/k0s/images", "sealift-images.tar"
SINGLE = ("--role", "single", "--set", "NODE_IP=192.168.10.5", "--yes")
PINNED = {"profile": "k0s", "version": k0s_release.VERSION, "arch": product.ARCHITECTURE}
USERS = ("etcd", "konnectivity-server", "kube-apiserver", "kube-scheduler")


def setUpModule():
    """The example, and a newer bundle of the same name with one image fewer."""
    global connected, bench, platform, small, newer
    scratch.need(root=True)
    scratch.need_modules("yaml")
    product.installer()
    connected = unittest.enterModuleContext(world.World(platform="k0s"))
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    platform = platforms.load("k0s")
    definition = platforms.copy_definition(platform, bench.folder / "definition")
    small = bench.build(definition)
    text = definition.read_text()
    definition.write_text(text.replace("2026.11.0", "2026.12.0").replace("images: [ghcr.io/acme/plc-bridge:2.3.1]\nmanifests: [./manifests]\n", ""))
    newer = bench.build(definition)


def define(name, **changes):
    """A definition without images and manifests of its own."""
    return bench.define(name, **{"platform": PINNED, "images": None, "manifests": None, "config": None, "variables": None, **changes})


class Rooted(unittest.TestCase):
    """A scratch root for each test."""

    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        laid.system(self.root)
        self.empty = tree.listing(self.root)

    def command(self, *words, built=None):
        keys = () if words[0] in ("status", "uninstall") else ("--key", bench.public_key)
        return ["sh", (built or small).folder / "install.sh", *words, "--root", self.root, *keys]

    def install(self, *words, built=None, status=Exit.DONE):
        return product.run(*self.command(*words, built=built), home=bench.home, status=status)


class WatchedFolder(Rooted):
    """While k0s runs, every file that appears in its folder is imported: only whole archives may ever stand there."""

    # Of names: nothing but the archive takes its place whole. Of the file: a second name outside, and its loss, change its link count.
    ALLOWED = {("moved_to", ARCHIVE), ("delete", ARCHIVE), ("attrib", ARCHIVE)}

    def setUp(self):
        super().setUp()
        self.folder = self.root / IMAGES
        self.folder.mkdir(parents=True)

    @contextlib.contextmanager
    def watched(self, *moves):
        """Nothing but whole archives comes and goes meanwhile; the number of each way is as told."""
        with watching.Watch(self.folder) as watch:
            yield
        self.assertEqual(set(watch.events) - self.ALLOWED, set(), watch.events)
        self.assertEqual([what for what, _ in watch.events if what != "attrib"], list(moves))

    def test_the_watch_sees_what_a_platform_would(self):
        with watching.Watch(self.folder) as watch:
            (self.folder / "half").write_bytes(b"x")
            (self.folder / "half").rename(self.folder / ARCHIVE)
            (self.folder / ARCHIVE).unlink()
        self.assertEqual(watch.events, [("create", "half"), ("modify", "half"), ("close_write", "half"), ("moved_from", "half"),
                                        ("moved_to", ARCHIVE), ("delete", ARCHIVE)])

    def test_an_archive_appears_whole_and_alone(self):
        with self.watched("moved_to"):
            self.install(*SINGLE)
        self.assertEqual([path.name for path in self.folder.iterdir()], [ARCHIVE])

    def test_an_upgrade_replaces_it_in_one_step(self):
        self.install(*SINGLE)
        with self.watched("moved_to"):
            self.install("--yes", built=newer)
        with self.watched():
            self.install("--yes", built=newer)

    def test_what_somebody_changed_is_replaced_without_a_copy_beside_it(self):
        self.install(*SINGLE)
        (self.folder / ARCHIVE).write_bytes(b"changed")
        with watching.Watch(self.folder) as watch:
            self.install("--yes", built=newer, status=None)
        self.assertEqual({name for _, name in watch.events} - {ARCHIVE}, set())
        self.assertEqual([path.name for path in self.folder.iterdir()], [ARCHIVE])

    def upgrade(self, fault):
        """Installs the newer bundle with one fault."""
        scratch.need("strace")
        return product.run("strace", "-f", "-qqq", "-o", bench.folder / "trace", "-e", fault, newer.folder / "sealift-install", "apply",
                           "--bundle", newer.folder, "--root", self.root, "--key", bench.public_key, home=bench.home, status=None)

    def test_taking_an_upgrade_back_puts_nothing_else_there(self):
        self.install(*SINGLE)
        before = tree.listing(self.root)
        restored, laid_first = 0, 0
        for number in range(1, 6):
            with self.subTest(rename=number), watching.Watch(self.folder) as watch:
                done = self.upgrade(f"inject=renameat,renameat2:error=EIO:when={number}")
                if done.status == Exit.DONE:
                    self.install(*SINGLE, "--allow-downgrade")
                else:
                    restored, laid_first = restored + 1, laid_first + (("moved_to", ARCHIVE) in watch.read())
                    self.assertEqual([each for each in tree.changes(before, tree.listing(self.root)) if laid.STATE not in each], [])
                self.assertEqual(set(watch.read()) - self.ALLOWED, set())
        self.assertGreater(restored, 1)
        self.assertGreater(laid_first, 0, "no failure came after the archive was replaced")

    def test_a_run_that_is_killed_and_recovered_puts_nothing_else_there(self):
        self.install(*SINGLE)
        for number in (1, 4, 8):
            with self.subTest(fsync=number), watching.Watch(self.folder) as watch:
                self.assertEqual(self.upgrade(f"inject=fsync:signal={signal.SIGKILL.name}:when={number}").status, -signal.SIGKILL)
                self.install("recover", status=None)
                self.assertEqual(set(watch.read()) - self.ALLOWED, set())
                self.assertEqual([path.name for path in self.folder.iterdir()], [ARCHIVE])

    def test_uninstalling_takes_it_away(self):
        self.install(*SINGLE)
        with self.watched("delete"):
            self.install("uninstall", "--yes")

    def test_a_disk_of_its_own_for_the_folder_is_refused_before_anything_is_written(self):
        scratch.run("mount", "-t", "tmpfs", "-o", "size=2g", "images", self.folder)
        try:
            with self.watched():
                done = self.install(*SINGLE, status=Exit.REQUIREMENTS)
            self.assertIn("every folder of its file system is watched by the platform", done.errors)
            self.assertEqual(list(self.folder.iterdir()), [])
        finally:
            scratch.run("umount", self.folder)


class Refusing(Rooted):
    def test_a_further_controller_without_a_token_is_an_error_and_never_a_second_cluster(self):
        for role in ("controller", "controller-worker", "worker"):
            with self.subTest(role=role):
                address = () if role == "worker" else ("--set", "NODE_IP=192.168.10.8")
                done = self.install("--role", role, *address, "--yes", status=Exit.USAGE)
                self.assertIn("K0S_TOKEN", done.errors)
                self.assertEqual(tree.listing(self.root), self.empty)

    def test_a_controller_needs_an_address_and_a_single_machine_does_not(self):
        self.assertIn("NODE_IP", self.install("--role", "first-controller", "--yes", status=Exit.USAGE).errors)
        self.install("--role", "single", "--yes")
        self.assertEqual(self.config()["spec"]["api"], {"port": 6443, "sans": ["hall3.plant.example"]})

    def config(self):
        import yaml
        return yaml.safe_load((self.root / "etc/k0s/k0s.yaml").read_text())

    def test_a_token_on_the_command_line_is_refused(self):
        done = self.install("--role", "worker", "--set", "K0S_TOKEN=H4sIhunter2", "--yes", status=Exit.USAGE)
        self.assertIn("is a secret", done.errors)
        self.assertNotIn("hunter2", done.errors)

    def test_a_token_that_is_typed_is_neither_shown_nor_kept_elsewhere(self):
        with terminal.Terminal(self.command("--role", "worker"), product.environment(bench.home, TERM="xterm")) as person:
            person.expect("K0S_TOKEN")
            person.answer("H4sIhunter2")
            person.expect("do this? [y/N]")
            person.answer("y")
            self.assertEqual(person.finish(), Exit.DONE, person.transcript)
        self.assertNotIn("hunter2", person.transcript)
        holding = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]
        self.assertEqual(holding, ["etc/k0s/join-token"])


class Users(Rooted):
    """Without its users k0s runs everything as root, and only its log says so."""

    def files(self):
        return {name: (self.root / "etc" / name).read_text() for name in ("passwd", "group", "shadow", "gshadow") if (self.root / "etc" / name).exists()}

    def test_uninstalling_leaves_the_files_of_users_as_they_were(self):
        (self.root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
        (self.root / "etc/gshadow").write_text("root:*::\n")
        before = self.files()
        self.install(*SINGLE)
        self.assertNotEqual(self.files(), before)
        self.install("uninstall", "--yes")
        self.assertEqual(self.files(), before)

    def test_uninstalling_takes_only_users_that_came_with_the_bundle(self):
        with open(self.root / "etc/passwd", "a") as file:
            file.write("etcd:x:412:77:of the site:/srv/etcd:/bin/false\n")
        with open(self.root / "etc/group", "a") as file:
            file.write("kube-scheduler:x:500:root\n")
        before = self.files()
        self.install(*SINGLE)
        self.install("--yes", built=newer)
        self.install("uninstall", "--yes", built=newer)
        self.assertEqual(self.files(), before)

    def test_who_owns_data_stays_until_it_is_purged(self):
        self.install("--role", "first-controller", "--set", "NODE_IP=192.168.10.6", "--yes")
        number = next(int(line.split(":")[2]) for line in self.files()["passwd"].splitlines() if line.startswith("etcd:"))
        data = self.root / "var/lib/k0s/etcd"
        data.mkdir()
        os.chown(data, number, number)
        said = self.install("uninstall", "--yes")
        self.assertRegex(said.output + said.errors, "keep +user etcd, who owns /var/lib/k0s/etcd")
        self.assertRegex(said.output + said.errors, "remove +user keepalived")
        self.assertEqual([line.split(":")[0] for line in self.files()["passwd"].splitlines()], ["root", "etcd"])
        self.install("--role", "first-controller", "--set", "NODE_IP=192.168.10.6", "--yes")
        self.install("uninstall", "--yes", "--purge")
        self.assertFalse((self.root / "var/lib/k0s").exists())

    def test_who_is_there_keeps_number_home_and_shell(self):
        with open(self.root / "etc/passwd", "a") as file:
            file.write("etcd:x:412:77:of the site:/srv/etcd:/bin/false\n")
        self.install(*SINGLE)
        lines = {line.split(":")[0]: line for line in (self.root / "etc/passwd").read_text().splitlines()}
        self.assertEqual(lines["etcd"], "etcd:x:412:77:of the site:/srv/etcd:/bin/false")
        self.assertEqual(set(lines), {"root", *USERS})

    def test_the_shadow_files_lock_them(self):
        for name in ("shadow", "gshadow"):
            (self.root / "etc" / name).write_text("root:*::\n" if name == "gshadow" else "root:*:19000:0:99999:7:::\n")
            (self.root / "etc" / name).chmod(0o640)
        self.install(*SINGLE)
        shadow = {line.split(":")[0]: line.split(":")[1] for line in (self.root / "etc/shadow").read_text().splitlines()}
        self.assertEqual(shadow, {"root": "*", **{name: "!*" for name in USERS}})
        self.assertEqual((self.root / "etc/shadow").stat().st_mode & 0o777, 0o640)


class Releases(unittest.TestCase):
    """Both ways in which the makers have named their assets, on both architectures; and releases that lack something."""

    @classmethod
    def setUpClass(cls):
        cls.renamed = k0s_release.Release(connected.layout, k0s_release.RENAMED)
        cls.renamed.publish(connected.mirror)
        connected.mirror.add("/stable.txt", f"{k0s_release.VERSION}\n".encode())
        cls.releases = (connected.release, cls.renamed)

    def setUp(self):
        connected.mirror.faults.clear()

    def test_each_asset_is_found_by_the_name_it_has_in_that_version(self):
        for release in self.releases:
            for architecture in k0s_release.ARCHITECTURES:
                with self.subTest(version=release.version, architecture=architecture):
                    definition = define("named", platform={**PINNED, "version": release.version, "arch": architecture})
                    bench.sealift("lock", definition, "--cache", bench.cache, *connected.options)
                    lock = definition.with_name("named.yaml.lock").read_text()
                    for asset in (f"k0s-{release.version}-{architecture}", release.image_list(architecture), "sha256sums.txt"):
                        self.assertIn(release.path(asset), lock)

    def test_the_makers_own_bundle_is_laid_as_a_plain_tar(self):
        for release in self.releases:
            with self.subTest(version=release.version):
                definition = define("vendor", platform={**PINNED, "version": release.version}, **{"image-source": "vendor-archive"})
                built = bench.build(definition)
                bundle = bench.extract(built, f"{IMAGES}/k0s-airgap-bundle.tar")
                self.assertEqual(bundle.read_bytes(), release.assets[release.bundle(product.ARCHITECTURE)])
                shutil.rmtree(built.folder)

    def refuse(self, *parts, status=Exit.GATHERING, **changes):
        cache = scratch.folder("cache")
        self.addCleanup(scratch.remove, cache)
        errors = bench.refused(status, define("refused", **changes), cache=cache)
        for part in parts:
            self.assertIn(part, errors)
        self.assertRegex(errors, r"(?m)^sealift:   next: ")

    def without(self, *assets, version="v1.34.3+k0s.0", sums=None):
        """A release of its own that lacks these."""
        release = k0s_release.Release(connected.layout, version)
        for asset in assets:
            release.assets.pop(asset)
        if sums is not None:
            release.assets["sha256sums.txt"] = sums(release.assets["sha256sums.txt"])
        release.publish(connected.mirror)
        connected.mirror.add("/stable.txt", f"{k0s_release.VERSION}\n".encode())
        return {"platform": {**PINNED, "version": version}}

    def test_a_version_that_is_none(self):
        self.refuse("platform.version", "v1.34.2+k0s.0", "stable, latest", status=Exit.USAGE, platform={**PINNED, "version": "v1.34"})

    def test_a_version_that_the_makers_do_not_have(self):
        self.refuse("refused.yaml:6:14", "k0s has no files of v1.99.0+k0s.0", status=Exit.USAGE, platform={**PINNED, "version": "v1.99.0+k0s.0"})

    def test_a_version_without_a_program_for_the_architecture(self):
        name = f"k0s-v1.34.3+k0s.0-{product.ARCHITECTURE}"
        self.refuse("no files of v1.34.3+k0s.0", name.replace("+", "%2B"), "there are: v1.34.3+k0s.0 for", status=Exit.USAGE, **self.without(name))

    def test_a_checksum_file_without_the_line(self):
        name = f"k0s-v1.34.4+k0s.0-{product.ARCHITECTURE}"
        changes = self.without(version="v1.34.4+k0s.0", sums=lambda text: b"".join(
            line for line in text.splitlines(True) if not line.endswith(f"*{name}\n".encode())))
        self.refuse(name, "sha256sums.txt", **changes)

    def test_a_checksum_file_of_another_program(self):
        changes = self.without(version="v1.34.5+k0s.0", sums=lambda text: re.sub(rb"(?m)^.{8}(.*-amd64|.*-arm64)$", rb"00000000\1", text))
        self.refuse("sha256sums.txt", **changes)

    def test_a_channel_that_answers_with_something_else(self):
        connected.mirror.add("/stable.txt", b"<html>maintenance</html>\n")
        try:
            self.refuse("stable.txt", "v1.34.2+k0s.0", platform={**PINNED, "version": "stable"})
        finally:
            connected.mirror.add("/stable.txt", f"{k0s_release.VERSION}\n".encode())


class Machines(unittest.TestCase):
    @classmethod
    def boot(cls):
        site = cls.enterClassContext(machine.Machine(stick=bench.output))
        folder = site.path("/etc/sealift/trusted-keys")
        folder.mkdir(parents=True)
        shutil.copy(bench.public_key, folder)
        site.add_default_route()
        return site

    def stick(self, *words, built=None, status=Exit.DONE):
        done = self.site.run("sh", f"{machine.MEDIUM}/{(built or small).folder.name}/install.sh", *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def accounts(self):
        return {line.split(":")[0] for line in self.site.path("/etc/passwd").read_text().splitlines()}


class SingleMachine(Machines):
    """From the stick to a running node of one role, once; then what one can do with it."""

    @classmethod
    def setUpClass(cls):
        cls.site = cls.boot()
        cls.done = cls.site.run("sh", f"{machine.MEDIUM}/{small.folder.name}/install.sh", *SINGLE, check=False)

    def setUp(self):
        self.assertEqual(self.done.returncode, Exit.DONE, self.done.stdout + self.done.stderr)

    def images(self):
        lines = self.site.run("k0s", "ctr", "-n", "k8s.io", "images", "ls").stdout.splitlines()[1:]
        return {fields[0]: fields[2] for fields in map(str.split, lines)}

    def test_the_unit_runs_and_is_enabled(self):
        self.assertTrue(self.site.is_active("k0scontroller.service"))
        self.assertEqual(self.site.run("systemctl", "is-enabled", "k0scontroller.service").stdout, "enabled\n")
        self.assertIn("Role: controller", self.site.run("k0s", "status").stdout)
        shown = self.site.run("systemctl", "show", "--property=LimitNOFILE,KillMode,Delegate", "k0scontroller.service").stdout
        self.assertEqual(sorted(shown.split()), ["Delegate=yes", "KillMode=process", "LimitNOFILE=999999"])
        self.assertIn("waiting until the node is ready", self.done.stderr)

    def test_containerd_has_the_images_of_the_registry_by_both_names(self):
        both = {**connected.digests, **{f"{name.rsplit(':', 1)[0]}@{digest}": digest for name, digest in connected.digests.items()}}
        self.assertEqual(self.images(), both)
        self.assertNotIn("failed to load", self.site.journal("k0scontroller.service"))

    def test_each_part_runs_as_its_user(self):
        journal = self.site.journal("k0scontroller.service")
        self.assertNotIn("as root", journal)
        for part, user in (("kube-apiserver", "kube-apiserver"), ("kube-scheduler", "kube-scheduler"), ("kine", "kube-apiserver")):
            self.assertIn(f"running {part} as {user}", journal)
        self.assertEqual(self.site.run("stat", "-c", "%U:%a", "/var/lib/k0s/db").stdout, "kube-apiserver:750\n")
        self.assertEqual(self.site.run("getent", "passwd", "etcd").stdout.split(":")[5:], ["/var/lib/k0s", "/usr/sbin/nologin\n"])

    def test_the_manifest_is_applied_and_the_policy_read(self):
        journal = self.site.journal("k0scontroller.service")
        self.assertIn("Applying manifest /var/lib/k0s/manifests/sealift/plc-bridge.yaml", journal)
        self.assertIn("default pull policy: Never", journal)

    def test_a_second_run_changes_and_restarts_nothing(self):
        asked = ("systemctl", "show", "--property=ActiveEnterTimestampMonotonic,MainPID", "k0scontroller.service")
        running = self.site.run(*asked).stdout
        self.assertIn("nothing was changed", self.stick("--yes").stdout)
        self.assertEqual(self.site.run(*asked).stdout, running)

    def test_zz_uninstalling_takes_unit_files_and_users_away_and_keeps_the_data(self):
        said = self.stick("uninstall", "--yes")
        self.assertFalse(self.site.is_active("k0scontroller.service"))
        for path in ("/usr/local/bin/k0s", "/etc/systemd/system/k0scontroller.service", "/etc/k0s", f"/{IMAGES}", "/var/lib/sealift/receipts",
                     "/etc/systemd/system/multi-user.target.wants/k0scontroller.service"):
            self.assertFalse(self.site.path(path).exists() or self.site.path(path).is_symlink(), path)
        # A number without a name would go to the next user made, and the datastore with it.
        self.assertTrue(self.site.path("/var/lib/k0s/db").is_dir())
        self.assertEqual(self.accounts() & {*USERS, "keepalived"}, {"kube-apiserver"})
        self.assertRegex(said.stdout + said.stderr, "keep +user kube-apiserver, who owns /var/lib/k0s/db")
        self.assertEqual(json.loads(self.stick("status", "--json").stdout)["installed"], [])
        # Who stayed is the site's from now on; without that, all that came with the bundle goes with its data.
        self.site.run("rm", "-r", "/var/lib/k0s")
        self.site.run("userdel", "kube-apiserver")
        self.stick(*SINGLE)
        said = self.stick("uninstall", "--yes", "--purge")
        self.assertRegex(said.stdout + said.stderr, "remove +user kube-apiserver")
        self.assertEqual(self.accounts() & {*USERS, "keepalived"}, set())
        self.assertFalse(self.site.path("/var/lib/k0s").exists())
        self.assertEqual(self.site.run("getent", "passwd", "kube-apiserver", check=False).stdout, "")


class JoiningMachine(Machines):
    def test_a_unit_that_does_not_come_up_leaves_no_user_and_no_file(self):
        self.site = self.boot()
        before = self.accounts()
        self.site.run("systemctl", "set-environment", "K0S_STAND_IN_FAIL=1")
        self.site.run("sh", "-c", "mkdir -p /run/systemd/system/k0scontroller.service.d && printf '[Service]\\nRestartSec=50ms\\n' > "
                                  "/run/systemd/system/k0scontroller.service.d/q.conf")
        done = self.stick("--role", "first-controller", "--set", "NODE_IP=192.168.10.6", "--yes", status=Exit.RESTORED)
        self.assertIn("told to fail by K0S_STAND_IN_FAIL", done.stderr)
        self.assertEqual(self.accounts(), before)
        self.assertFalse(self.site.path("/usr/local/bin/k0s").exists())
        self.site.run("systemctl", "unset-environment", "K0S_STAND_IN_FAIL")
        self.join()

    def join(self):
        """As a worker, whose token comes from a file of the technician's."""
        values = self.site.path("/root/join.env")
        values.write_text(f"K0S_TOKEN={platform.ROLES['worker'].values['K0S_TOKEN']}\n")
        values.chmod(0o600)
        self.stick("--role", "worker", "--values", "/root/join.env", "--yes")
        self.assertTrue(self.site.is_active("k0sworker.service"))
        self.assertIn("Role: worker", self.site.run("k0s", "status").stdout)
        self.assertFalse(self.site.path("/etc/k0s/k0s.yaml").exists())
        self.assertEqual(self.accounts() & {*USERS, "keepalived"}, set())


if __name__ == "__main__":
    unittest.main()
