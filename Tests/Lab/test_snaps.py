"""Snaps: every refusal of what a snap store, a proxy before it or a snap itself may get wrong; what was read agrees with stock tools."""
import contextlib
import copy
import json
import re
import shutil
import unittest

import containerd
import microk8s_release
import mirror
import platforms
import product
import scratch
import snap_store
import tree
import workbench
import world

USAGE, GATHERING = product.Exit.USAGE, product.Exit.GATHERING
OTHER = "arm64" if product.ARCHITECTURE == "amd64" else "amd64"
counted = {"refused": 0}


def setUpModule():
    global connected
    product.installer()
    connected = unittest.enterModuleContext(world.World(platform="microk8s"))
    unittest.addModuleCleanup(lambda: print(f"test_snaps: {counted['refused']} refused in words, with nothing left behind"))


class Snaps(unittest.TestCase):
    """A workbench for each class."""

    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))
        cls.platform = platforms.load("microk8s")
        cls.definition = platforms.copy_definition(cls.platform, cls.bench.folder / "definition")
        cls.plain = cls.definition.read_text()
        cls.bench.sealift("cache", "list", "--cache", cls.bench.cache)

    def setUp(self):
        self.store = connected.release.store
        connected.forget()
        self.store.asked.clear()

    def lock(self, *options, **more):
        return self.bench.sealift("lock", self.definition, "--cache", self.bench.cache, *connected.options, *options, **more)


def another(store, name):
    """The address key of the snap-revision of this snap."""
    return "snap-revision", snap_store.base64url(store.named(name).digest)


