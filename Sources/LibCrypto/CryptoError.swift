public import Values

/// Why a key or a signature could not be used.
public enum CryptoError: Error, Hashable, Sendable {
    /// The text has no `-----BEGIN …-----` block.
    case notPEM
    /// A PEM block is cut short or is not Base64.
    case malformedPEM(label: String)
    /// The text holds more than one PEM block, and which is meant cannot be told.
    case severalBlocks(labels: [String])
    /// The one PEM block is something else.
    case unexpectedLabel(found: String, wanted: String)
    /// The text is longer than any key.
    case tooLong(found: ByteCount, limit: ByteCount)
    /// The DER inside is not a key, or has bytes left over.
    case malformedKey
    /// A key of an algorithm or curve that sealift does not take.
    case unsupportedKey(name: String)
    /// The right algorithm in an unusual encoding: compressed point, explicit parameters, other than shortest lengths.
    case unusualEncoding(SignatureAlgorithm)
    /// The key is encrypted and no passphrase was given.
    case passphraseNeeded
    /// The passphrase does not decrypt the key.
    case wrongPassphrase
    /// The key is encrypted in a way that this program cannot undo.
    case unsupportedEncryption(name: String)
    /// The private key does not belong to the public key stored beside it: its signatures do not verify.
    case inconsistentKey
    /// libcrypto refused an operation that cannot be refused for its input: most likely memory ran out.
    case refused(operation: String)
}
