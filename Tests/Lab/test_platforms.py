"""Every platform: its example is built, verified, and installed for each role; every path laid is compared with the hand-written table."""
import json
import shutil
import unittest

import containerd
import laid
import platforms
import product
import scratch
import tree
import workbench
import world

counted = {"platforms": 0, "roles": 0, "paths": 0}


def setUpModule():
    product.installer()
    unittest.addModuleCleanup(lambda: print(f"test_platforms: {', '.join(f'{number} {what}' for what, number in counted.items())} compared"))


class Platform:
    """The tests of one platform; `load_tests` makes a class of it for each."""

    @classmethod
    def setUpClass(cls):
        scratch.need(root=True)
        scratch.need_modules("yaml")
        cls.platform = platforms.load(cls.name)
        cls.connected = cls.enterClassContext(world.World(platform=cls.name))
        cls.bench = cls.enterClassContext(workbench.Workbench(cls.connected))
        cls.definition = platforms.copy_definition(cls.platform, cls.bench.folder / "definition")
        cls.built = cls.bench.build(cls.definition)
        counted["platforms"] += 1

    def test_the_example_verifies_to_the_last_byte(self):
        self.bench.sealift("verify", self.built.folder, "--key", self.bench.public_key, "--deep")

    def test_from_lock_and_cache_nobody_is_asked(self):
        """Once with everything within reach, counted by mirror and registry; once in a network of its own with only `lo`, where
        the kernel is asked for no socket of the internet either."""
        scratch.need("unshare", "strace", "ip")
        self.connected.forget()
        again = self.bench.build(self.definition, "--locked", output=self.bench.folder / "again")
        self.assertEqual(self.connected.asked(), [])
        output, trace = self.bench.folder / "alone", self.bench.folder / "trace"
        command = self.bench.command(self.definition, "--locked", output=output, online=False)
        alone = ("unshare", "--net", "sh", "-c", 'ip link set lo up && test "$(ip -o link | cut -d: -f2)" = " lo" && exec "$@"', "sh")
        traced = ("strace", "-f", "-q", "-e", "trace=socket,connect,sendto,sendmsg", "-o", trace)
        asking = ["lock", self.definition, "--update", "--cache", self.bench.cache, *self.connected.options]
        product.run(*traced, product.tool(), *asking, home=self.bench.home)
        self.assertIn("AF_INET", trace.read_text())  # so it would be seen
        product.run(*alone, *traced, product.tool(), *command, home=self.bench.home)
        self.assertNotRegex(trace.read_text(), r"AF_INET|AF_NETLINK|AF_PACKET")
        for folder in (again.folder, output / again.folder.name):
            self.assertEqual((folder / "SHA256SUMS").read_bytes(), (self.built.folder / "SHA256SUMS").read_bytes())

    def test_elsewhere_the_bytes_are_the_same(self):
        """Another folder, umask, time zone, language, key and number of threads, everything packed anew (test_same_bytes.py has more for K3s)."""
        folder, cache = self.bench.folder / "else where", self.bench.folder / "anew"
        shutil.copytree(self.definition.parent, folder)
        shutil.copytree(self.bench.cache, cache)
        shutil.rmtree(cache / "volumes", ignore_errors=True)
        key, _ = self.bench.keygen("other", "--algorithm", "ed25519")
        command = self.bench.command(folder / self.definition.name, "--locked", "--jobs", "1", output=folder / "out", cache=cache, key=key, online=False)
        product.run("sh", "-c", 'umask 077 && exec "$@"', "sh", product.tool(), *command, home=folder, TZ="Asia/Kathmandu", LANG="tr_TR.UTF-8",
                    LC_ALL="tr_TR.UTF-8")
        listings = [{path: what for path, what in tree.listing(each).items() if path.split("/")[0] != "signatures"}
                    for each in (self.built.folder, folder / "out" / self.built.folder.name)]
        self.assertEqual(tree.changes(*listings), [])

    def test_every_role_leaves_exactly_the_table(self):
        self.assertEqual(list(self.platform.LAID), list(self.platform.ROLES))
        for role, table in self.platform.LAID.items():
            with self.subTest(role=role):
                root = scratch.folder("root")
                self.addCleanup(scratch.remove, root)
                before = laid.system(root)
                platforms.install(self.platform, self.built.folder, root, role, self.bench.public_key, self.run_program)
                whole = table if hasattr(self.platform, "install") else {**laid.installer(self.built.folder, table), **table}
                self.assertEqual(laid.differences(root, before, whole, self.connected), [])
                self.check_state(root, role)
                counted["roles"] += 1
                counted["paths"] += len(whole)

    def test_containerd_imports_what_is_laid(self):
        """With the registry's digests, whole and unpacked, in the way of this platform and in every other."""
        role, table = next(((role, table) for role, table in self.platform.LAID.items() if laid.image_archives(table)), (None, None))
        if role is None:
            self.skipTest("it lays no image archive of ours")
        judge, root = self.enterContext(containerd.Containerd()), scratch.folder("root")
        self.addCleanup(scratch.remove, root)
        laid.system(root)
        platforms.install(self.platform, self.built.folder, root, role, self.bench.public_key, self.run_program)
        for mode in dict.fromkeys((getattr(self.platform, "IMPORT", containerd.DEFAULT), *containerd.MODES.values())):
            with self.subTest(mode=mode):
                store = judge.store()
                expected = {}
                for path, digests in laid.image_archives(table).items():
                    store.import_archive(root / path, mode)
                    expected.update(digests(self.connected))
                self.assertEqual({name: digest for name, digest in store.images().items() if "@" not in name}, expected)
                self.assertEqual(store.incomplete(), [])

    def run_program(self, *words):
        product.run(*words, home=self.bench.home)

    def check_state(self, root, role):
        """Beside the table only the installer's own state is left, for root's eyes: the receipt, which keeps no secret, and the latest time seen."""
        if hasattr(self.platform, "install"):
            return
        [name] = [path.name for path in (root / laid.STATE / "receipts").iterdir()]
        receipt = json.loads((root / laid.STATE / "receipts" / name).read_text())
        self.assertEqual((receipt["role"], f"{receipt['bundle']['name']}.json"), (role, name))
        state = {path: what for path, what in tree.listing(root / laid.STATE).items() if what[0][0] != "d"}
        self.assertEqual({path: what[0] for path, what in state.items()}, {"clock": "-rw-------", f"receipts/{name}": "-rw-------"})


def load_tests(loader, tests, _pattern):
    """A class for each platform, called like it (the load_tests protocol of unittest)."""
    for name in platforms.names():
        tests.addTests(loader.loadTestsFromTestCase(type(name, (Platform, unittest.TestCase), {"name": name, "__module__": __name__})))
    return tests


if __name__ == "__main__":
    unittest.main()
