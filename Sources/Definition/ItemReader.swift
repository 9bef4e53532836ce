import Format
import LibYAML
import Values

/// Reads the items that profiles and definitions share, within the roles of a profile.
struct ItemReader {
    /// The names of the profile's roles.
    let roles: [String]
    /// The names that `${…}` may use in contents with `words`; a definition has none.
    let names: [String]

    init(roles: [String], names: [String] = []) {
        self.roles = roles
        self.names = names
    }

    func scope(_ map: YAMLMap) throws(YAMLError) -> RoleScope {
        guard let reader = map.optional("roles") else { return .all }
        let names = reader.isList ? try reader.list() : [reader]
        guard !names.isEmpty else { throw reader.unexpected("one or more of \(roles.joined(separator: ", "))") }
        var found: [String] = []
        for name in names { found.append(try name.word(of: roles)) }
        return Set(found) == Set(roles) ? .all : RoleScope(found)
    }

    func versions(_ map: YAMLMap) throws(YAMLError) -> VersionRange {
        try map.optional("versions")?.versionRange() ?? .all
    }

    func permissions(_ map: YAMLMap, mode: FileMode) throws(YAMLError) -> Permissions {
        Permissions(mode: try map.optional("mode")?.mode() ?? mode, owner: try map.optional("owner")?.owner() ?? .root)
    }

    /// The elements of a list at `key`, each read by `read`; none when the key is absent.
    func list<Element>(
        _ key: String, of map: YAMLMap, _ read: (YAMLReader) throws(YAMLError) -> Element
    ) throws(YAMLError) -> [Element] {
        guard let reader = map.optional(key) else { return [] }
        var elements: [Element] = []
        for element in try reader.list() { elements.append(try read(element)) }
        return elements
    }

    /// The elements of a list at `key`, each a map with `versions`.
    func ranged<Item>(
        _ key: String, of map: YAMLMap, keys: [String], _ read: (YAMLMap) throws(YAMLError) -> Item
    ) throws(YAMLError) -> [ForVersions<Item>] {
        try list(key, of: map) { (element) throws(YAMLError) in
            let fields = try element.map(keys)
            let condition = keys.contains("when") ? try condition(fields) : .always
            return ForVersions(versions: try versions(fields), item: try read(fields), condition: condition)
        }
    }
}

extension ItemReader {
    /// `directories:`, `files:` and `links:` of a profile.
    func items(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<ProfileItem>] {
        let directories = try ranged("directories", of: map, keys: ProfileKeys.directory) {
            (fields) throws(YAMLError) -> ProfileItem in
            let permissions = try permissions(fields, mode: .executable)
            return try item(.directory(permissions), fields)
        }
        let files = try ranged("files", of: map, keys: ProfileKeys.file) { (fields) throws(YAMLError) -> ProfileItem in
            let permissions = try permissions(fields, mode: .file)
            if try fields.optional("words")?.bool() ?? false {
                guard !fields.has("template") else {
                    throw fields.refused("template", "a content with words of the profile has none of the site's")
                }
                return try item(.text(permissions, try text(fields.required("content"), names)), fields)
            }
            let (content, template) = try content(fields)
            return try item(.file(permissions, content: content, template: template), fields)
        }
        let links = try ranged("links", of: map, keys: ProfileKeys.link) { (fields) throws(YAMLError) -> ProfileItem in
            try item(.link(target: try linkTarget(fields)), fields)
        }
        return directories + files + links
    }

    private func item(_ kind: ProfileItem.Kind, _ fields: YAMLMap) throws(YAMLError) -> ProfileItem {
        ProfileItem(destination: try fields.required("path").destination(), kind: kind, roles: try scope(fields))
    }

    /// `content:` with its `template:`; the template must be well-formed.
    func content(_ fields: YAMLMap) throws(YAMLError) -> ([UInt8], TemplateFormat?) {
        let reader = try fields.required("content")
        let bytes = Array(try reader.string().utf8)
        guard let format = try fields.optional("template")?.choice(TemplateFormat.self) else { return (bytes, nil) }
        guard (try? Template(bytes, format: format)) != nil else {
            throw reader.unexpected("every `${` to be a `${NAME}`")
        }
        return (bytes, format)
    }

    /// A text whose `${name}` are all of `known`.
    func text(_ reader: YAMLReader, _ known: [String]) throws(YAMLError) -> ProfileText {
        let text: ProfileText = try reader.value("text in which every `$` begins a `${name}`") { ProfileText($0) }
        guard let unknown = text.names.first(where: { !known.contains($0) }) else { return text }
        throw .unexpected(
            reader.location, place: reader.place, found: "${\(unknown)}",
            expected: "one of " + known.sorted().map { "${\($0)}" }.joined(separator: ", "))
    }

    private func linkTarget(_ fields: YAMLMap) throws(YAMLError) -> String {
        let reader = try fields.required("target")
        let text = try reader.string()
        let relative = text.hasPrefix("/") ? String(text.dropFirst()) : text
        guard (try? MemberPath(validating: relative)) != nil else {
            throw reader.unexpected("a path without `.` and `..`")
        }
        return text
    }

    func users(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<SystemUser>] {
        try ranged("users", of: map, keys: ProfileKeys.user) { (fields) throws(YAMLError) -> SystemUser in
            let name: String = try fields.required("name").value("an account name such as etcd") {
                Owner.isName($0) ? $0 : nil
            }
            return SystemUser(
                name: name, home: try fields.optional("home")?.absolutePath() ?? "/nonexistent",
                shell: try fields.optional("shell")?.absolutePath() ?? "/usr/sbin/nologin", roles: try scope(fields))
        }
    }
}
