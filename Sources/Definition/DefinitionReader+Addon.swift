import Format
import LibYAML
import Values

/// What a definition is for.
public enum DefinitionKind: String, CaseIterable, Hashable, Sendable {
    /// A platform and what stands on it.
    case platform
    /// What is laid on a platform that another bundle has brought.
    case addon
}

extension DefinitionKind {
    /// `kind:` of a definition; a platform without it.
    init(_ map: YAMLMap) throws(YAMLError) { self = try map.optional("kind")?.choice() ?? .platform }

    /// Keys that make or change what only the platform's own bundle lays.
    static let platformKeys = ["image-source", "config", "role-config", "registries", "artefacts"]
}

extension DefinitionReader {
    /// `needs:` of an add-on; nothing of a platform.
    func need(_ map: YAMLMap, _ kind: DefinitionKind, of name: BundleName) throws(YAMLError) -> Need? {
        guard kind == .addon else {
            guard !map.has("needs") else {
                throw map.refused("needs", "only a definition of kind addon needs another bundle")
            }
            return nil
        }
        for key in DefinitionKind.platformKeys where map.has(key) {
            throw map.refused(key, "an addon brings nothing of the platform; say it in the platform's own definition")
        }
        let fields = try map.required("needs").map(DefinitionKeys.need)
        let bundle: BundleName = try fields.required("bundle").value(Self.nameRule) { BundleName($0) }
        guard bundle != name else {
            throw try fields.required("bundle").refused("a bundle cannot need itself")
        }
        return Need(
            bundle: bundle, profile: profile.name, versions: try fields.optional("version")?.versionRange() ?? .all,
            platform: try fields.optional("platform")?.versionRange() ?? .all)
    }
}

extension Profile {
    /// The profile as an add-on sees it: where images and manifests go, and nothing that the platform's own bundle brings.
    ///
    /// - Parameter name: The add-on's, for a place of its own among the archives of images.
    func underAddon(_ name: BundleName) -> Profile {
        var profile = self
        profile.artefacts = []
        // Its channels are still asked for the platform's version.
        profile.snaps?.items = []
        profile.images.lists = []
        profile.images.members = []
        profile.images.archives = []
        profile.images.folders = images.folders.map { $0.holding(archiveOf: name) }
        profile.config = nil
        profile.registries = nil
        profile.networks = [:]
        profile.items = []
        profile.users = []
        profile.steps = []
        profile.operation = []
        profile.requirements = []
        profile.hardware = []
        profile.variables = []
        return profile
    }
}

extension ImageFolder {
    /// The folder with another name for the archive in it: `sealift-images-NAME.tar` for `sealift-images.tar`.
    fileprivate func holding(archiveOf name: BundleName) -> ImageFolder {
        ImageFolder(
            destination: destination, archive: archive.dropLast(".tar".utf8.count) + "-\(name).tar",
            permissions: permissions, roles: roles, renamed: renamed, names: names, sparse: sparse,
            split: split, versions: versions)
    }
}
