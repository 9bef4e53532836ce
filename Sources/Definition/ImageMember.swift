import LibYAML
public import Values

/// A file within a snap of the platform that names images.
public struct ImageMember: Hashable, Sendable {
    /// The snap.
    public let snap: String
    /// The file, from the snap's root.
    public let path: String
    /// Keys whose value is an image: `image: …` in YAML, `sandbox_image = "…"` in TOML. Found line by line, since such files are
    /// often templates that no YAML reader takes.
    public let keys: [String]
    /// Environment variables whose value is an image: a line `name: NAME`, then a line `value: …`.
    public let variables: [String]
    /// For which versions.
    public let versions: VersionRange

    /// The place in words, as the lock gives it as the reason for an image.
    public var place: String { "\(snap): \(path)" }
}

extension SourceReader {
    func imageMember(_ reader: YAMLReader) throws(YAMLError) -> ImageMember {
        let fields = try reader.map(ProfileKeys.imageMember)
        let keys = try fields.optional("keys")?.strings() ?? []
        let variables = try fields.optional("variables")?.strings() ?? []
        guard !(keys + variables).isEmpty else { throw reader.unexpected("`keys` or `variables` or both") }
        return ImageMember(
            snap: try fields.required("snap").snapName(),
            path: try fields.required("path").value("a path within the snap, without `/` in front") {
                isWord($0, "-_./") && !$0.split(separator: "/").contains("..") ? $0 : nil
            }, keys: keys, variables: variables, versions: try items.versions(fields))
    }
}
