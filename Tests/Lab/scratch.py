"""Scratch folders, child processes and mounts that never outlive the run.

Everything that a part of the laboratory makes lies below one folder of this run (`folder()`), every server it starts is a
child that the kernel ends with us (`start()`), and every mount is below that folder. `leftovers()` is the proof: the runner
fails the run when it finds anything.
"""
import atexit
import contextlib
import ctypes
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
"""The top of the source tree."""

_PR_SET_PDEATHSIG = 1  # prctl(2)
_base = None
_children = []


class LabError(Exception):
    """A part of the laboratory did not do what it is there for; a fault of the laboratory or the machine, not of sealift."""


def folder(name="scratch"):
    """A new empty folder below this run's own, removed at the end at the latest."""
    global _base
    if _base is None:
        _base = pathlib.Path(tempfile.mkdtemp(prefix="sealift-lab-"))
        atexit.register(clean_up)
    return pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_base))


def cache():
    """The folder for what is dear to make and safe to delete, such as the machine's root file system."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    path = pathlib.Path(home) / "sealift" / "lab"
    path.mkdir(parents=True, exist_ok=True)
    return path


def run(*command, check=True, stdin=None, timeout=300, **options):
    """Runs a command to its end; its output as text. Raises LabError with both streams when it does not end well."""
    command = [str(part) for part in command]
    done = subprocess.run(command, input=stdin, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace", **options)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def start(command, log, enter=(), **options):
    """Starts a server that dies with this process; its output goes to the file `log`. It joins the control groups of `enter`.

    (To be called from the main thread: the kernel sends the signal when the *thread* that started the child ends, prctl(2).)"""
    parent = os.getpid()
    libc = ctypes.CDLL(None)  # loaded here: after the fork only the call is made

    def die_with_parent():
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
        for group in enter:
            group.write_text("0")

    with open(log, "ab") as output:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, preexec_fn=die_with_parent, start_new_session=True, **options)
    _children.append(process)
    return process


def stop(process, patience=10):
    """Ends a server: asked first, then made to."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(patience)
    if process in _children:
        _children.remove(process)


def wait_until(condition, what, timeout=30, process=None, log=None):
    """Waits until `condition()` is true. Says why not, with the end of `log`, when the time or `process` ends first."""
    end = time.monotonic() + timeout
    while not condition():
        ended = process is not None and process.poll() is not None
        if ended or time.monotonic() > end:
            tail = pathlib.Path(log).read_text(errors="replace")[-2000:] if log else ""
            raise LabError(f"{what}: {'the process ended' if ended else f'not within {timeout} s'}\n{tail}")
        time.sleep(0.02)


def free_port():
    """A TCP port of 127.0.0.1 that is free now. Somebody may take it before we do; then the server's log says so."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need(*programs, root=False):
    """Skips the test, with the reason, when this machine cannot run it."""
    if root and os.geteuid() != 0:
        raise unittest.SkipTest("needs root")
    missing = [each for each in programs if not shutil.which(each, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    if missing:
        raise unittest.SkipTest(f"not installed: {', '.join(missing)} (scripts/setup)")


def need_modules(*modules):
    """Skips the test, with the reason, when this Python has no such modules (on Debian its own packages, for its own Python)."""
    missing = [each for each in modules if importlib.util.find_spec(each) is None]
    if missing:
        raise unittest.SkipTest(f"{sys.executable} has no module {', '.join(missing)} (scripts/setup)")


def mounts():
    """The mount points below this run's folder, deepest first."""
    if _base is None:
        return []
    lines = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split(" ")[4].replace("\\040", " ") for line in lines]
    return sorted((each for each in points if each.startswith(f"{_base}/")), reverse=True)


def leftovers():
    """What parts of the laboratory forgot to clean away: children, mounts, folders."""
    found = [f"process {' '.join(each.args)}" for each in _children if each.poll() is None]
    found += [f"mount {each}" for each in mounts()]
    if _base is not None and _base.exists():
        found += [f"folder {each}" for each in sorted(_base.iterdir())]
    return found


def clean_up():
    """Ends and removes all that is left. Safe to call twice."""
    for process in list(_children):
        stop(process)
    for point in mounts():
        subprocess.run(["umount", "--lazy", point], check=False, stderr=subprocess.DEVNULL)
    if _base is not None and not mounts():
        shutil.rmtree(_base, ignore_errors=True)


def remove(path):
    """Removes a folder of this run, with whatever is still mounted below it."""
    path = pathlib.Path(path)
    for point in mounts():
        if pathlib.Path(point) == path or path in pathlib.Path(point).parents:
            run("umount", "--lazy", point, check=False)
    shutil.rmtree(path)
