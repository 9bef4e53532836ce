package import JSON
import Values

extension Step {
    /// The longest wait, in seconds.
    static let longestTimeout = 86_400

    /// The step as it stands in a manifest (docs/format.md §11).
    package var json: JSONValue { object([("kind", .string(kindName)), ("roles", roles.json)] + actionMembers) }

    private var actionMembers: [(String, JSONValue?)] {
        switch action {
        case .module(let name): [("name", .string(name))]
        case .sysctl(let key, let value): [("key", .string(key)), ("value", .string(value))]
        case .label(let path): [("path", .string(path))]
        case .unit(let name, let enable, let start, let timeout):
            [
                ("name", .string(name)), ("enable", .bool(enable)), ("start", .bool(start)),
                ("timeout", .integer(timeout)),
            ]
        case .snap(let snap): snap.members
        case .snapOffline: []
        case .command(let run, let undo, let timeout), .prepare(let run, let undo, let timeout):
            [("run", strings(run)), ("undo", strings(undo)), ("timeout", .integer(timeout))]
        case .wait(let run, let timeout): [("run", strings(run)), ("timeout", .integer(timeout))]
        }
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Step {
        let reader = try item.object()
        let step = Step(try readAction(reader, item), roles: try RoleScope.read(reader))
        try reader.finish()
        return step
    }

    private static func readAction(_ reader: JSONReader, _ item: JSONItem) throws(JSONError) -> Action {
        let kind = try reader.string("kind")
        switch kind {
        case "module": return .module(name: try reader.parsed("name", as: "a module's name", word))
        case "sysctl":
            return .sysctl(key: try reader.parsed("key", as: "a sysctl key", word), value: try reader.string("value"))
        case "label": return .label(path: try reader.parsed("path", as: "an absolute path", absolutePath))
        case "unit":
            return .unit(
                name: try reader.parsed("name", as: "a unit's name", word), enable: try reader.bool("enable"),
                start: try reader.bool("start"), timeout: try timeout(reader))
        case "snap": return .snap(try SnapInstallation(reader))
        case "snap-offline": return .snapOffline
        case "command":
            return .command(
                run: try arguments("run", reader), undo: try reader.strings("undo"), timeout: try timeout(reader))
        case "prepare":
            return .prepare(
                run: try arguments("run", reader), undo: try reader.strings("undo"), timeout: try timeout(reader))
        case "wait": return .wait(run: try arguments("run", reader), timeout: try timeout(reader))
        default: throw item.invalid("a kind of step that this version knows", found: kind)
        }
    }

    fileprivate static func timeout(_ reader: JSONReader) throws(JSONError) -> Int {
        try reader.integer("timeout", in: 0...longestTimeout)
    }

    private static func arguments(_ key: String, _ reader: JSONReader) throws(JSONError) -> [String] {
        let item = try reader.item(key)
        let words = try item.array { (item) throws(JSONError) in try item.string() }
        guard words.first?.isEmpty == false else { throw item.invalid("a program and its arguments", found: "nothing") }
        return words
    }

    /// A name that no program takes for an option or a path.
    fileprivate static func word(_ text: String) -> String? {
        let others = Array("._-@/:\\".utf8)
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "/") else { return nil }
        let dots = zip(text.utf8, text.utf8.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") }
        guard text.utf8.count <= 255, !dots else { return nil }
        return text.utf8.allSatisfy { isLowerOrDigit($0) || isUpper($0) || others.contains($0) } ? text : nil
    }
}

extension SnapInstallation {
    fileprivate var members: [(String, JSONValue?)] {
        [
            ("name", .string(name)), ("revision", .integer(revision)), ("file", .string(file)),
            ("assertions", .string(assertions)), ("classic", .bool(classic)), ("keep-newer", .bool(keepsNewer)),
            ("timeout", .integer(timeout)),
        ]
    }

    fileprivate init(_ reader: JSONReader) throws(JSONError) {
        self.init(
            name: try reader.parsed("name", as: "a snap's name", Step.word),
            revision: try reader.integer("revision", in: 1...Int(Int32.max)),
            file: try reader.parsed("file", as: "an absolute path", absolutePath),
            assertions: try reader.parsed("assertions", as: "an absolute path", absolutePath),
            classic: try reader.bool("classic"), keepsNewer: try reader.bool("keep-newer"),
            timeout: try Step.timeout(reader))
    }
}
