public import Values

/// A system user that must exist before files are laid.
public struct SystemUser: Hashable, Sendable {
    /// `[a-z_][a-z0-9_-]{0,31}`.
    public var name: String
    /// Home folder and shell as passwd(5) takes them.
    public var home, shell: String
    /// The roles whose machines need the user.
    public var roles: RoleScope

    /// All members, as they stand.
    public init(name: String, home: String, shell: String, roles: RoleScope = .all) {
        self.name = name
        self.home = home
        self.shell = shell
        self.roles = roles
    }
}

/// A container image that an archive of the payload holds.
public struct BundledImage: Hashable, Sendable {
    /// The complete reference, as kubelet asks for it.
    public var name: String
    /// What the name points at: an index or a manifest.
    public var digest: SHA256Digest
    /// The manifest of the target's platform.
    public var manifest: SHA256Digest
    /// The ``Entry/path`` of the archive.
    public var archive: MemberPath

    /// All members, as they stand.
    public init(name: String, digest: SHA256Digest, manifest: SHA256Digest, archive: MemberPath) {
        self.name = name
        self.digest = digest
        self.manifest = manifest
        self.archive = archive
    }
}

/// Something that was fetched for the bundle.
public struct Source: Hashable, Sendable {
    /// Where from, without user information.
    public var url: String
    /// Size and digest of what was fetched.
    public var content: Content
    /// The vendor's checksum file it was compared with.
    public var checksum: Checksum?

    /// All members, as they stand.
    public init(url: String, content: Content, checksum: Checksum? = nil) {
        self.url = url
        self.content = content
        self.checksum = checksum
    }

    /// A vendor's checksum file by URL and its own digest.
    public struct Checksum: Hashable, Sendable {
        /// Where the checksum file came from.
        public var url: String
        /// SHA-256 of the checksum file itself.
        public var digest: SHA256Digest

        /// URL and digest, as they stand.
        public init(url: String, digest: SHA256Digest) {
            self.url = url
            self.digest = digest
        }
    }
}

/// What entries need in one folder.
public struct FolderSpace: Hashable, Sendable {
    /// The folder, below the target's root; `nil` for the root itself.
    public var path: MemberPath?
    /// The sum of sizes over all roles.
    public var bytes: ByteCount
    /// Files, templates and links.
    public var files: Int

    /// All members, as they stand.
    public init(path: MemberPath?, bytes: ByteCount, files: Int) {
        self.path = path
        self.bytes = bytes
        self.files = files
    }
}
