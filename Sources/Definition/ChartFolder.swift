public import Format
public import LibYAML
public import Values

/// `charts:` of a profile: where a platform finds the archives of charts, and the object that tells it to install one.
public struct ChartFolder: Sendable {
    /// The folder for archives.
    public let destination: MemberPath
    /// Mode and owner of archives.
    public let permissions: Permissions
    /// Which roles have the archives.
    public let roles: RoleScope
    /// Releases that the platform has itself.
    public let reserved: [String]
    /// The manifest.
    public let manifest: ChartManifest
}

/// The manifest that makes a platform install a chart.
public struct ChartManifest: Sendable {
    /// The folder where it is laid.
    public let destination: MemberPath
    /// Mode and owner.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope
    /// The object, with names of ``names`` in its texts.
    public let object: YAMLValue

    /// What `${…}` may be in ``object``. `${values}` and `${create-namespace}` stand alone, for a text and a truth value; a member
    /// whose text they are is left out where there are no values.
    ///
    /// | written | stands for |
    /// | --- | --- |
    /// | `${name}` | the release |
    /// | `${namespace}` | where it is installed |
    /// | `${chart}` | the chart's own name |
    /// | `${chart.version}` | its version |
    /// | `${archive}` | the archive's file name |
    /// | `${archive.path}` | the archive's path on the machine |
    public static let names = ["name", "namespace", "chart", "chart.version", "archive", "archive.path"]

    /// The name of the manifest for a release, away from the names that plain manifests have.
    public static func fileName(for release: String) -> String { "chart-\(release).yaml" }

    /// The object for one chart.
    ///
    /// - Precondition: Its texts were checked when the profile was read.
    func text(words: [String: String], values: String?, createsNamespace: Bool) -> String {
        (Self.filled(object, words, values, createsNamespace) ?? .map([])).text
    }

    private static func filled(
        _ value: YAMLValue, _ words: [String: String], _ values: String?, _ createsNamespace: Bool
    ) -> YAMLValue? {
        switch value {
        case .string("${values}"): return values.map { .string($0) }
        case .string("${create-namespace}"): return .bool(createsNamespace)
        case .string(let text): return .string(ProfileText(text)?.expanded(words) ?? text)
        case .list(let elements): return .list(elements.compactMap { filled($0, words, values, createsNamespace) })
        case .map(let members):
            return .map(
                members.compactMap { member in
                    filled(member.value, words, values, createsNamespace).map { YAMLMember(member.key, $0) }
                })
        case .null, .bool, .integer, .bare: return value
        }
    }
}

extension SourceReader {
    /// `charts:` of a profile.
    func charts(_ reader: YAMLReader) throws(YAMLError) -> ChartFolder {
        let fields = try reader.map(ProfileKeys.chartFolder)
        let manifest = try fields.required("manifest").map(ProfileKeys.chartManifest)
        let object = try manifest.required("object")
        guard object.isMap else { throw object.unexpected("an object such as {apiVersion: …, kind: …}") }
        try check(object)
        return ChartFolder(
            destination: try fields.required("path").destination(),
            permissions: try items.permissions(fields, mode: .file), roles: try items.scope(fields),
            reserved: try fields.optional("reserved")?.strings() ?? [],
            manifest: ChartManifest(
                destination: try manifest.required("path").destination(),
                permissions: try items.permissions(manifest, mode: .secret), roles: try items.scope(manifest),
                object: object.node.value))
    }

    /// Every `${…}` in the texts is one that ``ChartManifest`` knows.
    private func check(_ reader: YAMLReader) throws(YAMLError) {
        if reader.isMap {
            for entry in try reader.entries() { try check(entry.value) }
        } else if reader.isList {
            for element in try reader.list() { try check(element) }
        } else if case .string(let text) = reader.node.value, text != "${values}", text != "${create-namespace}" {
            let known = SourceReader(items: items, names: ChartManifest.names)
            _ = try known.text(reader)
        }
    }
}
