"""The laboratory's own parts, each proven before anything is judged with it."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import archives
import containerd
import images
import laid
import judges
import k3s_release
import machine
import mirror
import product
import registry
import scratch

APP, HISTORIAN = "docker.io/acme/app:1", "docker.io/acme/historian:5"


class Images(unittest.TestCase):
    def test_two_images_share_their_base_and_differ(self):
        with images.small() as layout:
            layers = {}
            for name in ("app", "historian"):
                amd64, arm64, attestation = layout.children(layout.descriptor(name))
                self.assertEqual([each["platform"]["architecture"] for each in (amd64, arm64, attestation)],
                                 ["amd64", "arm64", "unknown"])
                config, *layers[name] = [each["digest"] for each in layout.children(amd64)]
                self.assertEqual(layout.document(config)["architecture"], "amd64")
            self.assertEqual(layers["app"][0], layers["historian"][0])
            self.assertNotEqual(layers["app"][1], layers["historian"][1])

    def test_large_content_has_its_size_and_the_same_digests_each_time(self):
        folders = [scratch.folder("large") for _ in range(2)]
        for folder in folders:
            self.addCleanup(scratch.remove, folder)
        first, second = (images.large(folder, 4_000_000, layers=3, images=2, source="/usr/share") for folder in folders)
        self.assertEqual(first.entries(), second.entries())
        one, two = (first.document(first.descriptor(f"large-{number}")["digest"])["layers"] for number in (1, 2))
        self.assertEqual(one[0], two[0])
        self.assertNotEqual(one[1], two[1])
        plain = sum(int(scratch.run("sh", "-c", f"gzip -dc {first.path(layer['digest'])} | wc -c").stdout)
                    for layer in [*one, two[1]])
        self.assertGreater(plain, 4_000_000)


class Registry(unittest.TestCase):
    def test_what_is_pulled_is_what_was_pushed(self):
        with images.small() as layout, registry.Registry() as plain:
            pushed = layout.descriptor("app")["digest"]
            self.assertEqual(plain.push(layout, "app", "acme/app:1"), pushed)
            content = plain.manifest(f"acme/app@{pushed}")
            self.assertEqual("sha256:" + hashlib.sha256(content).hexdigest(), pushed)
            layer = layout.children(layout.children(layout.descriptor("app"))[0])[1]["digest"]
            self.assertEqual(plain.blob("acme/app", layer), layout.read(layer))
            with self.assertRaises(urllib.error.HTTPError):
                plain.manifest("acme/app:2")

    def test_the_closed_one_wants_its_certificate_and_its_password(self):
        with images.small(["app"]) as layout, registry.Registry(tls=True, password=True) as closed:
            closed.push(layout, "app", "acme/app:1")
            config = {"DOCKER_CONFIG": str(closed.docker_config())}
            command = ["skopeo", "inspect", "--raw", f"docker://{closed.host}/acme/app:1"]
            trust = ["--cert-dir", str(closed.ca.parent)]
            auth = ["--authfile", f"{config['DOCKER_CONFIG']}/config.json"]
            self.assertIn("manifests", scratch.run(*command, *trust, *auth).stdout)
            for missing, words in [(trust, "auth"), (auth, "certificate")]:
                done = scratch.run(*command, *missing, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(words, done.stderr)


class Mirror(unittest.TestCase):
    PATH, DATA = "/releases/v1%2Bk3s1/k3s", bytes(range(256)) * 400

    def setUp(self):
        self.mirror = self.enterContext(mirror.Mirror())
        self.mirror.add(self.PATH, self.DATA)

    def get(self, path=PATH, **headers):
        """Status, headers, and the body as far as it came."""
        connection = http.client.HTTPConnection(self.mirror.host, timeout=5)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            try:
                return answer.status, answer.headers, answer.read()
            except http.client.IncompleteRead as cut:
                return answer.status, answer.headers, cut.partial
        finally:
            connection.close()

    def test_serves_whole_and_in_parts(self):
        status, headers, body = self.get()
        self.assertEqual((status, body, headers["Accept-Ranges"]), (200, self.DATA, "bytes"))
        for asked, sent in [("bytes=100-199", slice(100, 200)), ("bytes=102000-", slice(102000, None))]:
            status, part, body = self.get(Range=asked, If_Range=headers["ETag"])
            self.assertEqual((status, body), (206, self.DATA[sent]))
            self.assertEqual(part["Content-Range"].split("/")[1], str(len(self.DATA)))
        self.assertEqual(self.get(Range="bytes=999999-")[0], 416)
        self.assertEqual(self.get(Range="bytes=1-", If_Range='"other"')[0], 200)
        self.assertEqual(self.get(self.PATH.replace("%2B", "+"))[0], 404)
        self.assertEqual([each.range for each in self.mirror.asked(self.PATH)],
                         [None, "bytes=100-199", "bytes=102000-", "bytes=999999-", "bytes=1-"])

    def test_fails_once_and_is_well_again(self):
        self.mirror.fail(self.PATH, mirror.Cut(1000), None, mirror.Unavailable(retry_after=7), mirror.WrongBytes(5))
        status, headers, body = self.get()
        self.assertEqual((status, len(body), headers["Content-Length"]), (200, 1000, "102400"))
        self.assertEqual(self.get()[2], self.DATA)
        status, headers, _ = self.get()
        self.assertEqual((status, headers["Retry-After"]), (503, "7"))
        body = self.get()[2]
        self.assertEqual([index for index in range(len(body)) if body[index] != self.DATA[index]], [5])
        self.assertEqual(self.get()[2], self.DATA)

    def test_lies_about_the_length(self):
        self.mirror.fail(self.PATH, mirror.WrongLength(50), mirror.WrongLength(-50), mirror.Longer(1000))
        self.assertEqual(self.get()[2], self.DATA)
        self.assertEqual(self.get()[2], self.DATA[:-50])
        status, headers, body = self.get()
        self.assertEqual((headers["Content-Length"], len(body)), (None, len(self.DATA) + 1000))

    def test_lies_about_ranges(self):
        self.mirror.always(self.PATH, mirror.NoRange())
        self.assertEqual(self.get(Range="bytes=5-")[0], 200)
        self.mirror.always(self.PATH, mirror.WrongRange())
        self.assertEqual(self.get(Range="bytes=5-9")[1]["Content-Range"], "bytes 6-9/102400")

    def test_stalls_and_is_slow(self):
        self.mirror.fail(self.PATH, mirror.Stall(10, 0.3), mirror.Slow(500_000))
        for least in (0.3, 0.15):
            begun = time.monotonic()
            self.get()
            self.assertGreater(time.monotonic() - begun, least)

    def test_answers_many_at_once(self):
        self.mirror.always(self.PATH, mirror.Stall(10, 0.5))
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual({body for _, _, body in pool.map(lambda _: self.get(), range(8))}, {self.DATA[:10]})
        self.assertTrue(0.5 < time.monotonic() - begun < 3)

    def test_redirects(self):
        self.mirror.always("/old", mirror.Redirect(f"{self.mirror.url}{self.PATH}"))
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.mirror.url}/old") as answer:
            self.assertEqual(answer.read(), self.DATA)

    def test_tls_is_refused_without_its_certificate(self):
        with mirror.Mirror(tls=True) as closed:
            closed.add("/x", b"secret")
            curl = ["curl", "--silent", "--show-error", "--noproxy", "*", f"{closed.url}/x"]
            self.assertEqual(scratch.run(*curl, "--cacert", closed.ca).stdout, "secret")
            self.assertEqual(scratch.run(*curl, check=False).returncode, 60)


class Containerd(unittest.TestCase):
    """The table of the image fact sheet, on this machine's containerd: what is taken in which mode, and what is not."""

    @classmethod
    def setUpClass(cls):
        cls.layout = cls.enterClassContext(images.small())
        cls.judge = cls.enterClassContext(containerd.Containerd())
        cls.folder = scratch.folder("archives")
        cls.addClassCleanup(scratch.remove, cls.folder)

    def write(self, shape, damage=None):
        return archives.write(self.folder / "a.tar", self.layout, {APP: "app", HISTORIAN: "historian"}, shape, damage=damage)

    def test_takes_a_good_archive_in_every_mode(self):
        expected = {APP: self.layout.descriptor("app")["digest"], HISTORIAN: self.layout.descriptor("historian")["digest"]}
        for shape in (archives.Shape.SAFE, archives.Shape.WHOLE):
            path = self.write(shape)
            for name, mode in containerd.MODES.items():
                with self.subTest(shape=shape.name, mode=name):
                    store = self.judge.store()
                    store.import_archive(path, mode)
                    self.assertEqual(store.images(), expected)
                    self.assertEqual(store.incomplete(), [])

    def test_refuses_every_broken_archive(self):
        for damage in archives.Damage:
            path = self.write(archives.Shape.SAFE, damage)
            for name, mode in containerd.MODES.items():
                with self.subTest(damage=damage.name, mode=name):
                    with self.assertRaises(containerd.ImportRefused):
                        self.judge.store().import_archive(path, mode)

    def test_a_vendor_archive_is_refused_only_for_all_platforms(self):
        path = self.write(archives.Shape.VENDOR)
        self.judge.store().import_archive(path, containerd.DEFAULT)
        self.judge.store().import_archive(path, containerd.ONE_PLATFORM)
        with self.assertRaises(containerd.ImportRefused):
            self.judge.store().import_archive(path, containerd.ALL_PLATFORMS)

    def test_a_name_without_its_content_is_seen_as_incomplete(self):
        store = self.judge.store()
        with self.assertRaises(containerd.ImportRefused):
            store.import_archive(self.write(archives.Shape.SAFE, archives.Damage.LAYER_ABSENT))
        self.assertEqual(len(store.incomplete()), 2)

    def test_the_files_of_an_image_can_be_looked_at(self):
        store = self.judge.store()
        store.import_archive(self.write(archives.Shape.SAFE))
        folder = store.mount(APP)
        try:
            self.assertEqual((folder / "etc/platform").read_text(), "linux/amd64\n")
        finally:
            store.unmount(folder)


