"""Runs one command and tells what it cost, as JSON in a file.

    python3 -S -E meter.py REPORT COMMAND…

A small process of its own, because the kernel lets a child begin with its parent's peak of memory (setmax_mm_hiwater_rss in
exec): what is measured here must be larger than this program, some 10 MB.
"""
import json
import os
import sys
import time


def main(report, command):
    begun = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # not reaped yet, so that /proc still has its counters
    seconds = time.monotonic() - begun
    with open(f"/proc/{child}/io", encoding="ascii") as counters:
        written = dict(line.split(": ") for line in counters.read().splitlines())["wchar"]
    _, status, usage = os.wait4(child, 0)
    cost = {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "processor": usage.ru_utime + usage.ru_stime,  # seconds, with all waited-for descendants
        "memory": usage.ru_maxrss * 1024,  # bytes, the largest of them
        "written": int(written),  # bytes given to write(2) and its like, by this process alone (proc_pid_io(5))
    }
    with open(report, "w", encoding="ascii") as file:
        json.dump(cost, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
