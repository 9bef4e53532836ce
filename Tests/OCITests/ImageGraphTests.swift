import LibCrypto
import OCI
import SampleImages
import Testing
import Values

@Suite struct ImageGraphTests {
    /// Reads everything that is wanted from `blobs`.
    private func graph(_ root: Descriptor, _ blobs: [SHA256Digest: [UInt8]]) throws -> ImageGraph {
        var graph = ImageGraph(root: root)
        while let next = graph.wanted.first { try graph.add(blobs[next.digest] ?? [], for: next) }
        return graph
    }

    private func manifest(_ text: String) -> [UInt8] {
        Fixture.manifest(config: Fixture.layer("config"), layers: [Fixture.layer(text)])
    }

    @Test func `wants every manifest that an index names, attestations too`() throws {
        let image = SampleImage("a")
        let graph = try graph(image.root, image.blobs)
        #expect(graph.descriptors == [image.root] + image.manifests)
        #expect(graph.candidates(for: Platform(.amd64)).map(\.descriptor) == [image.manifests[1]])
        #expect(graph.candidates(for: Platform(os: "linux", architecture: "386")).isEmpty)
        #expect(graph.platforms == [Platform(.arm64), Platform(.amd64)])
    }

    @Test func `the first of several equal entries wins, and entries without platform are asked later`() throws {
        let (first, second, silent) = (manifest("1"), manifest("2"), manifest("3"))
        let entries = [
            Fixture.descriptor(silent, .manifest), Fixture.descriptor(first, .manifest, Platform(.amd64)),
            Fixture.descriptor(second, .manifest, Platform(.amd64)),
        ]
        let index = Fixture.index(entries)
        let graph = try graph(
            Fixture.descriptor(index, .index),
            [.of(index): index, .of(first): first, .of(second): second, .of(silent): silent])
        let candidates = graph.candidates(for: Platform(.amd64))
        #expect(candidates.map(\.descriptor) == entries)
        #expect(candidates.map(\.isStated) == [false, true, true])
    }

    @Test(arguments: [3, 4])
    func `indexes nest four levels deep and no deeper`(levels: Int) throws {
        let leaf = manifest("leaf")
        var blobs: [SHA256Digest: [UInt8]] = [.of(leaf): leaf]
        var top = Fixture.descriptor(leaf, .manifest, Platform(.amd64))
        for _ in 0...levels {
            let index = Fixture.index([top])
            top = Fixture.descriptor(index, .index)
            blobs[top.digest] = index
        }
        guard levels == 4 else {
            #expect(try graph(top, blobs).candidates(for: Platform(.amd64)).map(\.isStated) == [true])
            return
        }
        let error = #expect(throws: OCIError.self) { try graph(top, blobs) }
        guard case .tooDeep? = error else {
            Issue.record("wrong error: \(String(describing: error))")
            return
        }
    }

    @Test func `an index that names itself ends as a wrong digest`() throws {
        let liar = Descriptor(mediaType: .index, digest: .of([0]), size: ByteCount(Fixture.index([]).count))
        let index = Fixture.index([liar])
        let root = Fixture.descriptor(index, .index)
        let short = Fixture.index([])
        #expect(throws: OCIError.document(liar.digest, .digest(found: .of(short)))) {
            try graph(root, [root.digest: index, liar.digest: short])
        }
    }

    @Test func `one digest has one size and one type`() throws {
        let leaf = manifest("leaf")
        let right = Fixture.descriptor(leaf, .manifest)
        let sizes = Fixture.index([right, Descriptor(mediaType: .manifest, digest: right.digest, size: 1)])
        #expect(throws: OCIError.sizeClash(right.digest, right.size, 1)) {
            try graph(Fixture.descriptor(sizes, .index), [.of(sizes): sizes])
        }
        let types = Fixture.index([right, Fixture.descriptor(leaf, .dockerManifest)])
        #expect(
            throws: OCIError.document(
                right.digest, .mediaType(promised: MediaType.dockerManifest.text, found: MediaType.manifest.text))
        ) {
            try graph(Fixture.descriptor(types, .index), [.of(types): types])
        }
    }

    @Test func `a list with a schema 1 entry is refused`() throws {
        let old = Fixture.descriptor([1], Fixture.type("application/vnd.docker.distribution.manifest.v1+prettyjws"))
        let index = Fixture.index([old])
        #expect(throws: OCIError.document(old.digest, .schema1)) {
            try graph(Fixture.descriptor(index, .index), [.of(index): index])
        }
    }

    @Test func `more than 4 096 documents are refused`() throws {
        let halves = (0..<2).map { half in
            Fixture.index(
                (0..<2_047).map { Descriptor(mediaType: .manifest, digest: .of(Array("\(half) \($0)".utf8)), size: 1) })
        }
        let root = Fixture.index(halves.map { Fixture.descriptor($0, .index) })
        var graph = ImageGraph(root: Fixture.descriptor(root, .index))
        try graph.add(root, for: graph.root)
        let (first, second) = (graph.wanted[0], graph.wanted[1])
        try graph.add(halves[0], for: first)
        #expect(throws: OCIError.tooManyDocuments(4_097)) { try graph.add(halves[1], for: second) }
    }

    @Test func `documents of more than 64 MiB in all are refused`() throws {
        let entries = (0..<17).map { Descriptor(mediaType: .manifest, digest: .of([$0]), size: .mebibytes(4)) }
        let index = Fixture.index(entries)
        var graph = ImageGraph(root: Fixture.descriptor(index, .index))
        let total = ByteCount(index.count + 16 * (4 << 20))
        #expect(throws: OCIError.tooLargeInAll(total)) { try graph.add(index, for: graph.root) }
    }

    @Test func `an entry of more than 4 MiB is refused before it is fetched`() throws {
        let entry = Descriptor(mediaType: .manifest, digest: .of([1]), size: ByteCount(4 << 20 | 1))
        let index = Fixture.index([entry])
        var graph = ImageGraph(root: Fixture.descriptor(index, .index))
        #expect(throws: OCIError.document(entry.digest, .tooLarge(entry.size, limit: .mebibytes(4)))) {
            try graph.add(index, for: graph.root)
        }
    }

    @Test func `contents are all documents and the chosen layers`() throws {
        let image = SampleImage("a")
        let contents = try image.contents("a:1")
        #expect(contents.documents == [image.root] + image.manifests)
        #expect(contents.blobs == [image.root] + image.manifests + [image.config] + image.layers)
        #expect(contents.contradiction == nil)
        let liar = try SampleImage("a", configured: Platform(os: "linux", architecture: "386")).contents("a:1")
        #expect(liar.contradiction == Platform(os: "linux", architecture: "386"))
    }

    @Test func `a chosen manifest must be in the index`() throws {
        let image = SampleImage("a")
        let other = SampleImage("b")
        let pinned = PinnedImage(
            reference: try ImageReference("a"), root: image.root, manifest: other.manifests[1],
            platform: Platform(.amd64), size: 0)
        #expect(throws: OCIError.notInIndex(manifest: other.manifests[1].digest, root: image.root.digest)) {
            try ImageContents(of: pinned) { image.blobs[$0.digest] ?? [] }
        }
    }
}
