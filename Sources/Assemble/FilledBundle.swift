import Format
import LibCrypto
import Media
import Posix
import Values

/// A bundle that stands in a staging folder, as far as it is written.
struct FilledBundle: Sendable {
    /// A file of the bundle.
    struct File: Hashable, Sendable {
        let name: String
        let content: Content
        var mode = FileMode.file
    }

    let manifest: Manifest
    let packed: PackedPayload
    /// All files that are written.
    private(set) var files: [File]
    /// The digest of SHA256SUMS.
    private(set) var root: SHA256Digest?

    /// A bundle that has its volumes.
    init(_ manifest: Manifest, _ packed: PackedPayload) {
        self.manifest = manifest
        self.packed = packed
        files = packed.volumes.map { File(name: $0.volume.name, content: $0.content) }
    }

    /// A bundle that has the plain files of its payload.
    init(_ manifest: Manifest, _ packed: PackedPayload, plainFiles: [File]) {
        self.manifest = manifest
        self.packed = packed
        files = plainFiles
    }

    /// A file to be written.
    struct Document: Sendable {
        let name: String
        let bytes: [UInt8]
        var mode = FileMode.file
    }

    /// Adds files to `staging`, durably; several at a time, since each waits for the medium.
    mutating func write(_ documents: [Document], in staging: borrowing StagingFolder) throws(AssembleError) {
        let added: [File]
        do {
            added = try Workers.map(documents, count: 4) { document in
                try staging.write(document.bytes, to: document.name, mode: document.mode)
                let content = Content(size: ByteCount(document.bytes.count), digest: .of(document.bytes))
                return File(name: document.name, content: content, mode: document.mode)
            }
        } catch { throw assembleError(error) }
        files += added
    }

    /// Adds SHA256SUMS over all files so far, and gives its bytes.
    mutating func writeSums(in staging: borrowing StagingFolder) throws(AssembleError) -> [UInt8] {
        let sums: SHA256Sums
        do throws(FormatError) { sums = try SHA256Sums(files.map { ($0.name, $0.content.digest) }) } catch {
            throw .format(error)
        }
        let bytes = sums.bytes
        try write([Document(name: BundleFile.sums, bytes: bytes)], in: staging)
        root = .of(bytes)
        return bytes
    }

    /// The length of all files but signatures.
    var size: ByteCount {
        files.filter { !$0.name.hasPrefix(BundleFile.signatures + "/") }.reduce(0) { $0 + $1.content.size }
    }
}
