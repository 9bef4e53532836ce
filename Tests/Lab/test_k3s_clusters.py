"""K3s for more than one machine: bundles/k3s-ha.yaml for each role, the datastore instead of etcd, SELinux packages. Tables by hand, as in platforms/k3s.py."""
import os
import shutil
import unittest

import laid
import platforms
import product
import scratch
import tree
import workbench
import world
from platforms import k3s

# K3s docs, k3s token: servers know both, an agent has its own as K3S_TOKEN.
URL, TOKEN, AGENT_TOKEN = "https://192.168.10.5:6443", "K10abc::server:hunter2", "agents-only"
PASSWORD = {"REGISTRY_PASSWORD": "pa$$word"}
SITES = {
    "first-server": {"NODE_IP": "192.168.10.5", "K3S_TOKEN": "hunter2", "K3S_AGENT_TOKEN": AGENT_TOKEN, **PASSWORD},
    "server": {"NODE_IP": "192.168.10.6", "K3S_URL": URL, "K3S_TOKEN": TOKEN, "K3S_AGENT_TOKEN": AGENT_TOKEN, **PASSWORD},
    "agent": {"NODE_IP": "192.168.10.7", "K3S_URL": URL, "K3S_TOKEN": AGENT_TOKEN, **PASSWORD},
}
# K3s docs, High Availability Embedded etcd; Embedded Registry Mirror: embedded-registry on servers, mirrors on every node.
SERVERS = {"disable": ["traefik"], "tls-san": ["k3s.plant"], "secrets-encryption": True, "embedded-registry": True,
           "disable-default-registry-endpoint": True}
CONFIG = {
    "first-server": {**SERVERS, "node-ip": "192.168.10.5", "cluster-init": True},
    "server": {**SERVERS, "node-ip": "192.168.10.6"},
    "agent": {"disable-default-registry-endpoint": True, "node-ip": "192.168.10.7", "node-label": ["plant/line=7"]},
}
REGISTRIES = {"etc/rancher/k3s/registries.yaml": laid.file("0600", laid.yaml_of({
    "mirrors": {"*": {}, "registry.plant:5000": {"endpoint": ["https://registry.plant:5000"]}},
    "configs": {"registry.plant:5000": {"auth": {"username": "edge", "password": "pa$$word"}}}}))}


def table(role):
    """The table of the single machine with what a cluster has beyond it."""
    unit = "k3s-agent" if role == "agent" else "k3s"
    joining = {name: value for name, value in SITES[role].items() if name.startswith("K3S_")}
    return {**k3s.LAID[role], **k3s.config(CONFIG[role]), **k3s.environment(unit, joining), **REGISTRIES}


def setUpModule():
    global connected, bench
    scratch.need(root=True)
    scratch.need_modules("yaml")
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))


def example(*changes, name="k3s-ha.yaml"):
    folder = bench.folder / "definition"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(scratch.ROOT / "bundles", folder, ignore=shutil.ignore_patterns("*.lock"))
    text = (folder / name).read_text().replace("arch: amd64", f"arch: {product.ARCHITECTURE}")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / name).write_text(text)
    return folder / name


class Installing(unittest.TestCase):
    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        self.before = laid.system(self.root)

    def check_table(self, built, table):
        whole = {**laid.installer(built.folder, table), **table}
        self.assertEqual(laid.differences(self.root, self.before, whole, connected), [])

    def install(self, built, role, values, status=product.Exit.DONE):
        folder = scratch.folder("site")
        self.addCleanup(scratch.remove, folder)
        words = platforms.Site(values).words(role, folder)
        return product.run("sh", built.folder / "install.sh", "apply", "--root", self.root, "--key", bench.public_key, *words,
                           home=bench.home, status=status)


