public import Values

/// Why a text is not a digest that sealift takes (image-spec `descriptor.md`, "Digests").
public enum DigestRefusal: Error, Hashable, Sendable {
    /// Not `algorithm:encoded`.
    case malformed
    /// A registered or unknown algorithm other than `sha256`.
    case algorithm(String)
    /// Not 64 digits after `sha256:`.
    case length(Int)
    /// Something other than `0-9a-f` after `sha256:`; upper case is not normalised away.
    case notLowerCaseHex
}

extension SHA256Digest {
    /// Reads the digest of an OCI document or reference: `sha256:` and 64 lower-case hexadecimal digits.
    public init(ociText text: String) throws(DigestRefusal) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy(Self.isAlgorithmByte) else { throw .malformed }
        let algorithm = String(decoding: parts[0], as: UTF8.self)
        guard algorithm == "sha256" else { throw .algorithm(algorithm) }
        guard parts[1].count == 2 * Self.byteCount else { throw .length(parts[1].count) }
        guard let digest = SHA256Digest(hex: String(decoding: parts[1], as: UTF8.self)) else { throw .notLowerCaseHex }
        self = digest
    }

    /// The grammar's letters and separators, so that any algorithm that is refused can be named.
    private static func isAlgorithmByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "+._-".utf8.contains(byte)
    }
}
