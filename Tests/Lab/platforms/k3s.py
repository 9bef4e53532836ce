"""K3s: its example is bundles/demo.yaml. The tables follow install.sh of k3s-io/k3s and docs.k3s.io (page titles beside the rows)."""
import containerd
import k3s_release
import laid
import product
import scratch
from platforms import Site

PROFILE = "k3s"
DEFINITION = "bundles/demo.yaml"
IMAGES = tuple(k3s_release.IMAGES.values())
UPSTREAMS = ("https://github.com", "https://update.k3s.io")
REGISTRIES = ("https://registry-1.docker.io",)
IMPORT = containerd.ALL_PLATFORMS  # pkg/agent/containerd/containerd.go


def publish(world, version=k3s_release.VERSION, release=k3s_release.Release):
    world.release = release(world.layout, version)
    return world.release.publish(world.mirror, world.registry)


JOIN = {"K3S_URL": "https://192.168.10.5:6443", "K3S_TOKEN": "K10abc::server:hunter2"}
ROLES = {
    "first-server": Site({"NODE_IP": "192.168.10.5"}),
    "server": Site({"NODE_IP": "192.168.10.6", **JOIN}),
    "agent": Site({"NODE_IP": "192.168.10.7", **JOIN}),
}

# What every node has. Folders that K3s would make itself have the modes it gives them (pkg/datadir, pkg/deploy).
EVERY = {
    "usr/local/bin/k3s": laid.file("0755", laid.published(f"k3s{k3s_release.SUFFIX.get(product.ARCHITECTURE, '')}")),
    "usr/local/bin/kubectl": laid.link("k3s"),
    "usr/local/bin/crictl": laid.link("k3s"),
    "usr/local/bin/ctr": laid.link("k3s"),
    "usr/local/bin/k3s-killall.sh": laid.file("0755", laid.shell_script("k3s.service k3s-agent.service", "containerd-shim")),
    "etc/rancher": laid.folder(),
    "etc/rancher/k3s": laid.folder(),
    "etc/rancher/k3s/config.yaml.d": laid.folder(),
    "var/lib/rancher": laid.folder(),
    "var/lib/rancher/k3s": laid.folder(),
    "var/lib/rancher/k3s/agent": laid.folder(),
    "var/lib/rancher/k3s/agent/images": laid.folder(),
    # No .txt and no .cache.json beside it: v1.31.4 would pull the one, and lose pins by the other (k3s#14265).
    "var/lib/rancher/k3s/agent/images/sealift-images.tar": laid.file("0644", laid.image_archive()),
}
SERVER = {"var/lib/rancher/k3s/server": laid.folder("0700")}


def unit(name, command):
    """The service of install.sh, and its environment file, which it makes 0600; enabled."""
    return {f"etc/systemd/system/{name}.service": laid.file("0644", laid.unit_of(
        Unit={"Wants": "network-online.target", "After": "network-online.target"},
        Install={"WantedBy": "multi-user.target"},
        Service={
            "Type": "notify",
            "EnvironmentFile": ["-/etc/default/%N", "-/etc/sysconfig/%N", f"-/etc/systemd/system/{name}.service.env"],
            "KillMode": "process", "Delegate": "yes", "User": "root",
            "LimitNOFILE": "1048576", "LimitNPROC": "infinity", "LimitCORE": "infinity", "TasksMax": "infinity",
            "TimeoutStartSec": "0", "Restart": "always", "RestartSec": "5s",
            "ExecStartPre": ["-/sbin/modprobe br_netfilter", "-/sbin/modprobe overlay"],
            "ExecStart": f"/usr/local/bin/k3s {command}",
        })), **laid.enabled(f"{name}.service")}


def environment(name, values):
    return {f"etc/systemd/system/{name}.service.env": laid.file("0600", laid.environment_of(values))}


def config(values):
    """Configuration Options: a drop-in, so that config.yaml stays the site's own. It is read by root alone."""
    return {"etc/rancher/k3s/config.yaml.d/00-sealift.yaml": laid.file("0600", laid.yaml_of(values))}


LAID = {
    "first-server": {
        **EVERY, **SERVER, **unit("k3s", "server"), **environment("k3s", {}),
        **config({"node-ip": "192.168.10.5", "disable": ["traefik"]}),
        # Only the first server applies manifests: they go to the cluster's datastore from there.
        "var/lib/rancher/k3s/server/manifests": laid.folder("0700"),
        "var/lib/rancher/k3s/server/manifests/plc-bridge.yaml": laid.file(
            "0600", laid.exactly((scratch.ROOT / "bundles/manifests/plc-bridge.yaml").read_bytes())),
    },
    "server": {
        **EVERY, **SERVER, **unit("k3s", "server"), **environment("k3s", JOIN),
        **config({"node-ip": "192.168.10.6", "disable": ["traefik"]}),
    },
    # k3s agent: it knows no `disable`.
    "agent": {**EVERY, **unit("k3s-agent", "agent"), **environment("k3s-agent", JOIN), **config({"node-ip": "192.168.10.7"})},
}
