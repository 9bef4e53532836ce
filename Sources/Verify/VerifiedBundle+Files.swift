import Format
import LibCrypto
import Posix
import Values

extension VerifiedBundle {
    /// The largest file besides volumes and manifest: an installer or an SBOM, with room.
    private static let fileLimit = ByteCount.mebibytes(256)
    private static let blockSize = 1 << 20

    /// Checks every file that SHA256SUMS names, payload and manifest left out.
    ///
    /// - Returns: Damaged files that are only words for people (design §4): a warning, not a refusal.
    /// - Throws: ``VerifyError`` for the first other file that is missing or not what was signed.
    public func verifyFiles() throws(VerifyError) -> [VerifyError] {
        let volumes = Set(manifest.volumes.map(\.name))
        var warnings: [VerifyError] = []
        for line in sums.lines where !volumes.contains(line.name) && line.name != BundleFile.manifest {
            if PlainFile.isName(line.name) { continue }  // the payload's
            do throws(VerifyError) { try verifyFile(line) } catch {
                guard BundleFile.advisory.contains(line.name), !error.isInputOutput else { throw error }
                warnings.append(error)
            }
        }
        return warnings
    }

    /// Reads a small file that SHA256SUMS names, and checks the bytes that are returned.
    public func readFile(_ name: String) throws(VerifyError) -> [UInt8] {
        guard let digest = sums.digest(of: name), let bytes = try folder.readRegular(name, limit: Self.fileLimit) else {
            throw .missing(name: name)
        }
        guard SHA256Digest.of(bytes) == digest else { throw .wrongDigest(name: name) }
        return bytes
    }

    private func verifyFile(_ line: SHA256Sums.Line) throws(VerifyError) {
        guard let file = try folder.openRegular(line.name) else { throw .missing(name: line.name) }
        guard file.size <= Self.fileLimit else { throw .tooLarge(name: line.name, limit: Self.fileLimit) }
        let digest: SHA256Digest
        do throws(FileError) { digest = try hash(file) } catch { throw .file(error) }
        guard digest == line.digest else { throw .wrongDigest(name: line.name) }
    }

    /// Reads exactly the size that the file had when it was opened.
    private func hash(_ file: RegularFile) throws(FileError) -> SHA256Digest {
        let buffer = Buffer(capacity: Self.blockSize)
        var context = SHA256Context()
        var offset = 0
        while offset < file.size.bytes {
            let count = try unsafe file.descriptor.readFully(into: buffer.bytes, at: offset)
            guard count > 0 else { break }
            buffer.count = min(count, file.size.bytes - offset)
            unsafe context.update(buffer.filled)
            offset += count
        }
        return context.finalize()
    }
}

extension VerifyError {
    /// Whether the medium failed, rather than the content being wrong.
    var isInputOutput: Bool { if case .file = self { true } else { false } }

    /// The file of the bundle that it is about; `nil` when it is about none, or about the payload.
    var fileName: String? {
        switch self {
        case .missing(let name), .notRegular(let name), .wrongSize(let name, _, _), .tooLarge(let name, _),
            .wrongDigest(let name):
            name
        default: nil
        }
    }
}
