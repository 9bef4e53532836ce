"""Locks: what they hold, as an independent reader sees it; when they are current, stale, edited; what an update says it brings."""
import hashlib
import json
import re
import shutil
import unittest

import k3s_release
import product
import scratch
import tree
import workbench
import world

USAGE, GATHERING = product.Exit.USAGE, product.Exit.GATHERING
PROGRAM = f"k3s{k3s_release.SUFFIX.get(product.ARCHITECTURE, '')}"
# What the makers publish after VERSION: one image with another tag, one gone, one new, one as it was.
NEXT = "v1.31.6+k3s1"
NEXT_IMAGES = {
    "docker.io/rancher/mirrored-coredns-coredns:1.12.1": "coredns",
    "docker.io/rancher/mirrored-pause:3.6": "pause",
    "docker.io/rancher/klipper-lb:v0.4.17": "busybox",
}


def setUpModule():
    global connected
    product.installer()
    connected = unittest.enterModuleContext(world.World())


def schema(name):
    return json.loads((scratch.ROOT / f"docs/schema/{name}.schema.json").read_text())


def violations(name, text):
    """What a stock validator of JSON Schema finds wrong with a YAML text, as PyYAML reads it."""
    import jsonschema
    import yaml
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in
            jsonschema.Draft202012Validator(schema(name)).iter_errors(yaml.safe_load(text))]


class Locking(unittest.TestCase):
    """A workbench for each class."""

    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))

    def lock(self, definition, *options, **more):
        return self.bench.sealift("lock", definition, "--cache", self.bench.cache, *connected.options, *options, **more)

    def locked(self, name, **changes):
        """A definition with its lock; both paths."""
        definition = self.bench.define(name, **changes)
        self.lock(definition)
        return definition, definition.with_suffix(".yaml.lock")

    def refuse(self, definition, *parts, options=("--locked",), status=USAGE, **more):
        """A build that is refused in words, makes nothing, and leaves definition and lock as they are."""
        connected.forget()
        before = tree.listing(definition.parent)
        errors = self.bench.refused(status, definition, *options, **more)
        self.assertEqual(tree.changes(before, tree.listing(definition.parent)), [])
        self.assertRegex(errors, r"(?m)^sealift:   next: ")
        for part in parts:
            self.assertIn(part, errors)
        return errors


class Reading(Locking):
    """A lock as a reviewer and other programs see it."""

    def test_it_is_text_that_names_everything_and_stays_as_it_is(self):
        definition, lock = self.locked("named")
        text, written = lock.read_text(), lock.stat().st_mtime_ns
        for words in ["requested: v1.31", "version: v1.31.4+k3s1", connected.release.path("k3s").replace("/k3s-io", "github.com/k3s-io"),
                      hashlib.sha256(connected.release.assets[PROGRAM]).hexdigest(), *connected.digests, *connected.digests.values()]:
            self.assertIn(words, text)
        self.assertNotIn("127.0.0.1", text)
        self.assertLess(max(map(len, text.splitlines())), 160)
        for again in [(), ("--update",)]:
            self.assertIn("is current", self.lock(definition, *again).output)
            self.assertEqual((lock.read_text(), lock.stat().st_mtime_ns), (text, written))

    def test_other_readers_find_it_sorted_and_as_the_schema_says(self):
        scratch.need_modules("yaml", "jsonschema")
        import yaml
        _, lock = self.with_files()
        document = yaml.safe_load(lock.read_text())
        self.assertEqual(violations("lock", lock.read_text()), [])
        for name, key in {"artefacts": "name", "images": "name", "files": "path"}.items():
            names = [each[key] for each in document[name]]
            self.assertEqual(names, sorted(names))
            self.assertTrue(names)
        [pause] = [each for each in document["images"] if "pause" in each["name"]]
        self.assertEqual(pause["for"], ["definition", "image list"])
        self.assertEqual(pause["index"]["digest"], connected.digests[pause["name"]])

    def with_files(self):
        definition = self.bench.define("sorted", files=[{"path": f"/etc/acme/{name}", "from": name} for name in "ba"],
                                       images=["ghcr.io/acme/plc-bridge:2.3.1", "docker.io/rancher/mirrored-pause:3.6"])
        for name in "ab":
            (definition.parent / name).write_text(name)
        self.lock(definition)
        return definition, definition.with_suffix(".yaml.lock")

    def test_what_the_schema_refuses_sealift_refuses(self):
        scratch.need_modules("yaml", "jsonschema")
        definition, lock = self.with_files()
        text = lock.read_text()
        table = {
            "another form": ("lock: 1", "lock: 2"), "a key of later times": ("artefacts:", "later: 1\nartefacts:"),
            "a short digest": (re.search("sha256:[0-9a-f]{64}", text)[0], "sha256:00"), "no size": (re.search(r"\n    size: \d+", text)[0], ""),
            "a negative size": (re.search(r"size: \d+", text)[0], "size: -1"), "no sequence": (re.search(r"sequence: \d+\n", text)[0], ""),
            "a sequence of nothing": (re.search(r"sequence: \d+", text)[0], "sequence: 0"), "no URL": ("url: https://github.com", "url: github.com"),
            "an unknown architecture": (f"arch: {product.ARCHITECTURE}", "arch: riscv64"), "a number for a text": ("requested: v1.31", "requested: [1]"),
            "a list for a map": (re.search(r"index:\n", text)[0], "index: []\n    was:\n"),
        }
        for name, (part, other) in table.items():
            with self.subTest(lock=name):
                self.assertIn(part, text)
                changed = text.replace(part, other, 1)
                self.assertNotEqual(violations("lock", changed), [])
                lock.write_text(changed)
                self.refuse(definition, str(lock))
                self.assertEqual(connected.asked(), [])
        lock.write_text(text)

    def test_layout_and_comments_of_a_definition_do_not_count(self):
        definition, lock = self.locked("comment")
        text = lock.read_text()
        definition.write_text("# reviewed\n" + json.dumps(json.loads(definition.read_text())))
        self.lock(definition)
        self.assertEqual(lock.read_text(), text)


