import Format
public import Values

/// A profile at one version for one architecture, as a person or a program reads about it: what is fetched, where it is laid, what a
/// machine must have, what a site is asked for.
public struct ProfileSheet: Sendable {
    /// What is laid, done and asked for where a definition gives no optional artefact and sets nothing.
    let release: Release
    /// What a definition may give.
    let optional: [Artefact]
    var profile: Profile { release.profile }

    /// The sheet of `profile`; without a version for its example, without an architecture for the first that it has.
    ///
    /// - Returns: `nil` when the profile has no such architecture.
    public init?(_ profile: Profile, version: Version? = nil, architecture: Architecture? = nil) {
        let first = profile.architectures.keys.min { $0.rawValue < $1.rawValue }
        guard let chosen = architecture ?? first,
            let release = profile.specialised(for: Condition.Said())
                .release(version ?? Version(profile.versions.example), chosen)
        else { return nil }
        self.release = release
        optional = profile.artefacts.filter { $0.isOptional && $0.versions.contains(release.version) }
    }

    /// Something that is laid.
    struct Laid {
        let path: String
        /// `file`, `folder`, `link`, and where its content comes from when that is neither the profile nor fetched.
        let what: String
        let permissions: Permissions?
        var roles: RoleScope

        /// Whether the other is the same for other roles.
        func isLike(_ other: Laid) -> Bool {
            (path, what, permissions) == (other.path, other.what, other.permissions)
        }
    }

    /// Everything that is laid, sorted by path.
    var laid: [Laid] {
        var laid = release.items.map(Laid.init)
        laid += release.artefacts.map { Laid($0, "file, the artefact \($0.name)") }
        laid += laidSnaps
        if let folder = release.imageFolder {
            laid.append(
                Laid(
                    path: "/\(folder.archiveDestination)", what: "file, all images that are pulled",
                    permissions: folder.permissions, roles: folder.roles))
        }
        if let archive = release.imageArchive {
            laid.append(Laid(archive, "file, instead with image-source: vendor-archive"))
        }
        if let folder = profile.manifests {
            let endings = folder.suffixes.joined(separator: ", ")
            laid.append(
                Laid(
                    path: "/\(folder.destination)/", what: "files, the definition's manifests (\(endings))",
                    permissions: folder.permissions, roles: folder.roles))
        }
        if let folder = profile.charts {
            laid.append(
                Laid(
                    path: "/\(folder.destination)/", what: "files, the definition's charts",
                    permissions: folder.permissions, roles: folder.roles))
        }
        for (file, key) in [(profile.config, "config"), (profile.registries, "registries")] {
            guard let file else { continue }
            laid.append(
                Laid(
                    path: "/\(file.destination)", what: "file, the definition's \(key)",
                    permissions: file.permissions, roles: file.roles))
        }
        return Self.merged(laid.enumerated().sorted { ($0.element.path, $0.offset) < ($1.element.path, $1.offset) })
    }

    /// Neighbours that differ by their roles only as one.
    private static func merged(_ sorted: [(offset: Int, element: Laid)]) -> [Laid] {
        var merged: [Laid] = []
        for (_, item) in sorted {
            if let last = merged.last, last.isLike(item), let mine = last.roles.names, let more = item.roles.names {
                merged[merged.count - 1].roles = RoleScope(mine + more)
            } else {
                merged.append(item)
            }
        }
        return merged
    }

    /// What a role's machine must have of one kind: below `fail` it is refused, below `warn` somebody is told.
    struct Minimum<Value: Comparable> {
        var fail: Value?
        var warn: Value?

        init(_ found: [(value: Value, severity: Requirement.Severity)]) {
            fail = found.filter { $0.severity == .fail }.map(\.value).max()
            warn = found.filter { $0.severity == .warn }.map(\.value).max()
            if let refused = fail, let told = warn, told <= refused { warn = nil }
        }
    }

    /// The figures of a set of requirements.
    struct Figures {
        let cores: Minimum<Int>
        let memory: Minimum<ByteCount>
        /// By folder, sorted.
        let disks: [(path: String, minimum: Minimum<ByteCount>)]

        init(_ requirements: [Requirement]) {
            var (cores, memory, disks) = (
                [(value: Int, severity: Requirement.Severity)](),
                [(value: ByteCount, severity: Requirement.Severity)](),
                [String: [(value: ByteCount, severity: Requirement.Severity)]]()
            )
            for requirement in requirements {
                switch requirement.rule {
                case .cores(let minimum): cores.append((minimum, requirement.severity))
                case .memory(let minimum): memory.append((minimum, requirement.severity))
                case .disk(let path, let minimum): disks[path, default: []].append((minimum, requirement.severity))
                default: break
                }
            }
            self.cores = Minimum(cores)
            self.memory = Minimum(memory)
            self.disks = disks.sorted { $0.key < $1.key }.map { ($0.key, Minimum($0.value)) }
        }
    }

    /// The figures of a role's machine.
    func figures(for role: String) -> Figures { Figures(release.requirements.filter { $0.roles.includes(role) }) }

    /// The ports that a role's machine must have free, and those that it had better have free.
    func ports(for role: String) -> (fail: [PortRange], warn: [PortRange]) {
        func ports(_ severity: Requirement.Severity) -> [PortRange] {
            let mine = release.requirements.filter { $0.roles.includes(role) && $0.severity == severity }
            let found = mine.flatMap { requirement -> [PortRange] in
                if case .port(let ranges) = requirement.rule { ranges } else { [] }
            }
            return found.sorted {
                ($0.first, $0.last, $0.transport.rawValue) < ($1.first, $1.last, $1.transport.rawValue)
            }
        }
        return (ports(.fail), ports(.warn))
    }

    /// The requirements that are neither figures nor ports.
    var otherRequirements: [Requirement] {
        release.requirements.filter { requirement in
            switch requirement.rule {
            case .cores, .memory, .disk, .port: false
            default: true
            }
        }
    }
}

extension ProfileSheet.Laid {
    init(_ item: ProfileItem) {
        let (what, permissions): (String, Permissions?) =
            switch item.kind {
            case .directory(let permissions): ("folder", permissions)
            case .file(let permissions, _, nil), .text(let permissions, _): ("file", permissions)
            case .file(let permissions, _, .some): ("file, filled in on the site", permissions)
            case .link(let target): ("link to \(target)", nil)
            }
        self.init(path: "/\(item.destination)", what: what, permissions: permissions, roles: item.roles)
    }

    init(_ artefact: ReleaseArtefact, _ what: String) {
        self.init(
            path: "/\(artefact.destination)", what: what, permissions: artefact.permissions, roles: artefact.roles)
    }
}
