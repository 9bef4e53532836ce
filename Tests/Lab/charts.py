"""Helm charts made by hand, as repositories and registries publish them, and a stand-in for the program `helm`.

    archive = charts.package("podinfo", "6.5.1", values={"image": "ghcr.io/acme/app:1"})
    charts.publish(mirror, "/charts", {"podinfo": ["6.5.0", "6.5.1"]}, values=…)       # an index.yaml and its archives
    charts.push(registry, "acme/charts/podinfo", "6.5.1", archive)                     # an OCI artefact
    folder = charts.helm(folder, script)                                               # for PATH
"""
import gzip
import hashlib
import io
import json
import tarfile
import urllib.parse
import urllib.request

CONFIG = "application/vnd.cncf.helm.config.v1+json"
CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      containers:
        - name: main
          image: {{ .Values.image }}
"""


def package(name, version, values=None, files=(), **more):
    """The bytes of `name-version.tgz`, as `helm package` lays it out; `more` goes into Chart.yaml."""
    chart = {"apiVersion": "v2", "name": name, "version": version, **more}
    content = {"Chart.yaml": json.dumps(chart), "values.yaml": json.dumps(values or {}), "templates/deployment.yaml": DEPLOYMENT, **dict(files)}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, text in content.items():
            data = text if isinstance(text, bytes) else text.encode()
            header = tarfile.TarInfo(f"{name}/{path}")
            header.size, header.mode = len(data), 0o644
            archive.addfile(header, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def publish(mirror, path, versions, values=None, digests=True, **more):
    """A repository below `path`; the archives by chart and version."""
    archives, entries = {}, {}
    for name, listed in versions.items():
        for version in listed:
            data = archives[name, version] = package(name, version, values, **more)
            file = f"{name}-{version}.tgz"
            mirror.add(f"{path}/packages/{urllib.parse.quote(file)}", data)
            digest = {"digest": hashlib.sha256(data).hexdigest()} if digests else {}
            entries.setdefault(name, []).append({"name": name, "version": version, "urls": [f"packages/{urllib.parse.quote(file)}"], **digest})
    mirror.add(f"{path}/index.yaml", json.dumps({"apiVersion": "v1", "entries": entries}).encode())
    return archives


def push(registry, repository, version, archive, config=CONFIG):
    """Puts a chart into the registry as `helm push` does; the digest of its archive."""
    settings = json.dumps({"name": repository.rsplit("/", 1)[-1], "version": version}).encode()
    layers = [{"mediaType": CONTENT, **_blob(registry, repository, archive)}]
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": config, **_blob(registry, repository, settings)}, "layers": layers}
    _send(registry, "PUT", f"/v2/{repository}/manifests/{version.replace('+', '_')}", json.dumps(manifest).encode(), manifest["mediaType"])
    return layers[0]["digest"]


def _blob(registry, repository, data):
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    place = _send(registry, "POST", f"/v2/{repository}/blobs/uploads/", b"", "application/octet-stream").headers["Location"]
    joint = "&" if "?" in place else "?"
    _send(registry, "PUT", f"{place}{joint}digest={digest}", data, "application/octet-stream")
    return {"digest": digest, "size": len(data)}


def _send(registry, method, path, data, kind):
    url = path if path.startswith("http") else registry.url + path
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": kind})
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20)


def helm(folder, script):
    """A program called `helm` in `folder`, which is not Helm: it does what the shell script says."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "helm"
    program.write_text(f"#!/bin/sh\n# A stand-in for Helm, for tests.\n{script}\n")
    program.chmod(0o755)
    return folder
