import Definition
import Format
import OCI
import Posix
import Reporting
import Testing
import Values

private func digest(_ letter: Character) throws -> SHA256Digest {
    try #require(SHA256Digest(hex: String(repeating: letter, count: 64)))
}

private func sample() throws -> Lock {
    func image(_ name: String, _ letter: Character) throws -> LockedImage {
        let index = try #require(MediaType("application/vnd.oci.image.index.v1+json"))
        let manifest = try #require(MediaType("application/vnd.oci.image.manifest.v1+json"))
        return LockedImage(
            PinnedImage(
                reference: try ImageReference(name),
                root: Descriptor(mediaType: index, digest: try digest(letter), size: 100),
                manifest: Descriptor(mediaType: manifest, digest: try digest("e"), size: 200),
                platform: Platform(.amd64),
                size: 3_000_000), reasons: ["image list", "definition"])
    }
    return Lock(
        definition: Lock.Subject(name: "line7", digest: try digest("1")),
        profile: Lock.Subject(name: "k3s", digest: try digest("2")), version: Version("v1.31.4+k3s1"),
        requested: "v1.31",
        architecture: .amd64, created: Timestamp(seconds: 1_795_000_000), sequence: 1_795_000_000,
        artefacts: [
            LockedArtefact(
                name: "image-archive", origin: .file("./images.tar.zst"),
                content: Content(size: 9, digest: try digest("4"))),
            LockedArtefact(
                name: "binary", origin: .url("https://example.org/a%2Bb"),
                content: Content(size: 7, digest: try digest("3")),
                checksum: LockedDocument(
                    url: "https://example.org/sums", content: Content(size: 5, digest: try digest("5")))),
        ],
        imageList: LockedDocument(url: "https://example.org/list", content: Content(size: 6, digest: try digest("6"))),
        images: [try image("nginx:2", "b"), try image("ghcr.io/a/b:1", "a")],
        files: [LockedFile(path: "./manifests/a.yaml", content: Content(size: 8, digest: try digest("7")))])
}

