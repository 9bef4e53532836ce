"""A definition over another: what is built, what the lock covers, what `lock --show` tells, and every refusal at its place."""
import json
import re
import unittest

import product
import scratch
import tree
import workbench
import world
from product import Exit

BASE = f"""name: line7
version: 2026.11.0
platform: {{profile: k3s, version: v1.31, arch: {product.ARCHITECTURE}}}
manifests: [./manifests]
config: {{disable: [traefik], tls-san: [a.plant]}}
"""
SITE = f"""extends: ../common/base.yaml
name: north
images+: [{workbench.APPLICATION}]
config: {{disable+: [servicelb]}}
files: [{{path: /etc/acme/note, from: ./note}}]
"""


def setUpModule():
    global connected, bench
    product.installer()
    connected = unittest.enterModuleContext(world.World())
    bench = unittest.enterModuleContext(workbench.Workbench(connected))


class Extending(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.folder("plants")
        self.addCleanup(scratch.remove, self.folder)
        self.base, self.site = self.folder / "common/base.yaml", self.folder / "plants/north.yaml"
        for path in (self.base, self.site):
            path.parent.mkdir()
        manifests = self.base.parent / "manifests"
        manifests.mkdir()
        (manifests / "plc-bridge.yaml").write_bytes((scratch.ROOT / "bundles/manifests/plc-bridge.yaml").read_bytes())
        (self.site.parent / "note").write_text("north\n")
        self.base.write_text(BASE)
        self.site.write_text(SITE)

    def test_it_builds_what_both_say_and_the_lock_names_files_as_seen_from_the_definition(self):
        built = bench.build(self.site)
        bench.sealift("verify", built.folder, "--key", bench.public_key)
        lock = self.site.with_name("north.yaml.lock").read_text()
        self.assertEqual(re.findall(r'path: "?([^"\s]+)', lock), ["../common/manifests/plc-bridge.yaml", "./note"])
        config = bench.extract(built, "roles/first-server/etc/rancher/k3s/config.yaml.d/00-sealift.yaml")
        if not config.exists():
            config = bench.extract(built, "etc/rancher/k3s/config.yaml.d/00-sealift.yaml")
        for word in ("traefik", "servicelb", "a.plant"):
            self.assertIn(word, config.read_text())

    def test_the_lock_covers_both_files(self):
        bench.sealift("lock", self.site, *connected.options, "--cache", bench.cache)
        bench.build(self.site, "--locked", output=self.folder / "first")
        self.base.write_text("# a comment does not count\n" + BASE)
        bench.build(self.site, "--locked", output=self.folder / "second")
        self.base.write_text(BASE + "expires: 2099-01-01T00:00:00Z\n")
        self.assertIn("definition or profile have changed", bench.refused(Exit.USAGE, self.site, "--locked"))

    def test_show_tells_the_place_of_each_value_and_asks_nobody(self):
        connected.forget()
        before = tree.listing(self.folder)
        text = bench.sealift("lock", self.site, "--show", cwd=self.site.parent).output
        for line in (rf"name: north +# {self.site}:2", rf"version: .2026\.11\.0. +# \S*common/base\.yaml:2", rf"- servicelb +# {self.site}:4",
                     r"- traefik +# \S*common/base\.yaml:5", r"north\.yaml\.lock is not there yet"):
            self.assertRegex(text, line)
        values = json.loads(bench.sealift("lock", self.site, "--show", "--json").output)["values"]
        places = {each["place"]: (each["value"], each["file"].rsplit("/", 1)[1], each["line"]) for each in values}
        self.assertEqual(places["config.disable[1]"], ("servicelb", "north.yaml", 4))
        self.assertEqual(places["config.tls-san[0]"], ("a.plant", "base.yaml", 5))
        self.assertEqual((connected.asked(), tree.changes(before, tree.listing(self.folder))), ([], []))
        bench.sealift("lock", self.site, *connected.options, "--cache", bench.cache)
        shown = json.loads(bench.sealift("lock", self.site, "--show", "--json").output)["lock"]
        self.assertEqual((shown["current"], shown["content"]["platform"]["requested"]), (True, "v1.31"))

    def test_every_refusal_is_shown_at_its_place(self):
        table = {
            "a file that is not there": (BASE, SITE.replace("base.yaml", "bas.yaml"), "north.yaml:1:10", "there is no such file"),
            "itself": (BASE, SITE.replace("../common/base.yaml", "./north.yaml"), "north.yaml:1:10", "cannot extend itself"),
            "a second level": ("extends: ../plants/north.yaml\n" + BASE, SITE, "base.yaml:1:10", "one level is all there is"),
            "an unknown key below": (BASE + "imags: []\n", SITE, "base.yaml:6:1", 'did you mean "images"?'),
            "a wrong value below": (BASE.replace("[traefik]", "7"), SITE.replace("config: {disable+: [servicelb]}\n", ""),
                                    "base.yaml:5:19", "expected a list, found the number 7"),
            "a wrong value above": (BASE, SITE.replace("[servicelb]", "servicelb"), "north.yaml:4:20", "expected a list"),
            "an addition to what is no list": (BASE.replace("[traefik]", "{}"), SITE, "north.yaml:4:10", "it adds to a list"),
            "a file below that is not there": (BASE.replace("./manifests", "./nowhere"), SITE, "base.yaml:4:13", "nowhere"),
            "an add-on without its platform": (BASE, SITE.replace("name: north", "kind: addon"), "addon", "config"),
        }
        for name, (base, site, place, words) in table.items():
            with self.subTest(name):
                self.base.write_text(base)
                self.site.write_text(site)
                said = bench.refused(Exit.USAGE, self.site)
                self.assertIn(place, said)
                self.assertIn(words, said)
                self.assertRegex(said, r"next: ")


if __name__ == "__main__":
    unittest.main()