class Clusters(Installing):
    @classmethod
    def setUpClass(cls):
        cls.built = bench.build(example())

    def test_every_role_leaves_exactly_the_table(self):
        for role, values in SITES.items():
            with self.subTest(role=role):
                self.setUp()
                done = self.install(self.built, role, values)
                self.check_table(self.built, table(role))
                receipt = next((self.root / laid.STATE / "receipts").iterdir()).read_text()
                for secret in ("hunter2", AGENT_TOKEN, "pa$$word"):
                    self.assertNotIn(secret, receipt + done.output + done.errors)

    def test_a_second_server_without_its_cluster_is_refused(self):
        for left_out in ("K3S_URL", "K3S_TOKEN"):
            with self.subTest(left_out=left_out):
                values = {name: value for name, value in SITES["server"].items() if name != left_out}
                done = self.install(self.built, "server", values, status=product.Exit.USAGE)
                self.assertIn(f"values are missing: {left_out}", done.errors)
                self.assertEqual(laid.differences(self.root, self.before, {}, connected), [])


class Datastores(Installing):
    """K3s docs, High Availability External DB: servers meet in the datastore, and need the token, not a URL."""

    STORE = ("  first-server: {cluster-init: true}\n", "  first-server: {datastore-endpoint: \"${DATASTORE}\"}\n"
             "  server: {datastore-endpoint: \"${DATASTORE}\"}\n")
    ASK = ("variables:\n", "variables:\n  DATASTORE: {type: secret, ask: where the cluster keeps its state, roles: [first-server, server]}\n")

    def test_a_second_server_finds_the_cluster_in_the_datastore(self):
        built = bench.build(example(self.STORE, self.ASK))
        values = {"NODE_IP": "192.168.10.6", "K3S_TOKEN": TOKEN, **PASSWORD}
        done = self.install(built, "server", values, status=product.Exit.USAGE)
        self.assertIn("values are missing: DATASTORE", done.errors)
        self.install(built, "server", {**values, "DATASTORE": "postgres://edge:x@10.0.0.1/k3s"})
        wanted = {**k3s.LAID["server"], **REGISTRIES, **k3s.environment("k3s", {"K3S_TOKEN": TOKEN}),
                  **k3s.config({**SERVERS, "node-ip": "192.168.10.6", "datastore-endpoint": "postgres://edge:x@10.0.0.1/k3s"})}
        self.check_table(built, wanted)

    def test_what_cannot_be_is_refused_when_it_is_built(self):
        optional = (self.ASK[0], self.ASK[1].replace("roles:", "required: false, roles:"))
        for changes, part in {
            (("first-server: {cluster-init: true}", "first-server: {cluster-init: true, datastore-endpoint: \"${DATASTORE}\"}"), self.ASK):
                'cannot take the key "cluster-init": a cluster keeps its state in its own etcd or in datastore-endpoint, not in both',
            (self.STORE, optional): "server must give DATASTORE, for it takes the place of K3S_URL",
            (("{cluster-init: true}", "{datastore-endpoint: postgres://edge:x@10.0.0.1/k3s}"),): "secret",
            (("registries:\n  mirrors:\n    \"*\": {}\n    registry.plant:5000: {endpoint: [\"https://registry.plant:5000\"]}\n", "registries:\n"),):
                'cannot take the key "embedded-registry": nodes share only images of the registries that registries.mirrors names',
            (("variables:\n", "variables:\n  K3S_URL: {required: false}\n"),): "the profile requires it of server, agent",
            (("variables:\n", "variables:\n  K3S_TOKEN: {required: [agent]}\n"),): "the profile requires it of server",
        }.items():
            with self.subTest(part=part):
                self.assertIn(part, bench.refused(product.Exit.USAGE, example(*changes)))


RPM = """#!/bin/sh
# Stands for rpm: a package file holds its name and version; what is installed is a file per package.
db={db}
case "$*" in
    *"-qp "*NAME*) sed -n 1p "$5" ;;
    *"-qp "*VERSION*) sed -n 2p "$5" ;;
    "-q --quiet "*) [ -e "$db/$3" ] ;;
    "-q --queryformat "*) cat "$db/$4" 2>/dev/null ;;
    "--upgrade "*) shift; [ ! -e "$db/refuse" ] || exit 1; for each; do sed -n 2p "$each" >"$db/$(sed -n 1p "$each")"; done ;;
    "--erase "*) shift; for each; do rm "$db/$each"; done ;;
    *) echo "rpm stand-in: $*" >&2; exit 99 ;;
esac
"""


