"""From a definition to a bundle: real registry, real mirror, real containerd; again, interrupted, two at once."""
import concurrent.futures
import functools
import hashlib
import json
import os
import shutil
import signal
import time
import unittest

import containerd
import images
import judges
import k3s_release
import mirror
import product
import registry
import scratch
import workbench
import world

PROGRAM = f"k3s{k3s_release.SUFFIX.get(product.ARCHITECTURE, '')}"
VENDOR_ARCHIVE = f"k3s-airgap-images-{product.ARCHITECTURE}.tar.zst"


def setUpModule():
    """One connected world for all. Its program is large enough that a download of it can be interrupted."""
    global connected
    product.installer()
    connected = unittest.enterModuleContext(world.World(release=functools.partial(k3s_release.Release, padding=3_000_000)))


class Building(unittest.TestCase):
    """A workbench for each class."""

    @classmethod
    def setUpClass(cls):
        cls.bench = cls.enterClassContext(workbench.Workbench(connected))

    def setUp(self):
        connected.mirror.faults.clear()
        for path in [each for each in connected.mirror.lasting if each.endswith(PROGRAM)]:
            del connected.mirror.lasting[path]
        connected.forget()

    @property
    def program(self):
        return connected.release.path(PROGRAM)


class ImageArchives(Building):
    """The archive that is laid on the site, judged by the programs that will read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.judge = cls.enterClassContext(containerd.Containerd())
        cls.built = cls.bench.build(cls.bench.define())
        cls.archive = cls.bench.extract(cls.built, workbench.IMAGE_ARCHIVE)

    def test_containerd_takes_it_in_every_mode_with_the_registrys_digests(self):
        for name, mode in containerd.MODES.items():
            with self.subTest(mode=name):
                store = self.judge.store()
                store.import_archive(self.archive, mode)
                self.assertEqual(store.images(), connected.digests)
                self.assertEqual(store.incomplete(), [])

    def test_its_names_have_tags_and_no_digests_as_k3s_wants_them(self):
        names = [entry["annotations"]["io.containerd.image.name"] for entry in self.index()["manifests"]]
        self.assertEqual(names, sorted(connected.digests))

    def index(self):
        return json.loads(scratch.run("tar", "-xOf", self.archive, "index.json").stdout)

    def test_an_imported_image_holds_the_files_of_this_architecture(self):
        store = self.judge.store()
        store.import_archive(self.archive)
        folder = store.mount(workbench.APPLICATION)
        try:
            self.assertEqual((folder / "etc/platform").read_text(), f"linux/{product.ARCHITECTURE}\n")
            self.assertTrue((folder / "opt/plc-bridge").read_text().startswith(f"plc-bridge for {product.ARCHITECTURE}"))
        finally:
            store.unmount(folder)

    def test_skopeo_reads_every_image(self):
        for name, digest in connected.digests.items():
            with self.subTest(image=name):
                self.assertEqual(judges.archive_digest(self.archive, name), digest)
                config = json.loads(scratch.run("skopeo", "inspect", "--config", f"oci-archive:{self.archive}:{name}").stdout)
                self.assertEqual(config["architecture"], product.ARCHITECTURE)

    def test_each_blob_stands_once_and_is_what_its_name_says(self):
        folder = scratch.folder("blobs")
        self.addCleanup(scratch.remove, folder)
        names = [name for name in scratch.run("tar", "-tf", self.archive).stdout.split() if not name.endswith("/")]
        self.assertEqual(len(names), len(set(names)))
        scratch.run("tar", "-xf", self.archive, "-C", folder)
        for path in (folder / "blobs/sha256").iterdir():
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
        other = [each for each in names if each.startswith("blobs/sha256/") and not (folder / each).is_file()]
        self.assertEqual(other, [])

    def test_the_manifest_tells_the_same_digests(self):
        shown = json.loads(self.bench.sealift("inspect", self.built.folder, "images", "--json", "--key", self.bench.public_key).output)
        self.assertEqual({each["name"]: each["digest"] for each in shown["images"]}, connected.digests)

    def test_the_makers_own_archive_is_carried_as_it_is(self):
        definition = self.bench.define("vendor", **{"image-source": "vendor-archive", "images": None})
        connected.forget()
        built = self.bench.build(definition)
        self.assertEqual([path for _, path in connected.registry.asked()], [])
        archive = self.bench.extract(built, workbench.VENDOR_ARCHIVE)
        self.assertEqual(archive.read_bytes(), connected.release.assets[VENDOR_ARCHIVE])
        plain = archive.with_suffix("")
        scratch.run("zstd", "-dq", "--memory=32MiB", archive, "-o", plain)
        store = self.judge.store()
        store.import_archive(plain, containerd.ONE_PLATFORM if product.ARCHITECTURE == "amd64" else containerd.DEFAULT)
        self.assertEqual(store.images(), {name: connected.digests[name] for name in k3s_release.IMAGES})
        self.assertEqual(store.incomplete(), [])

    def test_the_makers_archive_beside_images_of_our_own(self):
        built = self.bench.build(self.bench.define("both", **{"image-source": "vendor-archive"}))
        store = self.judge.store()
        store.import_archive(self.bench.extract(built, workbench.IMAGE_ARCHIVE), containerd.ALL_PLATFORMS)
        self.assertEqual(store.images(), {workbench.APPLICATION: connected.digests[workbench.APPLICATION]})


class Again(Building):
    """What was fetched and compressed once is not fetched and compressed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definition = cls.bench.define()
        cls.first = cls.bench.build(cls.definition)
        cls.sums = (cls.first.folder / "SHA256SUMS").read_text()

    def test_the_second_build_asks_nobody_and_compresses_nothing(self):
        second = self.bench.build(self.definition, output=self.bench.folder / "second")
        self.assertEqual(connected.asked(), [])
        self.assertEqual((second.report["chunks"]["compressed"], second.report["lock"]["written"]), (0, False))
        self.assertGreater(self.first.report["chunks"]["compressed"], 0)
        self.assertEqual((second.folder / "SHA256SUMS").read_text(), self.sums)

    def test_the_second_build_over_the_first_leaves_one_bundle(self):
        output = self.bench.folder / "over"
        for _ in range(2):
            built = self.bench.build(self.definition, output=output)
            self.assertEqual([each.name for each in output.iterdir()], [self.first.folder.name])
            self.assertEqual((built.folder / "SHA256SUMS").read_text(), self.sums)

    def test_one_changed_small_file_compresses_little_and_fetches_nothing(self):
        definition = self.bench.define("changed")
        self.bench.build(definition)
        connected.forget()
        (definition.parent / "manifests/plc-bridge.yaml").write_text("kind: List\n")
        built = self.bench.build(definition)
        self.assertEqual(connected.asked(), [])
        chunks = built.report["chunks"]
        self.assertTrue(0 < chunks["compressed"] <= 3 and chunks["copied"] + chunks["linked"] > 0, chunks)

    @staticmethod
    def contents_of(folder):
        """Name → digest of every file that is not below signatures/."""
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in folder.rglob("*") if path.is_file() and path.parent.name != "signatures"}

    def test_a_tar_holds_the_bundles_folder(self):
        tar = self.bench.folder / "line7.tar"
        self.bench.build(self.definition, output=tar)
        folder = scratch.folder("untarred")
        self.addCleanup(scratch.remove, folder)
        scratch.run("tar", "-xf", tar, "-C", folder)
        self.assertEqual(self.contents_of(folder / self.first.folder.name), self.contents_of(self.first.folder))
        self.bench.sealift("verify", folder / self.first.folder.name, "--key", self.bench.public_key)


