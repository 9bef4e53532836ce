import Format
import LibCrypto
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

    /// Adds a file to `staging`, durably.
    mutating func write(
        _ bytes: [UInt8], to name: String, mode: FileMode = .file, in staging: borrowing StagingFolder
    ) throws(AssembleError) {
        do throws(FileError) { try staging.write(bytes, to: name, mode: mode) } catch { throw .file(error) }
        files.append(File(name: name, content: Content(size: ByteCount(bytes.count), digest: .of(bytes)), mode: mode))
    }

    /// Adds SHA256SUMS over all files so far, and gives its bytes.
    mutating func writeSums(in staging: borrowing StagingFolder) throws(AssembleError) -> [UInt8] {
        let sums: SHA256Sums
        do throws(FormatError) { sums = try SHA256Sums(files.map { ($0.name, $0.content.digest) }) } catch {
            throw .format(error)
        }
        let bytes = sums.bytes
        try write(bytes, to: BundleFile.sums, in: staging)
        root = .of(bytes)
        return bytes
    }

    /// The length of all files but signatures.
    var size: ByteCount {
        files.filter { !$0.name.hasPrefix(BundleFile.signatures + "/") }.reduce(0) { $0 + $1.content.size }
    }
}
