import Values

/// A UUID that follows from the manifest: the same bundle gives the same documents.
struct DocumentIdentity {
    /// Eight, four, four, four and twelve hexadecimal digits.
    let uuid: String

    /// Takes the first 16 bytes of the digest of `manifest.json`, with the version and variant bits of RFC 9562 §5.8 (UUIDv8).
    init(_ digest: SHA256Digest) {
        var bytes = Array(digest.bytes.prefix(16))
        bytes[6] = 0x80 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        let digits = Hex.encode(bytes)
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        uuid = groups.joined(separator: "-")
    }
}
