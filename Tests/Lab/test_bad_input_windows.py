"""Bad input about bundles for Windows: a setup that is missing, settings that break a rule, names that Windows does not take."""
import json
import re
import shutil
import unittest

import product
import scratch
import tree
import workbench
import world

USAGE = product.Exit.USAGE
counted = {"refused": 0}


def setUpModule():
    global connected
    scratch.need_modules("yaml")
    connected = unittest.enterModuleContext(world.World(platform="aks-edge"))
    unittest.addModuleCleanup(lambda: print(f"test_bad_input_windows: {counted['refused']} refused in words, with nothing left behind"))


def settings(**changes):
    """The smallest definition for one machine; None takes a key out."""
    platform = {"profile": "aks-edge", "version": "1.11.247.0+k3s", "arch": "amd64"}
    plain = {"name": "line7", "version": "1", "platform": platform, "roles": ["single-machine-cluster"],
             "artefacts": {"msi": {"file": "./setup.msi"}}, "config": {"User": {"AcceptEula": True}}}
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def node(**changes):
    return {"User": {"AcceptEula": True}, "Machines": [{"LinuxNode": {"CpuCount": 2, "MemoryInMB": 2048, "DataSizeInGB": 10, **changes}}]}


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))

    def define(self, **changes):
        folder = self.bench.folder / "windows"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "setup.msi").write_text("STAND-IN\n")
        path = folder / "line7.yaml"
        path.write_text(json.dumps(settings(**changes), indent=1))
        return path

    def refused(self, definition, *parts, place=True):
        """Refused with exit code 2, file, line and column, each part in the words, and nothing made beside it."""
        before = tree.listing(definition.parent)
        said = self.bench.refused(USAGE, definition)
        for part in parts:
            self.assertIn(part, said)
        if place:
            self.assertRegex(said, rf"{re.escape(definition.name)}:\d+:\d+")
        self.assertIn("next: ", said)
        self.assertEqual(tree.listing(definition.parent), before)
        counted["refused"] += 1

    def test_the_setup_is_missing(self):
        for artefacts, parts in {
            None: ("\"msi\"", "its makers publish it nowhere", "artefacts: {msi: {file: PATH, sha256: DIGEST}}"),
            "file": ("./other.msi", "there is no such file", "the artefact msi", "artefacts: {msi: {file: PATH}}"),
            "source": ("./other.msi", "there is no such file", "the artefact msi"),
            "folder": ("it is not a file", "the artefact msi"),
        }.items():
            with self.subTest(artefacts=artefacts):
                given = {None: None, "file": {"msi": {"file": "./other.msi"}}, "source": {"msi": {"source": "file:./other.msi"}},
                         "folder": {"msi": {"file": "."}}}[artefacts]
                self.refused(self.define(artefacts=given), *parts)

    def test_the_setup_is_another_one(self):
        artefacts = {"msi": {"file": "./setup.msi", "sha256": "0" * 64}}
        self.refused(self.define(artefacts=artefacts), "artefact msi", "its content is not what was promised", "0" * 64, place=False)

    def test_settings_that_break_a_rule(self):
        for config, parts in (
            ({"User": {"AcceptEula": False}}, ("User.AcceptEula must be true", "found: false", "rule: the makers' licence")),
            (node(MemoryInMB=3001), ("Machines[0].LinuxNode.MemoryInMB must be an even number such as 3002", "found: 3001")),
            (node(CpuCount=1), ("Machines[0].LinuxNode.CpuCount", "from 2 to 16")),
            (node(Cpus=2), ("Machines[0].LinuxNode.Cpus", "rule: the makers' schema")),
            ({**node(), "Network": {"NetworkPlugin": "calico"}}, ("Network.NetworkPlugin", "\"flannel\"", "rule: K3s goes with flannel only")),
            ({**node(), "Network": {"Ip4GatewayAddress": "10.0.0.1"}}, ("no value where DeploymentType is \"SingleMachineCluster\"",)),
            ({**node(), "Join": {"ClusterId": "a"}}, ("\"Join\"", "the makers' scale command")),
            ({**node(), "Network": {"NetworkPlugn": "flannel"}}, ("unknown key \"NetworkPlugn\"", "NetworkPlugin")),
            ({**node(), "Arc": {"ClientSecret": "hunter2"}}, ("a variable of type secret",)),
        ):
            with self.subTest(config=config):
                self.refused(self.define(config=config), *parts)

    def test_values_of_a_wrong_type_or_with_a_line_break(self):
        for config, parts in (
            (node(MacAddress="a\nb"), ()),
            ({**node(), "Network": {"SkipDnsCheck": "yes"}}, ("true or false",)),
            ({**node(), "Init": {"ServiceIPRangeSize": "ten"}}, ("a whole number",)),
            ({**node(), "Machines": {}}, ("a list",)),
        ):
            with self.subTest(config=config):
                if parts:
                    self.refused(self.define(config=config), *parts)
                    continue
                # JSON takes a line break as an escape; it arrives as it was written.
                built = self.bench.build(self.define(config=config))
                entry = (built.folder / "payload/aksedge-config.json").read_text()
                self.assertEqual(json.loads(entry)["Machines"][0]["LinuxNode"]["MacAddress"], "a\nb")

    def test_names_and_items_that_windows_does_not_take(self):
        for changes, parts in (
            ({"files": [{"path": "/aux.txt", "content": "x"}]}, ("aux.txt", "keeps for a device")),
            ({"files": [{"path": "/a b.txt", "content": "x"}]}, ("a b.txt", "other signs")),
            ({"files": [{"path": "/Images/x", "content": "x"}, {"path": "/images/y", "content": "x"}]}, ("in case only",)),
            ({"files": [{"path": "/x", "content": "x", "mode": "0600"}]}, ("another mode",)),
            ({"units": [{"name": "a.service"}]}, ("step unit", "windows")),
            ({"requirements": [{"id": "mine", "kind": "swap-off", "severity": "fail", "reason": "x"}]}, ("requirement mine",)),
        ):
            with self.subTest(changes=changes):
                definition = self.define(**changes)
                said = self.bench.refused(USAGE, definition)
                for part in parts:
                    self.assertIn(part, said)
                counted["refused"] += 1

    def test_damage_is_found_by_both_programs(self):
        """Each plain file flipped, cut and missing: sealift and sha256sum refuse alike; sealift-install refuses a bundle for Windows by policy."""
        built = self.bench.build(self.define())
        for file in sorted(path for path in (built.folder / "payload").rglob("*") if path.is_file()):
            data = file.read_bytes()
            for harm in (data[:-1] + bytes([data[-1] ^ 1]), data[:-1], None):
                with self.subTest(file=file.name, harm=None if harm is None else len(harm)):
                    file.write_bytes(harm) if harm is not None else file.unlink()
                    said = self.bench.sealift("verify", built.folder, "--key", self.bench.public_key, status=product.Exit.DAMAGED).errors
                    self.assertIn(f"payload/{file.relative_to(built.folder / 'payload')}", said)
                    self.assertNotEqual(scratch.run("sha256sum", "--quiet", "-c", "SHA256SUMS", cwd=built.folder, check=False).returncode, 0)
                    file.write_bytes(data)
                    counted["refused"] += 1
        self.bench.sealift("verify", built.folder, "--key", self.bench.public_key)


if __name__ == "__main__":
    unittest.main()
