"""An isolated machine: real systemd in a systemd-nspawn container that has only `lo`.

    with machine.Machine(stick=folder) as site:      # boots; the stick is at /media/usb, read-only and noexec
        site.run("sh", "/media/usb/line7/install.sh", "--yes")
        site.path("/etc/rancher")                    # the same place seen from outside, also while it is off
        site.pull_plug(); site.boot()                # what is on its disk stays

What it took on a machine whose own first process is not systemd, and whose control groups are v1 and v2 side by side:
  - `--register=no --keep-unit`: there is no machined and no systemd to ask for a scope.
  - With those, nspawn puts the machine into `payload` below its own control group, and leaves that there. So each machine
    starts in a group of its own, which is removed with it; otherwise two machines would meet in the same one.
  - `--bind-ro` keeps a `noexec` that the source is mounted with, but cannot set it: the stick is bound and remounted first.
  - nspawn that is killed leaves its machine running: the machine's own first process is killed, nspawn then ends by itself.
  - The disk is an overlay of ours (upper part: a tmpfs of the size given), not `--volatile=overlay`, whose upper part is lost
    with the power. So a plug can be pulled.
  - /proc/sys is read-only inside, except net; modules cannot be loaded; the cores and memory seen are those of the host.
"""
import atexit
import contextlib
import fcntl
import hashlib
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import time
import unittest
import uuid

import scratch

PACKAGES = ("systemd", "systemd-sysv", "dbus", "kmod", "iproute2", "openssl", "zstd")
HOST_NAME = "site-node"
MEDIUM = "/media/usb"
# What the real k3s carries inside its own file. The machine is of the host's suite, so the host's programs run in it.
CARRIED = ("containerd", "ctr", "runc", "containerd-shim-runc-v2")
CARRIED_FOLDER = "/usr/libexec/k3s-stand-in"


