import Format
import JSON
public import LibCrypto
public import Posix
import Trust
public import Values

/// A bundle that stands on a medium, as far as a further signer needs it: SHA256SUMS, its provenance, and who has attested that.
public struct FinishedBundle: Sendable {
    private let request: SignatureRequest
    private let attestations: [UInt8]
    private let path: FilePath

    /// The largest `provenance.json`.
    private static let predicateLimit = ByteCount.mebibytes(4)

    /// Reads what is signed, and refuses provenance that is not the one that SHA256SUMS names.
    ///
    /// - Throws: ``SignError``.
    public init(at path: FilePath) throws(SignError) {
        self.path = path
        let bytes = try attempt { () throws(FileError) in
            try Files.read(path.appending(BundleFile.sums), limit: SHA256Sums.maximumSize)
        }
        let sums: SHA256Sums
        do throws(FormatError) { sums = try SHA256Sums(reading: bytes) } catch { throw .format(error) }
        request = SignatureRequest(sums: bytes, predicate: try Self.predicate(of: path, sums))
        let file = path.appending(Evidence.attestations)
        attestations = try attempt { () throws(FileError) in
            try Files.exists(file) ? try Files.read(file, limit: Provenance.fileLimit) : []
        }
    }

    private static func predicate(of path: FilePath, _ sums: SHA256Sums) throws(SignError) -> JSONValue? {
        guard let digest = sums.digest(of: BundleFile.provenance) else { return nil }
        let file = path.appending(BundleFile.provenance)
        let bytes = try attempt { () throws(FileError) in try Files.read(file, limit: predicateLimit) }
        guard SHA256Digest.of(bytes) == digest else { throw .notWhatIsSigned(file) }
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch { throw .notWhatIsSigned(file) }
    }

    /// What is signed.
    public var sums: [UInt8] { request.sums }

    /// When the bundle was made, out of the manifest that SHA256SUMS names.
    ///
    /// - Throws: ``SignError``.
    public func created() throws(SignError) -> Timestamp {
        let file = path.appending(BundleFile.manifest)
        let bytes = try attempt { () throws(FileError) in try Files.read(file, limit: Manifest.maximumSize) }
        let sums: SHA256Sums
        do throws(FormatError) { sums = try SHA256Sums(reading: request.sums) } catch { throw .format(error) }
        guard sums.digest(of: BundleFile.manifest) == SHA256Digest.of(bytes) else { throw .notWhatIsSigned(file) }
        do throws(FormatError) { return try Manifest(reading: bytes).created } catch { throw .format(error) }
    }

    /// The files of `signatures/` with what `key` adds: content stays as it is, so do the lines of other signers.
    ///
    /// - Throws: ``SignError``.
    public func signing(with key: borrowing PrivateKey, from origin: FilePath) throws(SignError) -> [SignatureFile] {
        let publicKey = key.publicKey
        var files: [SignatureFile]
        do throws(CryptoError) { files = try SignatureFile.signing(request, with: key) } catch {
            throw .key(error, origin)
        }
        guard let index = files.firstIndex(where: { $0.name == Evidence.attestations }) else { return files }
        do throws(ProvenanceRefusal) {
            let all = try Attestation.adding(files[index].bytes, by: publicKey, to: attestations)
            files[index] = SignatureFile(name: Evidence.attestations, bytes: all)
        } catch {
            throw .attestations(path.appending(Evidence.attestations), error)
        }
        return files
    }
}
