"""What we build, as the tests run it: the built programs, in an environment that holds nothing of the person at the keyboard.

    product.sealift("build", definition, "-o", folder, home=folder, status=product.Exit.DONE, DOCKER_CONFIG=…)
    product.installer()            # the static file of scripts/build-installer, for this machine
"""
import os
import platform
import subprocess
import time
import unittest
from typing import NamedTuple

import scratch

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


class Exit:
    """The exit codes that the design gives to both programs (design, section 5)."""

    DONE, INTERNAL, USAGE, NOT_TRUSTED, REQUIREMENTS, GATHERING = range(6)
    RESTORED, NEEDS_RECOVERY, POLICY, BUSY, INPUT_OUTPUT, DAMAGED, REBOOT = range(6, 13)


class Outcome(NamedTuple):
    """How a run ended: exit status (negative: the signal), both streams, seconds."""

    status: int
    output: str
    errors: str
    seconds: float


def tool():
    """The tool; SEALIFT_SCRATCH names the folder of another build of it, such as one with a sanitizer."""
    return _built(scratch.ROOT / os.environ.get("SEALIFT_SCRATCH", ".build") / "debug/sealift", "swift build")


def release_tool():
    """For what is measured."""
    return _built(scratch.ROOT / ".build/release/sealift", "swift build -c release --product sealift")


def installer(architecture=ARCHITECTURE):
    return _built(scratch.ROOT / f".build/installers/sealift-install-{architecture}", f"scripts/build-installer --arch {architecture}")


def environment(home, **more):
    """A clean environment: no proxies, no registry passwords, caches below `home`. None as a value takes a name out."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CACHE_HOME": f"{home}/cache", "LANG": "C.UTF-8", "TZ": "UTC",
             "NO_PROXY": "*"}
    # Only where scripts/test --sanitize runs programs that were built for it.
    plain |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "SWIFT_BACKTRACE") if "SEALIFT_SCRATCH" in os.environ and name in os.environ}
    return {name: str(value) for name, value in {**plain, **more}.items() if value is not None}


def run(program, *arguments, home, status=Exit.DONE, stdin="", timeout=300, cwd=None, **variables):
    """Runs one of our programs; LabError with both streams when its exit status is not `status` (None: any)."""
    begun = time.monotonic()
    done = subprocess.run([str(part) for part in (program, *arguments)], input=stdin, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, cwd=cwd,
                          env=environment(home, **variables))
    outcome = Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)
    if status is not None and outcome.status != status:
        raise AssertionError(f"{os.path.basename(program)} {' '.join(map(str, arguments))}: exit status {outcome.status}, "
                             f"expected {status}\n{outcome.output}{outcome.errors}")
    return outcome


def sealift(*arguments, **options):
    return run(tool(), *arguments, **options)


def _built(path, how):
    if not path.exists():
        raise unittest.SkipTest(f"{path.relative_to(scratch.ROOT)} is not built ({how})")
    return path
