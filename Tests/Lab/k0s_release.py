"""A release of k0s as the upstream publishes it, made of the laboratory's images. The program is a STAND-IN and says so.

    release = k0s_release.Release(layout)     # layout with images `coredns`, `kube-router`, `pause`
    release.publish(mirror, registry)         # the assets under GitHub's paths, the images under quay.io's names
"""
import hashlib
import pathlib

import archives
import scratch

# The last line but one whose kubelet takes cgroup v1, which is what the laboratory's machines have.
VERSION = "v1.34.2+k0s.0"
# Names of assets changed with v1.36.1.
RENAMED = "v1.36.3+k0s.2"
# As the published lists write them: complete names, one a line. The real ones have thirteen; three tell as much.
IMAGES = {
    "quay.io/k0sproject/pause:3.10.2-0": "pause",
    "quay.io/k0sproject/coredns:1.14.6-k0s.0": "coredns",
    "quay.io/k0sproject/kube-router:v2.10.0-iptables1.8.13-k0s.1": "kube-router",
}
STAND_IN = pathlib.Path(__file__).resolve().with_name("k0s-stand-in")
ARCHITECTURES = ("amd64", "arm64")


class Release:
    """The assets of one version, by name."""

    def __init__(self, layout, version=VERSION):
        self.layout, self.version = layout, version
        self.assets = {}
        listed = "".join(f"{name}\n" for name in IMAGES).encode()
        for architecture in ARCHITECTURES:
            self.assets[f"k0s-{version}-{architecture}"] = self.program(architecture)
            self.assets[f"k0s-{version}-{architecture}.sig"] = b"c3RhbmQtaW4=\n"
            self.assets[self.bundle(architecture)] = self._archive(architecture)
            self.assets[self.image_list(architecture)] = listed
        self.assets["sha256sums.txt"] = self.sums()
        # Uploaded later, so it stands in no checksum file.
        self.assets[f"sonobuoy-conformance-results-amd64-{version}.tar.gz"] = b"\x1f\x8b"

    def sums(self):
        """`sha256sum -b *` over what is there: 64 digits, a blank, `*`, the name; sorted as a shell sorts."""
        return "".join(f"{hashlib.sha256(data).hexdigest()} *{name}\n" for name, data in sorted(self.assets.items())).encode()

    @property
    def is_renamed(self):
        return self.version.startswith("v1.36.")

    def bundle(self, architecture):
        """The airgap bundle: a plain tar, until v1.36.1 without a suffix."""
        return f"k0s-airgap-bundle-{self.version}-{f'linux-{architecture}.tar' if self.is_renamed else architecture}"

    def image_list(self, architecture):
        return f"airgap-images-linux-{architecture}.txt" if self.is_renamed else "airgap-images-list.txt"

    def program(self, architecture):
        """The stand-in, with its version and architecture written in."""
        return STAND_IN.read_text().replace("@VERSION@", self.version).replace("@ARCHITECTURE@", architecture).encode()

    def path(self, asset):
        """Where GitHub serves an asset. In a path every `+` is `%2B`: in the tag, and in the asset's own name."""
        return f"/k0sproject/k0s/releases/download/{self.version}/{asset}".replace("+", "%2B")

    def publish(self, mirror, registry=None):
        """Puts the assets on `mirror` and, if given, the images into `registry`; name → digest there."""
        for name, data in self.assets.items():
            mirror.add(self.path(name), data)
        # docs.k0sproject.io: the version and a line end.
        mirror.add("/stable.txt", f"{self.version}\n".encode())
        mirror.add("/latest.txt", b"v1.37.0-alpha.1+k0s.0\n")
        if registry is None:
            return {}
        return {name: registry.push(self.layout, tag, name.removeprefix("quay.io/")) for name, tag in IMAGES.items()}

    def _archive(self, architecture):
        """The vendor's bundle: an OCI layout of one platform that keeps the digest of the index (cmd/airgap)."""
        folder = scratch.folder("release")
        try:
            return archives.write(folder / "bundle", self.layout, IMAGES, archives.Shape.VENDOR, architecture).read_bytes()
        finally:
            scratch.remove(folder)
