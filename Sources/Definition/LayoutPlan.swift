import Format
import LibYAML
import Posix
import Reporting
import Values

/// Collects what is laid, and finds a name in the payload for each.
struct LayoutPlan {
    /// The roles that the bundle offers.
    let roles: [String]
    private var found: [Found] = []

    private struct Found {
        let destination: MemberPath
        let spelling: String
        let roles: RoleScope
        let kind: LaidEntry.Kind
        let renamed: String?
        /// Who asked for it, in words, and where.
        let origin: String
        let location: SourceLocation?
    }

    init(roles: [String]) { self.roles = roles }

    /// `scope` among the roles offered; `nil` when it has none of them.
    func scope(_ scope: RoleScope) -> RoleScope? {
        let names = roles.filter { scope.includes($0) }
        guard !names.isEmpty else { return nil }
        return names.count == roles.count ? .all : RoleScope(names)
    }

    mutating func add(
        _ destination: MemberPath, _ roles: RoleScope, _ kind: LaidEntry.Kind, origin: String,
        at location: SourceLocation? = nil, renamed: String? = nil
    ) throws(DefinitionError) {
        guard let scope = scope(roles) else { return }
        let spelling = Self.spelling(destination)
        if let other = found.first(where: { $0.spelling == spelling && $0.roles.meets(scope) }) {
            guard other.destination == destination else {
                throw .lookalike(first: "/\(other.destination)", second: "/\(destination)", location ?? other.location)
            }
            if case .directory = kind, other.kind == kind, other.roles == scope { return }
            throw .collision(
                destination: "/\(destination)", first: other.origin, second: origin, location ?? other.location)
        }
        found.append(
            Found(
                destination: destination, spelling: spelling, roles: scope, kind: kind, renamed: renamed,
                origin: origin, location: location
            ))
    }

    /// The same text for all spellings that some file system or tool takes for one name: letters of either case, composed or not,
    /// `ß` and `ss`. Swift compares canonically equivalent texts as equal.
    private static func spelling(_ path: MemberPath) -> String { path.text.uppercased().lowercased() }

    /// The entries, sorted. Where several stand in one place, for different roles, each is stored below its first role's name.
    func entries() throws(DefinitionError) -> [LaidEntry] {
        var counts: [MemberPath: Int] = [:]
        for item in found { counts[item.destination, default: 0] += 1 }
        var entries = found.map { item -> LaidEntry in
            let role = item.roles.names?.first
            let isVariant = counts[item.destination, default: 0] > 1
            let path = role.flatMap { isVariant ? MemberPath.below("roles/\($0)", item.destination) : nil }
            return LaidEntry(
                path: path ?? item.destination, destination: item.destination, roles: item.roles, kind: item.kind,
                renamed: item.renamed)
        }
        entries.sort { $0.path < $1.path }
        for (entry, next) in zip(entries, entries.dropFirst()) where entry.path == next.path {
            throw .collision(destination: "/\(next.path)", first: "one role's file", second: "a file", nil)
        }
        return entries
    }
}

extension LayoutPlan {
    mutating func add(items: [ProfileItem]) throws(DefinitionError) {
        for item in items {
            let kind: LaidEntry.Kind =
                switch item.kind {
                case .directory(let permissions): .directory(permissions)
                case .link(let target): .link(target: target)
                case .file(let permissions, let content, let format?):
                    .template(permissions, .bytes(content), format: format)
                case .file(let permissions, let content, nil): .file(permissions, .bytes(content))
                case .text: preconditionFailure("a release has its texts complete")
                }
            try add(item.destination, item.roles, kind, origin: "the profile")
        }
    }

