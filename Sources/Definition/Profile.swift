public import Format
public import Values

/// What a platform needs, for all its versions, as data. Read from `profiles/<name>.yaml` or from a folder of the user's.
///
/// Nothing here names a platform; ``Release`` is the part that is for one version and architecture.
public struct Profile: Sendable {
    /// The name in `platform.profile`, in bundle names and of the file.
    public var name: String
    /// The platform's own name, for people.
    public var title: String
    /// One line for a list of profiles.
    public var summary: String
    /// The makers' documentation.
    public var homepage: String
    /// What a person must know beyond the figures.
    public var notes: [String]
    /// The system that machines run; by it the form of the payload.
    public var os: OperatingSystem
    /// For each architecture that is supported, the words for `${arch.WORD}`.
    public var architectures: [Architecture: [String: String]]
    /// How versions are named.
    public var versions: VersionNames
    /// Where a channel's present version is found.
    public var channels: [Channel]
    /// What a machine can be.
    public var roles: [Role]
    /// For each role, the words for `${role.WORD}`; the same ones for each.
    public var roleWords: [String: [String: String]]
    /// What is fetched and laid.
    public var artefacts: [Artefact]
    /// The snaps that make it up; `nil` for a platform that is none of snaps.
    public var snaps: ProfileSnaps?
    /// The platform's own images.
    public var images: ProfileImages
    /// Where plain manifests are laid, when the platform has such a place.
    public var manifests: ManifestFolder?
    /// How the definition's charts are installed, when the platform does that.
    public var charts: ChartFolder?
    /// How the definition's `config:` becomes a file.
    public var config: MapFile?
    /// How the definition's `registries:` becomes a file.
    public var registries: MapFile?
    /// Networks that requirements name, and the keys of ``config`` that set others in their place.
    public var networks: [String: String]
    /// Folders, files and links that are laid.
    public var items: [ForVersions<ProfileItem>]
    /// System users.
    public var users: [ForVersions<SystemUser>]
    /// What is done after the files are in place.
    public var steps: [ForVersions<Step>]
    /// How the platform is operated once its files are laid.
    public var operation: [ForVersions<Operation>]
    /// What a machine must have.
    public var requirements: [ForVersions<Requirement>]
    /// Named sets of further requirements, chosen by `platform.hardware`.
    public var hardware: [HardwareClass]
    /// Values that a site gives.
    public var variables: [VariableRule]
    /// The file's content without comments and layout; its digest stands in the lock.
    public var canonicalText: String
}

/// Something that is for some versions only.
public struct ForVersions<Item: Sendable>: Sendable {
    /// The versions it is for.
    public let versions: VersionRange
    /// The thing itself.
    public let item: Item
    /// What a definition must say for it to count.
    let condition: Condition

    init(versions: VersionRange, item: Item, condition: Condition = .always) {
        self.versions = versions
        self.item = item
        self.condition = condition
    }
}

/// How a profile's versions are named.
public struct VersionNames: Hashable, Sendable {
    /// What a complete version looks like; anything else asked for is a channel.
    public let exact: [VersionPattern]
    /// A complete version, for messages.
    public let example: String
    /// The versions that the profile was written for.
    public let range: VersionRange

    /// Whether `text` is a complete version rather than a channel.
    public func isExact(_ text: String) -> Bool { exact.contains { $0.matches(text) } }
}

/// Where the present version of some channels is found.
public struct Channel: Hashable, Sendable {
    /// How the answer is read.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A JSON object whose `data` is a list of objects with `id` (the channel) and `latest` (its version), others ignored
        /// (rancher/channelserver).
        case collection
        /// The body is the version and nothing else but white space at its ends.
        case text
        /// A snap store's channels of a snap, by the address of its `info`; the version is what the channel holds for the architecture.
        case snap
        /// A redirect; the version is the last component of `Location`, `%2B` decoded.
        case redirect
    }

    /// How the answer is read.
    public let kind: Kind
    /// Where it is asked for; may use `${channel}`.
    public let url: ProfileText
    /// The channels it knows: words, or patterns with `#` for digits.
    public let names: [VersionPattern]
}

/// A named set of further requirements: `edge-node`.
public struct HardwareClass: Sendable {
    /// The word for `platform.hardware`.
    public let name: String
    /// One line for people.
    public let summary: String
    /// What such a machine must have.
    public let requirements: [ForVersions<Requirement>]
}

/// A variable as a profile or a definition writes it: it may be required of some roles only.
public struct VariableRule: Hashable, Sendable {
    /// Who must give a value.
    public enum Required: Hashable, Sendable {
        case always, never
        case roles([String])
    }

    /// The variable; ``Format/Variable/required`` is what ``required`` says for the roles that need no list.
    public var variable: Variable
    /// Who must give a value.
    public var required: Required
    /// When it need not be given after all.
    var waiver: Waiver?
}
