"""An upstream on loopback: serves files under the upstream's own paths, fails on command, counts what was asked.

    with mirror.Mirror() as upstream:
        upstream.add("/k3s-io/k3s/releases/download/v1.31.4%2Bk3s1/k3s", data)
        upstream.fail("/k3s-io/…/k3s", mirror.Cut(1000), mirror.Unavailable(retry_after=1))   # first answer, second answer
        … sealift … --mirror https://github.com={upstream.url} …
        upstream.asked("/k3s-io/…/k3s")     # [Request(method="GET", range=None, …), …]

Paths are compared as they arrive, percent signs and all: `%2B` and `+` are two paths, as on an object store.
"""
import email.utils
import hashlib
import http.server
import re
import socket
import socketserver
import ssl
import threading
import time
from typing import NamedTuple

import scratch

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_MODIFIED = email.utils.formatdate(1_700_000_000, usegmt=True)


class Request(NamedTuple):
    """One request as it came. `sent` counts the bytes of the body that went out."""

    method: str
    path: str
    range: str
    headers: dict
    sent: int


class Fault:
    """Changes one answer. Each subclass changes one thing of the plan."""

    def apply(self, plan):
        raise NotImplementedError


class Plan:
    """The answer about to be given."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.cut = None  # bytes after which the connection ends
        self.stall = 0.0  # seconds of silence at that point first
        self.pace = None  # bytes a second


class Cut(Fault):
    """Promises all, ends the connection after `after` bytes of the body."""

    def __init__(self, after):
        self.after = after

    def apply(self, plan):
        plan.cut = self.after


class Stall(Fault):
    """Sends `after` bytes, then nothing for `seconds`, then ends the connection."""

    def __init__(self, after, seconds):
        self.after, self.seconds = after, seconds

    def apply(self, plan):
        plan.cut, plan.stall = self.after, self.seconds


class Unavailable(Fault):
    """Answers `status` with `Retry-After`: seconds, or an HTTP date, or none."""

    def __init__(self, retry_after=None, status=503):
        self.retry_after, self.status = retry_after, status

    def apply(self, plan):
        plan.status, plan.body, plan.headers = self.status, b"later\n", {"Content-Type": "text/plain"}
        if self.retry_after is not None:
            plan.headers["Retry-After"] = str(self.retry_after)


class WrongLength(Fault):
    """States a length that differs from the body's by `difference`. More: the body ends early. Less: bytes are left over."""

    def __init__(self, difference):
        self.difference = difference

    def apply(self, plan):
        plan.headers["Content-Length"] = str(len(plan.body) + self.difference)


class Longer(Fault):
    """A body that goes on after its end, with no length stated: what a limit on size is for."""

    def __init__(self, more):
        self.more = more

    def apply(self, plan):
        plan.body += bytes(self.more)
        plan.headers["Content-Length"] = None


class WrongBytes(Fault):
    """The right length, other content: one bit of the byte at `at` is flipped."""

    def __init__(self, at=0):
        self.at = at

    def apply(self, plan):
        body = bytearray(plan.body)
        body[self.at] ^= 1
        plan.body = bytes(body)


class Slow(Fault):
    """At most so many bytes a second."""

    def __init__(self, bytes_per_second):
        self.pace = bytes_per_second

    def apply(self, plan):
        plan.pace = self.pace


class NoRange(Fault):
    """Ignores `Range`: 200 with everything. Put with `always`, since it is how some mirrors are."""

    def apply(self, plan):
        pass  # seen by the handler, before the plan is made


class WrongRange(Fault):
    """Answers 206 with a Content-Range that is `shift` bytes off what was asked."""

    def __init__(self, shift=1):
        self.shift = shift

    def apply(self, plan):
        if match := re.match(r"bytes (\d+)-(\d+)/(\d+)", plan.headers.get("Content-Range") or ""):
            first, last, size = map(int, match.groups())
            plan.headers["Content-Range"] = f"bytes {first + self.shift}-{last}/{size}"


class Redirect(Fault):
    """302 to another address, as release assets are served. Put with `always`."""

    def __init__(self, location, status=302):
        self.location, self.status = location, status

    def apply(self, plan):
        plan.status, plan.body, plan.headers = self.status, b"", {"Location": self.location}


