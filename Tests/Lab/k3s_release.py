"""A release of K3s as the upstream publishes it, made of the laboratory's images. The program is a STAND-IN and says so.

    release = k3s_release.Release(layout)     # layout with images `busybox`, `coredns`, `pause`
    release.publish(mirror, registry)         # the assets under GitHub's paths, the images under Docker Hub's names
"""
import base64
import gzip
import hashlib
import json
import pathlib
import random

import archives
import mirror as upstream
import scratch

VERSION = "v1.31.4+k3s1"
OLDER = "v1.31.3+k3s1"
STABLE = "v1.30.8+k3s1"
# As `k3s-images.txt` writes them: complete names, one a line. The real list has eight; three tell as much.
IMAGES = {
    "docker.io/rancher/mirrored-coredns-coredns:1.12.0": "coredns",
    "docker.io/rancher/mirrored-library-busybox:1.36.1": "busybox",
    "docker.io/rancher/mirrored-pause:3.6": "pause",
}
STAND_IN = pathlib.Path(__file__).resolve().with_name("k3s-stand-in")
SUFFIX = {"amd64": "", "arm64": "-arm64"}


class Release:
    """The assets of one version, by name. The program is `padding` bytes longer than it need be: comments that do not compress.

    `images`: complete name → image of the layout; another release has others."""

    def __init__(self, layout, version=VERSION, padding=0, images=None):
        self.layout, self.version, self.padding, self.images = layout, version, padding, images or IMAGES
        self.assets = {"k3s-images.txt": "".join(f"{name}\n" for name in self.images).encode()}
        for architecture, suffix in SUFFIX.items():
            listed = {**self._archives(architecture), f"k3s{suffix}": self.program(architecture)}
            self.assets.update(listed)
            # `sha256sum` writes this: the archives first, then the program (scripts/package-airgap of k3s).
            lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in listed.items()]
            self.assets[f"sha256sum-{architecture}.txt"] = "".join(lines).encode()

    def program(self, architecture):
        """The stand-in, with its version and architecture written in."""
        text = STAND_IN.read_text().replace("@VERSION@", self.version).replace("@ARCHITECTURE@", architecture)
        return text.encode() + comments(self.padding, seed=architecture)

    def path(self, asset):
        """Where GitHub serves an asset. In a path, `+` is `%2B`."""
        return f"/k3s-io/k3s/releases/download/{self.version.replace('+', '%2B')}/{asset}"

    def publish(self, mirror, registry=None):
        """Puts the assets on `mirror` and, if given, the images into `registry`; name → digest there."""
        for name, data in self.assets.items():
            mirror.add(self.path(name), data)
        publish_channels(mirror, self.version)
        if registry is None:
            return {}
        return {name: registry.push(self.layout, tag, name.removeprefix("docker.io/")) for name, tag in self.images.items()}

    def _archives(self, architecture):
        """The vendor's archives as k3s makes them: `ctr images export --platform`, then gzip and zstd with a long window."""
        folder = scratch.folder("release")
        name = f"k3s-airgap-images-{architecture}.tar"
        plain = archives.write(folder / name, self.layout, self.images, archives.Shape.VENDOR, architecture)
        scratch.run("zstd", "-q", "-16", "--long=25", plain)
        data = plain.read_bytes()
        made = {name: data, f"{name}.gz": gzip.compress(data, mtime=0), f"{name}.zst": (folder / f"{name}.zst").read_bytes()}
        scratch.remove(folder)
        return made


def comments(size, seed):
    """About `size` bytes of comments for a shell, which hardly compress; the same each time."""
    text = base64.b64encode(random.Random(seed).randbytes(size * 3 // 4)).decode()
    return "".join(f"#{text[start:start + 120]}\n" for start in range(0, len(text), 120)).encode()


def publish_channels(mirror, version=VERSION):
    """The channel server of update.k3s.io: the list, and each channel as a redirect to its release."""
    channels = {"stable": STABLE, "latest": version, "v1.30": STABLE, "v1.31": version}
    base = "https://update.k3s.io/v1-release/channels"
    entries = [
        {"id": name, "type": "channel", "name": name, "latest": latest, "links": {"self": f"{base}/{name}"}}
        for name, latest in channels.items()
    ]
    # `latest` alone carries the pattern, as upstream; the clients that were strict about fields broke in 2025.
    entries[1]["latestRegexp"], entries[1]["excludeRegexp"] = ".*", "(^[^+]+-|v1\\.25\\.5\\+k3s1|v1\\.26\\.0\\+k3s1)"
    document = {"type": "collection", "links": {"self": base}, "actions": {}, "resourceType": "channels", "data": entries}
    mirror.add("/v1-release/channels", json.dumps(document).encode())
    for name, latest in channels.items():
        location = f"https://github.com/k3s-io/k3s/releases/tag/{latest.replace('+', '%2B')}"
        mirror.always(f"/v1-release/channels/{name}", upstream.Redirect(location))