class Profiles(Building):
    """Profiles of one's own go before those that are compiled in; another one stands beside them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = (scratch.ROOT / "profiles/k3s.yaml").read_text()

    def folder(self, name, **files):
        folder = self.bench.folder / name
        folder.mkdir()
        for file, text in files.items():
            (folder / f"{file}.yaml").write_text(text)
        return folder

    def unit(self, built):
        return self.bench.extract(built, "etc/systemd/system/k3s.service").read_text()

    def test_a_folder_of_profiles_goes_before_the_compiled_in_ones(self):
        ours = self.folder("ours", k3s=self.text.replace("Description=Lightweight Kubernetes", "Description=Plant Kubernetes"))
        theirs = self.folder("theirs", k3s=self.text.replace("Description=Lightweight Kubernetes", "Description=Their Kubernetes"))
        for name, options, changes, expected in [
                ("plain", (), {}, "Lightweight"), ("option", ("--profiles", ours), {}, "Plant"), ("both", ("--profiles", ours, "--profiles", theirs), {}, "Plant"),
                ("key", (), {"profiles": str(ours)}, "Plant"), ("both-ways", ("--profiles", theirs), {"profiles": str(ours)}, "Plant")]:
            with self.subTest(name):
                built = self.bench.build(self.bench.define(name, **changes), *options)
                self.assertIn(f"Description={expected} Kubernetes", self.unit(built))

    def test_a_new_profile_stands_beside_them(self):
        folder = self.folder("new", plant=self.text.replace("profile: k3s\n", "profile: plant\n").replace("title: K3s\n", "title: Plant\n"))
        platform = {"profile": "plant", "version": "v1.31", "arch": product.ARCHITECTURE}
        built = self.bench.build(self.bench.define("beside", platform=platform), "--profiles", folder)
        self.assertIn("-plant-", built.folder.name)
        listed = self.bench.sealift("profiles", "--profiles", folder).output
        for name in ("plant", "k3s"):
            self.assertRegex(listed, rf"(?m)^{name}\b")
        self.assertIn("Plant", self.bench.sealift("profiles", "plant", "--profiles", folder).output)


class Interrupted(Building):
    """A build that is killed, cut off or put off comes to the same end, and keeps what it has."""

    def setUp(self):
        super().setUp()
        self.definition = self.bench.define("interrupted")
        self.bench.sealift("lock", self.definition, "--cache", self.bench.folder / "lock-cache", *connected.options)
        self.cache, self.output = (self.bench.folder / f"{name}-{self.id().rsplit('.')[-1]}" for name in ("cache", "out"))
        connected.forget()

    def start(self, *options, definition=None):
        """A build in the background; its log."""
        log = self.bench.folder / "log"
        log.unlink(missing_ok=True)
        command = self.bench.command(definition or self.definition, *options, cache=self.cache, output=self.output)
        process = scratch.start([product.tool(), *command], log, env=product.environment(self.bench.home))
        self.addCleanup(scratch.stop, process)
        return process, log

    def finish(self, *options, definition=None):
        """The same build to its end: complete, good, nothing beside it."""
        built = self.bench.build(definition or self.definition, *options, cache=self.cache, output=self.output)
        self.bench.sealift("verify", "--deep", built.folder, "--key", self.bench.public_key)
        self.assertEqual([each.name for each in self.output.iterdir()], [built.folder.name])
        self.assertEqual(list((self.cache / "partial").iterdir()), [])
        return built

    @staticmethod
    def kill(process):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def test_killed_while_downloading_it_goes_on_where_it_was(self):
        connected.mirror.always(self.program, mirror.Slow(500_000))
        process, log = self.start("--locked")
        scratch.wait_until(lambda: self.partial_size() > 400_000, "download", process=process, log=log)
        self.kill(process)
        scratch.wait_until(lambda: connected.mirror.asked(self.program), "the mirror's end of it")
        del connected.mirror.lasting[self.program]
        connected.forget()
        self.finish("--locked")
        [rest] = connected.mirror.asked(self.program)
        self.assertRegex(rest.range, r"^bytes=[1-9]\d{5,}-$")
        self.assertLess(rest.sent, len(connected.release.assets[PROGRAM]) - 300_000)

    def test_killed_with_one_blob_missing_it_fetches_that_one(self):
        """The application's own layer comes from the mirror, which stalls; everything else comes from the registry."""
        base, layer = f"/v2/{world.APPLICATION.split(':')[0]}/blobs/", self.application_layer()
        connected.mirror.add(base + layer, connected.layout.read(layer))
        connected.mirror.fail(base + layer, mirror.Stall(50, 30))
        aside = ["--locked", "--mirror", f"https://ghcr.io{base}{layer}={connected.mirror.url}{base}{layer}"]
        process, log = self.start(*aside)
        others = {blob["digest"] for name in (*k3s_release.IMAGES.values(), "plc-bridge") for blob in self.blobs(name)} - {layer}
        scratch.wait_until(lambda: all(map(self.is_stored, others)), "all but one", process=process, log=log)
        self.kill(process)
        connected.forget()
        self.finish(*aside)
        self.assertEqual(set(connected.asked()), {("GET", base + layer)})

    def is_stored(self, digest):
        """Asked for is not yet kept: a kill between the two would rightly ask again."""
        name = digest.removeprefix("sha256:")
        return (self.cache / "blobs/sha256" / name[:2] / name).exists()

    def application_layer(self):
        return self.blobs("plc-bridge")[-1]["digest"]

    @staticmethod
    def blobs(name):
        """Config and layers of an image of the laboratory, for this architecture."""
        index = connected.layout.descriptor(name)
        [chosen] = [each for each in connected.layout.children(index) if each["platform"]["architecture"] == product.ARCHITECTURE]
        return connected.layout.children(chosen)

    def partial_size(self):
        return max((path.stat().st_size for path in self.cache.glob("partial/*")), default=0)

    def test_killed_while_packing_it_fetches_nothing_again(self):
        definition = self.bench.define("packing", files=[{"path": "/opt/acme/data", "from": "data"}])
        (definition.parent / "data").write_bytes(k3s_release.comments(24_000_000, seed=7))
        self.bench.sealift("lock", definition, "--cache", self.bench.folder / "lock-cache", *connected.options)
        options = ["--locked", "--level", "12", "--jobs", "1"]
        process, log = self.start(*options, definition=definition)
        scratch.wait_until(lambda: self.packed_size() > 2_000_000, "pack", process=process, log=log)
        self.kill(process)
        self.assertEqual(list(self.output.glob("[!.]*")), [])
        self.assertNotEqual(list(self.output.iterdir()), [])
        connected.forget()
        self.finish(*options, definition=definition)
        self.assertEqual(connected.asked(), [])

    def packed_size(self):
        return sum(path.stat().st_size for path in self.output.rglob("payload-*")) if self.output.exists() else 0

    def test_a_cut_connection_is_taken_up_where_it_ended(self):
        connected.mirror.fail(self.program, mirror.Cut(1_000_000), mirror.Cut(700_000))
        self.finish("--locked")
        self.assertEqual([each.range for each in connected.mirror.asked(self.program)],
                         [None, "bytes=1000000-", "bytes=1700000-"])

    def test_a_mirror_without_ranges_is_asked_for_everything_again(self):
        connected.mirror.fail(self.program, mirror.Cut(1_000_000))
        connected.mirror.always(self.program, mirror.NoRange())
        self.finish("--locked")

    def test_a_busy_server_is_asked_again_when_it_says(self):
        connected.mirror.fail(self.program, mirror.Unavailable(retry_after=2))
        begun = time.monotonic()
        self.finish("--locked")
        self.assertGreater(time.monotonic() - begun, 2)
        self.assertEqual(len(connected.mirror.asked(self.program)), 2)

    def test_two_at_once_make_the_same_bundle(self):
        outputs = [self.bench.folder / f"at-once-{number}" for number in range(2)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            built = list(pool.map(lambda output: self.bench.build(self.definition, "--locked", cache=self.cache, output=output), outputs))
        self.assertEqual(*[(each.folder / "SHA256SUMS").read_text() for each in built])
        self.assertIn("as it was fetched", self.bench.sealift("cache", "verify", "--cache", self.cache).output)

    def test_two_at_once_into_one_place_leave_one_whole_bundle(self):
        def run(_):
            return self.bench.sealift(*self.bench.command(self.definition, "--locked", cache=self.cache, output=self.output), status=None)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            ended = [each.status for each in pool.map(run, range(2))]
        self.assertIn(product.Exit.DONE, ended)
        self.finish("--locked")

    def test_a_damaged_cache_is_found_said_and_mended(self):
        self.finish("--locked")
        large = [path for path in self.cache.glob("blobs/sha256/*/*") if path.stat().st_size > 100_000]
        for path in large:
            path.chmod(0o644)
            data = bytearray(path.read_bytes())
            data[50_000] ^= 1
            path.write_bytes(data)
        shutil.rmtree(self.cache / "volumes")
        output = self.bench.folder / "damaged"
        errors = self.bench.refused(product.Exit.INPUT_OUTPUT, self.definition, "--locked", output=output, cache=self.cache)
        self.assertIn("its content has changed on disk", errors)
        self.assertIn("run again: it is fetched anew", errors)
        self.bench.sealift("cache", "verify", "--cache", self.cache)
        self.assertEqual([path for path in large if path.exists()], [])
        self.finish("--locked")


class ClosedRegistry(Building):
    """A registry with its own authority and a password, found as docker and containerd find them."""

    def test_the_stored_password_and_the_folder_of_certificates_open_it(self):
        scratch.need("unshare", root=True)
        closed = self.enterContext(registry.Registry(tls=True, password=True))
        digest = closed.push(connected.layout, "plc-bridge", world.APPLICATION)
        name = f"{closed.host}/{world.APPLICATION}"
        definition = self.bench.define("closed", images=[name])
        certificates = {"DOCKER_CONFIG": closed.docker_config()}

        errors = self.build(definition, closed, product.Exit.GATHERING, etc=None, **certificates).errors
        self.assertIn("certificate", errors)
        errors = self.build(definition, closed, product.Exit.GATHERING, etc="docker").errors
        self.assertIn("it asks for user and password, and none are stored for it", errors)
        self.assertIn("docker login", errors)
        wrong = scratch.folder("docker")
        self.addCleanup(scratch.remove, wrong)
        (wrong / "config.json").write_text(json.dumps({"auths": {closed.host: {"auth": "bGFiOndyb25n"}}}))
        errors = self.build(definition, closed, product.Exit.GATHERING, etc="docker", DOCKER_CONFIG=wrong).errors
        self.assertIn("unauthorized", errors)
        self.assertNotIn("bGFiOndyb25n", errors)

        for etc in ("docker", "containers", "containerd"):
            with self.subTest(certificates=etc):
                definition.with_suffix(".yaml.lock").unlink(missing_ok=True)
                done = self.build(definition, closed, product.Exit.DONE, etc, **certificates)
                self.assertNotIn(registry.PASSWORD, done.errors + done.output)
        self.assertIn(digest, definition.with_suffix(".yaml.lock").read_text())

    def build(self, definition, closed, status, etc, **variables):
        """A build that sees the registry's authority in /etc/<etc>/certs.d, in a view of /etc of its own."""
        lower = scratch.folder("etc")
        self.addCleanup(scratch.remove, lower)
        if etc:
            folder = lower / etc / "certs.d" / closed.host
            folder.mkdir(parents=True)
            shutil.copy(closed.ca, folder)
        command = self.bench.command(definition, cache=self.bench.folder / f"cache-{etc}")
        shell = 'mount -t overlay -o "lowerdir=$1:/etc" overlay /etc && shift && exec "$@"'
        return product.run("unshare", "-m", "sh", "-c", shell, "sh", lower, product.tool(), *command, home=self.bench.home, status=status,
                           **variables)


if __name__ == "__main__":
    unittest.main()
