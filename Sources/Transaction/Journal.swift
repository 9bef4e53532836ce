import JSON
import Posix
import Reporting
import Values

/// What a run was about to change, durable before the first name is changed, so that a run that was cut off can be undone.
///
/// Kept as one file in the state folder: `journal` means undo, `journal.done` means clear away.
struct Journal: Hashable, Sendable {
    /// Raised when a change of the text would be misread by an older program.
    static let format = 1
    /// More than 400 000 changes take.
    private static let limit = ByteCount.mebibytes(256)

    /// Staging folders, below the root.
    var areas: [MemberPath] = []
    /// Folders that were made for the journal itself, outermost first.
    var made: [MemberPath] = []
    /// In the order in which they are done.
    var changes: [Change] = []
    /// Names in staging folders that stay when the rest is cleared away: what a later rollback needs.
    var kept: Set<KeptName> = []
    /// In the order in which they are done.
    var farewells: [Farewell] = []

    var bytes: [UInt8] {
        let object: JSONValue = [
            "areas": .array(areas.map { .string($0.text) }), "changes": .array(changes.map(\.json)),
            "farewells": .array(farewells.map(\.json)), "format": .integer(Self.format),
            "kept": .array(kept.sorted().map(\.json)), "made": .array(made.map { .string($0.text) }),
        ]
        return object.canonical()
    }

    /// Reads the journal at `path`; `nil` when there is none.
    init?(_ path: MemberPath, in root: borrowing DirectoryHandle) throws(TransactionError) {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try root.read(path, limit: Self.limit) } catch {
            guard error.errno != .notFound else { return nil }
            throw .file(error)
        }
        let whole = root.path.appending(path)
        do throws(JSONError) { self = try Self.read(bytes) } catch {
            throw .unreadableJournal(path: whole, reason: error.diagnostic.message)
        }
    }

    init() {}

    static func read(_ bytes: [UInt8]) throws(JSONError) -> Journal {
        let value = try JSONValue.parse(bytes, limits: JSONLimits(depth: 8, size: limit))
        let reader = try JSONReader(value)
        _ = try reader.integer("format", in: format...format)
        var journal = Journal()
        journal.areas = try reader.array("areas") { (item) throws(JSONError) in try item.memberPath() }
        journal.made = try reader.array("made") { (item) throws(JSONError) in try item.memberPath() }
        journal.changes = try reader.array("changes", Change.read)
        journal.kept = Set(try reader.array("kept", KeptName.read))
        journal.farewells = try reader.array("farewells", Farewell.read)
        try reader.finish()
        try journal.checkAreas()
        return journal
    }

    /// Undoing opens the areas in their order and takes them by their number.
    private func checkAreas() throws(JSONError) {
        let expected = "the number of one of \(areas.count) areas"
        for case .some(let area) in changes.map(\.area) where !areas.indices.contains(area) {
            throw .invalid(path: "$.changes", expected: expected, found: String(area))
        }
        for name in kept where !areas.indices.contains(name.area) {
            throw .invalid(path: "$.kept", expected: expected, found: String(name.area))
        }
    }
}

extension JSONItem {
    fileprivate func memberPath() throws(JSONError) -> MemberPath {
        try parsed(as: "a path below the root") { text in
            do { return try MemberPath(validating: text) } catch { return nil }
        }
    }
}

extension Change {
    fileprivate var json: JSONValue {
        switch self {
        case .directory(let path, let attributes):
            ["directory": .string(path.text), "mode": .string(attributes.mode.description)]
        case .placing(let path, let area, let number, let replaces):
            [
                "area": .integer(area), "number": .integer(number), "place": .string(path.text),
                "replaces": .bool(replaces),
            ]
        case .removal(let path, let area, let number):
            ["area": .integer(area), "number": .integer(number), "remove": .string(path.text)]
        case .exchange(let path, let source, let area, let number):
            [
                "area": .integer(area), "exchange": .string(path.text), "number": .integer(number),
                "source": .string(source.text),
            ]
        }
    }

    fileprivate static func read(_ item: JSONItem) throws(JSONError) -> Change {
        let reader = try item.object()
        let change: Change
        if let path = reader.optional("directory") {
            let mode = try reader.parsed("mode", as: "a mode") { FileMode(octal: $0) }
            change = .directory(path: try path.memberPath(), Attributes(mode: mode, owner: nil))
        } else if let path = reader.optional("place") {
            change = .placing(
                path: try path.memberPath(), area: try reader.integer("area"), number: try reader.integer("number"),
                replaces: try reader.bool("replaces"))
        } else if let path = reader.optional("exchange") {
            change = .exchange(
                path: try path.memberPath(), source: try reader.item("source").memberPath(),
                area: try reader.integer("area"), number: try reader.integer("number"))
        } else {
            change = .removal(
                path: try reader.item("remove").memberPath(), area: try reader.integer("area"),
                number: try reader.integer("number"))
        }
        try reader.finish()
        return change
    }
}

extension KeptName {
    fileprivate var json: JSONValue { ["area": .integer(area), "name": .string(name)] }

    fileprivate static func read(_ item: JSONItem) throws(JSONError) -> KeptName {
        let reader = try item.object()
        let kept = KeptName(area: try reader.integer("area"), name: try reader.item("name").memberPath().text)
        try reader.finish()
        return kept
    }
}

extension Farewell {
    fileprivate var json: JSONValue {
        switch self {
        case .tree(let path): ["tree": .string(path.text)]
        case .emptyFolder(let path): ["emptyFolder": .string(path.text)]
        }
    }

    fileprivate static func read(_ item: JSONItem) throws(JSONError) -> Farewell {
        let reader = try item.object()
        let farewell: Farewell
        if let path = reader.optional("tree") {
            farewell = .tree(try path.memberPath())
        } else {
            farewell = .emptyFolder(try reader.item("emptyFolder").memberPath())
        }
        try reader.finish()
        return farewell
    }
}
