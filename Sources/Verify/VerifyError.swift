public import Format
public import LibCrypto
public import Posix
public import Trust
public import Values

/// Why a bundle was not accepted.
public enum VerifyError: Error, Hashable, Sendable {
    /// Nobody said whom to trust.
    case noPins(bundle: FilePath)
    /// The folder has no SHA256SUMS: no bundle, or one whose writing was cut short.
    case noRoot(bundle: FilePath)
    /// Too few of the pinned keys have signed: `found` of `needed`. `present` are the key ids whose signatures are there.
    case notSigned(bundle: FilePath, by: [String], present: [String], found: Int, needed: Int)
    /// The signature of a pinned key is there and does not verify.
    case badSignature(bundle: FilePath, key: KeyID, origin: String)
    /// A signature below a CA of the site is there and is none.
    case badCertificateSignature(bundle: FilePath, name: String, CertificateError)
    /// A certificate of a chain was not valid when the bundle was made.
    case certificateNotValid(bundle: FilePath, subject: String, created: Timestamp, validity: ClosedRange<Timestamp>)
    /// The bundle's copy of a pinned key is unreadable, or not the pinned one.
    case badKeyCopy(bundle: FilePath, key: KeyID)
    /// Enough keys have signed, but not all of those that were asked for by name.
    case notSignedByNamed(bundle: FilePath, by: [String])
    /// Trust on first use was asked for, and not exactly one key has signed; `present` are their key ids.
    case notOneKey(bundle: FilePath, present: [String])
    /// Whom the site trusts, or for what, forbids it.
    case trust(TrustError)
    /// A file that SHA256SUMS names is not there.
    case missing(name: String)
    /// A volume is in none of the folders that were named.
    case missingVolume(AbsentVolume)
    /// What a further folder holds under a volume's name is another bundle's, or damaged.
    case foreignVolume(name: String, folder: FilePath)
    /// A file is a folder, link, device or pipe.
    case notRegular(name: String)
    /// A file is longer or shorter than what was signed.
    case wrongSize(name: String, expected: ByteCount, found: ByteCount)
    /// A file is larger than any such file may be.
    case tooLarge(name: String, limit: ByteCount)
    /// The bytes of a file are not those that were signed.
    case wrongDigest(name: String)
    /// A file called like a part of the payload is named in SHA256SUMS, and the manifest does not know it.
    case surplusVolume(name: String)
    /// SHA256SUMS and the manifest give one file two digests.
    case contradiction(name: String)
    /// A chunk of the payload is not what was signed; `entries` are what it holds parts of.
    case damagedChunk(index: Int, volume: String, offset: Int, entries: [MemberPath], kind: ChunkDamage)
    /// An entry's bytes are not those that its digest promises, though every chunk is right.
    case wrongEntry(MemberPath)
    /// Evidence that is demanded is not there, or does not count.
    case evidence(Evidence, EvidenceFault, bundle: FilePath)
    /// A document of the bundle was not understood.
    case format(FormatError)
    /// The medium or the file system failed.
    case file(FileError)

    /// What is wrong with a chunk.
    public enum ChunkDamage: Hashable, Sendable {
        /// The stored bytes have another digest.
        case stored
        /// The stored bytes are right, but do not decompress to what was promised.
        case plain(reason: String)
        /// The tar stream is not the one that follows from the entries.
        case layout
    }
}
