"""MicroK8s: its example is bundles/microk8s.yaml. Its store and its snaps are STAND-INS; the assertions are real ones by keys of our own.

The tables follow the documents and sources of canonical/microk8s and canonical/snapd: what `snap download` writes, where the launch
configuration and side-loaded images go (snap/hooks/install).
"""
import types

import laid
import microk8s_release
import product
import snap_store
from platforms import Site

PROFILE = "microk8s"
DEFINITION = "bundles/microk8s.yaml"
IMAGES = tuple(microk8s_release.IMAGES.values())
UPSTREAMS = ("https://api.snapcraft.io",)
REGISTRIES = ("https://registry-1.docker.io", "https://registry.k8s.io")


def publish(world, release=microk8s_release.Release):
    world.release = world.starting.enter_context(release())
    return world.release.publish(world.mirror, world.registry, world.layout)


def options(world):
    """The profile as it is compiled in, but for the keys: those of the real store cannot have signed what stands for it."""
    return ["--profiles", microk8s_release.profile_for(world.release.store, world.release.store.folder / "profiles")]


INVITATION = "192.168.10.5:25000/92b2db237428470dc4fcfc4ebbd9dc81/2c0cb3284b05"
TOKEN = "0123456789abcdef0123456789abcdef"
ROLES = {
    "first-node": Site({"CLUSTER_TOKEN": TOKEN}),
    "control-plane": Site({"JOIN": INVITATION}),
    "worker": Site({"JOIN": INVITATION}),
}


def snap(name):
    """The snap as its store delivered it."""
    return lambda data, world: laid.exactly(world.release.store.named(name).data)(data, world)


def vouched(name):
    """What `snap ack` takes: account-key, snap-declaration, snap-revision of this snap, each signature good by openssl, and no `account`."""
    def rule(data, world):
        found = snap_store.parse(data)
        kinds = [each.headers["type"] for each in found]
        if kinds != ["account-key", "snap-declaration", "snap-revision"]:
            return f"holds {kinds}"
        if data != world.release.store.stream(world.release.store.named(name)):
            return "is not what snap download would write"
        if not all(snap_store.verify(each, found[0].body) for each in found[1:]):
            return "has a signature that openssl does not take"
        return None
    return rule


def single_platform_archive():
    """One platform in each image: the name leads to the manifest of this machine's architecture (microk8s#3863)."""
    def child(world, digest):
        return next(each["digest"] for each in world.layout.document(digest)["manifests"]
                    if each["platform"]["architecture"] == product.ARCHITECTURE)
    def rule(data, world):
        return laid.image_archive()(data, types.SimpleNamespace(digests=rule.digests(world)))
    rule.digests = lambda world: {name: child(world, digest) for name, digest in world.digests.items()}
    return rule


def launch(**settings):
    """MicroK8s docs, Use a launch configuration: read by root alone, since it may hold a token."""
    return {"var/snap/microk8s/common/.microk8s.yaml": laid.file("0600", laid.yaml_of({
        "version": "0.2.0", "extraSANs": ["gate4.plant.example"],
        "extraKubeletArgs": {"--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10"},
        "addons": [{"name": "dns", "args": ["192.168.10.1"]}, {"name": "hostpath-storage"}], **settings}))}


def pair(name, revision):
    """`snap download` calls them so."""
    folder = "opt/sealift/snaps"
    return {f"{folder}/{name}_{revision}.snap": laid.file("0644", snap(name)), f"{folder}/{name}_{revision}.assert": laid.file("0644", vouched(name))}


EVERY = {
    "opt/sealift": laid.folder(),
    "opt/sealift/snaps": laid.folder(),
    **pair("snapd", microk8s_release.DAEMON_REVISION),
    **pair("core22", microk8s_release.BASE_REVISION),
    **pair("microk8s", microk8s_release.REVISION),
    "var/snap": laid.folder(),
    "var/snap/microk8s": laid.folder(),
    "var/snap/microk8s/common": laid.folder(),
    "var/snap/microk8s/common/etc": laid.folder(),
    # The folder that containerd polls: a plain tar, whole at once.
    "var/snap/microk8s/common/etc/sideload": laid.folder(),
    "var/snap/microk8s/common/etc/sideload/sealift-images.tar": laid.file("0644", single_platform_archive()),
}
LAID = {
    "first-node": {**EVERY, **launch(persistentClusterToken=TOKEN)},
    "control-plane": {**EVERY, **launch(join={"url": INVITATION})},
    "worker": {**EVERY, **launch(join={"url": INVITATION, "worker": True})},
}
