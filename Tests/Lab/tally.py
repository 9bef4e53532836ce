"""How often something was tried, for the rows of the test matrix: printed by the runner, written where SEALIFT_TALLY says.

    with tally.attack("S2", "flipped bits of a bundle's files"):
        self.assertEqual(…)                                # one try; counted as failed when this raises
    tally.count("C9", "races of install and apply", failed=False)
"""
import contextlib
import os
import threading

_counts = {}
_lock = threading.Lock()


def count(row, what, failed=False, number=1):
    """Counts `number` tries, all well or all failed. Tests may call it from several threads."""
    with _lock:
        tried, failing = _counts.get((row, what), (0, 0))
        _counts[row, what] = (tried + number, failing + (number if failed else 0))


@contextlib.contextmanager
def attack(row, what):
    """Counts one try, which failed when the body raises."""
    well = False
    try:
        yield
        well = True
    finally:
        count(row, what, failed=not well)


def report():
    """Prints the counts, and writes them where scripts/update-reliability wants them."""
    mode = "long" if os.environ.get("SEALIFT_LONG") else "fast"
    lines = [f"{row}\t{what}\t{tried}\t{failing}\t{mode}\n" for (row, what), (tried, failing) in sorted(_counts.items())]
    print("".join(f"reliability: {line}" for line in lines), end="", flush=True)
    if path := os.environ.get("SEALIFT_TALLY"):
        with open(path, "a") as file:
            file.writelines(lines)
    _counts.clear()
