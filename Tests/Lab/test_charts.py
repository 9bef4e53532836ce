"""Applications on top of a platform: charts and image archives from real parts, what is laid of them, and the closed set of images."""
import base64
import hashlib
import importlib.util
import json
import os
import shutil
import tarfile
import unittest

import charts
import containerd
import laid
import product
import scratch
import tree
import workbench
import world

USAGE, GATHERING = product.Exit.USAGE, product.Exit.GATHERING
STATIC = "var/lib/rancher/k3s/server/static/charts"
MANIFESTS = "var/lib/rancher/k3s/server/manifests"
REPOSITORY = "https://github.com/charts"
APPLICATION = workbench.APPLICATION


def setUpModule():
    global connected
    product.installer()
    connected = unittest.enterModuleContext(world.World())


class Charts(unittest.TestCase):
    """A workbench, and charts on the mirror and in the registry."""

    @classmethod
    def setUpClass(cls):
        scratch.need_modules("yaml")
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        values = {"image": APPLICATION}
        cls.archives = charts.publish(connected.mirror, "/charts", {"podinfo": ["6.5.0", "6.6.1", "7.0.0-rc.1"], "other": ["1.0.0"]}, values)
        cls.historian = charts.package("historian", "1.2.0+up.3", {"image": {"repository": "ghcr.io/acme/plc-bridge", "tag": "2.3.1"}})
        cls.historian_digest = charts.push(connected.registry, "acme/charts/historian", "1.2.0+up.3", cls.historian)
        charts.push(connected.registry, "acme/charts/historian", "1.1.0", charts.package("historian", "1.1.0"))

    ALL = [
        {"chart": "podinfo", "repo": REPOSITORY, "version": "6.x", "namespace": "apps", "create-namespace": True},
        {"chart": "oci://ghcr.io/acme/charts/historian", "version": ">=1.2 <2", "name": "hist", "values": "values.yaml"},
    ]

    def define(self, entries, values="replicas: 2\nquoted: \"yes\"\n", **more):
        definition = self.bench.define(charts=entries, **more)
        (definition.parent / "values.yaml").write_text(values)
        return definition

    def listed(self, definition, **variables):
        done = self.bench.sealift("images", definition, "--why", "--json", "--cache", self.bench.cache, *connected.options, **variables)
        return json.loads(done.output), done.errors


