public import Format
public import LibCrypto
public import Posix
import Reporting
public import Trust
public import Values

/// A bundle whose root a pinned key has signed and whose manifest is the signed one.
///
/// Its only initializer belongs to ``UntrustedBundle/verified(under:)``. Payload and other files are checked as they are read.
public final class VerifiedBundle: Sendable {
    /// The digest of SHA256SUMS: the identity of this bundle.
    public let rootDigest: SHA256Digest
    /// The pinned keys that vouch for it.
    public let keys: [PublicKey]
    /// The key lists under which ``keys`` count; `nil` where the site goes by none.
    public let keyChain: KeyChain?
    /// Those who vouch for it with certificates.
    public let signers: [CertifiedSigner]
    /// The digests of all files.
    public let sums: SHA256Sums
    /// What is inside.
    public let manifest: Manifest
    /// The size of manifest.json.
    public let manifestSize: ByteCount
    /// Where everything stands in the tar stream, and where chunks stand in it.
    public let layout: TarLayout
    /// Where chunks stand in the stream and in their volumes.
    public let chunks: ChunkIndex
    /// Where its volumes are looked for: here, and on further sticks.
    public let media: VolumeMedia
    let folder: DirectoryHandle

    init(
        folder: consuming DirectoryHandle, rootDigest: SHA256Digest, keys: [PublicKey], signers: [CertifiedSigner],
        sums: SHA256Sums,
        manifest: Manifest,
        manifestSize: ByteCount, keyChain: KeyChain? = nil
    ) {
        media = VolumeMedia(first: folder.path)
        self.folder = folder
        self.rootDigest = rootDigest
        self.keys = keys
        self.signers = signers
        self.sums = sums
        self.manifest = manifest
        self.manifestSize = manifestSize
        self.keyChain = keyChain
        layout = TarLayout(entries: manifest.entries)
        chunks = ChunkIndex(chunks: manifest.chunks)
    }

    /// The fingerprints of all keys that vouch for it, each once: pinned ones first.
    public var vouching: [SHA256Digest] {
        let pinned = keys.map(\.fingerprint)
        return pinned + signers.map(\.keyFingerprint).filter { !pinned.contains($0) }
    }

    /// Who vouches for it, for people: fingerprints, and the names that certificates give.
    public var vouchers: [String] {
        keys.map(\.fingerprintText) + signers.map { "SHA256:\($0.keyFingerprint.hex) \($0.words)" }
    }

    /// Where it is.
    public var path: FilePath { folder.path }

    /// The bytes of the payload as they are stored.
    public var payloadSize: ByteCount { manifest.payloadSize }

    /// Files in the folder that look like parts of the payload and that SHA256SUMS does not name: never read, worth a word.
    public func unnamedVolumes() throws(VerifyError) -> [String] {
        do throws(FileError) {
            let volumes = try folder.entries().filter { $0.hasPrefix("payload-") && sums.digest(of: $0) == nil }
            return volumes + (manifest.target.os.takesPlainFiles ? try unnamedPlainFiles() : [])
        } catch {
            throw .file(error)
        }
    }

    /// The entries that chunk `index` holds parts of.
    func entries(inChunk index: Int) -> [MemberPath] {
        layout.pieces(in: chunks.streamRange(of: index)).compactMap { piece in
            guard case .content(let entry, _, _) = piece else { return nil }
            return manifest.entries[entry].place
        }
    }

    func damage(_ kind: VerifyError.ChunkDamage, inChunk index: Int) -> VerifyError {
        .damagedChunk(
            index: index, volume: Volume.name(manifest.chunks[index].volume), offset: chunks.volumeOffsets[index],
            entries: entries(inChunk: index), kind: kind)
    }
}
