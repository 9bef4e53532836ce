import JSON
import LibArchive
import LibCrypto
import OCI
import Posix
import Store
import Values

/// The names under which a platform will know the images of an archive, as containerd reads it.
///
/// With `oci-layout` the annotations of `index.json` count, without it `RepoTags` of `manifest.json`
/// (containerd, core/images/archive/importer.go).
struct ArchiveNames {
    /// What people call the archive.
    let archive: String
    let store: Store

    /// The longest document that is read from an archive.
    private static let documentLimit = ByteCount.mebibytes(4)
    /// Names found are kept under the archive's digest: it is read once, not at every build.
    private static let record = "image-names"

    /// The names in the archive of `digest`, completed, sorted.
    func names(in digest: SHA256Digest) throws(GatherError) -> [String] {
        let kept = try storing { () throws(StoreError) in
            try store.record(kind: Self.record, key: digest.description)
        }
        if let kept { return String(decoding: kept, as: UTF8.self).split(separator: "\n").map(String.init) }
        let documents = try documents(in: digest)
        let written = try written(in: documents)
        let names = Set(written.map(Self.completed)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try storing { () throws(StoreError) in
            try store.setRecord(
                Array(names.joined(separator: "\n").utf8), kind: Self.record, key: digest.description)
        }
        return names
    }

    private static func completed(_ name: String) -> String {
        do throws(OCIError) { return try ImageReference(name).description } catch {
            return name  // no platform will find it; the comparison tells it as surplus
        }
    }

    // MARK: Reading

    private func documents(in digest: SHA256Digest) throws(GatherError) -> [String: [UInt8]] {
        let source = CheckedSource(try storing { () throws(StoreError) in try store.open(digest) })
        let read: Result<[String: [UInt8]], ArchiveError>
        do throws(ArchiveError) {
            let reader = try unsafe ArchiveReader(accepting: .tar, filters: [.gzip, .zstd]) {
                try unsafe source.fill($0)
            }
            read = .success(
                try reader.files(
                    named: ["oci-layout", "index.json", "manifest.json"], limit: Self.documentLimit))
        } catch {
            read = .failure(error)
        }
        // What is not the content that was fetched is told as such, and not as a bad archive of its makers.
        let isSound: Bool
        do throws(FileError) { isSound = try source.isAll(of: digest) } catch { throw .file(error) }
        guard isSound else {
            let place = try storing { () throws(StoreError) in try store.putAside(digest) }
            throw .store(.damaged(digest, movedTo: place))
        }
        switch read {
        case .success(let documents): return documents
        case .failure(let error): throw .archive(archive, .unreadable(error))
        }
    }

    private func written(in documents: [String: [UInt8]]) throws(GatherError) -> [String] {
        if documents["oci-layout"] != nil, let index = documents["index.json"] {
            return try reading("index.json") { () throws(JSONError) in try Self.annotated(index) }
        }
        guard let manifest = documents["manifest.json"] else { throw .archive(archive, .noImages) }
        return try reading("manifest.json") { () throws(JSONError) in try Self.tagged(manifest) }
    }

    private func reading(
        _ document: String, _ body: () throws(JSONError) -> [String]
    ) throws(GatherError) -> [String] {
        do throws(JSONError) { return try body() } catch {
            throw .archive(archive, .document(document, reason: error.reason))
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try JSONValue.parse(bytes, limits: JSONLimits(size: documentLimit), dialect: .foreign)
    }

    private static func annotated(_ bytes: [UInt8]) throws(JSONError) -> [String] {
        let index = try JSONReader(parse(bytes), dialect: .foreign)
        var names: [String] = []
        let manifests = try index.optional("manifests").map { (list) throws(JSONError) in try list.items() }
        for manifest in manifests ?? [] {
            guard let annotations = try manifest.object().optionalObject("annotations") else { continue }
            if let name = try annotations.optionalString("io.containerd.image.name") {
                names.append(name)
            } else if let name = try annotations.optionalString("org.opencontainers.image.ref.name") {
                names.append(name)
            }
        }
        return names
    }

    private static func tagged(_ bytes: [UInt8]) throws(JSONError) -> [String] {
        var names: [String] = []
        // The document is a list, and a reader wants an object.
        let reader = try JSONReader(.object(["manifest": parse(bytes)]), dialect: .foreign)
        for image in try reader.items("manifest") {
            guard let tags = try image.object().optional("RepoTags") else { continue }
            for tag in try tags.items() { names.append(try tag.string()) }
        }
        return names
    }
}

/// Content of the store on its way through a reader, hashed as it goes. Used by one thread.
private final class CheckedSource {
    private let file: FileDescriptor
    private var hash: SHA256Context? = SHA256Context()
    private var offset = 0

    init(_ file: consuming FileDescriptor) { self.file = file }

    /// Fills `block` from where the last call ended; 0 at the end.
    func fill(_ block: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = try unsafe file.readFully(into: block, at: offset)
        unsafe hash?.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
        offset += count
        return count
    }

    /// Reads what the reader left, and says whether all of it together is the content of `digest`.
    func isAll(of digest: SHA256Digest) throws(FileError) -> Bool {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
        defer { unsafe block.deallocate() }
        while try unsafe fill(block) > 0 {}
        return hash.take()?.finalize() == digest
    }
}
