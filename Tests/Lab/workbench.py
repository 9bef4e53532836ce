"""A place to build at: a definition, a key and a cache of its own, and what the product makes of them.

    with workbench.Workbench(connected) as bench:
        built = bench.build(bench.define(version="2"))        # Built(folder, report)
        bench.sealift("verify", built.folder, "--key", bench.public_key)
"""
import json
import pathlib
import shutil
from typing import NamedTuple

import product
import scratch
import world

IMAGE_ARCHIVE = "var/lib/rancher/k3s/agent/images/sealift-images.tar"
VENDOR_ARCHIVE = "var/lib/rancher/k3s/agent/images/k3s-airgap-images.tar.zst"
APPLICATION = f"ghcr.io/{world.APPLICATION}"
PLAIN = {
    "name": "line7", "version": "2026.11.0",
    "platform": {"profile": "k3s", "version": "v1.31", "arch": product.ARCHITECTURE},
    "images": [APPLICATION], "manifests": ["./manifests"], "config": {"disable": ["traefik"]},
    "variables": {"NODE_IP": {"type": "ipv4", "ask": "address of this node on the plant network"}},
}


class Built(NamedTuple):
    """A bundle's folder, and what `build --json` reported of it."""

    folder: pathlib.Path
    report: dict

    def volumes(self):
        return sorted(self.folder.glob("payload-*.tar.zst"))

    def signature(self, suffix="sig"):
        [found] = (self.folder / "signatures").glob(f"*.{suffix}")
        return found


class Workbench:
    """Everything lies in `folder`; leaving it removes it."""

    def __init__(self, connected):
        self.world, self.folder = connected, scratch.folder("bench")
        self.home, self.cache, self.output = (self.folder / name for name in ("home", "cache", "out"))
        self.home.mkdir()
        self.key, self.public_key = self.keygen("site")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        scratch.remove(self.folder)

    def sealift(self, *arguments, **options):
        return product.sealift(*arguments, home=self.home, **options)

    def keygen(self, name, *options):
        """A new pair of keys: the paths of both."""
        self.sealift("keygen", self.folder / name, "--no-passphrase", *options)
        return self.folder / f"{name}.key", self.folder / f"{name}.pub"

    def define(self, name="line7", **changes):
        """A definition in a folder of its own, with one manifest beside it. JSON is YAML, too. None takes a key out."""
        folder = self.folder / f"define-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(scratch.ROOT / "bundles/manifests", folder / "manifests")
        settings = {key: value for key, value in {**PLAIN, "name": name, **changes}.items() if value is not None}
        if APPLICATION not in settings.get("images", []) and "manifests" in settings:
            settings.setdefault("allow-missing", [APPLICATION])  # the manifest refers to it
        path = folder / f"{name}.yaml"
        path.write_text(json.dumps(settings, indent=1))
        return path

    def command(self, definition, *options, output=None, cache=None, key=None, online=True):
        """The arguments of a build: options given here go last."""
        return ["build", definition, "-o", output or self.output, "--key", key or self.key, "--cache", cache or self.cache,
                *(self.world.options if online else self.world.local_options), *options]

    def build(self, definition, *options, output=None, cache=None, key=None, online=True, **more):
        """Builds; the bundle. `more` goes to `product.run`."""
        done = self.sealift(*self.command(definition, *options, "--json", output=output, cache=cache, key=key, online=online), **more)
        report = json.loads(done.output)
        return Built(pathlib.Path(report["bundle"]), report)

    def refused(self, status, definition, *options, **more):
        """Runs a build that must end with `status`; what it said. Nothing may then be at the output."""
        output = more.pop("output", self.folder / "refused")
        places = {name: more.pop(name) for name in ("cache", "key", "online") if name in more}
        done = self.sealift(*self.command(definition, *options, output=output, **places), status=status, **more)
        assert not output.exists() or not list(output.iterdir()), f"left behind: {list(output.iterdir())}"
        return done.errors

    def extract(self, built, name):
        """A file of the payload; where it is now."""
        folder = self.folder / "extracted"
        shutil.rmtree(folder, ignore_errors=True)
        self.sealift("extract", built.folder, name, "--key", self.public_key, "-o", folder)
        return folder / name
