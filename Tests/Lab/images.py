"""Real images from what this machine has, made with umoci: no hub is needed.

    with images.small() as layout: …    # `app` and `historian` share a base; each is an index of amd64, arm64 and an attestation
    layout = images.large(layout, 1_000_000_000)    # for scripts/bench
"""
import concurrent.futures
import contextlib
import gzip
import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess

import scratch
from layout import INDEX, MANIFEST, Layout, encode

ARCHITECTURES = ("amd64", "arm64")
BUSYBOX = "/bin/busybox"
EMPTY_CONFIG = b"{}"


@contextlib.contextmanager
def small(names=("app", "historian")):
    """A layout with one small multi-architecture image for each name; all share their base layers."""
    scratch.need("umoci", root=True)  # as another user umoci keeps no owners
    folder = scratch.folder("images")
    try:
        layout = Layout(folder / "layout")
        for architecture in ARCHITECTURES:
            make_base(layout, folder, architecture)
        for name in names:
            add_image(layout, folder, name)
        yield layout
    finally:
        scratch.remove(folder)


def make_base(layout, folder, architecture):
    """`base-<architecture>`: busybox and one text, as one layer."""
    tree = folder / f"tree-{architecture}"
    (tree / "bin").mkdir(parents=True)
    (tree / "etc").mkdir()
    shutil.copy(BUSYBOX, tree / "bin/busybox")
    (tree / "bin/sh").symlink_to("busybox")
    (tree / "etc/platform").write_text(f"linux/{architecture}\n")
    image = f"{layout.folder}:base-{architecture}"
    scratch.run("umoci", "new", "--image", image)
    scratch.run("umoci", "config", "--image", image, "--os", "linux", "--architecture", architecture,
                "--config.cmd", "/bin/sh")
    scratch.run("umoci", "insert", "--image", image, tree, "/")


def add_image(layout, folder, name):
    """`name`: an index of amd64, arm64 and, as docker buildx leaves it, an attestation for the first."""
    children = []
    for architecture in ARCHITECTURES:
        content = folder / f"{name}-{architecture}.txt"
        content.write_text(f"{name} for {architecture}\n" * 200)
        scratch.run("umoci", "insert", "--image", f"{layout.folder}:base-{architecture}", "--tag", f"{name}-{architecture}",
                    content, f"/opt/{name}")
        platform = {"os": "linux", "architecture": architecture}
        children.append({**layout.descriptor(f"{name}-{architecture}"), "platform": platform})
    children.append(attestation(layout, children[0]))
    layout.tag(name, add_index(layout, children))


def add_index(layout, children):
    return layout.add(encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}), INDEX)


def attestation(layout, subject):
    """A child that is no image: what BuildKit writes beside each platform (moby/buildkit docs/attestations)."""
    statement = layout.add(
        encode({"_type": "https://in-toto.io/Statement/v0.1", "subject": [{"digest": subject["digest"]}]}),
        "application/vnd.in-toto+json")
    config = layout.add(EMPTY_CONFIG, "application/vnd.oci.image.config.v1+json")
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [statement]}
    return layout.add(
        encode(manifest), MANIFEST, platform={"os": "unknown", "architecture": "unknown"},
        annotations={"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": subject["digest"]})


def large(folder, size, layers=8, images=3, source="/usr", base=None, architecture="amd64"):
    """A layout with about `size` bytes of mixed content from `source`, in gzip layers as registries hold them.

    Images `large-1` and on share the first `base` layers (one less than each would have alone if not given); the others are
    dealt out in turn. The same machine gives the same digests each time. Returns the layout; the caller removes `folder`.
    """
    layout = Layout(pathlib.Path(folder) / "layout")
    parts = split(files_of(source), size, layers)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(lambda part: add_layer(layout, *part), enumerate(parts)))
    shared = layers - images if base is None else base
    for number in range(1, images + 1):
        chosen = made[:shared] + made[shared + number - 1::images]
        config = {"architecture": architecture, "os": "linux", "config": {},
                  "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in chosen]}}
        document = {"schemaVersion": 2, "mediaType": MANIFEST,
                    "config": layout.add(encode(config), "application/vnd.oci.image.config.v1+json"),
                    "layers": [descriptor for descriptor, _ in chosen]}
        layout.tag(f"large-{number}", layout.add(encode(document), MANIFEST))
    return layout


def files_of(source):
    """Every plain file below `source` on its own file system, in a fixed order that mixes programs, texts and data."""
    device, found = os.lstat(source).st_dev, []
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(each for each in folders if os.lstat(os.path.join(folder, each)).st_dev == device)
        paths = (os.path.join(folder, name) for name in sorted(names))
        found += [path for path in paths if os.path.isfile(path) and not os.path.islink(path)]
    return sorted(found, key=lambda path: (os.path.basename(path), path))


def split(paths, size, count):
    """The first `size` bytes of files, in `count` parts of about the same size. A small source is gone through again and again."""
    parts, part, limit = [], [], size // count
    room = limit
    for path in itertools.cycle(path for path in paths if os.path.getsize(path) > 0):
        part.append(path)
        room -= os.path.getsize(path)
        if room <= 0:
            parts.append(part)
            part, room = [], limit
            if len(parts) == count:
                return parts
    raise scratch.LabError("the source has no content")


def add_layer(layout, number, paths):
    """One layer: its descriptor and the digest of its plain tar (`diff_id`)."""
    temporary = layout.folder / f"layer-{number}"
    # A file, not a pipe: tar would stop reading names while nobody reads its output.
    listing = layout.folder / f"layer-{number}.names"
    listing.write_bytes("\0".join(path.lstrip("/") for path in paths).encode(errors="surrogateescape"))
    tar = subprocess.Popen(["tar", "--create", "--directory=/", "--no-recursion", "--mtime=@0", "--owner=0",
                            "--group=0", "--numeric-owner", "--null", f"--files-from={listing}"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    plain = hashlib.sha256()
    with open(temporary, "wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        while block := tar.stdout.read(1 << 20):
            plain.update(block)
            packed.write(block)
    if tar.wait() != 0:
        raise scratch.LabError(f"tar ended with status {tar.returncode}")
    listing.unlink()
    with open(temporary, "rb") as file:
        digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    temporary.rename(layout.path(digest))
    size = layout.path(digest).stat().st_size
    return ({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest, "size": size},
            "sha256:" + plain.hexdigest())
