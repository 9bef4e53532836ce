import Format
public import LibYAML
import Values

extension Profile {
    /// Reads a profile.
    ///
    /// - Throws: ``YAMLError`` with the place of what is wrong.
    public init(_ document: YAMLDocument) throws(YAMLError) {
        let map = try document.reader.map(ProfileKeys.profile)
        self.name = try map.required("profile").value("a name of a-z, 0-9 and -") { BundleName($0)?.description }
        self.title = try map.required("title").nonEmptyString()
        self.summary = try map.required("summary").nonEmptyString()
        self.homepage = try map.required("homepage").url()
        self.notes = try map.optional("notes")?.strings() ?? []
        let roles = try Self.roles(try map.required("roles"))
        self.roles = roles.list
        self.roleWords = roles.words
        self.os = try map.optional("os")?.choice() ?? .linux
        let architectures = try Self.architectures(try map.required("architectures"))
        self.architectures = architectures.words
        self.versions = try Self.versions(try map.required("versions"))
        let common = ProfileText.commonNames + architectures.names
        let items = ItemReader(roles: roles.list.map(\.name), names: common + roles.names)
        let sources = SourceReader(items: items, names: common)
        self.channels = try items.list("channels", of: map) { (reader) throws(YAMLError) in try sources.channel(reader)
        }
        self.artefacts = try sources.artefacts("artefacts", of: map)
        self.snaps = try map.optional("snaps").map { (reader) throws(YAMLError) in try sources.snaps(reader) }
        self.images = try sources.images(map.optional("images"))
        self.manifests = try map.optional("manifests").map { (reader) throws(YAMLError) in try sources.manifests(reader)
        }
        self.charts = try map.optional("charts").map { (reader) throws(YAMLError) in try sources.charts(reader) }
        self.config = try map.optional("config").map { (reader) throws(YAMLError) in try items.mapFile(reader) }
        self.registries = try map.optional("registries").map { (reader) throws(YAMLError) in try items.mapFile(reader) }
        self.networks = try Self.networks(map.optional("networks"), config)
        self.items = try items.items(map)
        self.users = try items.users(map)
        self.steps = try items.steps(map)
        self.operation = try items.operation(map)
        self.requirements = try items.requirements(map)
        self.hardware = try Self.hardware(map.optional("hardware"), items)
        self.variables = try items.variables(map)
        self.canonicalText = document.root.value.text
        try checkVariables(in: document.reader)
        try checkSnaps(in: document.reader)
        try checkConditions(in: document.reader)
    }

    /// The roles, their words by role, and the words' names as `role.WORD`.
    private static func roles(
        _ reader: YAMLReader
    ) throws(YAMLError) -> (list: [Role], words: [String: [String: String]], names: [String]) {
        var roles: [Role] = []
        var words: [String: [String: String]] = [:]
        for element in try reader.list() {
            let fields = try element.map(ProfileKeys.role)
            let name: String = try fields.required("name").value("a name of a-z, 0-9 and -") {
                BundleName($0)?.description
            }
            guard !roles.contains(where: { $0.name == name }) else {
                throw element.unexpected("a name that no role above has")
            }
            let own = try fields.optional("words").map { (reader) throws(YAMLError) in try Self.words(reader) } ?? [:]
            let names = roles.first.flatMap { words[$0.name] }?.keys.sorted() ?? own.keys.sorted()
            guard own.keys.sorted() == names else {
                throw element.unexpected("the same words for each role: \(names.joined(separator: ", "))")
            }
            roles.append(Role(name: name, summary: try fields.required("summary").nonEmptyString()))
            words[name] = own
        }
        guard let first = roles.first else { throw reader.unexpected("a list of at least one role") }
        return (roles, words, (words[first.name] ?? [:]).keys.sorted().map { "role." + $0 })
    }

    private static func words(_ reader: YAMLReader) throws(YAMLError) -> [String: String] {
        var words: [String: String] = [:]
        for word in try reader.entries() { words[word.key] = try word.value.scalarText() }
        return words
    }

    /// The words by architecture, and their names as `arch.WORD`; every architecture has the same words.
    private static func architectures(
        _ reader: YAMLReader
    ) throws(YAMLError) -> (words: [Architecture: [String: String]], names: [String]) {
        var words: [Architecture: [String: String]] = [:]
        var names: [String]?
        for entry in try reader.entries() {
            guard let architecture = Architecture(rawValue: entry.key) else {
                let known = Architecture.allCases.map(\.rawValue)
                throw .unknownKey(entry.key, entry.location, place: reader.place, known: known)
            }
            let own = try Self.words(entry.value)
            let here = own.keys.sorted()
            guard here == names ?? here else {
                throw entry.value.unexpected(
                    "the same words for each architecture: \(names?.joined(separator: ", ") ?? "")")
            }
            names = here
            words[architecture] = own
        }
        guard let names else { throw reader.unexpected("amd64 or arm64 or both") }
        return (words, names.map { "arch." + $0 })
    }

    private static func versions(_ reader: YAMLReader) throws(YAMLError) -> VersionNames {
        let fields = try reader.map(ProfileKeys.versions)
        var exact: [VersionPattern] = []
        for pattern in try fields.required("exact").list() {
            exact.append(try pattern.value("a pattern such as v#.#.#, # for digits") { VersionPattern($0) })
        }
        let example = try fields.required("example")
        let text: String = try example.value("a version that one of the patterns in `exact` fits") { text in
            exact.contains { $0.matches(text) } ? text : nil
        }
        return VersionNames(exact: exact, example: text, range: try fields.optional("range")?.versionRange() ?? .all)
    }

    private static func hardware(_ reader: YAMLReader?, _ items: ItemReader) throws(YAMLError) -> [HardwareClass] {
        guard let reader else { return [] }
        var classes: [HardwareClass] = []
        for entry in try reader.entries() {
            let fields = try entry.value.map(ProfileKeys.hardwareClass)
            classes.append(
                HardwareClass(
                    name: entry.key, summary: try fields.required("summary").nonEmptyString(),
                    requirements: try items.requirements(fields)))
        }
        return classes
    }
}