class Schemas(unittest.TestCase):
    """The other schemas, by the same reader: what we ship fits them."""

    def test_every_definition_and_profile_that_we_ship_fits_its_schema(self):
        scratch.need_modules("yaml", "jsonschema")
        for kind, folder in {"definition": "bundles", "profile": "profiles"}.items():
            for path in (scratch.ROOT / folder).glob("*.yaml"):
                with self.subTest(file=path.name):
                    self.assertEqual(violations(kind, path.read_text()), [])

    def test_a_schema_sees_what_is_wrong(self):
        scratch.need_modules("yaml", "jsonschema")
        text = (scratch.ROOT / "bundles/demo.yaml").read_text()
        for part, other in [("version:", "versoin:"), ("arch: amd64", "arch: riscv64"), ("[./manifests]", "7")]:
            self.assertNotEqual(violations("definition", text.replace(part, other)), [], other)
        text = (scratch.ROOT / "profiles/k3s.yaml").read_text()
        for part, other in [("\nroles:", "\nrolls:"), ("kind: swap-off", "kind: luck"), ("kind: collection", "kind: heap")]:
            self.assertNotEqual(violations("profile", text.replace(part, other)), [], other)


class Moving(Locking):
    """The world goes on; a lock does not, until it is asked to."""

    def test_a_new_release_is_taken_by_update_only_and_said(self):
        definition, lock = self.locked("channel")
        text = lock.read_text()
        following = k3s_release.Release(connected.layout, NEXT, images=NEXT_IMAGES)
        following.publish(connected.mirror, connected.registry)  # and the channel leads there
        self.addCleanup(connected.release.publish, connected.mirror, connected.registry)
        said = "k3s v1.31.4+k3s1 → v1.31.6+k3s1, 1 artefact changed, 1 image changed, 1 image new, 1 image gone"
        lines = ["artefact binary changed", "image docker.io/rancher/klipper-lb:v0.4.17 is new",
                 "image docker.io/rancher/mirrored-coredns-coredns 1.12.0 → 1.12.1", "image docker.io/rancher/mirrored-library-busybox:1.36.1 is gone"]

        self.assertIn("is current", self.lock(definition).output)
        built = self.bench.build(definition, "--locked")
        self.assertEqual((lock.read_text(), self.platform(built)), (text, k3s_release.VERSION))

        copy = self.bench.folder / "copy"
        shutil.copytree(definition.parent, copy)
        answer = json.loads(self.lock(copy / definition.name, "--update", "--json").output)
        self.assertEqual((answer["difference"], answer["changes"], answer["written"]), (said, lines, True))
        told = self.lock(definition, "--update").output.splitlines()
        self.assertEqual(told[:-1], [said, *(f"  {line}" for line in lines)])
        self.assertIn(NEXT, lock.read_text())
        self.assertNotIn(k3s_release.VERSION, lock.read_text())
        self.assertEqual(self.platform(self.bench.build(definition, "--locked")), NEXT)

        lock.write_text(text)
        done = self.bench.sealift(*self.bench.command(definition, "--update", output=self.bench.folder / "updated"))
        for words in [said, *lines]:
            self.assertIn(words, done.errors)

    @staticmethod
    def platform(built):
        return json.loads((built.folder / "manifest.json").read_text())["target"]["version"]

    def test_an_image_that_was_pushed_again_is_taken_by_update_only(self):
        (definition, lock), name = self.locked("moving"), world.APPLICATION
        before = connected.registry.digest(name)
        try:
            moved = connected.registry.push(connected.layout, "busybox", name)
            self.assertNotEqual(moved, before)
            self.assertIn("is current", self.lock(definition).output)
            self.assertIn("1 image changed", self.lock(definition, "--update").output)
            self.assertIn(moved, lock.read_text())
            self.assertNotIn(before, lock.read_text())
        finally:
            connected.registry.push(connected.layout, "plc-bridge", name)

    def test_each_update_has_a_higher_sequence(self):
        import yaml
        definition, lock = self.locked("counted")
        sequences = [yaml.safe_load(lock.read_text())["sequence"]]
        for number in range(2):  # faster than the clock
            (definition.parent / "manifests/plc-bridge.yaml").write_text(f"kind: List # {number}\n")
            self.assertIn("1 file changed", self.lock(definition).output)
            sequences.append(yaml.safe_load(lock.read_text())["sequence"])
        self.assertEqual(sequences, sorted(set(sequences)))