class Mirror:
    """One HTTP server of files in memory. With `tls`, over a certificate of its own (`ca`)."""

    def __init__(self, tls=False):
        self.files, self.programs, self.faults, self.lasting, self.requests = {}, [], {}, {}, []
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.mirror = self
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self.folder = self._dress_in_tls() if tls else None
        self.ca = self.folder / "ca.crt" if tls else None
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        if self.folder:
            scratch.remove(self.folder)

    def add(self, path, data):
        """Serves `data` at `path`. A `pathlib.Path` is read now."""
        self.files[path] = data if isinstance(data, bytes) else data.read_bytes()

    def serve(self, prefix, answer):
        """Below `prefix`, `answer(command, path, headers, body)` gives the bytes, None for nothing there, or a Plan of its own."""
        self.programs.append((prefix, answer))

    def content(self, command, path, headers, body):
        """What is at a path: bytes, None or a Plan."""
        for prefix, answer in self.programs:
            if path.startswith(prefix):
                return answer(command, path, headers, body)
        return self.files.get(path)

    def fail(self, path, *faults):
        """The next answers for `path`, one fault each; None stands for a good answer. Then all is well again."""
        self.faults.setdefault(path, []).extend(faults)

    def always(self, path, fault):
        """Every answer for `path` from now on."""
        self.lasting[path] = fault

    def asked(self, path=None, method="GET"):
        """The requests so far, in order of their end."""
        with self.lock:
            return [each for each in self.requests if each.method == method and path in (None, each.path)]

    def forget(self):
        """Starts counting anew."""
        with self.lock:
            self.requests.clear()

    def next_fault(self, path):
        with self.lock:
            waiting = self.faults.get(path)
            return waiting.pop(0) if waiting else self.lasting.get(path)

    def _dress_in_tls(self):
        folder = scratch.folder("mirror")
        key, certificate = folder / "key.pem", folder / "ca.crt"
        scratch.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=sealift laboratory", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        return folder


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False  # a stalled answer must not hold up the end

    def handle_error(self, request, client_address):
        pass  # a client that hangs up, or refuses our certificate, is a thing to be tested, not to be printed


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        mirror = self.server.mirror
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = mirror.next_fault(self.path)
        content = mirror.content(self.command, self.path, self.headers, body)
        plan = content if isinstance(content, Plan) else self.plan(content, fault)
        if fault is not None:
            fault.apply(plan)
        sent = 0
        try:
            self.send_head(plan)
            if self.command != "HEAD":
                for sent in self.send_body(plan):
                    pass
        except OSError:
            self.close_connection = True
        with mirror.lock:
            mirror.requests.append(
                Request(self.command, self.path, self.headers.get("Range"), dict(self.headers.items()), sent))

    do_HEAD = do_POST = do_GET

    def plan(self, data, fault):
        """The honest answer (RFC 9110 §14): 404, 200, 206 or 416."""
        if data is None:
            return Plan(404, {"Content-Type": "text/plain"}, b"not found\n")
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Last-Modified": _MODIFIED, "Content-Type": "application/octet-stream"}
        if isinstance(fault, NoRange):
            return Plan(200, headers, data)
        headers["Accept-Ranges"] = "bytes"
        asked = _RANGE.match(self.headers.get("Range") or "")
        if not asked or self.headers.get("If-Range", tag) not in (tag, _MODIFIED):
            return Plan(200, headers, data)
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        if first > last:
            return Plan(416, {"Content-Range": f"bytes */{len(data)}"}, b"")
        return Plan(206, {**headers, "Content-Range": f"bytes {first}-{last}/{len(data)}"}, data[first:last + 1])

    def send_head(self, plan):
        plan.headers.setdefault("Content-Length", str(len(plan.body)))
        self.send_response(plan.status)
        for name, value in plan.headers.items():
            if value is not None:
                self.send_header(name, value)
        if plan.headers["Content-Length"] != str(len(plan.body)) or plan.cut is not None:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()

    def send_body(self, plan):
        """Sends in pieces; yields how many bytes are out."""
        end = len(plan.body) if plan.cut is None else min(plan.cut, len(plan.body))
        piece = 65536 if plan.pace is None else max(1, plan.pace // 20)
        for start in range(0, end, piece):
            self.wfile.write(plan.body[start:min(start + piece, end)])
            yield min(start + piece, end)
            if plan.pace is not None:
                time.sleep(piece / plan.pace)
        if plan.stall:
            time.sleep(plan.stall)
        if plan.cut is not None:
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        pass
