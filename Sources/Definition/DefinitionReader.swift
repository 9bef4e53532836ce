import Format
import LibYAML
import OCI
import Posix
import Reporting
import Values

/// Reads a definition with its profile at hand.
struct DefinitionReader {
    let path: FilePath
    let kind: DefinitionKind
    let profile: Profile

    /// The file that is extended, as the definition writes it.
    private let extends: String?
    /// The roles that the definition offers; nothing in it may be for others, or it would be left out without a word.
    private let roles: [Role]
    let items: ItemReader

    init(path: FilePath, profile: Profile, map: YAMLMap) throws(YAMLError) {
        self.path = path
        self.kind = try DefinitionKind(map)
        let name: BundleName? = try map.optional("name")?.value(Self.nameRule) { BundleName($0) }
        self.profile = kind == .addon ? name.map { profile.underAddon($0) } ?? profile : profile
        self.extends = try map.optional("extends")?.pathText()
        let scope = try ItemReader(roles: profile.roles.map(\.name)).scope(map)
        let roles = profile.roles.filter { scope.includes($0.name) }
        self.roles = roles
        self.items = ItemReader(roles: roles.map(\.name))
    }

    func definition(_ outline: Outline, text: YAMLReader) throws(YAMLError) -> Definition {
        let map = outline.map
        try check(outline)
        let variables = try items.variables(map, changing: profile.variables)
        let artefacts = try artefacts(map)
        let said = try said(map, artefacts)
        let name: BundleName = try map.required("name").value(Self.nameRule) { BundleName($0) }
        let need = try need(map, kind, of: name)
        let registries = try mapFile("registries", of: map, profile.registries, variables)
        let config = try mapFile("config", of: map, profile.config, variables)
        let roleConfig = try roleConfig(map, variables)
        try checkRules(map, said)
        let images = try images(map, outline.request.architecture)
        return Definition(
            path: path, name: name, kind: kind, need: need,
            version: try version(try map.required("version")), platform: outline.request,
            profile: profile.specialised(for: said).following(
                ([config].compactMap(\.self) + roleConfig.map(\.config)).map(\.node.value)),
            roles: roles, imageSource: try imageSource(map),
            images: images.pulled, imageArchives: images.archived,
            allowedMissing: try items.allowedImages(map), manifests: try manifests(map),
            charts: try charts(map),
            files: try items.list("files", of: map) { (reader) throws(YAMLError) in
                try file(reader, variables)
            },
            config: config, roleConfig: roleConfig, registries: registries,
            variables: try waiving(variables, map), requirements: try requirements(map),
            units: try units(map), artefacts: artefacts,
            expires: try map.optional("expires")?.timestamp(), volumeSize: try volumeSize(map),
            canonicalText: outline.canonicalText, text: text)
    }

    static let nameRule = "a name of a-z, 0-9 and - that does not begin with -"

    /// A plain number is taken too: versions such as `7` or `2026.1` need no quotes, since they are kept as written.
    private func version(_ reader: YAMLReader) throws(YAMLError) -> BundleVersion {
        guard let version = BundleVersion(try reader.scalarText()) else {
            throw reader.unexpected("a version of letters, digits, `.`, `_`, `+` and -")
        }
        return version
    }

    /// What the outline asks of the profile.
    private func check(_ outline: Outline) throws(YAMLError) {
        let fields = try outline.map.required("platform").map(DefinitionKeys.platform)
        let architectures = profile.architectures.keys.map(\.rawValue).sorted()
        _ = try fields.required("arch").word(of: architectures)
        if let hardware = fields.optional("hardware") {
            guard !profile.hardware.isEmpty else {
                throw hardware.refused("the profile has no hardware classes")
            }
            _ = try hardware.word(of: profile.hardware.map(\.name))
        }
        let version = try fields.required("version")
        let text = try version.scalarText()
        guard profile.versions.isExact(text) || profile.channelSource(text) != nil else {
            let channels = profile.channels.flatMap(\.names).map(\.description).joined(separator: ", ")
            throw version.unexpected("a version such as \(profile.versions.example), or a channel (\(channels))")
        }
    }

    private func imageSource(_ map: YAMLMap) throws(YAMLError) -> Definition.ImageSource {
        guard let reader = map.optional("image-source") else { return .registry }
        let source: Definition.ImageSource = try reader.choice()
        guard source == .registry || !profile.images.archives.isEmpty else {
            throw reader.refused("the profile knows no archive of its makers")
        }
        return source
    }

    private func manifests(_ map: YAMLMap) throws(YAMLError) -> [LocalPath] {
        let paths = try items.list("manifests", of: map) { (reader) throws(YAMLError) in try local(reader) }
        guard !paths.isEmpty else { return [] }
        guard let platform = profile.manifests else {
            throw map.refused("manifests", "the profile has no folder for them")
        }
        guard roles.contains(where: { platform.roles.includes($0.name) }) else {
            let names = platform.roles.names?.joined(separator: ", ") ?? ""
            throw map.refused("manifests", "only \(names) applies them, which is not among the roles offered")
        }
        return paths
    }

