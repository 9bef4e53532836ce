"""A real containerd of its own: the judge of image archives.

    with containerd.Containerd() as judge:
        store = judge.store()                     # a namespace of its own: an empty store
        store.import_archive(path, containerd.ALL_PLATFORMS)
        store.images()                            # name → digest
        store.incomplete()                        # empty when every image is whole and unpacked
"""
import itertools

import scratch

# How the platforms call `ctr images import` (the table "who accepts what" has their sources).
DEFAULT = ()  # k0s, plain containerd: the host's platform and what it can run
ALL_PLATFORMS = ("--all-platforms",)  # K3s, before it learnt to skip what is absent
ONE_PLATFORM = ("--platform", "linux/amd64")  # microk8s images import
MODES = {"default": DEFAULT, "all platforms": ALL_PLATFORMS, "one platform": ONE_PLATFORM}


class ImportRefused(scratch.LabError):
    """containerd did not take the archive; the text is what it said."""


class Containerd:
    """One containerd, with root, state and socket in a folder of its own."""

    def __init__(self):
        scratch.need("containerd", "ctr", root=True)
        self.folder = scratch.folder("cd")
        self.socket = self.folder / "s"  # a socket's path must stay below 108 bytes
        self.log = self.folder / "log"
        self.process = None
        self._names = (f"test-{number}" for number in itertools.count(1))

    def start(self):
        config = self.folder / "config.toml"
        # Without `opt`, containerd does not make /opt/containerd; without `cri`, it needs no CNI.
        config.write_text(f'''version = 2
root = "{self.folder}/root"
state = "{self.folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "{self.socket}"
''')
        self.process = scratch.start(["containerd", "--config", config], self.log)
        scratch.wait_until(lambda: self.ctr("version", check=False).returncode == 0, "containerd",
                           process=self.process, log=self.log)
        return self

    def close(self):
        if self.process:
            scratch.stop(self.process)
        scratch.remove(self.folder)

    __enter__ = start

    def __exit__(self, *_):
        self.close()

    def ctr(self, *arguments, **options):
        return scratch.run("ctr", "--address", self.socket, *arguments, **options)

    def store(self):
        """An empty store: presence of content is per namespace."""
        return ImageStore(self, next(self._names))


class ImageStore:
    """The images of one namespace."""

    def __init__(self, judge, namespace):
        self.judge, self.namespace = judge, namespace

    def ctr(self, *arguments, **options):
        return self.judge.ctr("--namespace", self.namespace, *arguments, **options)

    def import_archive(self, path, mode=DEFAULT):
        # The native snapshotter works on any file system below us, overlay included.
        done = self.ctr("images", "import", "--snapshotter", "native", *mode, path, check=False)
        if done.returncode != 0:
            raise ImportRefused(done.stderr.strip())

    def images(self):
        """Name → digest of what the name stands for."""
        lines = self.ctr("images", "ls").stdout.splitlines()[1:]
        return {fields[0]: fields[2] for fields in map(str.split, lines)}

    def incomplete(self):
        """The lines of `ctr images check` that are not complete and unpacked. Only the lines count, its status is 0 for most of them."""
        lines = self.ctr("images", "check", "--snapshotter", "native", check=False).stdout.splitlines()[1:]
        return [line for line in lines if " complete (" not in line or not line.rstrip().endswith("true")]

    def mount(self, name):
        """Mounts an image's files; the folder. `unmount` it."""
        folder = self.judge.folder / f"mount-{self.namespace}"
        folder.mkdir()
        self.ctr("images", "mount", "--snapshotter", "native", name, folder)
        return folder

    def unmount(self, folder):
        self.ctr("images", "unmount", "--rm", "--snapshotter", "native", folder)
        folder.rmdir()