class SELinux(Installing):
    """k3s-selinux as an artefact: laid, and installed by a script before labels are restored; only when a definition gives it."""

    GIVEN = ("registries:\n", "artefacts:\n  selinux-policy: {file: ./k3s-selinux.rpm}\nregistries:\n")

    def setUp(self):
        super().setUp()
        (self.root / "usr/bin").mkdir(parents=True)
        (self.root / "usr/bin/rpm").touch()
        self.before = tree.listing(self.root)

    def definition(self):
        path = example(self.GIVEN)
        (path.parent / "k3s-selinux.rpm").write_text("k3s-selinux\n1.6-1.el9\n")
        return path

    def test_the_package_is_laid_and_its_command_stands_before_the_labels(self):
        built = bench.build(self.definition())
        self.install(built, "agent", SITES["agent"])
        wanted = {
            **table("agent"), "var/lib/rancher/selinux": laid.folder(),
            "var/lib/rancher/selinux/k3s-selinux.rpm": laid.file("0644", laid.exactly("k3s-selinux\n1.6-1.el9\n")),
            "var/lib/rancher/selinux/packages.sh": laid.file("0755", laid.shell_script("rpm --upgrade", "rpm --erase")),
        }
        self.check_table(built, wanted)
        scratch.run("shellcheck", self.root / "var/lib/rancher/selinux/packages.sh")
        steps = bench.sealift("inspect", built.folder, "steps", "--key", bench.public_key).output
        self.assertLess(steps.index("packages.sh install"), steps.index("/usr/local/bin/k3s"))
        checks = bench.sealift("inspect", built.folder, "requirements", "--key", bench.public_key).output
        self.assertIn("k3s.selinux.packages", checks)

    def test_without_it_there_is_a_check(self):
        built = bench.build(example())
        checks = bench.sealift("inspect", built.folder, "requirements", "--key", bench.public_key).output
        self.assertIn("k3s.selinux", checks)
        self.assertNotIn("k3s.selinux.packages", checks)
        self.assertNotIn("packages.sh", bench.sealift("inspect", built.folder, "steps", "--key", bench.public_key).output)

    def test_the_script_takes_back_only_what_it_brought(self):
        built = bench.build(self.definition())
        self.install(built, "agent", SITES["agent"])
        folder = self.root / "var/lib/rancher/selinux"
        tools, database = self.root / "tools", self.root / "db"
        for each in (tools, database):
            each.mkdir()
        (tools / "rpm").write_text(RPM.format(db=database))
        (tools / "rpm").chmod(0o755)
        script = folder / "here.sh"
        script.write_text((folder / "packages.sh").read_text().replace("cd /var/lib/rancher/selinux", f"cd {folder}"))

        def run(word):
            scratch.run("sh", script, word, env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
            return {path.name: path.read_text().strip() for path in database.iterdir()}

        self.assertEqual(run("install"), {"k3s-selinux": "1.6-1.el9"})
        self.assertEqual(run("install"), {"k3s-selinux": "1.6-1.el9"})
        self.assertEqual(run("remove"), {})
        self.assertEqual(run("remove"), {})
        for there, then in (("1.10-1.el9", "1.10-1.el9"), ("1.6-1.el9", "1.6-1.el9"), ("1.4-1.el9", "1.6-1.el9")):
            with self.subTest(there=there):
                (database / "k3s-selinux").write_text(there + "\n")
                self.assertEqual(run("install"), {"k3s-selinux": then})
                self.assertEqual(run("remove"), {"k3s-selinux": then})


if __name__ == "__main__":
    unittest.main()