class K3sRelease(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.layout = cls.enterClassContext(images.small(k3s_release.IMAGES.values()))
        cls.release = k3s_release.Release(cls.layout)

    def test_its_checksum_files_are_right(self):
        folder = scratch.folder("assets")
        self.addCleanup(scratch.remove, folder)
        for name, data in self.release.assets.items():
            (folder / name).write_bytes(data)
        for architecture in ("amd64", "arm64"):
            done = scratch.run("sha256sum", "--strict", "-c", f"sha256sum-{architecture}.txt", cwd=folder)
            self.assertEqual(len(done.stdout.splitlines()), 4)
        listing = scratch.run("tar", "--zstd", "-tf", folder / "k3s-airgap-images-amd64.tar.zst").stdout
        self.assertIn("manifest.json", listing.split())

    def test_is_published_under_the_paths_of_the_upstream(self):
        with mirror.Mirror() as upstream, registry.Registry() as hub:
            digests = self.release.publish(upstream, hub)
            self.assertEqual(set(digests), set(self.release.assets["k3s-images.txt"].decode().split()))
            self.assertIn("/k3s-io/k3s/releases/download/v1.31.4%2Bk3s1/sha256sum-amd64.txt", upstream.files)
            channels = json.loads(upstream.files["/v1-release/channels"])["data"]
            self.assertEqual({each["id"]: each["latest"] for each in channels}["v1.31"], "v1.31.4+k3s1")
            self.assertEqual(hub.digest("rancher/mirrored-pause:3.6"), self.layout.descriptor("pause")["digest"])

    def test_the_program_says_that_it_is_a_stand_in(self):
        folder = scratch.folder("program")
        self.addCleanup(scratch.remove, folder)
        program = folder / "k3s"
        program.write_bytes(self.release.assets["k3s"])
        program.chmod(0o755)
        self.assertEqual(scratch.run(program, "--version").stdout, "k3s version v1.31.4+k3s1 (STAND-IN)\n")


class Judges(unittest.TestCase):
    """Each judge says yes to what is right and no to one flipped bit."""

    @classmethod
    def setUpClass(cls):
        cls.folder = scratch.folder("judges")
        cls.addClassCleanup(scratch.remove, cls.folder)
        cls.secret, cls.key, cls.file, cls.signature = (cls.folder / name for name in ("key", "key.pub", "SHA256SUMS", "sig"))
        scratch.run("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", cls.secret)
        scratch.run("openssl", "pkey", "-in", cls.secret, "-pubout", "-out", cls.key)
        (cls.folder / "README.txt").write_text("read me\n")
        cls.file.write_text(scratch.run("sha256sum", "README.txt", cwd=cls.folder).stdout)
        scratch.run("openssl", "dgst", "-sha256", "-sign", cls.secret, "-out", cls.signature, cls.file)
        cls.other = cls.folder / "other"
        cls.other.write_bytes(cls.file.read_bytes().replace(b"README", b"readme"))

    def test_openssl(self):
        self.assertTrue(judges.openssl_verifies(self.key, self.signature, self.file))
        self.assertFalse(judges.openssl_verifies(self.key, self.signature, self.other))

    def test_sha256sum(self):
        self.assertTrue(judges.sha256sum_accepts(self.folder))
        self.assertFalse(judges.sha256sum_accepts(self.folder, "other"))

    def test_cosign_over_the_detached_signature(self):
        self.assertTrue(judges.cosign_verifies_signature(self.key, self.signature, self.file))
        self.assertFalse(judges.cosign_verifies_signature(self.key, self.signature, self.other))

    def test_cosign_over_the_sigstore_bundle(self):
        der = base64.b64decode("".join(self.key.read_text().splitlines()[1:-1]))
        bundle = self.folder / "bundle.json"
        bundle.write_text(json.dumps({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": base64.b64encode(hashlib.sha256(der).digest()).decode()}},
            "messageSignature": {
                "messageDigest": {"algorithm": "SHA2_256",
                                  "digest": base64.b64encode(hashlib.sha256(self.file.read_bytes()).digest()).decode()},
                "signature": base64.b64encode(self.signature.read_bytes()).decode()}}))
        self.assertTrue(judges.cosign_verifies_bundle(self.key, bundle, self.file))
        self.assertFalse(judges.cosign_verifies_bundle(self.key, bundle, self.other))

    def test_zstd_and_tar_over_volumes_of_independent_frames(self):
        scratch.run("tar", "-cf", "stream.tar", "README.txt", "SHA256SUMS", cwd=self.folder)
        data, volumes = (self.folder / "stream.tar").read_bytes(), []
        for number in range(0, len(data), 4096):
            volumes.append(self.folder / f"payload-{number:05}.tar.zst")
            volumes[-1].write_bytes(subprocess.run(["zstd", "-cq"], input=data[number:number + 4096],
                                                   stdout=subprocess.PIPE, check=True).stdout)
        self.assertEqual(judges.payload_names(volumes), ["README.txt", "SHA256SUMS"])
        self.assertTrue(judges.zstd_accepts(volumes[0]))
        volumes[0].write_bytes(volumes[0].read_bytes()[:-1])
        self.assertFalse(judges.zstd_accepts(volumes[0]))
        with self.assertRaises(scratch.LabError):
            judges.payload_names(volumes)

    def test_skopeo_over_an_image_archive(self):
        with images.small(["app"]) as layout:
            path = archives.write(self.folder / "a.tar", layout, {APP: "app"})
            self.assertEqual(judges.archive_digest(path, APP), layout.descriptor("app")["digest"])


class Product(unittest.TestCase):
    """The programs start. What they do is for other tests."""

    def test_the_installer_is_static_and_starts_in_a_clean_environment(self):
        home = scratch.folder("home")
        self.addCleanup(scratch.remove, home)
        headers = scratch.run("readelf", "--program-headers", product.installer()).stdout
        self.assertNotIn("INTERP", headers)
        product.run(product.installer(), "--help", home=home)

    def test_an_unexpected_exit_status_is_an_error_with_both_streams(self):
        with self.assertRaisesRegex(AssertionError, "exit status 3, expected 0\nout\nerr"):
            product.run("sh", "-c", "echo out; echo err >&2; exit 3", home="/")


UNIT = """[Service]
Type=notify
ExecStart=/usr/local/bin/k3s server
Restart=no
TimeoutStartSec=30
"""


class Machine(unittest.TestCase):
    """One machine for all of these: what a test changes, it changes in places of its own."""

    @classmethod
    def setUpClass(cls):
        stick = scratch.folder("stick")
        cls.addClassCleanup(scratch.remove, stick)
        (stick / "program").write_text("#!/bin/sh\necho it ran\n")
        (stick / "program").chmod(0o755)
        cls.site = cls.enterClassContext(machine.Machine(stick=stick))

    def test_its_systemd_is_running_and_it_has_only_lo(self):
        self.assertEqual(self.site.run("systemctl", "is-system-running").stdout, "running\n")
        self.assertEqual([line.split()[0] for line in self.site.run("ip", "-br", "link").stdout.splitlines()], ["lo"])
        self.assertEqual(self.site.run("hostname").stdout.strip(), machine.HOST_NAME)

    def test_the_stick_is_not_writable_and_not_executable(self):
        program = f"{machine.MEDIUM}/program"
        self.assertEqual(self.site.run("sh", program).stdout, "it ran\n")
        direct = self.site.run(program, check=False)
        self.assertIn("Permission denied", direct.stderr)
        writing = self.site.run("touch", f"{machine.MEDIUM}/new", check=False)
        self.assertIn("Read-only file system", writing.stderr)

    def test_nothing_of_the_host_is_seen(self):
        self.assertNotIn("PYTHON", self.site.run("env").stdout)
        self.assertNotEqual(self.site.run("sh", "-c", "command -v containerd", check=False).returncode, 0)
        reached = self.site.run("perl", "-MIO::Socket::INET", "-e", "exit !IO::Socket::INET->new('192.0.2.1:80')", check=False)
        self.assertNotEqual(reached.returncode, 0)


class MachineLife(unittest.TestCase):
    """Machines of their own."""

    def test_its_disk_outlives_the_plug_and_nothing_outlives_the_machine(self):
        with machine.Machine(size="64m") as site:
            leader, groups = site.leader, list(site.groups.folders)
            site.run("sh", "-c", "echo kept > /etc/kept; echo lost > /run/lost")
            site.pull_plug()
            self.assertEqual(site.path("/etc/kept").read_text(), "kept\n")
            site.boot()
            self.assertEqual(site.run("cat", "/etc/kept").stdout, "kept\n")
            self.assertEqual(site.run("cat", "/run/lost", check=False).returncode, 1)
            full = site.run("dd", "if=/dev/zero", "of=/big", "bs=1M", "count=100", check=False)
            self.assertIn("No space left on device", full.stderr)
            site.power_off()
            folder = site.folder
        self.assertFalse(folder.exists())
        self.assertFalse(os.path.exists(f"/proc/{leader}"))
        self.assertEqual([each for each in groups if each.exists()], [])
        self.assertNotIn(str(folder), pathlib.Path("/proc/self/mountinfo").read_text())


class K3sStandIn(unittest.TestCase):
    """The stand-in on a machine, laid by hand, so that what fails later is not the stand-in."""

    def setUp(self):
        scratch.need("containerd", "ctr")
        self.layout = self.enterContext(images.small(k3s_release.IMAGES.values()))
        self.release = k3s_release.Release(self.layout)
        self.site = self.enterContext(machine.Machine())
        for path, data in [("/usr/local/bin/k3s", self.release.assets["k3s"]),
                           ("/etc/systemd/system/k3s.service", UNIT.encode()),
                           ("/etc/rancher/k3s/config.yaml.d/00-sealift.yaml", b'disable:\n  - traefik\nwrite-kubeconfig-mode: "0640"\n'),
                           ("/var/lib/rancher/k3s/server/manifests/site.yaml", b"kind: List\n")]:
            self.lay(path, data)
        self.site.run("chmod", "0755", "/usr/local/bin/k3s")
        self.site.run("ln", "-s", "k3s", "/usr/local/bin/ctr")

    def lay(self, path, data):
        target = self.site.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def start(self):
        return self.site.run("systemctl", "start", "k3s.service", check=False).returncode == 0

    def test_wants_a_route_then_imports_and_is_ready(self):
        images_folder = "/var/lib/rancher/k3s/agent/images"
        self.lay(f"{images_folder}/airgap.tar.zst", self.release.assets["k3s-airgap-images-amd64.tar.zst"])
        self.lay(f"{images_folder}/bad.tar", self.release.assets["k3s-airgap-images-amd64.tar.gz"])
        self.lay(f"{images_folder}/unfinished.tar.part", b"")
        self.site.run("systemctl", "daemon-reload")
        self.assertFalse(self.start())
        self.assertIn("no default routes found", self.site.journal("k3s.service"))

        self.site.add_default_route()
        self.assertTrue(self.start(), self.site.journal("k3s.service"))
        self.assertTrue(self.site.is_active("k3s.service"))
        self.assertEqual(self.site.run("k3s", "kubectl", "get", "nodes").stdout.split()[:2], [machine.HOST_NAME, "Ready"])
        found = dict(line.split()[::2][:2] for line in self.site.run(
            "ctr", "-n", "k8s.io", "images", "ls").stdout.splitlines()[1:])
        self.assertEqual(found, {name: self.layout.descriptor(tag)["digest"] for name, tag in k3s_release.IMAGES.items()})
        self.assertIn("io.cri-containerd.pinned=pinned", self.site.run("ctr", "-n", "k8s.io", "images", "ls").stdout)
        journal = self.site.journal("k3s.service")
        self.assertIn(f"Error encountered while importing {images_folder}/bad.tar", journal)
        self.assertIn("Applying manifest /var/lib/rancher/k3s/server/manifests/site.yaml", journal)
        self.assertNotIn("unfinished", journal)
        self.assertEqual(self.site.run("stat", "-c", "%a", "/etc/rancher/k3s/k3s.yaml").stdout, "640\n")
        self.site.run("systemctl", "stop", "k3s.service")
        self.assertEqual(self.site.run("sh", "-c", "ls /proc/*/exe -l | grep -c containerd", check=False).stdout, "0\n")

    def test_an_agent_needs_server_and_token(self):
        self.site.add_default_route()
        for settings, words in [(b"", "--server is required"), (b"server: https://192.0.2.1:6443\n", "--token is required"),
                                (b"just words\n", "yaml: ")]:
            self.lay("/etc/rancher/k3s/config.yaml", settings)
            done = self.site.run("k3s", "agent", check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)


class Laid(unittest.TestCase):
    """The comparison of a root with a table sees every way in which they can differ."""

    TABLE = {
        "etc/app": laid.folder(), "etc/app/secret": laid.file("0600", laid.environment_of({"A": "1"})), "opt/link": laid.link("app"),
        "etc/app/unit": laid.file("0644", laid.unit_of(Service={"Type": "notify", "ExecStartPre": ["-/a", "-/b"]})),
        "etc/app/json": laid.file("0644", laid.json_of({"a": [1]})), "opt/program": laid.file("0755", laid.exactly(b"program")),
    }

    def setUp(self):
        self.root = scratch.folder("root")
        self.addCleanup(scratch.remove, self.root)
        self.before = laid.system(self.root)
        (self.root / "etc/app").mkdir(mode=0o755)
        for path, text in {"etc/app/secret": 'A="1"\n', "etc/app/unit": "[Unit]\nDescription=x\n[Service]\nType=notify\n# c\nExecStartPre=-/a\n"
                           "ExecStartPre=-/b\n", "etc/app/json": '{"a": [1]}', "opt/program": "program"}.items():
            (self.root / path).write_text(text)
            (self.root / path).chmod(int(self.TABLE[path].mode, 8))
        (self.root / "opt/link").symlink_to("app")

    def differences(self):
        return laid.differences(self.root, self.before, self.TABLE, None)

    def test_an_equal_root_is_equal(self):
        self.assertEqual(self.differences(), [])
        (self.root / laid.STATE / "receipts").mkdir(parents=True)
        self.assertEqual(self.differences(), [])

    def test_every_difference_is_seen(self):
        table = {
            "etc/app/secret: not there": lambda path: path.unlink(), "etc/app/surplus: not in the table": lambda path: path.write_text(""),
            "etc/app/secret: has mode 0644, not 0600": lambda path: path.chmod(0o644),
            "etc/app/secret: holds {'A': '2'}": lambda path: path.write_text("A=2\n"),
            "etc/app/unit: holds": lambda path: path.write_text(path.read_text().replace("-/b", "-/c")),
            "etc/app/json: holds {'a': [2]}": lambda path: path.write_text('{"a": [2]}'),
            "opt/program: is 8 bytes": lambda path: path.write_text("programs"),
            "opt/link: leads to other, not app": lambda path: (path.unlink(), path.symlink_to("other")),
            "opt/program: is a link, not a file": lambda path: (path.unlink(), path.symlink_to("link")),
            "etc/passwd: is not as it was": lambda path: path.write_text("root:x:0:0::/:/bin/sh\nother:x:1:1::/:/bin/sh\n"),
            "etc/group: not there": lambda path: path.unlink(),
        }
        if os.geteuid() == 0:
            table["opt/program: belongs to 7:root"] = lambda path: os.chown(path, 7, 0)
            table["etc/app: belongs to root:8"] = lambda path: os.chown(path, 0, 8)
        for expected, change in table.items():
            with self.subTest(expected):
                copy = scratch.folder("copy")
                self.addCleanup(scratch.remove, copy)
                scratch.run("cp", "-a", f"{self.root}/.", copy)
                whole, self.root = self.root, copy
                change(copy / expected.split(":")[0])
                [found] = self.differences()
                self.assertTrue(found.startswith(expected), found)
                self.root = whole


if __name__ == "__main__":
    unittest.main()