class Refusing(Locking):
    """--locked takes the lock as it is, or nothing."""

    def test_without_a_lock_nothing_is_built(self):
        definition = self.bench.define("unlocked")
        lock = definition.with_suffix(".yaml.lock")
        self.refuse(definition, "cannot build from the lock: there is no", str(lock), "make one with `sealift lock`")
        self.assertEqual(connected.asked(), [])

    def test_a_stale_lock_is_not_used(self):
        definition, lock = self.locked("stale", files=None)
        good, manifest = definition.read_text(), definition.parent / "manifests/plc-bridge.yaml"
        profiles = self.bench.folder / "profiles"
        profiles.mkdir()
        (profiles / "k3s.yaml").write_text((scratch.ROOT / "profiles/k3s.yaml").read_text().replace("summary: a small", "summary: a tiny"))
        other = (definition.parent / "manifests/other.yaml")
        table = {
            "another definition": (lambda: definition.write_text(good.replace("traefik", "servicelb")), (), "definition or profile have changed"),
            "another profile": (lambda: None, ("--profiles", profiles), "definition or profile have changed"),
            "another local file": (lambda: manifest.write_text("kind: List\n"), (), "./manifests/plc-bridge.yaml"),
            "one local file more": (lambda: other.write_text("kind: List\n"), (), "./manifests/other.yaml"),
            "one local file less": (manifest.unlink, (), "./manifests/plc-bridge.yaml"),
        }
        text = manifest.read_text()
        for name, (change, options, part) in table.items():
            with self.subTest(stale=name):
                change()
                self.refuse(definition, "cannot use the lock", part, "`sealift lock`", options=("--locked", *options))
                self.assertEqual(connected.asked(), [])
                definition.write_text(good)
                manifest.write_text(text)
                other.unlink(missing_ok=True)
        self.bench.build(definition, "--locked")

    def test_an_edited_lock_is_not_used(self):
        """What is changed in a lock by hand, and does not follow from definition and profile, is named; before anything is fetched where
        the lock alone tells."""
        definition, lock = self.locked("edited", images=["ghcr.io/acme/plc-bridge:2.3.1"])
        text, digest = lock.read_text(), "sha256:" + "0" * 64
        program = connected.release.path(PROGRAM)
        image = re.search(r"  - name: ghcr.io/acme/plc-bridge:2.3.1\n(    .*\n)+", text)[0]
        listed = re.search(r"  - name: docker.io/rancher/mirrored-pause:3.6\n(    .*\n)+", text)[0]
        artefact = re.search(r"  - name: binary\n(    .*\n)+", text)[0]
        checksum = re.search(r"    checksum:\n(      .*\n)+", text)[0]
        offline = {
            "another version": ("version: v1.31.4+k3s1", "version: v1.31.3+k3s1", "takes the artefact \"binary\" from"),
            "another channel": ("requested: v1.31", "requested: stable", "it was made for stable on"),
            "another architecture": (f"arch: {product.ARCHITECTURE}", "arch: " + {"amd64": "arm64"}.get(product.ARCHITECTURE, "amd64"), "it was made for"),
            "another place": (f"url: https://github.com{program}", "url: https://mirror.example/k3s", "from https://mirror.example/k3s, not from"),
            "a file instead": (f"url: https://github.com{program}", "file: ./k3s", "from ./k3s, not from https://github.com"),
            "no checksum file": (checksum, "", "checks the artefact \"binary\" by nothing"),
            "another checksum file": ("sha256sum-", "sha1sum-", "checks the artefact \"binary\" by"),
            "an artefact more": (artefact, artefact + artefact.replace("name: binary", "name: extra"), "\"extra\", which nothing asks for"),
            "an artefact less": ("artefacts:\n" + artefact, "artefacts: []\n", "it has no artefact \"binary\""),
            "another list": ("k3s-images.txt", "images.txt", "takes the list of images from"),
            "an image less": (image, "", "no image ghcr.io/acme/plc-bridge:2.3.1 for"),
            "an image more": (image, image + image.replace("plc-bridge:", "plc-spy:"), "ghcr.io/acme/plc-spy:2.3.1, which the definition does not ask for"),
        }
        known = hashlib.sha256(connected.release.assets[PROGRAM]).hexdigest()
        fetched = {
            "a listed image less": (listed, "", "no image docker.io/rancher/mirrored-pause:3.6, which stands in"),
            "a listed image more": (listed, listed + listed.replace("pause:3.6", "pause:3.7"), "mirrored-pause:3.7, which does not stand in"),
            "something else of the cache for the program": (
                re.search(r"    size: \d+\n    digest: sha256:" + known, text)[0], "    " + re.search(r"image-list:\n.*\n((  .*\n)+)", text)[1].replace("\n  ", "\n    ").strip(),
                "knows the artefact \"binary\" as"),
            "another digest of the program": (known, "0" * 64, "the artefact binary"),
            "another digest of the list": (re.search(r"image-list:\n(  .*\n)+", text)[0], None, "the image list"),
            "another digest of an image": (connected.digests["ghcr.io/acme/plc-bridge:2.3.1"], digest, "ghcr.io/acme/plc-bridge:2.3.1"),
        }
        for name, (part, other, words) in {**offline, **fetched}.items():
            with self.subTest(edited=name):
                self.assertIn(part, text)
                if other is None:
                    other = re.sub("sha256:[0-9a-f]{64}", digest, part)
                lock.write_text(text.replace(part, other, 1))
                ours = name in offline or "listed" in name or "cache" in name
                for options in (("--locked",), ()):
                    errors = self.refuse(definition, words, options=options, status=USAGE if ours else GATHERING)
                    if name in offline:
                        self.assertEqual(connected.asked(), [])
                        self.assertIn("lock", errors.split("next: ")[1])
        lock.write_text(text)
        self.bench.build(definition, "--locked")

    def test_an_edited_chart_is_not_used(self):
        definition = self.bench.define("charted", charts=[{"chart": "./chart", "name": "gateway", "version": "1.x"}])
        files = {"Chart.yaml": "apiVersion: v2\nname: field-gateway\nversion: 1.2.3\n", "templates/map.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"}
        for name, content in files.items():
            (definition.parent / "chart" / name).parent.mkdir(parents=True, exist_ok=True)
            (definition.parent / "chart" / name).write_text(content)
        self.lock(definition)
        lock = definition.with_suffix(".yaml.lock")
        text = lock.read_text()
        entry = re.search(r"charts:\n((  .*\n)+)", text)
        table = {
            "a chart less": (entry[0], "", 'it has no chart "gateway", which the definition asks for'),
            "a chart more": (entry[1], entry[1] + entry[1].replace("gateway\n", "spy\n", 1), 'it names the chart "spy"'),
            "another place": ('from: "./chart"', 'from: "./other"', "from ./other, not from ./chart"),
            "another version": ('version: "1.2.3"', 'version: "2.0.0"', 'it says 2.0.0 of the chart "gateway", the definition asks for 1.x'),
            "another range": ('requested: "1.x"', 'requested: "2.x"', "the definition asks for 1.x"),
        }
        for name, (part, other, words) in table.items():
            with self.subTest(edited=name):
                self.assertIn(part, text)
                lock.write_text(text.replace(part, other, 1))
                self.refuse(definition, words)
                self.assertEqual(connected.asked(), [])
        lock.write_text(text)
        self.bench.build(definition, "--locked")


if __name__ == "__main__":
    unittest.main()
