import Format
import Values

/// The parts of an image's complete name, and its package URL.
struct ImageName {
    /// Registry and repository.
    let repository: String
    let tag: String?

    init(_ name: String) {
        let bare = name.split(separator: "@", maxSplits: 1).first ?? ""
        let last = bare.split(separator: "/").last ?? ""
        guard let colon = last.firstIndex(of: ":") else {
            (repository, tag) = (String(bare), nil)
            return
        }
        tag = String(last[last.index(after: colon)...])
        repository = String(bare.dropLast(last.utf8.count - last[..<colon].utf8.count))
    }

    /// `pkg:oci/nginx@sha256%3A…?arch=…&repository_url=…&tag=…` (purl-spec, type `oci`): the name in lower case, the digest
    /// as the version, qualifiers in the order of their names.
    func packageURL(digest: SHA256Digest, architecture: Architecture) -> String {
        let name = repository.split(separator: "/").last ?? ""
        var qualifiers = ["arch=\(architecture.rawValue)", "repository_url=\(Self.encode(repository))"]
        if let tag { qualifiers.append("tag=\(Self.encode(tag))") }
        return "pkg:oci/\(Self.encode(name.lowercased()))@sha256%3A\(digest.hex)?" + qualifiers.joined(separator: "&")
    }

    /// Percent-encodes everything but letters, digits, `.`, `-`, `_` and `~`.
    private static func encode(_ text: some StringProtocol) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }
}
