public import Values

/// One file, folder, link or template of a payload (docs/format.md §7).
public struct Entry: Hashable, Sendable {
    /// The name in the tar stream, unique in a bundle.
    public var path: MemberPath
    /// Where it is laid, below the target's root, when that is not ``path``.
    public var destination: MemberPath?
    /// What the platform puts behind a file's name once it has taken it in, such as `.loaded`; `nil` where it leaves it alone.
    public var renamed: String?
    /// The roles that get it.
    public var roles: RoleScope
    /// File, folder, link or template, with what only that kind has.
    public var kind: Kind

    /// All members; a destination that equals the path counts as none.
    public init(
        path: MemberPath, destination: MemberPath? = nil, renamed: String? = nil, roles: RoleScope = .all, kind: Kind
    ) {
        self.renamed = renamed
        self.path = path
        self.destination = destination == path ? nil : destination
        self.roles = roles
        self.kind = kind
    }

    /// What an entry is, with what only that kind has.
    public enum Kind: Hashable, Sendable {
        case directory(Permissions)
        case file(Permissions, Content)
        /// `target` is taken as it stands, relative to the link's folder.
        case link(target: String)
        case template(Permissions, Content, format: TemplateFormat, variables: [String])
    }

    /// Where it is laid, below the target's root.
    public var place: MemberPath { destination ?? path }

    /// Where the platform keeps it once it has taken it in.
    public var placeTaken: MemberPath? { renamed.flatMap { place.ending($0) } }

    /// Whether `text` may stand behind a file's name: `.` and letters, digits, `.`, `_` and `-`, at most 32 bytes.
    public static func isEnding(_ text: String) -> Bool {
        text.hasPrefix(".") && (2...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLowerOrDigit($0) || isUpper($0) || ".-_".utf8.contains($0) }
    }

    /// Size and digest of the bytes in the payload; `nil` for folders and links.
    public var content: Content? {
        switch kind {
        case .file(_, let content), .template(_, let content, _, _): content
        case .directory, .link: nil
        }
    }

    /// Mode and owner; `nil` for links.
    public var permissions: Permissions? {
        switch kind {
        case .directory(let permissions), .file(let permissions, _), .template(let permissions, _, _, _): permissions
        case .link: nil
        }
    }

    /// Whether it is a folder.
    public var isDirectory: Bool { if case .directory = kind { true } else { false } }

    /// The word for the kind in a manifest.
    public var kindName: String {
        switch kind {
        case .directory: "directory"
        case .file: "file"
        case .link: "link"
        case .template: "template"
        }
    }
}

/// Size and digest of some bytes.
public struct Content: Hashable, Sendable {
    /// The largest file: 4 TiB, so that the sizes of all entries and their headers add up without overflow.
    public static let maximumSize = ByteCount.gibibytes(4_096)

    /// Bytes.
    public var size: ByteCount
    /// SHA-256 of the bytes.
    public var digest: SHA256Digest

    /// Size and digest, as they stand.
    public init(size: ByteCount, digest: SHA256Digest) {
        self.size = size
        self.digest = digest
    }
}

/// Mode and owner of what is laid.
public struct Permissions: Hashable, Sendable {
    /// Permission bits.
    public var mode: FileMode
    /// User and group by name.
    public var owner: Owner

    /// A mode, owned by root unless said otherwise.
    public init(mode: FileMode, owner: Owner = .root) {
        self.mode = mode
        self.owner = owner
    }
}

/// An owner by names, `user:group`, each `[a-z_][a-z0-9_-]{0,31}`.
public struct Owner: Hashable, Sendable, CustomStringConvertible {
    public let user, group: String

    /// `root:root`.
    public static let root = Owner(user: "root", group: "root")

    /// `nil` for any other text than `user:group`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]), Self.isName(parts[1]) else { return nil }
        self.init(user: String(parts[0]), group: String(parts[1]))
    }

    /// `user:group`.
    public var description: String { "\(user):\(group)" }

    /// Whether `text` is a portable account name (useradd(8)).
    public static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...32).contains(text.utf8.count), let first = text.utf8.first else { return false }
        guard first == UInt8(ascii: "_") || (isLowerOrDigit(first) && first > UInt8(ascii: "9")) else { return false }
        return text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    private init(user: String, group: String) {
        self.user = user
        self.group = group
    }
}

extension MemberPath {
    /// The path with `ending` behind its last component; `nil` where that becomes too long.
    func ending(_ ending: String) -> MemberPath? { memberPath(text + ending) }
}