class Refusals(Snaps):
    """Each changes one thing of the store, asks for a lock, and puts the store back."""

    ENDING = r"(?m)^sealift: error: [^\n]+\n(sealift:   [^\n]*\n)*sealift:   next: [^\n]+\n\Z"

    def refuse(self, status, *parts, **variables):
        """`sealift lock` without cache or lock ends with `status` and says each part; nothing new stands beside the definition."""
        before = tree.listing(self.definition.parent)
        cache = self.bench.folder / "empty"
        done = self.bench.sealift("lock", self.definition, "--cache", cache, *connected.options, status=None, timeout=120, **variables)
        self.assertEqual(done.status, status, done.output + done.errors)
        self.assertRegex(done.errors, self.ENDING)
        self.assertNotRegex(done.errors, r"Optional\(|Error\(|0x[0-9a-f]{6}|\.swift")
        for part in parts:
            self.assertIn(part, done.errors)
        self.assertEqual(tree.changes(before, tree.listing(self.definition.parent)), [])
        shutil.rmtree(cache, ignore_errors=True)
        counted["refused"] += 1
        return done.errors

    @contextlib.contextmanager
    def asking(self, old, new):
        """The definition with one thing changed; its place as messages tell it."""
        self.assertIn(old, self.plain)
        self.definition.write_text(self.plain.replace(old, new))
        try:
            yield f"{self.definition}:4:"
        finally:
            self.definition.write_text(self.plain)

    @contextlib.contextmanager
    def changed(self, **attributes):
        """The store with other attributes for a while."""
        before = {name: getattr(self.store, name) for name in attributes}
        for name, value in attributes.items():
            setattr(self.store, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self.store, name, value)

    def with_assertion(self, key, text):
        """The store with another text for one assertion; None takes it away."""
        assertions = copy.copy(self.store.assertions)
        if text is None:
            del assertions[key]
        else:
            assertions[key] = text
        return self.changed(assertions=assertions)

    def revouched(self, name, kind="snap-revision", signer=None, **headers):
        """The assertion of this kind about a snap, signed anew with other headers; its key and text."""
        snap = self.store.named(name)
        key = ("snap-revision", snap_store.base64url(snap.digest)) if kind == "snap-revision" else ("snap-declaration", snap_store.SERIES, snap.id)
        [old] = snap_store.parse(self.store.assertions[key])
        changed = {each.replace("_", "-"): value for each, value in headers.items()}
        fields = {name: value for name, value in {**old.headers, **changed}.items() if value is not None and name != "sign-key-sha3-384"}
        return key, snap_store.assertion(signer or self.store.key, fields)

    # Questions that the store answers with no.

    def test_a_channel_that_is_not_there(self):
        with self.asking("version: 1.34", "version: 1.43") as place:
            self.refuse(USAGE, 'the snap "microk8s"', 'no channel "1.43/stable"', "it has: 1.34/candidate (v1.34.1), 1.34/stable (v1.34.1)", place)

    def test_a_risk_that_the_track_does_not_have(self):
        with self.asking("version: 1.34", "version: 1.34/edge") as place:
            self.refuse(USAGE, 'no channel "1.34/edge"', "1.34/stable (v1.34.1)", place)

    def test_a_word_that_is_no_channel(self):
        with self.asking("version: 1.34", "version: 1.34/best"):
            self.refuse(USAGE, f"{self.definition}:4:", "1.34/best", "v1.34.1", "#.#/stable")
        self.assertEqual(connected.asked(), [])

    def test_a_version_that_no_channel_has(self):
        with self.asking("version: 1.34", "version: v1.34.9") as place:
            self.refuse(USAGE, 'no channel has the version "v1.34.9"', "1.34/stable (v1.34.1)", place)

    def test_a_snap_for_another_architecture_only(self):
        with self.changed(snaps=[snap._replace(architectures=(OTHER,)) if snap.name == "microk8s" else snap for snap in self.store.snaps]):
            self.refuse(USAGE, 'the snap "microk8s"', f"for other architectures only, not for {product.ARCHITECTURE}", f"architectures: {OTHER}")

    def test_a_base_that_the_store_does_not_have(self):
        with self.changed(snaps=[snap for snap in self.store.snaps if snap.name != "core22"]):
            self.refuse(GATHERING, 'the snap "core22"', "the store has no snap of that name", "as the base of microk8s")

    def test_a_store_that_answers_something_else(self):
        connected.mirror.programs.insert(0, ("/v2/snaps/refresh", lambda *_: b"<html>please log in</html>"))
        try:
            self.refuse(GATHERING, 'the snap "microk8s"', "the store's answer is not understood", "https://api.snapcraft.io")
        finally:
            connected.mirror.programs.pop(0)

    # The line between.

    def test_a_store_that_is_busy_is_asked_again_and_given_up_in_the_end(self):
        path = "/v2/snaps/refresh"
        answers = []
        def busy(*_):
            answers.append(503)
            return mirror.Plan(503, {"Content-Type": "text/plain", "Retry-After": "0"}, b"later\n")
        connected.mirror.programs.insert(0, (path, busy))
        try:
            self.refuse(GATHERING, 'the snap "microk8s"', "503", f"host: {connected.mirror.host}", "item: what its channel holds")
        finally:
            connected.mirror.programs.pop(0)
        self.assertGreater(len(answers), 2)

    def test_downloads_led_in_a_circle(self):
        path = self.store.named("core22").path
        with self.redirected(path, mirror.Redirect(f"{connected.mirror.url}{path}")):
            self.refuse(GATHERING, "the snap core22", path, "redirect")

    @contextlib.contextmanager
    def redirected(self, path, fault):
        before = connected.mirror.lasting[path]
        connected.mirror.always(path, fault)
        try:
            yield
        finally:
            connected.mirror.always(path, before)

    @contextlib.contextmanager
    def delivered(self, name, data):
        path = f"/delivery{self.store.named(name).path}"
        before = connected.mirror.files[path]
        connected.mirror.add(path, data)
        try:
            yield
        finally:
            connected.mirror.add(path, before)

    def test_other_bytes_than_the_store_promised(self):
        data = bytearray(self.store.named("microk8s").data)
        data[100] ^= 1
        with self.delivered("microk8s", bytes(data)):
            self.refuse(GATHERING, 'the snap "microk8s"', "its content is not what was promised", "promised by: https://api.snapcraft.io",
                        f"expected: sha3-384:{self.store.named('microk8s').digest.hex()}", "found: sha3-384:")

    def test_a_snap_of_another_length(self):
        with self.delivered("core22", self.store.named("core22").data[:-1]):
            self.refuse(GATHERING, "the snap core22", "it has 4 095 bytes, not 4 096 bytes")

    # Assertions.

    def test_no_assertion(self):
        with self.with_assertion(another(self.store, "microk8s"), None):
            self.refuse(GATHERING, 'the snap "microk8s"', "the store has no snap-revision for it")

    def test_an_assertion_about_another_snap(self):
        with self.with_assertion(another(self.store, "microk8s"), self.store.assertions[another(self.store, "core22")]):
            self.refuse(GATHERING, 'the snap "microk8s"', "its snap-revision is about something else", "header: snap-sha3-384",
                        snap_store.base64url(self.store.named("microk8s").digest), snap_store.base64url(self.store.named("core22").digest))

    def test_headers_that_do_not_fit(self):
        for headers, word in (({"snap_size": "4097"}, "snap-size"), ({"snap_revision": "8512"}, "snap-revision"), ({"snap_id": "A" * 32}, "snap-id")):
            with self.subTest(header=word), self.with_assertion(*self.revouched("microk8s", **headers)):
                self.refuse(GATHERING, "its snap-revision is about something else", f"header: {word}", next(iter(headers.values())))
        with self.with_assertion(*self.revouched("microk8s", "snap-declaration", snap_name="microk9s")):
            self.refuse(GATHERING, "its snap-declaration is about something else", "header: snap-name", '"microk9s"')

    def test_a_snap_that_was_taken_out(self):
        with self.with_assertion(*self.revouched("microk8s", "snap-declaration", snap_name="")):
            self.refuse(GATHERING, 'the snap "microk8s"', "it was taken out of the store")

    def test_a_format_that_old_machines_refuse(self):
        with self.with_assertion(*self.revouched("microk8s", "snap-declaration", format="7")):
            self.refuse(GATHERING, 'its snap-declaration is of format "7"', "none beyond 5")

    def test_cut_and_garbled_texts(self):
        key = another(self.store, "microk8s")
        text = self.store.assertions[key]
        for name, bad, word in (("cut in its headers", text[:40], "it ends within its headers"), ("cut in its signature", text[:-30], "not Base64, or cut short"),
                                ("a page of a proxy", b"<html>\nplease log in\n</html>\n\nx", "in line 1: it should be a header"), ("nothing", b"\n", "it ends within its headers")):
            with self.subTest(text=name), self.with_assertion(key, bad):
                self.refuse(GATHERING, 'the snap "microk8s"', "its snap-revision is not well-formed", word)

    def test_signatures_of_nobody_and_of_strangers(self):
        key = another(self.store, "microk8s")
        text = self.store.assertions[key]
        changed = text.replace(b"developer-id: canonical", b"developer-id: canonica1")
        with self.with_assertion(key, changed), self.with_assertion(("account", "canonica1"), self.stranger_account("canonica1")):
            self.refuse(GATHERING, 'the snap "microk8s"', "the signature of its snap-revision is wrong")
        stranger = snap_store.Key(self.store.folder, "stranger")
        key, text = self.revouched("microk8s", signer=stranger)
        own = snap_store.assertion(stranger, {"type": "account-key", "authority-id": "canonical", "public-key-sha3-384": stranger.id, "account-id": "canonical",
                                              "name": "store", "since": "2016-04-01T00:00:00.0Z"}, snap_store.lines(stranger.packet).encode())
        with self.changed(assertions={**self.store.assertions, key: text, ("account-key", stranger.id): own}):
            self.refuse(GATHERING, "nothing leads from the key that signed its", stranger.id, self.store.key.id)

    def stranger_account(self, name):
        return snap_store.assertion(self.store.key, {"type": "account", "authority-id": "canonical", "account-id": name, "display-name": name,
                                                     "timestamp": snap_store.MOMENT, "validation": "unproven"})

    def test_a_key_that_is_not_what_it_is_called(self):
        stranger = snap_store.Key(self.store.folder, "other")
        false = snap_store.assertion(self.store.root, {"type": "account-key", "authority-id": "canonical", "public-key-sha3-384": self.store.key.id,
                                                       "account-id": "canonical", "name": "store"}, snap_store.lines(stranger.packet).encode())
        with self.with_assertion(("account-key", self.store.key.id), false):
            self.refuse(GATHERING, "its account-key is about something else", "header: public-key-sha3-384", stranger.id)

    # What the snap itself says.

    def with_files(self, **changes):
        """A store whose microk8s has other files: path → text; None takes one away."""
        files = {name: text for name, text in {**microk8s_release.FILES, **changes}.items() if text is not None}
        return files

    def refuse_files(self, changes, *parts, **variables):
        with microk8s_release.Release(self.with_files(**changes)) as release:
            programs, connected.mirror.programs, before = connected.mirror.programs, [], connected.release
            connected.release = release
            try:
                release.store.publish(connected.mirror)
                return self.refuse(GATHERING, 'the snap "microk8s"', *parts, **variables)
            finally:
                connected.mirror.programs, connected.release = programs, before
                self.store.deliver(connected.mirror)

    COREDNS = "addons/core/addons/dns/coredns.yaml"

    def test_files_that_do_not_name_images_any_more(self):
        for name, text, words in (
            ("moved", None, ("the snap has no such file",)),
            ("a template", "  image: $COREDNS_IMAGE\n", ("line 1", '"$COREDNS_IMAGE"', "only the running platform knows")),
            ("no image", "kind: ConfigMap\n", ('no line with "image"',)),
            ("no name", "image: Core DNS\nimage: UPPER/x\n", ("line",)),
        ):
            with self.subTest(file=name):
                self.refuse_files({self.COREDNS: text}, f'"{self.COREDNS}"', *words)

    def test_what_stands_beside_a_file_that_moved_is_told(self):
        self.refuse_files({self.COREDNS: None, "addons/core/addons/dns/dns.yaml": "image: a/b:1\n"}, "the snap has no such file", 'there is: "dns.yaml"')

    def test_without_the_program_that_reads_snaps(self):
        empty = self.bench.folder / "no-programs"
        empty.mkdir(exist_ok=True)
        self.refuse(GATHERING, 'the snap "microk8s"', "there is no program unsquashfs", "install squashfs-tools", PATH=empty)


