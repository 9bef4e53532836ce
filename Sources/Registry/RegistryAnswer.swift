import JSON
import Values

/// Small documents of the distribution API beside manifests (dist-spec, "Error Codes" and "Content Discovery").
enum RegistryAnswer {
    /// The longest answer that is taken apart.
    private static let limits = JSONLimits(size: .mebibytes(1))
    /// The most codes or tags that are taken from one answer.
    private static let count = 8

    /// The codes of `{"errors": [{"code": …}]}`; none for any other body, which registries may send as they like.
    static func codes(_ body: [UInt8]) -> [String] {
        guard let value = try? JSONValue.parse(body, limits: limits, dialect: .foreign),
            let errors = value["errors"]?.arrayValue
        else { return [] }
        let codes = errors.compactMap { $0["code"]?.stringValue }
        return Array(codes.filter { $0.utf8.count <= 64 && $0.utf8.allSatisfy(isCodeByte) }.prefix(count))
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }

    /// Some of the tags of `{"tags": […]}`, those first that begin most like `wanted`.
    static func tags(_ body: [UInt8], like wanted: String) -> [String] {
        guard let value = try? JSONValue.parse(body, limits: limits, dialect: .foreign),
            let tags = value["tags"]?.arrayValue?.compactMap(\.stringValue)
        else { return [] }
        let ranked = tags.map { (tag: $0, likeness: zip($0.utf8, wanted.utf8).prefix { $0 == $1 }.count) }
        let sorted = ranked.sorted { left, right in
            left.likeness != right.likeness
                ? left.likeness > right.likeness : left.tag.utf8.lexicographicallyPrecedes(right.tag.utf8)
        }
        return Array(sorted.map(\.tag).filter { $0.utf8.count <= 128 }.prefix(count))
    }
}
