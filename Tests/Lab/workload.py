"""What scripts/bench builds: a release of K3s of a real size, and images with shared layers made of this machine's programs.

    with workload.Workload(1_000_000_000, cache) as load:
        load.definition, load.options      # for sealift
        load.images, load.files            # the same things, for a script: sources and names, URLs and paths

The images are dear to make: the registry that holds them is kept in `cache` for the next run.
"""
import os
import pathlib
import random
import shutil

import images
import k3s_release
import product
import registry
import scratch
import world

# What the layers weigh as a registry holds them, of what they were: about that with gzip -1 of a Debian machine's /usr.
PACKED = 0.45
# A base of one layer under three images: a container for each of three tasks of a line, as one team makes them.
LAYERS, IMAGES, BASE = 10, 3, 1
# The K3s program of v1.31.4 is 70 303 896 bytes, nearly all of it packed already; the vendor's archives are not part of this.
PROGRAM = 70_303_896
DEFINITION = """\
name: bench
version: 1.0.0
platform: {{profile: k3s, version: v1.31, arch: {architecture}}}
images: [{images}]
manifests: [./manifests]
config: {{disable: [traefik]}}
"""


class Release(k3s_release.Release):
    """The release with a program of its real size: the stand-in, then bytes that do not shrink."""

    def program(self, architecture):
        text = super().program(architecture) + b"exit\n"
        return text + random.Random(architecture).randbytes(PROGRAM - len(text))


class Workload(world.World):
    """The connected world with the large images, and the folder of a definition that wants them."""

    def __init__(self, size, cache):
        super().__init__(release=Release)
        self.size, self.cache = size, cache

    def __enter__(self):
        super().__enter__()
        try:
            self.fill_registry()
            self.folder = scratch.folder("definition")
            self.write_definition()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *details):
        scratch.remove(self.folder)
        super().__exit__(*details)

    def fill_registry(self):
        """Adds the large images: the files of the kept registry get a second name in this one's storage."""
        plain = int((self.size - PROGRAM) / PACKED)
        kept = self.cache / f"registry-{plain}-{LAYERS}-{IMAGES}-{BASE}"
        if not kept.exists():
            make_images(plain, kept)
        shutil.copytree(kept, self.registry.storage, copy_function=link, dirs_exist_ok=True)

    def write_definition(self, change=""):
        """The definition with one small manifest, which holds `change`. A lock that is there stays."""
        (self.folder / "manifests").mkdir(exist_ok=True)
        (self.folder / "manifests/app.yaml").write_text(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: line}\ndata: {change: \"%s\"}\n" % change)
        self.definition.write_text(DEFINITION.format(
            architecture=product.ARCHITECTURE, images=", ".join(f"ghcr.io/{name}" for name in names())))

    @property
    def definition(self):
        return self.folder / "bench.yaml"

    @property
    def images(self):
        """Every image as (what the registry here calls it, its complete name)."""
        complete = [*k3s_release.IMAGES, *(f"ghcr.io/{name}" for name in names())]
        return [(f"{self.registry.host}/{name.split('/', 1)[1]}", name) for name in complete]

    @property
    def files(self):
        """Every other file as (URL, place on the target)."""
        assets = {f"k3s{k3s_release.SUFFIX[product.ARCHITECTURE]}": "usr/local/bin/k3s"}
        return [(self.mirror.url + self.release.path(name), place) for name, place in assets.items()]

    def read_upstream(self):
        """Has everything that is served in memory, so that nobody waits for the disk of the servers."""
        for path in self.registry.storage.rglob("data"):
            with open(path, "rb") as file:
                while file.read(1 << 20):
                    pass


def names():
    return [f"acme/line-{number}:1" for number in range(1, IMAGES + 1)]


def make_images(plain, kept):
    """Makes the images of so many bytes of files, pushes them into a registry, and keeps its storage as `kept`."""
    folder = scratch.folder("large")
    layout = images.large(folder, plain, LAYERS, IMAGES, base=BASE, architecture=product.ARCHITECTURE)
    with registry.Registry() as plain:
        for number, name in enumerate(names(), 1):
            plain.push(layout, f"large-{number}", name)
        unfinished = pathlib.Path(f"{kept}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(plain.storage, unfinished, copy_function=link)
    scratch.remove(folder)
    unfinished.rename(kept)


def link(source, destination):
    """A second name; a copy where the two are on different file systems."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)
