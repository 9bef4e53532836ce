"""An OCI image layout on disk (image-spec, image-layout.md): blobs by digest, an index of names. Reads and writes, judges nothing."""
import hashlib
import json
import pathlib

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
REF_NAME = "org.opencontainers.image.ref.name"


def encode(document):
    """The bytes of a JSON document, the same each time."""
    return json.dumps(document, separators=(",", ":")).encode()


class Layout:
    """One layout folder. Images are found by the tag in `org.opencontainers.image.ref.name`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        if not (self.folder / "index.json").exists():
            (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
            self._write([])

    def path(self, digest):
        return self.folder / "blobs" / digest.replace(":", "/")

    def read(self, digest):
        return self.path(digest).read_bytes()

    def document(self, digest):
        return json.loads(self.read(digest))

    def add(self, data, media_type, **more):
        """Stores bytes; their descriptor."""
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.path(digest).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    def entries(self):
        return json.loads((self.folder / "index.json").read_text())["manifests"]

    def descriptor(self, tag):
        """The descriptor of the image called `tag`, without its name."""
        [found] = [each for each in self.entries() if each.get("annotations", {}).get(REF_NAME) == tag]
        return {key: value for key, value in found.items() if key != "annotations"}

    def tag(self, name, descriptor):
        """Calls an image `name`; whatever had the name before loses it."""
        others = [each for each in self.entries() if each.get("annotations", {}).get(REF_NAME) != name]
        self._write(others + [{**descriptor, "annotations": {REF_NAME: name}}])

    def children(self, descriptor):
        """What a descriptor's document names: the manifests of an index, the config and layers of a manifest."""
        document = self.document(descriptor["digest"])
        if "manifests" in document:
            return document["manifests"]
        return [document["config"], *document["layers"]]

    def _write(self, entries):
        (self.folder / "index.json").write_bytes(encode({"schemaVersion": 2, "manifests": entries}))
