"""Watches folders as a platform does (inotify(7)), through the C library.

    with watching.Watch(folder) as watch: …
    watch.events          # [(what, name)] in order, such as ("moved_to", "sealift-images.tar")
"""
import contextlib
import ctypes
import os
import struct

# sys/inotify.h
EVENTS = {
    "modify": 0x2, "attrib": 0x4, "close_write": 0x8, "moved_from": 0x40, "moved_to": 0x80, "create": 0x100, "delete": 0x200,
}
NONBLOCK, HEADER = os.O_NONBLOCK, struct.Struct("iIII")


class Watch:
    """Everything that happens to names in one folder, and to its files, until `close`."""

    def __init__(self, folder):
        self.library, self.events = ctypes.CDLL(None, use_errno=True), []
        self.descriptor = self._checked(self.library.inotify_init1(NONBLOCK))
        self._checked(self.library.inotify_add_watch(self.descriptor, os.fsencode(folder), sum(EVENTS.values())))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.read()
        os.close(self.descriptor)

    def read(self):
        """Takes what the kernel has queued."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.descriptor, 1 << 16):
                self._add(data)
        return self.events

    def _add(self, data):
        while data:
            _, mask, _, length = HEADER.unpack_from(data)
            name = data[HEADER.size:HEADER.size + length].rstrip(b"\0").decode()
            self.events += [(what, name) for what, bit in EVENTS.items() if mask & bit]
            data = data[HEADER.size + length:]

    @staticmethod
    def _checked(result):
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result
