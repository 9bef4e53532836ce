"""A connected world on loopback: an upstream with a release of K3s, and a registry that stands for Docker Hub and the others.

    with world.World() as connected:
        product.sealift("build", definition, *connected.options, "-o", folder, …)
"""
import contextlib

import images
import k3s_release
import mirror
import registry

# The application of bundles/demo.yaml and bundles/line7.yaml.
APPLICATION = "acme/plc-bridge:2.3.1"
UPSTREAMS = ("https://github.com", "https://update.k3s.io")
REGISTRIES = ("https://registry-1.docker.io", "https://ghcr.io")


class World:
    """Everything started and filled; `options` lead sealift there instead of the internet."""

    def __init__(self, version=k3s_release.VERSION, release=k3s_release.Release):
        self.version, self.make_release, self.stack = version, release, contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as starting:
            self.layout = starting.enter_context(images.small((*k3s_release.IMAGES.values(), "plc-bridge")))
            self.registry = starting.enter_context(registry.Registry())
            self.mirror = starting.enter_context(mirror.Mirror())
            self.release = self.make_release(self.layout, self.version)
            self.digests = self.release.publish(self.mirror, self.registry)
            self.digests[f"ghcr.io/{APPLICATION}"] = self.registry.push(self.layout, "plc-bridge", APPLICATION)
            self.stack = starting.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def forget(self):
        """Starts counting requests anew."""
        self.mirror.forget()
        self.registry.forget()

    def asked(self):
        """Every request since then, of mirror and registry: method and path."""
        return [(each.method, each.path) for method in ("GET", "HEAD") for each in self.mirror.asked(method=method)] + self.registry.asked()

    @property
    def options(self):
        pairs = [(name, self.mirror.url) for name in UPSTREAMS] + [(name, self.registry.url) for name in REGISTRIES]
        return [word for name, url in pairs for word in ("--mirror", f"{name}={url}")]