class Building(Charts):
    """From a repository and a registry to what K3s finds on its disk, read by others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definition = cls.define(cls, cls.ALL)
        cls.built = cls.bench.build(cls.definition)

    def test_the_lock_has_each_chart_by_digest_sorted(self):
        import yaml
        lock = yaml.safe_load(lock_text(self.definition))
        check_by_schema(lock)
        self.assertEqual([(each["name"], each["chart"], each["version"]) for each in lock["charts"]],
                         [("hist", "historian", "1.2.0+up.3"), ("podinfo", "podinfo", "6.6.1")])
        self.assertEqual([each["url"] for each in lock["charts"]],
                         ["oci://ghcr.io/acme/charts/historian:1.2.0_up.3", f"{REPOSITORY}/packages/podinfo-6.6.1.tgz"])
        self.assertEqual([each["digest"] for each in lock["charts"]],
                         [self.historian_digest, "sha256:" + hashlib.sha256(self.archives["podinfo", "6.6.1"]).hexdigest()])

    def test_the_first_server_has_the_archives_as_published_and_objects_that_name_them(self):
        import yaml
        root = self.install("first-server")
        self.assertEqual((root / STATIC / "podinfo-6.6.1.tgz").read_bytes(), self.archives["podinfo", "6.6.1"])
        self.assertEqual((root / STATIC / "hist-1.2.0_up.3.tgz").read_bytes(), self.historian)
        podinfo = yaml.safe_load((root / MANIFESTS / "chart-podinfo.yaml").read_text())
        self.assertEqual(podinfo, {
            "apiVersion": "helm.cattle.io/v1", "kind": "HelmChart", "metadata": {"name": "podinfo", "namespace": "kube-system"},
            "spec": {"chart": "https://%{KUBERNETES_API}%/static/charts/podinfo-6.6.1.tgz", "targetNamespace": "apps", "createNamespace": True}})
        historian = yaml.safe_load((root / MANIFESTS / "chart-hist.yaml").read_text())
        self.assertEqual(historian["spec"]["valuesContent"], "replicas: 2\nquoted: \"yes\"\n")
        self.assertEqual(tree.listing(root / MANIFESTS)["chart-hist.yaml"][0], "-rw-------")

    def test_no_other_role_has_them(self):
        for role in ("server", "agent"):
            root = self.install(role)
            self.assertEqual([str(path) for path in root.rglob("*") if "chart" in path.name], [])

    def install(self, role):
        scratch.need(root=True)
        import platforms
        root = scratch.folder("root")
        self.addCleanup(scratch.remove, root)
        laid.system(root)
        platforms.install(platforms.load("k3s"), self.built.folder, root, role, self.bench.public_key,
                          lambda *words: product.run(*words, home=self.bench.home))
        return root

    def test_again_with_the_lock_nobody_is_asked_and_every_byte_is_the_same(self):
        connected.forget()
        again = self.bench.build(self.definition, "--locked", output=self.bench.folder / "again")
        self.assertEqual(connected.asked(), [])
        self.assertEqual((again.folder / "SHA256SUMS").read_bytes(), (self.built.folder / "SHA256SUMS").read_bytes())

    def test_an_update_names_the_chart_and_both_versions(self):
        definition = self.define(self.ALL, name="moving")
        self.bench.sealift("lock", definition, "--cache", self.bench.cache, *connected.options)
        values = {"image": APPLICATION}
        charts.publish(connected.mirror, "/charts", {"podinfo": ["6.5.0", "6.6.1", "6.7.0"], "other": ["1.0.0"]}, values)
        self.addCleanup(charts.publish, connected.mirror, "/charts", {"podinfo": ["6.5.0", "6.6.1", "7.0.0-rc.1"], "other": ["1.0.0"]}, values)
        done = self.bench.sealift("lock", definition, "--update", "--cache", self.bench.cache, *connected.options)
        self.assertIn("1 chart changed", done.output)
        self.assertIn("chart podinfo 6.6.1 → 6.7.0", done.output)

    def test_values_that_change_change_the_lock(self):
        definition = self.define(self.ALL, name="valued")
        first = self.bench.build(definition, output=self.bench.folder / "valued")
        (definition.parent / "values.yaml").write_text("replicas: 3\n")
        self.assertIn("values.yaml", self.bench.refused(USAGE, definition, "--locked"))
        second = self.bench.build(definition, output=self.bench.folder / "valued2")
        self.assertNotEqual(first.report["sha256"], second.report["sha256"])


def lock_text(definition):
    return definition.with_name(definition.name + ".lock").read_text()


def check_by_schema(lock):
    """An independent reader of docs/schema; skips the test where this Python has none."""
    scratch.need_modules("jsonschema")
    import jsonschema
    schema = json.loads((scratch.ROOT / "docs/schema/lock.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(lock)


class Refusals(Charts):
    """Each says what it is, where it was asked for, and what there is instead; nothing is left behind."""

    TABLE = {
        "no such chart": ([{"chart": "podnfo", "repo": REPOSITORY}], USAGE, 'cannot take the chart "podnfo"', "it has: other, podinfo", 'did you mean "podinfo"?'),
        "no such version": ([{"chart": "podinfo", "repo": REPOSITORY, "version": "8"}], USAGE, 'no version is "8"', "there are: 7.0.0-rc.1, 6.6.1, 6.5.0"),
        "no repository": ([{"chart": "podinfo", "repo": "https://github.com/none"}], USAGE, "has no index.yaml", "https://github.com/none/index.yaml"),
        "no such repository in the registry": ([{"chart": "oci://ghcr.io/acme/charts/gone"}], GATHERING, "ghcr.io/acme/charts/gone"),
        "no such version in the registry": ([{"chart": "oci://ghcr.io/acme/charts/historian", "version": "^3"}], USAGE, 'no version is "^3"', "there are: 1.2.0+up.3, 1.1.0"),
        "an image instead": ([{"chart": "oci://ghcr.io/acme/plc-bridge", "version": "2.3.1"}], GATHERING, "plc-bridge"),
        "another digest": ([{"chart": "podinfo", "repo": REPOSITORY, "sha256": "0" * 64}], USAGE, "its content is not what was promised"),
        "no such folder": ([{"chart": "./gone"}], USAGE, "there is no such chart"),
        "no values": ([{"chart": "podinfo", "repo": REPOSITORY, "values": "gone.yaml"}], USAGE, "gone.yaml", "there is no such file"),
        "the platform's own release": ([{"chart": "podinfo", "repo": REPOSITORY, "name": "traefik"}], USAGE, "the platform has a chart traefik of its own"),
    }

    def test_what_is_not_there_is_told_with_what_is(self):
        for number, (what, (entries, status, *parts)) in enumerate(self.TABLE.items()):
            with self.subTest(what):
                definition = self.define(entries, name=f"wrong{number}")
                before = tree.listing(definition.parent)
                said = self.bench.refused(status, definition)
                for part in parts:
                    self.assertIn(part, said)
                self.assertRegex(said, r"sealift:   next: .")
                self.assertEqual(tree.changes(before, tree.listing(definition.parent)), [])

    def test_an_archive_that_was_replaced_is_refused_by_the_index(self):
        path = "/charts/packages/podinfo-6.6.1.tgz"
        connected.mirror.add(path, charts.package("podinfo", "6.6.1", {"image": "evil:1"}))
        self.addCleanup(connected.mirror.add, path, self.archives["podinfo", "6.6.1"])
        said = self.bench.refused(GATHERING, self.define(self.ALL[:1], name="replaced"), cache=self.bench.folder / "empty")
        self.assertIn("promised by: https://github.com/charts/index.yaml", said)

    def test_a_lock_that_was_edited_is_refused(self):
        definition = self.define(self.ALL, name="edited")
        self.bench.sealift("lock", definition, "--cache", self.bench.cache, *connected.options)
        lock = definition.with_name(definition.name + ".lock")
        text = lock.read_text()
        archive = hashlib.sha256(self.archives["podinfo", "6.6.1"]).hexdigest()
        other = hashlib.sha256(self.archives["podinfo", "6.5.0"]).hexdigest()
        older = self.define([{"chart": "podinfo", "repo": REPOSITORY, "version": "6.5.0"}], name="older")
        self.bench.build(older, output=self.bench.folder / "older")
        for what, change, part in [
            ("another chart by digest", (archive, other), "which is podinfo 6.5.0"),
            ("another version", ('version: "6.6.1"', "version: 7.0.0"), "the definition asks for 6.x"),
            ("another place", (f"from: {REPOSITORY}", "from: https://example.org"), "not from https://github.com/charts"),
            ("another name", ("name: podinfo\n    chart", "name: pod\n    chart"), 'it has no chart "podinfo"'),
        ]:
            with self.subTest(what):
                size = (f"size: {len(self.archives['podinfo', '6.6.1'])}", f"size: {len(self.archives['podinfo', '6.5.0'])}")
                changed = text.replace(*change)
                self.assertNotEqual(changed, text)
                lock.write_text(changed.replace(*size) if change[0] == archive else changed)
                self.assertIn(part, self.bench.refused(USAGE, definition, "--locked"))

    def test_platforms_without_a_place_for_charts_refuse_them(self):
        definition = self.define(self.ALL, name="snapped", images=None, manifests=None, config=None, variables=None,
                                 platform={"profile": "microk8s", "version": "1.31/stable", "arch": product.ARCHITECTURE})
        self.assertIn("the profile microk8s has no place from which its platform installs charts", self.bench.refused(USAGE, definition))

    def test_profiles_of_ones_own_without_a_place_for_charts_refuse_them(self):
        folder = self.bench.folder / "profiles"
        folder.mkdir(exist_ok=True)
        guide = (scratch.ROOT / "docs/guides/writing-a-profile.md").read_text()
        (folder / "tiny.yaml").write_text(guide.split("```yaml\n")[1].split("```")[0])
        definition = self.define(self.ALL, name="placeless", platform={"profile": "tiny", "version": "v1.2.3", "arch": product.ARCHITECTURE},
                                 profiles=str(folder), images=None, manifests=None, config=None, variables=None)
        self.assertIn("the profile tiny has no place from which its platform installs charts", self.bench.refused(USAGE, definition))


class ImagesOfCharts(Charts):
    """What a chart will run is found by helm where there is one, by rules where not; what is missing stops the build."""

    SCRIPT = r"""
    { echo "$@"; cat; } >> "${0%/*}/said"
    printf '%s\n' '---' "# Source: $2/templates/deployment.yaml" 'apiVersion: apps/v1' 'kind: Deployment' 'metadata: {name: web}' \
        'spec:' '  template:' '    spec:' '      containers:' '        - name: main' "          image: IMAGE"
    """

    def test_without_helm_values_are_read_and_the_rest_is_said_to_be_unknown(self):
        listing, said = self.listed(self.define(self.ALL, name="rules"))
        [application] = [each for each in listing["images"] if each["name"] == APPLICATION]
        self.assertIn("podinfo-6.6.1.tgz/podinfo/values.yaml:1:11: image, chart podinfo 6.6.1", application["why"])
        self.assertTrue(any("hist-1.2.0_up.3.tgz/historian/values.yaml" in why for why in application["why"]))
        self.assertIn("were found by rules, which do not find all: there is no helm here", said)

    def test_helm_renders_with_the_values_the_namespace_and_the_platforms_kubernetes(self):
        folder = charts.helm(self.bench.folder / "helm", self.SCRIPT.replace("IMAGE", APPLICATION))
        definition = self.define(self.ALL, name="rendered")
        listing, said = self.listed(definition, PATH=f"{folder}:{os.environ['PATH']}")
        self.assertNotIn("rules, which do not find all", said)
        words = (folder / "said").read_text().splitlines()
        [podinfo] = [line for line in words if line.startswith("template podinfo ")]
        self.assertRegex(podinfo, r"^template podinfo /\S+ --namespace apps --include-crds --skip-tests --kube-version v1\.31\.4$")
        self.assertIn("quoted: \"yes\"", words)
        [application] = [each for each in listing["images"] if each["name"] == APPLICATION]
        self.assertIn("podinfo-6.6.1.tgz/podinfo/templates/deployment.yaml, rendered:9:18: spec.template.spec.containers[0].image (Deployment web), "
                      "chart podinfo 6.6.1", application["why"])

    def test_an_image_that_only_helm_finds_stops_the_build(self):
        folder = charts.helm(self.bench.folder / "helm2", self.SCRIPT.replace("IMAGE", "ghcr.io/acme/sidecar:9"))
        definition = self.define(self.ALL, name="sidecar")
        said = self.bench.refused(USAGE, definition, PATH=f"{folder}:{os.environ['PATH']}")
        self.assertIn('missing: "ghcr.io/acme/sidecar:9"', said)
        self.assertIn("images: [ghcr.io/acme/sidecar:9]", said)

    def test_what_helm_refuses_stops_the_build_in_its_words(self):
        folder = charts.helm(self.bench.folder / "helm3", "echo 'Error: values do not meet the schema' >&2; exit 1")
        said = self.bench.refused(USAGE, self.define(self.ALL, name="schema"), PATH=f"{folder}:{os.environ['PATH']}")
        self.assertIn("helm: Error: values do not meet the schema", said)

    def test_a_chart_within_a_manifest_is_looked_into(self):
        definition = self.bench.define(name="embedded")
        content = base64.b64encode(charts.package("inner", "1.0.0", {"image": "ghcr.io/acme/inner:1"})).decode()
        chart = {"apiVersion": "helm.cattle.io/v1", "kind": "HelmChart", "metadata": {"name": "inner"}, "spec": {"chartContent": content}}
        (definition.parent / "manifests/inner.json").write_text(json.dumps(chart, indent="\t"))
        said = self.bench.refused(USAGE, definition)
        self.assertIn('missing: "ghcr.io/acme/inner:1"', said)

    def test_a_folder_of_a_chart_is_packed_the_same_every_time(self):
        definition = self.define([{"chart": "./own"}], name="own")
        folder = definition.parent / "own"
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: own\nversion: 1.0.0\n")
        (folder / "values.yaml").write_text(f"image: {APPLICATION}\n")
        (folder / "templates/a.yaml").write_text(charts.DEPLOYMENT)
        (folder / ".helmignore").write_text("*.bak\n")
        first = self.bench.build(definition, output=self.bench.folder / "own1")
        os.utime(folder / "values.yaml", (1, 1))
        (folder / "values.yaml").chmod(0o600)
        (folder / "x.bak").write_text("not packed")
        second = self.bench.build(definition, "--locked", output=self.bench.folder / "own2")
        self.assertEqual(first.report["sha256"], second.report["sha256"])
        archive = self.bench.extract(first, f"{STATIC}/own-1.0.0.tgz")
        with tarfile.open(archive, "r:gz") as packed:
            self.assertEqual(sorted(packed.getnames()), ["own/.helmignore", "own/Chart.yaml", "own/templates/a.yaml", "own/values.yaml"])
            self.assertEqual(packed.extractfile("own/values.yaml").read().decode(), f"image: {APPLICATION}\n")


class Example(Charts):
    """bundles/apps.yaml: built against the mirror, verified, installed, and read by others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch.need(root=True)
        import platforms
        cls.platform = platforms.load("k3s")
        cls.podinfo = charts.publish(connected.mirror, "/podinfo", {"podinfo": ["6.6.0", "6.7.1", "6.8.0"]},
                                     {"image": {"repository": "ghcr.io/stefanprodan/podinfo", "tag": "6.7.1"}})
        for name in ("acme/historian:4.2.0", "stefanprodan/podinfo:6.7.1"):
            connected.registry.push(connected.layout, "plc-bridge", name)
        folder = cls.bench.folder / "example"
        shutil.copytree(scratch.ROOT / "bundles", folder, ignore=shutil.ignore_patterns("*.lock"))
        cls.definition = folder / "apps.yaml"
        cls.definition.write_text(cls.definition.read_text().replace("arch: amd64", f"arch: {product.ARCHITECTURE}"))
        cls.options = ("--mirror", f"https://stefanprodan.github.io={connected.mirror.url}")
        cls.built = cls.bench.build(cls.definition, *cls.options, output=cls.bench.folder / "apps")

    def test_it_verifies_to_the_last_byte(self):
        self.bench.sealift("verify", self.built.folder, "--key", self.bench.public_key, "--deep")

    def test_every_image_is_listed_with_who_asks_for_it(self):
        done = self.bench.sealift("images", self.definition, "--why", "--json", "--cache", self.bench.cache, *connected.options, *self.options)
        listing = json.loads(done.output)
        self.assertEqual((listing["missing"], listing["perhapsMissing"]), ([], []))
        why = {each["name"]: " ".join(each["why"]) for each in listing["images"]}
        for name, place in [("ghcr.io/acme/plc-bridge:2.3.1", "manifests/plc-bridge.yaml:20:18: spec.template.spec.containers[0].image (DaemonSet plc-bridge/plc-bridge)"),
                            ("ghcr.io/acme/historian:4.2.0", "image.repository, chart historian 1.3.0"),
                            ("ghcr.io/stefanprodan/podinfo:6.7.1", "podinfo-6.7.1.tgz/podinfo/values.yaml"),
                            ("docker.io/rancher/mirrored-pause:3.6", "image list https://github.com/k3s-io/k3s/releases/")]:
            self.assertIn(place, why[name])

    def test_the_first_server_gets_archives_objects_and_manifests(self):
        import platforms
        import yaml
        root = scratch.folder("root")
        self.addCleanup(scratch.remove, root)
        laid.system(root)
        platforms.install(self.platform, self.built.folder, root, "first-server", self.bench.public_key,
                          lambda *words: product.run(*words, home=self.bench.home))
        self.assertEqual(sorted(path.name for path in (root / STATIC).iterdir()), ["historian-1.3.0.tgz", "podinfo-6.7.1.tgz"])
        self.assertEqual(sorted(path.name for path in (root / MANIFESTS).iterdir()),
                         ["chart-historian.yaml", "chart-podinfo.yaml", "plc-bridge.yaml"])
        with tarfile.open(root / STATIC / "historian-1.3.0.tgz", "r:gz") as packed:
            self.assertEqual(yaml.safe_load(packed.extractfile("historian/Chart.yaml"))["appVersion"], "4.2.0")
        spec = yaml.safe_load((root / MANIFESTS / "chart-historian.yaml").read_text())["spec"]
        self.assertEqual(spec["valuesContent"], (scratch.ROOT / "bundles/charts/historian-values.yaml").read_text())
        self.assertEqual(yaml.safe_load(yaml.safe_load((root / MANIFESTS / "chart-podinfo.yaml").read_text())["spec"]["valuesContent"]),
                         {"replicaCount": 2})


