import LibCrypto
public import Values

extension Definition {
    /// The digest of the definition's content, comments and layout apart: it changes when the bundle may.
    public var digest: SHA256Digest { SHA256Digest.of(Array(canonicalText.utf8)) }
}

extension Profile {
    /// The digest of the profile's content, comments and layout apart.
    public var digest: SHA256Digest { SHA256Digest.of(Array(canonicalText.utf8)) }
}
