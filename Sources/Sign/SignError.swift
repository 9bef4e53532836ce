public import Format
public import LibCrypto
public import LibToken
public import Posix
public import Trust
public import Values

/// Why a key file could not be used or made.
public enum SignError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// The file's content is not the key that is wanted, or does not open.
    case key(CryptoError, FilePath)
    /// A private key or passphrase is a symbolic link: whoever owns the link decides what is read.
    case symbolicLink(FilePath)
    /// Not a regular file.
    case notAFile(FilePath)
    /// Group or others may read or write a private key or passphrase.
    case openToOthers(FilePath, mode: UInt16)
    /// A private key or passphrase belongs to somebody who is neither this user nor root.
    case foreignOwner(FilePath, owner: UInt32)
    /// Longer than any key or passphrase.
    case tooLong(FilePath, limit: ByteCount)
    /// There is a key file of this name already.
    case keyExists(FilePath)
    /// The source of the passphrase gave an empty line.
    case emptyPassphrase(FilePath)
    /// A file of a bundle is not the one that its SHA256SUMS names.
    case notWhatIsSigned(FilePath)
    /// The bundle's attestations are none that a line can be added to.
    case attestations(FilePath, ProvenanceRefusal)
    /// A key list is not believed.
    case keyList(KeyListError)
    /// A key list could not be made, signed or carried.
    case keyListFault(KeyListFault)
    /// A key in a token could not be used.
    case token(TokenError, FilePath)
    /// A certificate, or what is signed with it, would not be accepted.
    case certificate(CertificateError, FilePath)
    /// A certificate is not valid at the time at which the bundle was made.
    case certificateNotValid(subject: String, created: Timestamp, validity: ClosedRange<Timestamp>)
    /// All names for signatures below this root are taken.
    case noFreeName(FilePath)
    /// SHA256SUMS was not understood.
    case format(FormatError)
}
