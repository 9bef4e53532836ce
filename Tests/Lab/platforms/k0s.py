"""k0s: its example is bundles/k0s.yaml. The tables follow docs.k0sproject.io and the sources of k0sproject/k0s (places beside the rows)."""
import k0s_release
import laid
import product
import scratch
from platforms import Site

PROFILE = "k0s"
DEFINITION = "bundles/k0s.yaml"
IMAGES = tuple(k0s_release.IMAGES.values())
UPSTREAMS = ("https://github.com", "https://docs.k0sproject.io")
REGISTRIES = ("https://quay.io",)


def publish(world, version=k0s_release.VERSION, release=k0s_release.Release):
    world.release = release(world.layout, version)
    return world.release.publish(world.mirror, world.registry)


# base64 of a gzipped kubeconfig (docs/k0s-multi-node.md); this one is none.
TOKEN = "H4sIAAAAAAAC/2yVzXLb+hmE+xbVfH3hunter2+Lab=="
ROLES = {
    "single": Site({"NODE_IP": "192.168.10.5"}),
    "first-controller": Site({"NODE_IP": "192.168.10.6"}),
    "first-controller-worker": Site({"NODE_IP": "192.168.10.7"}),
    "controller": Site({"NODE_IP": "192.168.10.8", "K0S_TOKEN": TOKEN}),
    "controller-worker": Site({"NODE_IP": "192.168.10.9", "K0S_TOKEN": TOKEN}),
    "worker": Site({"K0S_TOKEN": TOKEN}),
}

# docs/directories.md; the program where get.k0s.sh lays it.
EVERY = {
    "usr/local/bin/k0s": laid.file("0755", laid.published(f"k0s-{k0s_release.VERSION}-{product.ARCHITECTURE}")),
    "usr/local/bin/k0s-killall.sh": laid.file("0755", laid.shell_script("k0scontroller.service k0sworker.service", "containerd-shim")),
    "etc/k0s": laid.folder(),
    "var/lib/k0s": laid.folder(),
}
# docs/airgap-install.md: for machines that run pods. Every file there is imported, so there is one file, and it is a plain tar.
POD_RUNNER = {
    "var/lib/k0s/images": laid.folder(),
    "var/lib/k0s/images/sealift-images.tar": laid.file("0644", laid.image_archive(pinned=True)),
}
# docs/manifests.md: a stack is a folder below manifests, of which `.yaml` is read.
MANIFESTS = {
    "var/lib/k0s/manifests": laid.folder(),
    "var/lib/k0s/manifests/sealift": laid.folder(),
    "var/lib/k0s/manifests/sealift/plc-bridge.yaml": laid.file("0600", laid.exactly((scratch.ROOT / "bundles/manifests/plc-bridge.yaml").read_bytes())),
}


def users(*more):
    """pkg/install/users.go: system accounts whose home is the data folder, and who cannot log in; a group of the same name for each."""
    names = ("etcd", "kube-apiserver", "kube-scheduler", "konnectivity-server", *more)
    return {
        "etc/passwd": laid.file("0644", laid.accounts_of({name: ("/var/lib/k0s", "/usr/sbin/nologin") for name in names})),
        "etc/group": laid.file("0644", laid.groups_of(names)),
    }


def unit(name, command):
    """What `k0s install` writes (pkg/install/systemd_linux.go), enabled. There is no Type, and no EnvironmentFile."""
    return {f"etc/systemd/system/{name}.service": laid.file("0644", laid.unit_of(
        Unit={"ConditionFileIsExecutable": "/usr/local/bin/k0s", "After": "network-online.target", "Wants": "network-online.target"},
        Install={"WantedBy": "multi-user.target"},
        Service={
            "StartLimitInterval": "5", "StartLimitBurst": "10", "ExecStart": f"/usr/local/bin/k0s {command}", "RestartSec": "10",
            "Delegate": "yes", "KillMode": "process", "LimitCORE": "infinity", "TasksMax": "infinity", "TimeoutStartSec": "0",
            "LimitNOFILE": "999999", "Restart": "always",
        })), **laid.enabled(f"{name}.service")}


def controller(*flags):
    """Flags in the order of their names, as pflag visits them (cmd/install/util.go)."""
    return unit("k0scontroller", " ".join(["controller", "--config=/etc/k0s/k0s.yaml", "--disable-components=autopilot,update-prober", *flags]))


def config(address, **storage):
    """docs/configuration.md and docs/airgap-install.md; for root alone, as it may hold passwords."""
    spec = {
        "api": {"address": address, "port": 6443, "sans": ["hall3.plant.example"]}, **storage, "images": {"default_pull_policy": "Never"},
        "telemetry": {"enabled": False}, "network": {"podCIDR": "10.60.0.0/16"},
    }
    whole = {"apiVersion": "k0s.k0sproject.io/v1beta1", "kind": "ClusterConfig", "metadata": {"name": "k0s"}, "spec": spec}
    return {"etc/k0s/k0s.yaml": laid.file("0600", laid.yaml_of(whole))}


def etcd(address):
    """Members of etcd know each other by this address."""
    return {"storage": {"type": "etcd", "etcd": {"peerAddress": address}}}


# docs/k0s-multi-node.md: the token, which lets a machine join, in a file that the unit reads at each start.
TOKEN_FILE = {"etc/k0s/join-token": laid.file("0600", laid.exactly(f"{TOKEN}\n"))}
JOINING, PODS = "--token-file=/etc/k0s/join-token", ("--enable-worker=true", "--no-taints=true")

LAID = {
    # kine instead of etcd, and nobody can join.
    "single": {**EVERY, **POD_RUNNER, **MANIFESTS, **users(), **controller("--single=true"), **config("192.168.10.5")},
    # A controller that runs no pods ignores the images folder (k0s#5753).
    "first-controller": {
        **EVERY, **MANIFESTS, **users("keepalived"), **controller(), **config("192.168.10.6", **etcd("192.168.10.6")),
    },
    "first-controller-worker": {
        **EVERY, **POD_RUNNER, **MANIFESTS, **users("keepalived"), **controller(*PODS), **config("192.168.10.7", **etcd("192.168.10.7")),
    },
    # Manifests are the first controller's: the others would apply them once more.
    "controller": {
        **EVERY, **TOKEN_FILE, **users("keepalived"), **controller(JOINING), **config("192.168.10.8", **etcd("192.168.10.8")),
    },
    "controller-worker": {
        **EVERY, **POD_RUNNER, **TOKEN_FILE, **users("keepalived"), **controller(*PODS, JOINING), **config("192.168.10.9", **etcd("192.168.10.9")),
    },
    # No k0s.yaml, no users: a worker gets its configuration from the cluster, and everything of it runs as root.
    "worker": {**EVERY, **POD_RUNNER, **TOKEN_FILE, **unit("k0sworker", f"worker {JOINING}")},
}
