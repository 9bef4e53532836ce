"""A real container registry (docker-registry, the reference implementation) on loopback.

    with registry.Registry() as plain: plain.push(layout, "app-amd64", "acme/app:1")
    plain.forget(); …; plain.asked()               # [("GET", "/v2/acme/app/manifests/1"), …]
    with registry.Registry(tls=True, password=True) as closed: …   # own CA and basic authentication
"""
import base64
import json
import re
import ssl
import urllib.error
import urllib.request

import scratch

USER, PASSWORD = "lab", "lab-password"
# bcrypt is the only form that docker-registry accepts; made by perl's crypt() from PASSWORD.
_HTPASSWD = f"{USER}:$2y$05$labsaltlabsaltlabsalteIs/ieIae3HaSAhjiA5RmQv0Vqp0q/Ru\n"
_OCI = "application/vnd.oci.image"
_DOCKER = "application/vnd.docker.distribution.manifest"
_ACCESS = re.compile(r'"([A-Z]+) (\S+) HTTP/[0-9.]+" [0-9]+ ')  # a line of the access log, in Apache's combined form
ACCEPT = ", ".join([f"{_OCI}.index.v1+json", f"{_OCI}.manifest.v1+json", f"{_DOCKER}.list.v2+json", f"{_DOCKER}.v2+json"])


class Registry:
    """One registry with its own port and storage. `host` is what stands before the repository in a reference."""

    def __init__(self, tls=False, password=False, relative_urls=True):
        scratch.need("docker-registry", "skopeo")
        self.tls, self.password, self.relative_urls = tls, password, relative_urls
        self.folder = scratch.folder("registry")
        self.port = scratch.free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self.ca = self.folder / "certs" / "ca.crt" if tls else None
        self.storage = self.folder / "data"
        self.log = self.folder / "log"
        self.seen = 0  # how much of the log was forgotten
        self.process = None

    def start(self):
        settings = {
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": False}},
            "storage": {"filesystem": {"rootdirectory": str(self.storage)}, "delete": {"enabled": True}},
            "http": {"addr": self.host, "secret": "lab", "relativeurls": self.relative_urls},
        }
        if self.tls:
            settings["http"]["tls"] = self._certificate()
        if self.password:
            (self.folder / "htpasswd").write_text(_HTPASSWD)
            settings["auth"] = {"htpasswd": {"realm": "lab", "path": str(self.folder / "htpasswd")}}
        (self.folder / "config.yml").write_text(json.dumps(settings))  # JSON is YAML, too
        self.process = scratch.start(["docker-registry", "serve", self.folder / "config.yml"], self.log)
        scratch.wait_until(self._answers, "registry", process=self.process, log=self.log)
        return self

    def close(self):
        if self.process:
            scratch.stop(self.process)
        scratch.remove(self.folder)

    __enter__ = start

    def __exit__(self, *_):
        self.close()

    def push(self, layout, tag, name):
        """Copies image `tag` of an OCI layout, all platforms, to `name` (`acme/app:1`) with skopeo."""
        scratch.run("skopeo", "copy", "--all", "--quiet", *self._skopeo("dest"),
                    f"oci:{layout.folder}:{tag}", f"docker://{self.host}/{name}")
        return self.digest(name)

    def digest(self, name):
        """The digest that the registry gives for `name`: `sha256:…`."""
        with self._open(*self._manifest_path(name), method="HEAD") as answer:
            return answer.headers["Docker-Content-Digest"]

    def manifest(self, name):
        """The bytes of the manifest or index that `name` (by tag or `@digest`) stands for."""
        with self._open(*self._manifest_path(name)) as answer:
            return answer.read()

    def blob(self, repository, digest):
        with self._open(f"/v2/{repository}/blobs/{digest}") as answer:
            return answer.read()

    def asked(self):
        """What clients asked for since the last `forget`: method and path, in order."""
        return _ACCESS.findall(self.log.read_bytes()[self.seen:].decode(errors="replace"))

    def forget(self):
        """Starts counting anew."""
        self.seen = self.log.stat().st_size

    def docker_config(self):
        """A `config.json` with this registry's password, in a folder for DOCKER_CONFIG."""
        folder = self.folder / "docker"
        folder.mkdir(exist_ok=True)
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (folder / "config.json").write_text(json.dumps({"auths": {self.host: {"auth": token}}}))
        return folder

    def blob_path(self, digest):
        """Where the registry keeps a blob on disk, for damaging it on purpose."""
        algorithm, value = digest.split(":")
        return self.storage / "docker/registry/v2/blobs" / algorithm / value[:2] / value / "data"

    def _certificate(self):
        self.ca.parent.mkdir()
        key = self.folder / "key.pem"
        scratch.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=sealift laboratory", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", self.ca)
        return {"certificate": str(self.ca), "key": str(key)}

    def _answers(self):
        try:
            self._open("/v2/").close()
        except urllib.error.HTTPError:
            return True  # it asks who we are: it is up
        except OSError:
            return False
        return True

    def _open(self, path, accept="*/*", method="GET"):
        request = urllib.request.Request(self.url + path, headers={"Accept": accept}, method=method)
        if self.password:
            token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        context = ssl.create_default_context(cafile=str(self.ca)) if self.tls else None
        handlers = [urllib.request.ProxyHandler({})] + ([urllib.request.HTTPSHandler(context=context)] if context else [])
        return urllib.request.build_opener(*handlers).open(request, timeout=20)

    @staticmethod
    def _manifest_path(name):
        repository, reference = name.split("@", 1) if "@" in name else name.rsplit(":", 1)
        return f"/v2/{repository}/manifests/{reference}", ACCEPT

    def _skopeo(self, side):
        options = [f"--{side}-cert-dir", str(self.ca.parent)] if self.tls else [f"--{side}-tls-verify=false"]
        return options + ([f"--{side}-creds", f"{USER}:{PASSWORD}"] if self.password else [])
