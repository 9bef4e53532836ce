"""The installer under a witness of its own: strace kills it or refuses a call; ext4, XFS and btrfs are cut off; runs race each other.

Rows C7, C8 and C9 of the matrix. `--long` takes every call, thirty cuts for each file system, fifty races of each kind."""
import ctypes
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import threading
import unittest

import product
import scratch
import tally
import tree
import workbench
import world

Exit = product.Exit
LONG = bool(os.environ.get("SEALIFT_LONG"))
FIRST = ("--role", "first-server", "--set", "NODE_IP=192.168.10.5", "--yes")
DATABASE = "var/lib/rancher/k3s/server/db/state.db"
# sched.h
CLONE_NEWNS = 0x20000
made = []


def setUpModule():
    global bench, first, second
    scratch.need("strace", root=True)
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))
    definition = bench.define()
    first = bench.build(definition)
    definition.write_text(definition.read_text().replace("2026.11.0", "2026.12.0").replace('"traefik"', '"traefik", "servicelb"'))
    second = bench.build(definition)


def points(number, most):
    return range(1, number + 1) if LONG or number <= most else sorted({1 + round(step * (number - 1) / (most - 1)) for step in range(most)})


def new_folder(name):
    made.append(scratch.folder(name))
    return made[-1]


def state(root):
    """What counts of a root: everything but times that receipts and the clock's note hold, and the names of runs and copies."""
    found = {}
    for path, what in tree.listing(root).items():
        path = re.sub(r"/copy-\d+", "/copy", re.sub(r"\.sealift-[0-9a-f]{16}", ".sealift-run", path))
        if path.endswith((".json", "/clock", "lost+found")) and ("var/lib/sealift" in path or path == "lost+found"):
            what = what[:3]
        if path != "lost+found":
            found[path] = what
    return found


def version(root):
    receipt = root / "var/lib/sealift/receipts/line7.json"
    return json.loads(receipt.read_text())["bundle"]["version"] if receipt.exists() else None