struct LockTests {
    @Test func `is sorted and readable`() throws {
        let d = try ["1", "2", "3", "4", "5", "6", "7", "a", "b", "e"].map { try digest($0).description }
        #expect(
            try sample().text == """
                # Everything that the bundle is made of, by digest. Written by `sealift lock`; review it, keep it with the definition.
                lock: 1
                definition:
                  name: line7
                  digest: \(d[0])
                profile:
                  name: k3s
                  digest: \(d[1])
                platform:
                  version: v1.31.4+k3s1
                  requested: v1.31
                  arch: amd64
                created: "2026-11-18T11:06:40Z"
                sequence: 1795000000
                artefacts:
                  - name: binary
                    url: https://example.org/a%2Bb
                    size: 7
                    digest: \(d[2])
                    checksum:
                      url: https://example.org/sums
                      size: 5
                      digest: \(d[4])
                  - name: image-archive
                    file: "./images.tar.zst"
                    size: 9
                    digest: \(d[3])
                image-list:
                  url: https://example.org/list
                  size: 6
                  digest: \(d[5])
                images:
                  - name: docker.io/library/nginx:2
                    platform: linux/amd64
                    size: 3000000
                    index:
                      digest: \(d[8])
                      size: 100
                      type: application/vnd.oci.image.index.v1+json
                    manifest:
                      digest: \(d[9])
                      size: 200
                      type: application/vnd.oci.image.manifest.v1+json
                    for:
                      - definition
                      - image list
                  - name: ghcr.io/a/b:1
                    platform: linux/amd64
                    size: 3000000
                    index:
                      digest: \(d[7])
                      size: 100
                      type: application/vnd.oci.image.index.v1+json
                    manifest:
                      digest: \(d[9])
                      size: 200
                      type: application/vnd.oci.image.manifest.v1+json
                    for:
                      - definition
                      - image list
                files:
                  - path: "./manifests/a.yaml"
                    size: 8
                    digest: \(d[6])

                """)
    }

    @Test func `what is written is read back the same`() throws {
        let lock = try sample()
        let again = try Lock.parse(Array(lock.text.utf8), file: "line7.yaml.lock")
        #expect(again == lock)
        #expect(again.text == lock.text)
    }

    @Test func `without lists it is still read`() throws {
        var lock = try sample()
        (lock.artefacts, lock.images, lock.files, lock.imageList) = ([], [], [], nil)
        #expect(try Lock.parse(Array(lock.text.utf8), file: "a.lock") == lock)
    }

    @Test func `stands beside the definition and is replaced whole`() throws {
        try withFolder { folder in
            let path = Lock.path(for: folder.appending("line7.yaml"))
            #expect(path == folder.appending("line7.yaml.lock"))
            #expect(try Lock.load(path) == nil)
            try sample().write(to: path)
            #expect(try Lock.load(path) == sample())
        }
    }

    @Test(arguments: [
        (
            "lock: 1", "lock: 2",
            "lock: expected lock form 1, the one that this sealift reads; run `sealift lock --update`, found the number 2"
        ),
        ("sequence: 1795000000", "sequence: 0", nil), ("arch: amd64", "arch: mips", nil),
        ("created: \"2026", "created: \"26", nil), ("size: 7", "size: -7", nil),
        ("digest: sha256:3", "digest: sha256:X", nil),
        ("name: binary", "name: image-archive", "the file: expected each item once, found image-archive twice"),
        ("    size: 7", "    size: 7\n    note: x", "artefacts[0]: unknown key \"note\""),
        ("    file: \"./images.tar.zst\"", "    size: 1", nil),
        ("url: https://example.org/list", "url: example.org/list", nil),
        ("requested: v1.31", "requested: ''", nil), ("type: application/vnd", "type: application vnd", nil),
        ("platform: linux/amd64", "platform: linux", nil),
    ])
    func `refuses`(part: String, replacement: String, message: String?) throws {
        let text = try sample().text
        let range = try #require(text.firstRange(of: part))
        let broken = text[..<range.lowerBound] + replacement + text[range.upperBound...]
        let found = try diagnostic { () throws(DefinitionError) in try Lock.parse(Array(broken.utf8), file: "a.lock") }
        if let message { #expect(found.message == message) }
        #expect(found.exitCode == .usage)
        #expect(found.location?.file == "a.lock")
    }

    @Test func `is current for what it was made of`() throws {
        let definition = try definition()
        var lock = try sample()
        lock.definition = Lock.Subject(name: "line7", digest: definition.digest)
        lock.profile = Lock.Subject(name: "k3s", digest: definition.profile.digest)
        #expect(lock.isCurrent(for: definition))
        #expect(!lock.isCurrent(for: try DefinitionTests.definition("images: [nginx]")))
        lock.profile.digest = try digest("9")
        #expect(!lock.isCurrent(for: definition))
    }

    @Test func `changes are told in words`() throws {
        let old = try sample()
        #expect(old.changes(since: old).isEmpty)
        var new = old
        new.version = Version("v1.31.6+k3s1")
        new.artefacts[0].content.digest = try digest("8")
        new.artefacts[1].content.size = 10
        new.artefacts[1].origin = .file("./other.tar.zst")
        new.images.removeLast()
        new.files.append(LockedFile(path: "b.yaml", content: Content(size: 1, digest: try digest("8"))))
        #expect(
            new.changes(since: old).map(\.description) == [
                "artefact binary changed", "artefact image-archive changed", "image ghcr.io/a/b:1 is gone",
                "file b.yaml is new",
            ])
    }

    @Test(arguments: [
        (["a/b:1"], ["a/b:2"], ["image docker.io/a/b 1 → 2"]),
        (["a/b:1", "a/c:1"], ["a/b:2", "a/c:1"], ["image docker.io/a/b 1 → 2"]),
        (["a/b:1"], ["a/c:1"], ["image docker.io/a/b:1 is gone", "image docker.io/a/c:1 is new"]),
        (
            ["a/b:1", "a/b:2"], ["a/b:3"],
            ["image docker.io/a/b:1 is gone", "image docker.io/a/b:2 is gone", "image docker.io/a/b:3 is new"]
        ),
        (["a/b:1"], ["a/b:1", "a/b:2"], ["image docker.io/a/b:2 is new"]),
        (
            ["a:1", "a-b:1"], ["a:2", "a-b:2"],
            ["image docker.io/library/a 1 → 2", "image docker.io/library/a-b 1 → 2"]
        ),
    ])
    func `an image that takes another tag has changed its version`(before: [String], after: [String], words: [String])
        throws
    {
        func lock(_ names: [String]) throws -> Lock {
            var lock = try sample()
            let pinned = lock.images[0].pinned
            lock.images = try names.map { name in
                LockedImage(
                    PinnedImage(
                        reference: try ImageReference(name), root: pinned.root, manifest: pinned.manifest,
                        platform: pinned.platform, size: 1), reasons: [])
            }
            return lock
        }
        #expect(try lock(after).changes(since: lock(before)).map(\.description) == words)
    }

    @Test func `of an image for several machines each is told apart`() throws {
        var old = try sample()
        old.images[1] = LockedImage(
            PinnedImage(
                reference: old.images[0].pinned.reference, root: old.images[1].pinned.root,
                manifest: old.images[1].pinned.manifest, platform: Platform(.arm64), size: 1), reasons: [])
        var new = old
        new.images.removeLast()
        #expect(new.changes(since: old).map(\.description) == ["image docker.io/library/nginx:2 linux/arm64 is gone"])
    }
}
