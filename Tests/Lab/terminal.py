"""A person at a terminal: a program with a controlling terminal of its own, what it asks, what is answered.

    with terminal.Terminal(["sh", "install.sh"], environment) as person:
        person.expect("do this?")
        person.answer("n")
        person.finish()         # the exit status
        person.transcript       # all that was on the screen
"""
import contextlib
import os
import pty
import select
import signal
import time

import scratch


class Terminal:
    """The program runs as soon as the block is entered."""

    def __init__(self, command, environment, cwd="/"):
        self.command, self.environment, self.cwd = [str(part) for part in command], environment, str(cwd)
        self.transcript, self.status, self.seen = "", None, 0

    def __enter__(self):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            try:
                os.chdir(self.cwd)
                os.execvpe(self.command[0], self.command, self.environment)
            finally:
                os._exit(127)
        return self

    def __exit__(self, *_):
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)

    def expect(self, words, timeout=60):
        """Waits until `words` are on the screen, after what was expected before."""
        end = time.monotonic() + timeout
        while (found := self.transcript.find(words, self.seen)) < 0:
            if not self._read(end):
                raise scratch.LabError(f"waited for {words!r} and saw:\n{self.transcript}")
        self.seen = found + len(words)

    def answer(self, line):
        self.type(line + "\n")

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def finish(self, timeout=60):
        """Reads to the end; the exit status, negative for a signal."""
        end = time.monotonic() + timeout
        while self._read(end):
            pass
        _, status = os.waitpid(self.process, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def _read(self, end):
        """Takes in what is there; False at the end of the program's output."""
        ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise scratch.LabError(f"nothing came, and the screen shows:\n{self.transcript}")
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # EIO: nobody has the other end open any more
            return False
        self.transcript += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)
