"""A connected world on loopback: an upstream with a platform's release, and a registry that stands for Docker Hub and the others.

    with world.World(platform="k3s") as connected:
        product.sealift("build", definition, *connected.options, "-o", folder, …)
"""
import contextlib

import images
import mirror
import platforms
import registry

# The application of the examples in bundles/.
APPLICATION = "acme/plc-bridge:2.3.1"


class World:
    """Everything started and filled; `options` lead sealift there instead of the internet. `publishing` goes to the platform."""

    def __init__(self, platform="k3s", **publishing):
        self.platform, self.publishing, self.stack = platforms.load(platform), publishing, contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as starting:
            self.layout = starting.enter_context(images.small((*self.platform.IMAGES, "plc-bridge")))
            self.registry = starting.enter_context(registry.Registry())
            self.mirror = starting.enter_context(mirror.Mirror())
            self.starting = starting
            self.digests = self.platform.publish(self, **self.publishing)
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
        pairs = [(name, self.mirror.url) for name in self.platform.UPSTREAMS]
        pairs += [(name, self.registry.url) for name in ("https://ghcr.io", *self.platform.REGISTRIES)]
        return [*(word for name, url in dict(pairs).items() for word in ("--mirror", f"{name}={url}")), *self.local_options]

    @property
    def local_options(self):
        """Those that lead to nobody; a build without network has them, too."""
        return self.platform.options(self) if hasattr(self.platform, "options") else []