    func local(_ reader: YAMLReader) throws(YAMLError) -> LocalPath {
        LocalPath(text: try lockName(reader), path: try reader.pathFromItsFile(), location: reader.location)
    }

    /// What the lock calls a local file: the path as written, seen from the definition's own folder where it stands in the file
    /// that the definition extends.
    private func lockName(_ reader: YAMLReader) throws(YAMLError) -> String { name(try reader.pathText(), in: reader) }

    /// A local file whose path is only a part of what stands there.
    func local(_ reader: YAMLReader, part text: String) throws(YAMLError) -> LocalPath {
        guard !text.isEmpty, !text.utf8.contains(0) else { throw reader.unexpected("a path behind the colon") }
        return LocalPath(
            text: name(text, in: reader), path: FilePath(reader.location.file).parent.resolving(text),
            location: reader.location)
    }

    private func name(_ text: String, in reader: YAMLReader) -> String {
        guard reader.location.file != path.text, let extends else { return text }
        let folder = FilePath(extends).parent
        return folder == "." ? text : folder.resolving(text).text
    }

    private func file(_ reader: YAMLReader, _ variables: [VariableRule]) throws(YAMLError) -> ExtraFile {
        let fields = try reader.map(DefinitionKeys.file)
        let template = try fields.optional("template")?.choice(TemplateFormat.self)
        let content: ExtraFile.Content
        if let from = fields.optional("from") {
            guard !fields.has("content") else {
                throw fields.refused("content", "`from` says where the content is")
            }
            content = .local(try local(from))
        } else {
            let (bytes, _) = try items.content(fields)
            if let template { try check(try fields.required("content"), bytes, template, variables) }
            content = .inline(bytes)
        }
        return ExtraFile(
            destination: try fields.required("path").destination(), content: content,
            permissions: try items.permissions(fields, mode: .file), template: template, roles: try items.scope(fields),
            location: reader.location)
    }

    /// A template uses variables that are declared, and that its format can write.
    private func check(
        _ reader: YAMLReader, _ bytes: [UInt8], _ format: TemplateFormat, _ variables: [VariableRule]
    ) throws(YAMLError) {
        guard let fault = TemplateFault(in: bytes, format, variables) else { return }
        throw .unexpected(
            reader.location, place: reader.place, found: fault.found, expected: fault.expected, nearest: fault.nearest)
    }

    private func artefacts(_ map: YAMLMap) throws(YAMLError) -> [String: ArtefactOverride] {
        var overrides: [String: ArtefactOverride] = [:]
        let known = (profile.artefacts + profile.images.archives).map(\.name)
        for entry in try map.optional("artefacts")?.entries() ?? [] {
            guard known.contains(entry.key) else {
                throw .unknownKey(entry.key, entry.location, place: "artefacts", known: Set(known).sorted())
            }
            let fields = try entry.value.map(DefinitionKeys.artefact)
            let digest = try fields.optional("sha256").map { (reader) throws(YAMLError) -> SHA256Digest in
                try reader.value("64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) }
            }
            let given = ["url", "file", "source"].filter(fields.has)
            guard given.count == 1 else { throw entry.value.unexpected("one of `url`, `file` and `source`") }
            let reader = try fields.required(given[0])
            overrides[entry.key] =
                given == ["file"] ? .file(try local(reader), digest) : try artefact(reader, digest)
        }
        return overrides
    }

    /// An artefact by URL; `file:` and a path is a local file.
    private func artefact(_ reader: YAMLReader, _ digest: SHA256Digest?) throws(YAMLError) -> ArtefactOverride {
        let text = try reader.nonEmptyString()
        guard text.hasPrefix("file:") else { return .url(try reader.url(), digest) }
        // A path as it is written, or file:///PATH (RFC 8089); percent signs stand for themselves.
        let path = String(text.dropFirst(text.hasPrefix("file:///") ? 7 : 5))
        guard !path.hasPrefix("//") else {
            throw reader.unexpected("file: and a path, such as file:./vendor/setup.msi")
        }
        return .file(try local(reader, part: path), digest)
    }

    private func requirements(_ map: YAMLMap) throws(YAMLError) -> [Requirement] {
        try items.requirements(map).map(\.item)
    }

    private func units(_ map: YAMLMap) throws(YAMLError) -> [Step] { try items.units(map).map(\.item) }

    private func volumeSize(_ map: YAMLMap) throws(YAMLError) -> ByteCount {
        guard let reader = map.optional("volume-size") else { return Volume.maximumSize }
        let size = try reader.byteCount()
        guard size >= .mebibytes(64), size <= Volume.maximumSize else {
            throw reader.unexpected("a size from 64 MiB to 1 GiB")
        }
        return size
    }
}
