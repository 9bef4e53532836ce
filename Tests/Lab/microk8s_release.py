"""MicroK8s as its store has it, made of the laboratory's images. Its snaps are STAND-INS: they hold the files that name images, no program.

    with microk8s_release.Release() as release:
        release.publish(mirror, registry, layout)
"""
import scratch
import snap_store

VERSION = "v1.34.1"
REVISION, BASE_REVISION, DAEMON_REVISION = 8511, 1981, 25577
# What the files below name, and the laboratory's image that stands for each.
IMAGES = {
    "docker.io/calico/cni:v3.29.3": "cni",
    "docker.io/calico/node:v3.29.3": "node",
    "docker.io/calico/kube-controllers:v3.29.3": "controllers",
    "docker.io/coredns/coredns:1.12.3": "coredns",
    "docker.io/cdkbot/hostpath-provisioner:1.6.0": "hostpath",
    "docker.io/library/busybox:1.28.4": "busybox",
    "registry.k8s.io/metrics-server/metrics-server:v0.8.0": "metrics",
    "registry.k8s.io/pause:3.10": "pause",
}
# The parts of each file that are about images, in the form in which canonical/microk8s and canonical/microk8s-core-addons have them.
FILES = {
    "upgrade-scripts/000-switch-to-calico/resources/calico.yaml": """\
kind: DaemonSet
spec:
  template:
    spec:
      initContainers:
        # This container installs the CNI binaries
        - name: upgrade-ipam
          image: docker.io/calico/cni:v3.29.3
          imagePullPolicy: IfNotPresent
        - name: install-cni
          image: docker.io/calico/cni:v3.29.3
      containers:
        - name: calico-node
          image: "docker.io/calico/node:v3.29.3"
---
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: calico-kube-controllers
          image: docker.io/calico/kube-controllers:v3.29.3 # the same release
""",
    "default-args/containerd-template.toml": """\
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  stream_server_address = "127.0.0.1"
  sandbox_image = "registry.k8s.io/pause:3.10"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${SNAPSHOTTER}"
""",
    "addons/core/addons/dns/coredns.yaml": """\
      containers:
        - name: coredns
          image: coredns/coredns:1.12.3
          securityContext:
            allowPrivilegeEscalation: $ALLOWESCALATION
""",
    "addons/core/addons/hostpath-storage/storage.yaml": """\
      containers:
        - name: hostpath-provisioner
          image: cdkbot/hostpath-provisioner:1.6.0
          env:
            - name: PV_DIR
              value: $SNAP_COMMON/default-storage
            - name: BUSYBOX_IMAGE
              value: busybox:1.28.4
          #   - name: PV_RECLAIM_POLICY
""",
    "addons/core/addons/metrics-server/metrics-server.yaml": """\
      containers:
        - args:
            - --cert-dir=/tmp
          image: registry.k8s.io/metrics-server/metrics-server:v0.8.0
      nodeSelector:
        kubernetes.io/arch: "$ARCH"
""",
    # Goes stale at its makers' (build-scripts/images.txt): nobody may take it for the list.
    "images.txt": "docker.io/coredns/coredns:1.0.0\n",
    "README": "STAND-IN for the snap microk8s. This is not MicroK8s: it runs no pod.\n",
}


class Release:
    """A store with the three snaps of one release."""

    def __init__(self, files=FILES, **changes):
        scratch.need("mksquashfs", "unsquashfs", "openssl")
        self.store = snap_store.Store()
        self.store.add("snapd", DAEMON_REVISION, "2.72", ["latest/stable"], {"README": "STAND-IN for snapd.\n"}, type="snapd")
        self.store.add("core22", BASE_REVISION, "20260410", ["latest/stable"], {"README": "STAND-IN for core22.\n"}, type="base")
        self.store.add("microk8s", REVISION, VERSION, ["1.34/stable", "1.34/candidate"], files, base="core22", confinement="classic", **changes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.__exit__()

    def publish(self, mirror, registry, layout):
        self.store.publish(mirror)
        return {name: registry.push(layout, tag, name.split("/", 1)[1]) for name, tag in IMAGES.items()}


def profile_for(store, folder):
    """The product's own profile with the keys of `store` in the place of the real ones, in `folder`."""
    text = (scratch.ROOT / "profiles/microk8s.yaml").read_text()
    real = ["BWDEoaqyr25nF5SNCvEv2v7QnM9QsfCc0PBMYD_i2NGSQ32EF2d4D0hqUel3m8ul", "-CvQKAwRQ5h3Ffn10FILJoEZUXOv6km9FwA80-Rcj-f-6jadQ89VRswHNiEB9Lxk"]
    for old, new in zip(real, store.keys):
        if text.count(f"- {old}\n") != 1:
            raise scratch.LabError("the profile does not name the keys of the real store")
        text = text.replace(f"- {old}\n", f"- '{new}'\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "microk8s.yaml").write_text(text)
    return folder