class Agreement(Snaps):
    """What was read and laid, seen by others."""

    def test_the_lock_is_what_stock_tools_see(self):
        import yaml
        self.lock("--update")
        lock = yaml.safe_load(self.definition.with_suffix(".yaml.lock").read_text())
        self.assertEqual([snap["name"] for snap in lock["snaps"]], ["snapd", "core22", "microk8s"])
        for snap in lock["snaps"]:
            made = self.store.named(snap["name"])
            self.assertEqual((snap["revision"], snap["sha3-384"], snap["size"]), (made.revision, made.digest.hex(), len(made.data)))
            self.assertEqual([part["type"] for part in snap["assertions"]["parts"]], ["account-key", "snap-declaration", "snap-revision"])
        # Images: those that the files within the snap name, each file one that `unsquashfs -l` lists; the stale list plays no part.
        named = {reason for image in lock["images"] for reason in image["for"] if reason != "definition"}
        listed = snap_store.listed(self.store.named("microk8s").data)
        self.assertEqual({reason.split(": ")[0] for reason in named}, {"microk8s"})
        self.assertLessEqual({reason.split(": ")[1] for reason in named}, listed)
        self.assertIn("images.txt", listed)
        self.assertEqual({image["name"] for image in lock["images"]} - {f"ghcr.io/{world.APPLICATION}"}, set(microk8s_release.IMAGES))

    def test_the_store_was_asked_as_snapd_asks(self):
        self.lock("--update")
        self.assertEqual(self.store.asked, [])
        self.assertTrue(connected.asked())

    def test_a_lock_and_a_cache_need_neither_store_nor_unsquashfs(self):
        self.bench.build(self.definition)
        connected.forget()
        empty = self.bench.folder / "nothing"
        empty.mkdir(exist_ok=True)
        self.bench.build(self.definition, "--locked", output=self.bench.folder / "again", PATH=empty)
        self.assertEqual(connected.asked(), [])

    def test_an_exact_version_is_found_in_its_track(self):
        text = self.plain.replace("version: 1.34", "version: v1.34.1")
        self.definition.write_text(text)
        try:
            self.lock("--update")
        finally:
            self.definition.write_text(self.plain)
        self.assertIn('channel: "1.34/stable"', self.definition.with_suffix(".yaml.lock").read_text())

    def test_a_lock_whose_snap_was_edited_is_refused(self):
        self.lock("--update")
        path = self.definition.with_suffix(".yaml.lock")
        good = path.read_text()
        for name, old, new, word in (
            ("another revision", "revision: 8511", "revision: 8512", "snap-revision"),
            ("another snap's digest", self.store.named("microk8s").digest.hex(), self.store.named("core22").digest.hex(), "not what was promised"),
            ("a missing image", "docker.io/coredns/coredns:1.12.3", "docker.io/coredns/coredns:1.12.2", "coredns"),
            ("an older platform", "version: v1.34.1\n  requested", "version: v1.34.0\n  requested", "v1.34.0"),
        ):
            with self.subTest(edit=name):
                self.assertIn(old, good)
                path.write_text(good.replace(old, new))
                said = self.bench.refused(None, self.definition, "--locked")
                self.assertIn(word, said)
        path.write_text(good)

    def test_an_update_is_told_by_revision_and_version(self):
        self.lock("--update")
        snaps = self.store.snaps[:]
        self.store.add("microk8s", 8600, "v1.34.2", ["1.34/stable"], microk8s_release.FILES, base="core22", confinement="classic")
        self.store.snaps = [self.store.snaps[-1], *snaps]
        self.store.deliver(connected.mirror)
        try:
            said = self.lock("--update").output
        finally:
            self.store.snaps = snaps
        self.assertIn("microk8s v1.34.1 → v1.34.2", said)
        self.assertIn("snap microk8s 8511 (v1.34.1) → 8600 (v1.34.2)", said)

    def test_containerd_takes_what_is_side_loaded(self):
        built = self.bench.build(self.definition)
        archive = self.bench.extract(built, "var/snap/microk8s/common/etc/sideload/sealift-images.tar")
        self.assertEqual(re.findall(rb"^(?:\x1f\x8b|\x28\xb5)", archive.read_bytes()[:2]), [])
        with containerd.Containerd() as judge:
            store = judge.store()
            store.import_archive(archive, ("--platform", f"linux/{product.ARCHITECTURE}"))
            self.assertEqual(set(store.images()), {*microk8s_release.IMAGES, f"ghcr.io/{world.APPLICATION}"})
            self.assertEqual(store.incomplete(), [])

    def test_steps_come_in_the_order_that_snapd_needs(self):
        built = self.bench.build(self.definition)
        steps = [step for step in json.loads((built.folder / "manifest.json").read_text())["steps"] if step["kind"].startswith("snap")]
        self.assertEqual([step.get("name", step["kind"]) for step in steps], ["snapd", "snap-offline", "core22", "microk8s"])
        self.assertEqual([step["classic"] for step in steps if "name" in step], [False, False, True])
        self.assertEqual([step["keep-newer"] for step in steps if "name" in step], [True, True, False])


if __name__ == "__main__":
    unittest.main()
