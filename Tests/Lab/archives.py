"""Image archives: OCI layouts as one tar, whole, as vendors ship them, and broken in one known way.

    archives.write(path, layout, {"docker.io/acme/app:1": "app"})
"""
import enum
import io
import tarfile

from layout import INDEX, encode

CONTAINERD_NAME = "io.containerd.image.name"
REF_NAME = "org.opencontainers.image.ref.name"


class Shape(enum.Enum):
    """Which blobs of an index go into the archive."""

    SAFE = "the index, every child manifest, the content of one platform"
    VENDOR = "what `ctr images export --platform` leaves: the other children's manifests are absent (containerd#7543)"
    WHOLE = "everything"


class Damage(enum.Enum):
    """What is wrong with an archive that containerd must refuse."""

    LAYER_ABSENT = "the first layer of the platform's image is not there"
    LAYER_WRONG = "that layer has the right name and other bytes"
    INDEX_CUT = "index.json ends in the middle"


def write(path, layout, images, shape=Shape.SAFE, platform="amd64", damage=None):
    """Writes `images` (full name → tag in `layout`) to `path` as a plain tar, each blob once."""
    blobs, entries, docker = {}, [], []
    for name, tag in sorted(images.items()):
        descriptor = layout.descriptor(tag)
        entries.append({**descriptor, "annotations": {CONTAINERD_NAME: name, REF_NAME: name}})
        manifest = collect(layout, descriptor, shape, platform, blobs)
        docker.append({"Config": member(manifest["config"]), "RepoTags": [name],
                       "Layers": [member(layer) for layer in manifest["layers"]]})
    first_layer = docker[0]["Layers"][0]
    if damage is Damage.LAYER_ABSENT:
        del blobs[first_layer]
    elif damage is Damage.LAYER_WRONG:
        blobs[first_layer] = blobs[first_layer][:-1] + bytes([blobs[first_layer][-1] ^ 1])
    index = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
             "index.json": index[: len(index) // 2] if damage is Damage.INDEX_CUT else index, **dict(sorted(blobs.items()))}
    if shape is Shape.VENDOR:
        files["manifest.json"] = encode(docker)
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(data), 0o644
            archive.addfile(header, io.BytesIO(data))
    return path


def collect(layout, descriptor, shape, platform, blobs):
    """Adds the blobs of one image; the manifest of `platform`."""
    blobs[member(descriptor)] = layout.read(descriptor["digest"])
    if descriptor["mediaType"] != INDEX:
        manifest = layout.document(descriptor["digest"])
        for child in layout.children(descriptor):
            blobs[member(child)] = layout.read(child["digest"])
        return manifest
    children = layout.children(descriptor)
    [chosen] = [child for child in children if child["platform"]["architecture"] == platform]
    for child in children:
        if child is chosen or shape is Shape.WHOLE:
            collect(layout, child, shape, platform, blobs)
        elif shape is Shape.SAFE:
            blobs[member(child)] = layout.read(child["digest"])
    return layout.document(chosen["digest"])


def member(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")