class OnK0s(unittest.TestCase):
    """k0s: every controller has the archives, the first one the object that installs them."""

    def test_controllers_have_the_archive_and_the_first_the_object(self):
        scratch.need(root=True)
        scratch.need_modules("yaml")
        import platforms
        import yaml
        platform = platforms.load("k0s")
        with world.World(platform="k0s") as other, workbench.Workbench(other) as bench:
            charts.publish(other.mirror, "/charts", {"podinfo": ["6.6.1"]}, {"image": APPLICATION})
            definition = platforms.copy_definition(platform, bench.folder / "definition")
            chart = {"chart": "podinfo", "repo": REPOSITORY, "namespace": "apps", "values": {"replicas": 2}}
            definition.write_text(definition.read_text() + f"\ncharts: [{json.dumps(chart)}]\n")
            built = bench.build(definition)
            for role in platform.ROLES:
                root = scratch.folder("root")
                self.addCleanup(scratch.remove, root)
                laid.system(root)
                platforms.install(platform, built.folder, root, role, bench.public_key, lambda *words: product.run(*words, home=bench.home))
                found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and "podinfo" in path.name)
                archive, manifest = "var/lib/k0s/charts/podinfo-6.6.1.tgz", "var/lib/k0s/manifests/sealift/chart-podinfo.yaml"
                with self.subTest(role=role):
                    first = role in ("single", "first-controller", "first-controller-worker")
                    self.assertEqual(found, [archive, manifest] if first else [archive] if role.startswith("controller") else [])
                    if first:
                        self.assertEqual(yaml.safe_load((root / manifest).read_text()), {
                            "apiVersion": "helm.k0sproject.io/v1beta1", "kind": "Chart",
                            "metadata": {"name": "podinfo", "namespace": "kube-system", "finalizers": ["helm.k0sproject.io/uninstall-helm-release"]},
                            "spec": {"chartName": f"/{archive}", "releaseName": "podinfo", "version": "6.6.1", "namespace": "apps",
                                     "timeout": "10m", "values": "replicas: 2\n"}})


