import JSON
import Values

extension Entry {
    /// The entry as it stands in a manifest (docs/format.md §7).
    func json(extents: [Extent]) -> JSONValue {
        var members: [(String, JSONValue?)] = [
            ("kind", .string(kindName)), ("path", .string(path.text)),
            ("destination", destination.map { .string($0.text) }), ("renamed", renamed.map { .string($0) }),
            ("roles", roles.json),
            ("mode", permissions.map { .string($0.mode.description) }),
            ("owner", permissions.map { .string($0.owner.description) }),
        ]
        if let content {
            members += [
                ("size", .integer(content.size.bytes)), ("sha256", .string(content.digest.hex)),
                ("extents", .array(extents.map(\.json))),
            ]
        }
        switch kind {
        case .link(let target): members.append(("target", .string(target)))
        case .template(_, _, let format, let variables):
            members += [("format", .string(format.rawValue)), ("variables", strings(variables))]
        case .directory, .file: break
        }
        return object(members)
    }

    /// Reads an entry; its extents are compared later, when all chunks are known.
    static func read(_ item: JSONItem) throws(JSONError) -> (entry: Entry, extents: [Extent]) {
        let reader = try item.object()
        let kind = try reader.string("kind")
        let path = try reader.parsed("path", as: "a member path", memberPath)
        let destination = try reader.optionalParsed("destination", as: "a member path other than `path`") { text in
            memberPath(text).flatMap { $0 == path ? nil : $0 }
        }
        let extents = try reader.optionalArray("extents", Extent.read) ?? []
        let renamed = try reader.optionalParsed("renamed", as: "an ending of a file's name") { text in
            kind == "file" && Entry.isEnding(text) ? text : nil
        }
        let entry = Entry(
            path: path, destination: destination, renamed: renamed, roles: try RoleScope.read(reader),
            kind: try kindOf(kind, reader, item))
        try reader.finish()
        return (entry, extents)
    }

    private static func kindOf(_ word: String, _ reader: JSONReader, _ item: JSONItem) throws(JSONError) -> Kind {
        switch word {
        case "directory": return .directory(try Permissions.read(reader))
        case "file": return .file(try Permissions.read(reader), try Content.read(reader))
        case "link": return .link(target: try reader.parsed("target", as: "a link target", linkTarget))
        case "template":
            let variables = try reader.array("variables") { (item) throws(JSONError) in
                try item.parsed(as: "a variable's name") { Variable.isName($0) ? $0 : nil }
            }
            let format = try reader.parsed("format", as: "plain, yaml, json or env") { TemplateFormat(rawValue: $0) }
            return .template(
                try Permissions.read(reader), try Content.read(reader), format: format, variables: variables)
        default: throw item.invalid("a kind of entry: directory, file, link or template", found: word)
        }
    }

    /// A link's target: up to 1 024 bytes, no `..` component, no backslash, no control byte.
    static func linkTarget(_ text: String) -> String? {
        let relative = text.hasPrefix("/") ? String(text.dropFirst()) : text
        return memberPath(relative) == nil ? nil : text
    }
}

func memberPath(_ text: String) -> MemberPath? {
    do { return try MemberPath(validating: text) } catch { return nil }
}

extension Permissions {
    static func read(_ reader: JSONReader) throws(JSONError) -> Permissions {
        Permissions(
            mode: try reader.parsed("mode", as: "a mode from 0000 to 0777") { FileMode(octal: $0) },
            owner: try reader.parsed("owner", as: "user:group") { Owner($0) })
    }
}

extension Content {
    static func read(_ reader: JSONReader, size: String = "size", digest: String = "sha256") throws(JSONError)
        -> Content
    {
        Content(
            size: ByteCount(try reader.integer(size, in: 0...maximumSize.bytes)),
            digest: try reader.parsed(digest, as: "64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) })
    }
}

extension Extent {
    var json: JSONValue { .array([.integer(chunk), .integer(offset), .integer(length)]) }

    static func read(_ item: JSONItem) throws(JSONError) -> Extent {
        let numbers = try item.array { (item) throws(JSONError) in try item.integer(in: 0...Int.max) }
        guard numbers.count == 3 else {
            throw item.invalid("[chunk, offset, length]", found: "\(numbers.count) numbers")
        }
        return Extent(chunk: numbers[0], offset: numbers[1], length: numbers[2])
    }
}

extension RoleScope {
    /// Reads the optional member `roles`.
    static func read(_ reader: JSONReader) throws(JSONError) -> RoleScope {
        guard let item = reader.optional("roles") else { return .all }
        let names = try item.array { (item) throws(JSONError) in try item.string() }
        let scope = RoleScope(names)
        guard scope.names == names else {
            throw item.invalid("a sorted, non-empty list of roles", found: names.joined(separator: " "))
        }
        return scope
    }
}
