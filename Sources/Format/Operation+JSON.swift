package import JSON

extension Operation {
    /// The words for the kinds in a manifest, a receipt and a profile.
    public static let kinds = [
        "datastore", "ready", "image-runtime", "certificates", "teardown", "data", "remains", "rollback",
    ]

    /// The word for the kind.
    public var kindName: String {
        switch duty {
        case .datastore: "datastore"
        case .ready: "ready"
        case .imageRuntime: "image-runtime"
        case .certificates: "certificates"
        case .teardown: "teardown"
        case .data: "data"
        case .remains: "remains"
        case .rollback: "rollback"
        }
    }

    /// The item as it stands in a manifest or receipt (docs/format.md §11.1).
    package var json: JSONValue { object([("kind", .string(kindName)), ("roles", roles.json)] + members) }

    private var members: [(String, JSONValue?)] {
        switch duty {
        case .datastore(let path), .certificates(let path), .data(let path): [("path", .string(path))]
        case .ready(let run): [("run", strings(run))]
        case .imageRuntime(let list, let importing): [("list", strings(list)), ("import", strings(importing))]
        case .teardown(let run, let timeout): [("run", strings(run)), ("timeout", .integer(timeout))]
        case .remains(let what): [("what", .string(what))]
        case .rollback(let way, let reason): [("way", .string(way.rawValue)), ("reason", .string(reason))]
        }
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Operation {
        let reader = try item.object()
        let operation = Operation(try readDuty(reader), roles: try RoleScope.read(reader))
        try reader.finish()
        return operation
    }

    private static func readDuty(_ reader: JSONReader) throws(JSONError) -> Duty {
        let kind = try reader.string("kind")
        switch kind {
        case "datastore": return .datastore(path: try path(reader))
        case "ready": return .ready(run: try words("run", reader))
        case "image-runtime":
            return .imageRuntime(list: try words("list", reader), importing: try words("import", reader))
        case "certificates": return .certificates(path: try path(reader))
        case "teardown":
            return .teardown(
                run: try words("run", reader), timeout: try reader.integer("timeout", in: 0...Step.longestTimeout))
        case "data": return .data(path: try path(reader))
        case "remains": return .remains(what: try reader.string("what"))
        case "rollback":
            let way = try reader.parsed("way", as: "files, data or none") { RollbackWay(rawValue: $0) }
            return .rollback(way, reason: try reader.string("reason"))
        default: throw try reader.item("kind").invalid("a kind that this version knows", found: kind)
        }
    }

    private static func path(_ reader: JSONReader) throws(JSONError) -> String {
        try reader.parsed("path", as: "an absolute path", absolutePath)
    }

    private static func words(_ key: String, _ reader: JSONReader) throws(JSONError) -> [String] {
        let item = try reader.item(key)
        let words = try item.array { (item) throws(JSONError) in try item.string() }
        guard words.first?.isEmpty == false else { throw item.invalid("a program and its arguments", found: "nothing") }
        return words
    }
}