class ImageArchives(unittest.TestCase):
    """Images from archives that skopeo writes, in the archive for the site, judged by containerd."""

    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        cls.folder = cls.bench.folder / "archives"
        cls.folder.mkdir()
        source = f"oci:{connected.layout.folder}:plc-bridge"
        one = ["skopeo", "copy", "--quiet", "--override-arch", product.ARCHITECTURE]
        every = ["skopeo", "copy", "--quiet", "--all"]
        scratch.run(*every, source, f"oci-archive:{cls.folder}/whole.tar:ghcr.io/vendor/app:1")
        scratch.run(*every, source, f"oci:{cls.folder}/layout:ghcr.io/vendor/app:2")
        scratch.run(*one, source, f"docker-archive:{cls.folder}/docker.tar:ghcr.io/vendor/app:3")
        scratch.run(*one, source, f"oci-archive:{cls.folder}/nameless.tar")
        other = "arm64" if product.ARCHITECTURE == "amd64" else "amd64"
        scratch.run("skopeo", "copy", "--quiet", "--override-arch", other, source, f"oci-archive:{cls.folder}/other.tar:ghcr.io/vendor/app:5")
        cls.root = connected.digests[APPLICATION]

    def define(self, images, name="archived", **more):
        definition = self.bench.define(name=name, images=[APPLICATION, *images], **more)
        for path in self.folder.iterdir():
            (shutil.copytree if path.is_dir() else shutil.copy)(path, definition.parent / path.name)
        return definition

    def test_containerd_takes_them_under_their_names_with_the_digests_that_their_forms_keep(self):
        images = ["oci-archive:whole.tar", "oci:layout", "docker-archive:docker.tar", {"from": "oci-archive:nameless.tar", "name": "ghcr.io/vendor/app:4"}]
        definition = self.define(images)
        connected.forget()
        built = self.bench.build(definition)
        self.assertEqual([path for _, path in connected.asked() if "vendor" in path], [])
        if importlib.util.find_spec("yaml"):
            import yaml
            lock = yaml.safe_load(lock_text(definition))
            check_by_schema(lock)
            self.assertEqual({image.get("archive") for image in lock["images"] if "vendor" in image["name"]},
                             {"oci-archive:whole.tar", "oci:layout", "docker-archive:docker.tar", "oci-archive:nameless.tar"})
        judge = self.enterContext(containerd.Containerd())
        store = judge.store()
        store.import_archive(self.bench.extract(built, workbench.IMAGE_ARCHIVE))
        found = store.images()
        self.assertEqual(store.incomplete(), [])
        self.assertEqual([found[f"ghcr.io/vendor/app:{number}"] for number in (1, 2)], [self.root, self.root])
        self.assertEqual(set(found) - set(connected.digests), {f"ghcr.io/vendor/app:{number}" for number in (1, 2, 3, 4)})
        connected.forget()
        again = self.bench.build(definition, "--locked", output=self.bench.folder / "archived2")
        self.assertEqual(connected.asked(), [])
        self.assertEqual(again.report["sha256"], built.report["sha256"])
        empty = self.bench.build(definition, "--locked", output=self.bench.folder / "archived3", cache=self.bench.folder / "empty")
        self.assertEqual(empty.report["sha256"], built.report["sha256"])

    def test_a_manifest_may_refer_to_an_archived_image(self):
        definition = self.define(["oci-archive:whole.tar"], name="closed")
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
            {"name": "a", "image": "ghcr.io/vendor/app:1"}, {"name": "b", "image": f"ghcr.io/vendor/app@{self.root}"}]}}
        (definition.parent / "manifests/pod.json").write_text(json.dumps(pod))
        self.bench.build(definition, output=self.bench.folder / "closed")

    REFUSED = {
        "no such file": ("oci-archive:gone.tar", "there is no such file", "gone.tar"),
        "another form": ("oci-archive:docker.tar", "it has no index.json with oci-layout", "write docker-archive: before its path"),
        "no name": ("oci-archive:nameless.tar", "its image has no name", "name: ghcr.io/acme/app:1.2"),
        "another machine": ("oci-archive:other.tar", "there is none", 'available: "linux/'),
        "no archive": ("oci-archive:text.tar", "cannot take images from"),
        "a cut archive": ("oci-archive:cut.tar", "cannot take images from"),
        "a damaged blob": ("oci:damaged", "has another content than its name says"),
        "a lost blob": ("oci:lost", "lacks blobs/sha256/"),
    }

    def test_what_cannot_be_taken_is_told_with_file_and_item(self):
        for number, (what, (image, *parts)) in enumerate(self.REFUSED.items()):
            with self.subTest(what):
                definition = self.define([image], name=f"archive{number}")
                self.spoil(definition.parent)
                said = self.bench.refused(USAGE, definition)
                for part in (image, *parts):
                    self.assertIn(part, said)
                self.assertRegex(said, rf"in: .*archive{number}\.yaml:[0-9]+:[0-9]+|archive{number}\.yaml:[0-9]+:[0-9]+")

    def spoil(self, folder):
        (folder / "text.tar").write_text("no archive at all\n" * 100)
        data = (folder / "whole.tar").read_bytes()
        (folder / "cut.tar").write_bytes(data[: len(data) // 2 - 100])
        for name in ("damaged", "lost"):
            shutil.copytree(folder / "layout", folder / name)
        blobs = sorted((folder / "damaged/blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
        blobs[-1].write_bytes(blobs[-1].read_bytes()[:-1] + b"x")
        [entry] = json.loads((folder / "lost/index.json").read_text())["manifests"]
        index = json.loads(self.blob(folder, entry).read_text())
        [chosen] = [each for each in index["manifests"] if each["platform"]["architecture"] == product.ARCHITECTURE]
        self.blob(folder, json.loads(self.blob(folder, chosen).read_text())["layers"][-1]).unlink()

    @staticmethod
    def blob(folder, descriptor):
        return folder / "lost/blobs" / descriptor["digest"].replace(":", "/")


if __name__ == "__main__":
    unittest.main()
