public import Format
public import LibCrypto
public import Values

/// A file that is fetched from its makers and laid as it is.
public struct Artefact: Sendable {
    /// Unique in its profile; the name in the lock and for `artefacts:` in a definition.
    public let name: String
    /// Where from; `nil` when the definition must give it, for files behind a login.
    public let url: ProfileText?
    /// The makers' checksum file.
    public let checksum: ChecksumSource?
    /// The makers' own signature of it.
    public let signature: SignatureSource?
    /// The licence that its makers declare for it, as an SPDX expression.
    public let licence: String?
    /// Who makes it.
    public let supplier: String?
    /// Where it is laid.
    public let destination: MemberPath
    /// Mode and owner there.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope
    /// For which versions.
    public let versions: VersionRange
    /// Whether it is only laid when a definition gives it.
    let isOptional: Bool
}

/// The makers' own signature of one file: base64 of an ECDSA signature over its SHA-256, as `cosign sign-blob --key` writes it.
public struct SignatureSource: Hashable, Sendable {
    /// Where from.
    public let url: ProfileText
    /// The makers' key, where the profile's author knows it from elsewhere than beside the file; without it nothing can be checked, and the
    /// signature is carried for whoever does.
    public let key: PublicKey?
}

/// A makers' checksum file and how the line for a file is found in it.
public struct ChecksumSource: Hashable, Sendable {
    /// How the file is read.
    public enum Form: String, CaseIterable, Hashable, Sendable {
        /// Lines `^([0-9a-f]{64}) [ *](.+)$` as `sha256sum` writes them with and without `-b`; the name is compared whole.
        case sums
        /// One hexadecimal digest, and nothing after it but a name or white space.
        case bare
    }

    /// Where from.
    public let url: ProfileText
    /// The name on the line, for ``Form/sums``.
    public let name: ProfileText
    /// How the file is read.
    public let form: Form
}

/// A platform's own images.
public struct ProfileImages: Sendable {
    /// Published lists of them, the first that is for a version counts.
    public var lists: [ImageList]
    /// Files within the platform's snaps that name them; all that are for a version count.
    public var members: [ImageMember]
    /// The makers' archives of them, the first that is for a version counts.
    public var archives: [Artefact]
    /// Where archives are laid and what the platform takes there; the first that is for a version counts.
    public var folders: [ImageFolder]
}

/// A published list of images.
public struct ImageList: Sendable {
    /// How the list is read.
    public enum Form: String, CaseIterable, Hashable, Sendable {
        /// One reference a line; empty lines and lines that begin with `#` are skipped.
        case lines
    }

    /// Where from.
    public let url: ProfileText
    /// How it is read.
    public let form: Form
    /// The makers' checksum file, if the list stands in one.
    public let checksum: ChecksumSource?
    /// For which versions.
    public let versions: VersionRange
}

/// The folder from which a platform imports image archives, and what it takes there.
public struct ImageFolder: Hashable, Sendable {
    /// Which names of an image the platform must find in an archive.
    public enum Names: String, CaseIterable, Hashable, Sendable {
        /// `name:tag`: the platform adds `name@digest` itself, or fails on a name without a tag.
        case tagged
        /// `name:tag` and `name@digest`.
        case taggedAndPinned = "tagged-and-pinned"
    }

    /// The folder.
    public let destination: MemberPath
    /// The name of the archive that sealift makes there, a plain tar.
    public let archive: String
    /// Mode and owner of archives.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope
    /// What the platform puts behind an archive's name once it has imported it; `nil` where it leaves it alone.
    public let renamed: String?
    /// Which names an image has in the archive.
    public let names: Names
    /// Whether an index may stand in the archive without the blobs of other platforms.
    public let sparse: Bool
    /// Whether each image has an archive of its own.
    public let split: Bool
    /// For which versions.
    public let versions: VersionRange

    /// Where the archive that sealift makes is laid.
    public var archiveDestination: MemberPath { destination.appending(archive) }
}

/// Where plain manifests are laid for a platform to apply.
public struct ManifestFolder: Hashable, Sendable {
    /// The folder.
    public let destination: MemberPath
    /// Mode and owner of the files.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope
    /// The file name suffixes that the platform reads.
    public let suffixes: [String]
    /// Names up to the first dot that the platform uses itself.
    public let reserved: [String]

    /// A folder by its facts.
    public init(
        destination: MemberPath, permissions: Permissions, roles: RoleScope, suffixes: [String], reserved: [String] = []
    ) {
        self.destination = destination
        self.permissions = permissions
        self.roles = roles
        self.suffixes = suffixes
        self.reserved = reserved
    }
}

/// A folder, file or link that a profile lays.
public struct ProfileItem: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        case directory(Permissions)
        /// With a template format where the content uses variables.
        case file(Permissions, content: [UInt8], template: TemplateFormat?)
        /// A file whose content is made of words of the profile; a ``Release`` has it as ``file(_:content:template:)``.
        case text(Permissions, ProfileText)
        case link(target: String)
    }

    /// Where it is laid.
    public let destination: MemberPath
    /// What it is.
    public let kind: Kind
    /// For which roles.
    public let roles: RoleScope
}

extension MemberPath {
    /// The path with one component, or several joined by `/`, after it.
    ///
    /// - Precondition: The result is a member path; names that come from input are checked before.
    func appending(_ name: String) -> MemberPath {
        do { return try MemberPath(validating: text + "/" + name) } catch {
            preconditionFailure("\(name) cannot stand below \(text)")
        }
    }
}
