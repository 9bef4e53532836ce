public import Format
public import LibYAML
public import OCI
public import Posix
public import Reporting
public import Values

/// What a site needs, as its engineer wrote it, together with the profile it asks for.
public struct Definition: Sendable {
    /// The file.
    public var path: FilePath
    /// Name and version of the bundle.
    public var name: BundleName
    /// Whether it brings a platform, or something on top of one.
    public var kind: DefinitionKind
    /// The bundle that an add-on stands on; `nil` of a platform.
    public var need: Need?
    /// The version of the bundle.
    public var version: BundleVersion
    /// The platform asked for.
    public var platform: PlatformRequest
    /// The profile of ``PlatformRequest/profile``.
    public var profile: Profile
    /// The roles that the bundle offers, in the profile's order.
    public var roles: [Role]
    /// Where the platform's own images come from.
    public var imageSource: ImageSource
    /// Images beyond the platform's own.
    public var images: [ImageRequest]
    /// The same from files and folders.
    public var imageArchives: [ImageArchiveRequest]
    /// Images that may be referred to though they are not carried.
    public var allowedMissing: [AllowedImage]
    /// Files and folders with plain manifests.
    public var manifests: [LocalPath]
    /// Helm charts that the platform installs.
    public var charts: [ChartRequest]
    /// Further files to lay.
    public var files: [ExtraFile]
    /// Values for the platform's configuration file, with their places.
    public var config: YAMLReader?
    /// The same for single roles, added to and going before ``config``.
    public var roleConfig: [(role: String, config: YAMLReader)]
    /// Values for the platform's registries file.
    public var registries: YAMLReader?
    /// What the site is asked for: the profile's variables as changed here, then the definition's own.
    public var variables: [VariableRule]
    /// Requirements beyond the profile's.
    public var requirements: [Requirement]
    /// Units to enable and start after the platform's.
    public var units: [Step]
    /// Other places for artefacts of the profile, by name.
    public var artefacts: [String: ArtefactOverride]
    /// When the bundle must no longer be installed.
    public var expires: Timestamp?
    /// The largest volume.
    public var volumeSize: ByteCount
    /// The file's content without comments and layout; its digest stands in the lock.
    public var canonicalText: String
    /// The definition as it was read, laid over the file that it extends: every value with its place.
    public var text: YAMLReader

    /// Where the platform's own images come from.
    public enum ImageSource: String, CaseIterable, Hashable, Sendable {
        /// Pulled by digest from the registries that the platform's list names.
        case registry
        /// The makers' archive as it is.
        case vendorArchive = "vendor-archive"
    }

    /// `platform:` of a definition.
    public struct PlatformRequest: Hashable, Sendable {
        /// The profile's name.
        public var profile: String
        /// A complete version or a channel.
        public var version: String
        /// Where ``version`` stands.
        public var versionLocation: SourceLocation
        /// The architecture.
        public var architecture: Architecture
        /// A hardware class of the profile.
        public var hardware: String?
    }
}

/// An image beyond the platform's own.
public struct ImageRequest: Hashable, Sendable {
    /// The complete name.
    public var reference: ImageReference
    /// The platform, where it is not the definition's architecture on Linux.
    public var platform: Platform
    /// Where it was asked for.
    public var location: SourceLocation
}

/// A path as a definition wrote it, and where that is.
public struct LocalPath: Hashable, Sendable {
    /// As written.
    public var text: String
    /// Relative to the definition's folder unless absolute.
    public var path: FilePath
    /// Where it was written.
    public var location: SourceLocation

    /// A path by its facts.
    public init(text: String, path: FilePath, location: SourceLocation) {
        self.text = text
        self.path = path
        self.location = location
    }
}

/// A further file to lay.
public struct ExtraFile: Sendable {
    /// Where its bytes are.
    public enum Content: Sendable {
        case inline([UInt8])
        case local(LocalPath)
    }

    /// Where it is laid.
    public var destination: MemberPath
    /// Its bytes.
    public var content: Content
    /// Mode and owner.
    public var permissions: Permissions
    /// Where the content uses variables, how they are written.
    public var template: TemplateFormat?
    /// For which roles.
    public var roles: RoleScope
    /// Where it was asked for.
    public var location: SourceLocation
}

/// Another place for an artefact of the profile.
public enum ArtefactOverride: Hashable, Sendable {
    /// Fetched from here, of this digest when one is given.
    case url(String, SHA256Digest?)
    /// A local file, of this digest when one is given.
    case file(LocalPath, SHA256Digest?)
}