def run(*words, root, check=True, before=()):
    done = subprocess.run([*map(str, before), str(first.folder / "sealift-install"), *map(str, words), "--root", str(root)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, env=product.environment(bench.home), timeout=120)
    if check and done.returncode != Exit.DONE:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def arguments(verb):
    """The words of each verb; an upgrade is an installation of the second bundle."""
    built = second if verb == "upgrade" else first
    trust = ["--bundle", built.folder, "--key", bench.public_key]
    return {"install": ["apply", *FIRST[:-1], *trust], "upgrade": ["apply", *trust], "rollback": ["rollback", "--yes"],
            "uninstall": ["uninstall", "--yes"], "recover": ["recover"]}[verb]


def prepare(root, verb):
    """A root as it is before the verb."""
    for name in ("etc/systemd/system", "usr/local/bin", "var/lib", "opt"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    if verb == "recover":
        done = run(*arguments("install"), root=root, check=False, before=("strace", "-f", "-qqq", "-o", "/dev/null", "-e", "inject=renameat:signal=KILL:when=12"))
        assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), done.returncode
    elif verb != "install":
        run(*arguments("install"), root=root)
        (root / DATABASE).parent.mkdir(parents=True)
        (root / DATABASE).write_text("of the first")
        if verb == "rollback":
            run(*arguments("upgrade"), root=root)
            (root / DATABASE).write_text("of the second")


class Verb:
    """A root before a verb, and what it may be afterwards."""

    def __init__(self, verb):
        self.verb, self.before = verb, new_folder(verb)
        prepare(self.before, verb)
        probe = self.copy()
        run(*arguments(verb), root=probe)
        self.new, self.old = state(probe), state(self.before)
        if verb == "recover":
            self.old = self.new
        shutil.rmtree(probe)

    def copy(self):
        target = new_folder("target")
        scratch.run("cp", "-a", f"{self.before}/.", target)
        return target

    def wrong(self, root):
        """Recovers; what is wrong then, in words, or None."""
        done = run("recover", root=root, check=False)
        if done.returncode != Exit.DONE:
            return f"recovery ended with {done.returncode}: {done.stderr}"
        found = state(root)
        if found not in (self.old, self.new):
            old, new = tree.changes(self.old, found), tree.changes(self.new, found)
            return f"neither old nor new: {min((old, new), key=len)[:4]}"
        again = json.loads(run("recover", "--json", root=root).stdout)["recovered"]
        return None if again == "nothing" and state(root) == found else f"a second recovery found {again}"


class Case(unittest.TestCase):
    """Roots that a test makes go with it."""

    def tearDown(self):
        while made:
            folder = made.pop()
            if folder.exists():
                scratch.remove(folder)


class Witness(Case):
    """C7: strace sees every call of the kernel, also those that our own seam might miss."""

    CALLS = ("renameat", "renameat2", "fsync", "syncfs", "linkat", "unlinkat", "mkdirat", "openat2", "pwrite64", "fchmod", "chmod", "fchown", "fchownat",
             "symlinkat")
    VERBS = ("install", "upgrade", "rollback", "uninstall", "recover")

    def calls(self, verb):
        """How often a run of the verb makes each call."""
        root, trace = verb.copy(), verb.before.with_suffix(".trace")
        run(*arguments(verb.verb), root=root, before=("strace", "-f", "-qqq", "-o", trace, "-e", f"trace={','.join(self.CALLS)}"))
        text = trace.read_text()
        trace.unlink()
        shutil.rmtree(root)
        found = {name: len(re.findall(rf"(?m)^\d+ +{name}\(", text)) for name in self.CALLS}
        # The C library makes renameat of renameat2 without flags: a witness that sees no rename has not looked.
        # Recovery of a first installation has nothing to rename back.
        self.assertGreater(found["unlinkat"] if verb.verb == "recover" else found["renameat"] + found["renameat2"], 0, verb.verb)
        return found

    def inject(self, verb, what):
        root = verb.copy()
        done = run(*arguments(verb.verb), root=root, check=False, before=("strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"inject={what}"))
        return root, done

    def test_killed_by_strace(self):
        for name in self.VERBS:
            verb = Verb(name)
            for call, number in self.calls(verb).items():
                for when in points(number, 2) if number else []:
                    with self.subTest(verb=name, call=call, when=when):
                        root, done = self.inject(verb, f"{call}:signal=KILL:when={when}")
                        if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
                            continue  # a thread made fewer of these calls than in the first run
                        wrong = verb.wrong(root)
                        tally.count("C7", f"SIGKILL by strace in {name}", wrong is not None)
                        self.assertIsNone(wrong)
                        shutil.rmtree(root)

    def test_refused_by_strace(self):
        for name in ("install", "upgrade", "uninstall"):
            verb = Verb(name)
            calls = self.calls(verb)
            for call, error in (("renameat", "EIO"), ("fsync", "EIO"), ("linkat", "ENOSPC"), ("mkdirat", "ENOSPC"), ("pwrite64", "EDQUOT"),
                                ("openat2", "EACCES"), ("fsync", "EINTR"), ("pwrite64", "EINTR")):
                for when in points(calls[call], 2) if calls[call] else []:
                    with self.subTest(verb=name, call=call, error=error, when=when):
                        root, done = self.inject(verb, f"{call}:error={error}:when={when}")
                        wrong = verb.wrong(root)
                        if error == "EINTR" and done.returncode == Exit.DONE and wrong is None and state(root) != verb.new:
                            wrong = "success, and not the new files"
                        tally.count("C7", f"calls refused by strace in {name}", wrong is not None)
                        self.assertIsNone(wrong, done.stderr)
                        shutil.rmtree(root)


class FileSystems(Case):
    """C8: the block device as it is at the moment of a cut, mounted and recovered. What is dirty in memory is lost, as with the power."""

    def test_cuts(self):
        cuts = 30 if LONG else 3
        for kind, options in (("ext4", []), ("xfs", []), ("btrfs", [])):
            with self.subTest(kind=kind):
                if shutil.which(f"mkfs.{kind}", path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None or kind not in pathlib.Path("/proc/filesystems").read_text():
                    print(f"skip C8 on {kind}: no mkfs.{kind} or no driver in this kernel", flush=True)
                    continue
                self.cut(kind, cuts)

    def cut(self, kind, cuts):
        folder = new_folder(kind)
        image, point = folder / "image", folder / "mount"
        point.mkdir()
        scratch.run("truncate", "-s", "1600M", image)
        scratch.run(f"/sbin/mkfs.{kind}", "-q", image)
        self.mount(image, point)
        prepare(point, "upgrade")
        before = state(point)
        run(*arguments("upgrade"), root=point)
        after = state(point)
        scratch.run("umount", point)
        generator = random.Random(kind)
        for number in range(cuts):
            verb = ("install", "upgrade")[number % 2]
            scratch.run(f"/sbin/mkfs.{kind}", "-q", "-f" if kind != "ext4" else "-F", image)
            self.mount(image, point)
            prepare(point, verb)
            scratch.run("sync", "-f", point)
            old = state(point)
            call, when = generator.choice((("renameat", generator.randrange(1, 24)), ("fsync", generator.randrange(1, 40)), ("linkat", 1), ("unlinkat", generator.randrange(1, 6)), ("syncfs", generator.randrange(1, 8))))
            run(*arguments(verb), root=point, check=False, before=("strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={when}"))
            copy = folder / "copy"
            self.copy_of_one_moment(image, copy)
            scratch.run("umount", point)
            self.mount(copy, point)
            done = run("recover", root=point, check=False)
            found = state(point)
            good = done.returncode == Exit.DONE and (found == old or version(point) == {"install": "2026.11.0", "upgrade": "2026.12.0"}[verb])
            if good and verb == "upgrade":
                good = found in (before, after)
            tally.count("C8", f"cuts on {kind}", not good)
            self.assertTrue(good, f"{kind}, {verb}, {call} {when}: {done.stderr} {tree.changes(old, found)[:5]} {tree.changes(after, found)[:5]}")
            scratch.run("umount", point)
            copy.unlink()

    def setUp(self):
        """Mounts are this thread's own: whoever makes a namespace beside would keep a file system mounted that is unmounted here."""
        super().setUp()
        system, mounts = ctypes.CDLL(None, use_errno=True), os.open("/proc/thread-self/ns/mnt", os.O_RDONLY)
        if system.unshare(CLONE_NEWNS) != 0:
            self.fail(f"cannot have mounts of its own: {os.strerror(ctypes.get_errno())}")

        def back():
            self.assertEqual(system.setns(mounts, CLONE_NEWNS), 0)
            os.close(mounts)
        self.addCleanup(back)
        scratch.run("mount", "--make-rprivate", "/")

    def copy_of_one_moment(self, image, copy):
        """The kernel may go on writing: a copy to which the image is still equal afterwards is what a cut would have left."""
        for _ in range(20):
            scratch.run("cp", "--sparse=always", image, copy)
            if scratch.run("cmp", "-s", image, copy, check=False).returncode == 0:
                return
            copy.unlink()
        self.fail(f"{image} never stood still")

    @staticmethod
    def mount(image, point):
        # XFS refuses two file systems of one identity: the first is unmounted by then, and the copy may be replayed.
        scratch.run("mount", "-o", "loop", image, point)


class Races(Case):
    """C9: whoever comes second is told so, or finds the work done; nothing is ever half."""

    RACES = 50 if LONG else 6

    def race(self, verb, other):
        case = Verb(verb)
        for _ in range(self.RACES):
            root, ends = case.copy(), {}

            def go(name, words):
                ends[name] = run(*words, root=root, check=False)

            threads = [threading.Thread(target=go, args=(name, words)) for name, words in (("one", arguments(verb)), ("two", other))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            codes = sorted(done.returncode for done in ends.values())
            # Who was told to wait has done nothing; whoever ended well has done its work.
            is_done = ends["one"].returncode == Exit.DONE or other == arguments(verb)
            good = codes in ([0, 0], [0, Exit.BUSY]) and case.wrong(root) is None and state(root) == (case.new if is_done else case.old)
            tally.count("C9", f"races of {verb} and {other[0]}", not good)
            self.assertTrue(good, (codes, [done.stderr for done in ends.values()], tree.changes(case.new, state(root))[:4]))
            shutil.rmtree(root)

    def test_two_installations(self):
        self.race("install", arguments("install"))

    def test_an_installation_and_a_recovery(self):
        self.race("install", arguments("recover"))

    def test_an_upgrade_and_a_look(self):
        case = Verb("upgrade")
        for _ in range(self.RACES):
            root = case.copy()
            looking = subprocess.Popen([str(first.folder / "sealift-install"), "status", "--json", "--root", str(root)], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=product.environment(bench.home))
            run(*arguments("upgrade"), root=root)
            looking.communicate()
            good = looking.returncode == Exit.DONE and case.wrong(root) is None and state(root) == case.new
            tally.count("C9", "races of upgrade and status", not good)
            self.assertTrue(good, looking.returncode)
            shutil.rmtree(root)

    def test_a_lock_whose_holder_was_killed(self):
        case = Verb("install")
        for _ in range(self.RACES):
            root = case.copy()
            run(*arguments("install"), root=root, check=False, before=("strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"inject=renameat:signal=KILL:when={random.randrange(1, 20)}"))
            run(*arguments("install"), root=root)
            good = state(root) == case.new
            tally.count("C9", "locks whose holder was killed", not good)
            self.assertTrue(good, tree.changes(case.new, state(root))[:4])
            shutil.rmtree(root)


if __name__ == "__main__":
    unittest.main()