def root_file_system():
    """A small Debian with systemd, made once and kept in the cache. Skips the test, with the reason, where it cannot be made."""
    scratch.need("debootstrap", root=True)
    found = scratch.run(scratch.ROOT / "scripts/debian-mirror", check=False)
    if found.returncode != 0:
        raise unittest.SkipTest(f"cannot make a machine: {found.stdout.strip()}")
    mirror, suite = found.stdout.split()
    key = hashlib.sha256("\n".join([mirror, suite, *PACKAGES, HOST_NAME]).encode()).hexdigest()[:12]
    folder = scratch.cache() / f"{suite}-{platform.machine()}-{key}"
    with open(scratch.cache() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make_root_file_system(folder, mirror, suite)
    return folder


def make_root_file_system(folder, mirror, suite):
    """debootstrap into a folder beside, then a rename: what has the final name is whole."""
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    done = scratch.run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, unfinished, mirror,
                       check=False, timeout=600, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
    if done.returncode != 0:
        raise unittest.SkipTest(f"debootstrap cannot make a machine: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    for old in (unfinished / "var/cache/apt/archives").glob("*.deb"):
        old.unlink()
    (unfinished / "etc/hostname").write_text(HOST_NAME + "\n")
    (unfinished / "etc/machine-id").write_text("")  # made anew at each first boot
    (unfinished / "etc/resolv.conf").unlink(missing_ok=True)
    unfinished.rename(folder)


class Machine:
    """One machine. Its disk has `size`; `binds` are more read-only folders: host path → path inside."""

    def __init__(self, stick=None, size="2g", binds=None):
        scratch.need("systemd-nspawn", "nsenter", root=True)
        self.lower = root_file_system()
        self.folder = scratch.folder("machine")
        self.name = f"sealift-{uuid.uuid4().hex[:8]}"
        self.root, self.log = self.folder / "root", self.folder / "console"
        self.process = self.leader = None
        self.binds = {str(host): inside for host, inside in (binds or {}).items()}
        self.groups = ControlGroup(self.name)
        atexit.register(self.close)  # an interrupted run does not get to its tests' own clean-up
        try:
            self._make_disk(size)
            self._carry_programs()
            if stick is not None:
                self.binds[str(self._insert(stick))] = MEDIUM
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        try:
            return self.boot()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def boot(self):
        """Starts the machine; returns when its systemd says that the start is over."""
        options = [f"--bind-ro={host}:{inside}" for host, inside in self.binds.items()]
        self.process = scratch.start(
            ["systemd-nspawn", "--quiet", f"--directory={self.root}", f"--machine={self.name}", "--private-network",
             *self.groups.options(), "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe",
             "--kill-signal=SIGRTMIN+3", *options, "--boot"],
            self.log, enter=self.groups.enter())
        scratch.wait_until(self._is_up, "machine", timeout=60, process=self.process, log=self.log)
        return self

    def run(self, *command, check=True, stdin=None, timeout=300, environment=None):
        """Runs a command inside, as root, with the environment of a login and nothing of ours."""
        inside = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
                  **(environment or {})}
        settings = [f"{name}={value}" for name, value in inside.items()]
        return scratch.run("nsenter", f"--target={self.leader}", "--all", "env", "-i", *settings, *command,
                           check=check, stdin=stdin, timeout=timeout)

    def path(self, inside):
        """Where a path of the machine's disk is seen from outside (not what is mounted over it: /run, /tmp, /media/usb)."""
        return self.root / str(inside).lstrip("/")

    def is_active(self, unit):
        return self.run("systemctl", "is-active", unit, check=False).stdout.strip() == "active"

    def journal(self, unit):
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}").stdout

    def add_default_route(self):
        """A default route that leads nowhere: the vendor's remedy for an isolated host, or on `lo` where `dummy` is absent."""
        if self.run("ip", "link", "add", "dummy0", "type", "dummy", check=False).returncode == 0:
            self.run("ip", "link", "set", "dummy0", "up")
            self.run("ip", "address", "add", "203.0.113.254/31", "dev", "dummy0")
            self.run("ip", "route", "add", "default", "via", "203.0.113.255", "dev", "dummy0", "metric", "1000")
        else:
            self.run("ip", "route", "add", "default", "dev", "lo", "metric", "1000")

    def power_off(self):
        """An orderly end. What is on the disk stays for the next boot."""
        self.run("systemctl", "poweroff", check=False)
        self._ended(30)

    def pull_plug(self):
        """The end without warning: every process inside is killed at once. (What the kernel has not written yet is not lost:
        this kills programs at any point, it does not tear their writes.)"""
        self._ended(0)

    def close(self):
        """Power off if need be, then nothing of the machine is left."""
        atexit.unregister(self.close)
        if self.process is not None:
            self._ended(0)
        scratch.remove(self.folder)

    def _make_disk(self, size):
        disk = self.folder / "disk"
        for folder in (disk, self.root):
            folder.mkdir()
        scratch.run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", self.name, disk)
        for part in ("upper", "work"):
            (disk / part).mkdir()
        scratch.run("mount", "-t", "overlay", "-o", f"lowerdir={self.lower},upperdir={disk}/upper,workdir={disk}/work",
                    self.name, self.root)

    def _carry_programs(self):
        """Binds containerd and its kin where the stand-in for k3s looks for them, and nothing else does."""
        for program in CARRIED:
            if found := shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
                self.binds[found] = f"{CARRIED_FOLDER}/{program}"

    def _insert(self, stick):
        """The stick as a hardened host mounts it."""
        medium = self.folder / "medium"
        medium.mkdir()
        scratch.run("mount", "--bind", stick, medium)
        scratch.run("mount", "-o", "remount,bind,ro,noexec,nosuid,nodev", medium)
        return medium

    def _is_up(self):
        self.leader = self.leader or child_called(self.process.pid, "systemd")
        if not self.leader:
            return False
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def _ended(self, patience):
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            if leader := self.leader or child_called(self.process.pid, "systemd"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(leader, signal.SIGKILL)
        scratch.stop(self.process)
        self.groups.remove()
        self.process = self.leader = None


def child_called(parent, name):
    """The child of a process whose command has this name; None when there is none yet."""
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            text = (entry / "stat").read_text() if entry.name.isdigit() else ""
            command, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
            if command == name and int(rest[1]) == parent:
                return int(entry.name)
    return None


class ControlGroup:
    """A control group for one machine, in the hierarchies that systemd uses, where no systemd of the host would give one."""

    def __init__(self, name):
        self.is_ours = not os.path.isdir("/run/systemd/system")  # sd_booted(3)
        self.folders = [folder / name for folder in self._parents()] if self.is_ours else []

    def options(self):
        return ["--register=no", "--keep-unit"] if self.is_ours else ["--register=no"]

    def enter(self):
        """Makes the groups; what the process that is about to become the machine writes to join them."""
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
        return [folder / "cgroup.procs" for folder in self.folders]

    def remove(self):
        """Removes the groups and those that nspawn and the machine made in them, deepest first."""
        for folder in self.folders:
            for inner, _, _ in os.walk(folder, topdown=False):
                self._remove(inner)

    @staticmethod
    def _remove(folder, patience=5):
        end = time.monotonic() + patience
        while True:
            try:
                return os.rmdir(folder)
            except FileNotFoundError:
                return None
            except OSError:  # EBUSY: the last process in it is still ending
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    @staticmethod
    def _parents():
        """Our own folder in the v2 hierarchy and in `name=systemd`, from /proc/self/cgroup and mountinfo (cgroups(7))."""
        mounted = {}
        for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
            fields, (kind, _, options) = line.split(" - ")[0].split(" "), line.split(" - ")[1].split(" ")[:3]
            if kind == "cgroup2":
                mounted[""] = fields[4]
            elif kind == "cgroup" and "name=systemd" in options.split(","):
                mounted["name=systemd"] = fields[4]
        parents = []
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, own = line.split(":", 2)
            if controllers in mounted:
                parents.append(pathlib.Path(mounted[controllers]) / own.lstrip("/"))
        return parents