    /// Artefacts, images, and the files made of the definition's maps.
    mutating func add(release: Release, definition: Definition) throws(DefinitionError) {
        var artefacts = release.artefacts
        if definition.imageSource == .vendorArchive, let archive = release.imageArchive { artefacts.append(archive) }
        for artefact in artefacts {
            try add(
                artefact.destination, artefact.roles, .file(artefact.permissions, .artefact(artefact.name)),
                origin: "the artefact \(artefact.name)")
        }
        if let folder = release.imageFolder {
            try add(
                folder.archiveDestination, folder.roles, .file(folder.permissions, .images), origin: "the images",
                renamed: folder.renamed)
        }
        if let file = release.profile.config {
            let maps = { (role: String) in
                [definition.config].compactMap { $0 } + definition.roleConfig.filter { $0.role == role }.map(\.config)
            }
            for role in roles { try file.checkRules(for: role, at: release.version, maps(role), of: definition) }
            try add(file, at: release.version, origin: "config", maps)
        }
        if let file = release.profile.registries, let registries = definition.registries {
            for role in roles { try file.checkRules(for: role, at: release.version, [registries], of: definition) }
            try add(file, at: release.version, origin: "registries") { _ in [registries] }
        }
    }

    private mutating func add(
        _ file: MapFile, at version: Version, origin: String, _ maps: (String) -> [YAMLReader]
    ) throws(DefinitionError) {
        var variants: [(content: [UInt8], isTemplate: Bool, roles: [String])] = []
        for role in roles where file.roles.includes(role) {
            guard let content = file.content(for: role, at: version, maps(role)) else { continue }
            if let index = variants.firstIndex(where: { $0.content == content.bytes }) {
                variants[index].roles.append(role)
            } else {
                variants.append((content.bytes, content.isTemplate, [role]))
            }
        }
        for variant in variants {
            let source = LaidEntry.Source.bytes(variant.content)
            try add(
                file.destination, RoleScope(variant.roles),
                variant.isTemplate
                    ? .template(file.permissions, source, format: file.format) : .file(file.permissions, source),
                origin: origin)
        }
    }

    /// What makes modules and kernel parameters last beyond the next boot (modules-load.d(5), sysctl.d(5)).
    mutating func add(steps: [Step]) throws(DefinitionError) {
        try addLines(to: "etc/modules-load.d/sealift.conf", steps) { action in
            if case .module(let name) = action { name } else { nil }
        }
        try addLines(to: "etc/sysctl.d/60-sealift.conf", steps) { action in
            if case .sysctl(let key, let value) = action { "\(key) = \(value)" } else { nil }
        }
    }

    private mutating func addLines(
        to path: String, _ steps: [Step], _ line: (Step.Action) -> String?
    ) throws(DefinitionError) {
        guard let destination = try? MemberPath(validating: path) else { return }
        var variants: [(text: String, roles: [String])] = []
        for role in roles {
            let lines = steps.filter { $0.roles.includes(role) }.compactMap { line($0.action) }
            guard !lines.isEmpty else { continue }
            let text = lines.map { $0 + "\n" }.joined()
            if let index = variants.firstIndex(where: { $0.text == text }) {
                variants[index].roles.append(role)
            } else {
                variants.append((text, [role]))
            }
        }
        for variant in variants {
            try add(
                destination, RoleScope(variant.roles),
                .file(Permissions(mode: .file), .bytes(Array(variant.text.utf8))),
                origin: "the profile")
        }
    }

    mutating func add(files: [ExtraFile]) throws(DefinitionError) {
        for file in files {
            let source: LaidEntry.Source =
                switch file.content {
                case .inline(let bytes): .bytes(bytes)
                case .local(let local): .local(local.path)
                }
            let kind: LaidEntry.Kind =
                file.template.map { .template(file.permissions, source, format: $0) } ?? .file(file.permissions, source)
            try add(file.destination, file.roles, kind, origin: "files", at: file.location)
        }
    }

    mutating func add(manifests: [LocalPath], _ folder: ManifestFolder?) throws(DefinitionError) {
        guard let folder else { return }
        for file in try ManifestFiles.find(manifests, folder) {
            try add(
                folder.destination.appending(file.name), folder.roles, .file(folder.permissions, .local(file.path)),
                origin: file.path.text, at: file.location)
        }
    }
}

extension MemberPath {
    fileprivate static func below(_ folder: String, _ path: MemberPath) -> MemberPath? {
        try? MemberPath(validating: folder + "/" + path.text)
    }
}
