public import Format
public import LibCrypto
public import Values

/// A profile at one version for one architecture: what holds for them, with all texts complete.
public struct Release: Sendable {
    /// The profile that this is a part of.
    public let profile: Profile
    /// The version.
    public let version: Version
    /// The architecture.
    public let architecture: Architecture
    /// What is fetched and laid, without the images.
    public let artefacts: [ReleaseArtefact]
    /// The snaps; `nil` when it has none.
    public let snaps: ReleaseSnaps?
    /// The published list of images; `nil` when there is none.
    public let imageList: ReleaseImageList?
    /// Files within the snaps that name images.
    public let imageMembers: [ImageMember]
    /// The makers' archive of the images; `nil` when there is none.
    public let imageArchive: ReleaseArtefact?
    /// Where image archives are laid; `nil` when the platform has no such folder.
    public let imageFolder: ImageFolder?
    /// Folders, files and links.
    public let items: [ProfileItem]
    /// System users.
    public let users: [SystemUser]
    /// What is done after the files are in place.
    public let steps: [Step]
    /// How the platform is operated once its files are laid.
    public let operation: [Operation]
    /// What a machine must have.
    public let requirements: [Requirement]

    /// Whether the profile was written with this version in mind.
    public var isInRange: Bool { profile.versions.range.contains(version) }
}

/// An ``Artefact`` of one release.
public struct ReleaseArtefact: Hashable, Sendable {
    /// The name in the lock.
    public let name: String
    /// Where from; `nil` when the definition must give it.
    public let url: String?
    /// The makers' checksum file.
    public let checksum: ReleaseChecksum?
    /// The makers' own signature.
    public let signature: ReleaseSignature?
    /// The licence that its makers declare for it.
    public let licence: String?
    /// Who makes it.
    public let supplier: String?
    /// Where it is laid.
    public let destination: MemberPath
    /// Mode and owner there.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope

    /// An artefact by its facts.
    public init(
        name: String, url: String?, checksum: ReleaseChecksum? = nil, signature: ReleaseSignature? = nil,
        licence: String? = nil, supplier: String? = nil, destination: MemberPath, permissions: Permissions,
        roles: RoleScope = .all
    ) {
        self.name = name
        self.url = url
        self.checksum = checksum
        self.signature = signature
        self.licence = licence
        self.supplier = supplier
        self.destination = destination
        self.permissions = permissions
        self.roles = roles
    }
}

/// A ``SignatureSource`` of one release.
public struct ReleaseSignature: Hashable, Sendable {
    /// Where from.
    public let url: String
    /// The makers' key, where it is known.
    public let key: PublicKey?

    /// A signature by its facts.
    public init(url: String, key: PublicKey?) {
        self.url = url
        self.key = key
    }
}

/// A ``ChecksumSource`` of one release.
public struct ReleaseChecksum: Hashable, Sendable {
    /// Where from.
    public let url: String
    /// The name on the line.
    public let name: String
    /// How the file is read.
    public let form: ChecksumSource.Form

    /// A checksum file by its facts.
    public init(url: String, name: String, form: ChecksumSource.Form = .sums) {
        self.url = url
        self.name = name
        self.form = form
    }
}

/// An ``ImageList`` of one release.
public struct ReleaseImageList: Hashable, Sendable {
    /// Where from.
    public let url: String
    /// How it is read.
    public let form: ImageList.Form
    /// The makers' checksum file.
    public let checksum: ReleaseChecksum?

    /// A list by its facts.
    public init(url: String, form: ImageList.Form = .lines, checksum: ReleaseChecksum? = nil) {
        self.url = url
        self.form = form
        self.checksum = checksum
    }
}

extension Profile {
    /// The part of the profile that is for `version` on `architecture`; `nil` when it has no such architecture.
    public func release(_ version: Version, _ architecture: Architecture) -> Release? {
        guard let own = architectures[architecture] else { return nil }
        let words = ProfileText.words(version: version, architecture: architecture, own: own)
        return Release(
            profile: self, version: version, architecture: architecture,
            artefacts: artefacts.filter { $0.versions.contains(version) }.map { $0.release(words) },
            snaps: snaps.map { ReleaseSnaps(common: $0, items: $0.items.holding(for: version)) },
            imageList: images.lists.first { $0.versions.contains(version) }?.release(words),
            imageMembers: images.members.filter { $0.versions.contains(version) },
            imageArchive: images.archives.first { $0.versions.contains(version) }?.release(words),
            imageFolder: images.folders.first { $0.versions.contains(version) },
            items: items.holding(for: version).flatMap { complete($0, words) },
            users: users.holding(for: version), steps: steps.holding(for: version),
            operation: operation.holding(for: version), requirements: requirements.holding(for: version))
    }

    /// The item with its text complete, once for all roles that have the same text.
    private func complete(_ item: ProfileItem, _ words: [String: String]) -> [ProfileItem] {
        guard case .text(let permissions, let text) = item.kind else { return [item] }
        var variants: [(content: String, roles: [String])] = []
        for role in roles.map(\.name) where item.roles.includes(role) {
            let own = Dictionary(uniqueKeysWithValues: (roleWords[role] ?? [:]).map { ("role." + $0, $1) })
            let content = text.expanded(words.merging(own) { common, _ in common })
            if let index = variants.firstIndex(where: { $0.content == content }) {
                variants[index].roles.append(role)
            } else {
                variants.append((content, [role]))
            }
        }
        return variants.map { variant in
            ProfileItem(
                destination: item.destination,
                kind: .file(permissions, content: Array(variant.content.utf8), template: nil),
                roles: variant.roles.count == roles.count ? .all : RoleScope(variant.roles))
        }
    }

    /// Where the present version of `channel` is asked for, and how the answer is read; `nil` when no source knows it.
    public func channelSource(_ channel: String) -> (kind: Channel.Kind, url: String)? {
        channels.first { source in source.names.contains { $0.matches(channel) } }
            .map { ($0.kind, $0.url.expanded(["channel": channel])) }
    }
}

extension Array {
    /// What is for `version`.
    func holding<Item>(for version: Version) -> [Item] where Element == ForVersions<Item> {
        filter { $0.versions.contains(version) }.map(\.item)
    }
}

extension Artefact {
    fileprivate func release(_ words: [String: String]) -> ReleaseArtefact {
        ReleaseArtefact(
            name: name, url: url?.expanded(words), checksum: checksum?.release(words),
            signature: signature.map { ReleaseSignature(url: $0.url.expanded(words), key: $0.key) }, licence: licence,
            supplier: supplier, destination: destination,
            permissions: permissions, roles: roles)
    }
}

extension ImageList {
    fileprivate func release(_ words: [String: String]) -> ReleaseImageList {
        ReleaseImageList(url: url.expanded(words), form: form, checksum: checksum?.release(words))
    }
}

extension ChecksumSource {
    fileprivate func release(_ words: [String: String]) -> ReleaseChecksum {
        ReleaseChecksum(url: url.expanded(words), name: name.expanded(words), form: form)
    }
}
