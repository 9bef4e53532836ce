public import Format
import LibYAML
public import Values

/// The snaps that make up a platform, and where they come from.
public struct ProfileSnaps: Sendable {
    /// The store's address.
    public let store: String
    /// Where snaps and their assertions are laid for snapd to take.
    public let folder: MemberPath
    /// Mode and owner of these files.
    public let permissions: Permissions
    /// The keys by which the store's assertions are trusted, each by the SHA3-384 that assertions call it by.
    public let keys: [String]
    /// Whether machines keep snapd from its store, and hold refreshes.
    public let staysOffline: Bool
    /// In the order in which they are installed; the bases that they need are found in the store's answers.
    public var items: [ForVersions<ProfileSnap>]
    /// The snap whose versions are the platform's; `nil` when there is none.
    public let own: String?
}

/// A snap of a platform.
public struct ProfileSnap: Hashable, Sendable {
    /// Its name in the store.
    public let name: String
    /// Where it is taken from; `nil` for the snap whose versions are the platform's, which is taken from the channel that the
    /// definition asks for.
    public let channel: String?
    /// How long installing may take, in seconds.
    public let timeout: Int
    /// For which roles.
    public let roles: RoleScope
}

/// The ``ProfileSnaps`` of one release.
public struct ReleaseSnaps: Sendable {
    /// What all of them have in common.
    public let common: ProfileSnaps
    /// In the order in which they are installed.
    public let items: [ProfileSnap]
}

extension SourceReader {
    func snaps(_ reader: YAMLReader) throws(YAMLError) -> ProfileSnaps {
        let fields = try reader.map(ProfileKeys.snaps)
        var keys: [String] = []
        for key in try fields.required("keys").list() {
            keys.append(
                try key.value("the 64 characters by which assertions call a key") {
                    SHA3Digest(base64URL: $0)?.base64URL
                })
        }
        let items = try items.ranged("items", of: fields, keys: ProfileKeys.snap) { (fields) throws(YAMLError) in
            try snap(fields)
        }
        guard !items.isEmpty else { throw reader.unexpected("at least one snap under `items`") }
        return ProfileSnaps(
            store: try fields.required("store").url(), folder: try fields.required("path").destination(),
            permissions: try self.items.permissions(fields, mode: .file), keys: keys,
            staysOffline: try fields.optional("offline")?.bool() ?? false, items: items,
            own: items.map(\.item).first { $0.channel == nil }?.name)
    }

    private func snap(_ fields: YAMLMap) throws(YAMLError) -> ProfileSnap {
        ProfileSnap(
            name: try fields.required("name").snapName(),
            channel: try fields.optional("channel").map { (reader) throws(YAMLError) -> String in
                try reader.value("a channel such as latest/stable") { isWord($0, "-_./") ? $0 : nil }
            }, timeout: try fields.optional("timeout")?.integer(in: 1...86_400) ?? 600, roles: try items.scope(fields))
    }
}

extension YAMLReader {
    /// A snap's name (snapd, snap/naming/validate.go).
    func snapName() throws(YAMLError) -> String {
        try value("a snap's name of a-z, 0-9 and -") { BundleName($0)?.description }
    }
}
