import Format
public import JSON
import Reporting
import Values

extension MachineRecord {
    /// The document, with what general rules say of the machine for people.
    ///
    /// - Parameter installer: The version of the program that wrote it.
    public func json(installer: String, findings: [Finding]) -> JSONValue {
        [
            "survey": .integer(Self.format), "taken": .string(now.description), "installer": .string(installer),
            "machine": [
                "architecture": .string(machineName), "kernel": .string(kernelRelease), "hostName": .string(hostName),
                "processors": .integer(processorCount), "user": .integer(Int(userID)),
            ],
            "findings": .array(findings.map(\.json)), "mounts": .array(mounts.map(\.json)),
            "folders": Self.object(folders) { Self.json($0) }, "outputs": Self.object(outputs) { .string($0) },
            "texts": Self.object(texts) { .string($0) },
            "receipts": .array(receipts.map(\.json)),
        ]
    }

    private static func object<Element>(_ members: [String: Element], _ value: (Element) -> JSONValue) -> JSONValue {
        var object = JSONObject()
        for key in members.keys.sorted() {
            if let member = members[key] { object.append(key, value(member)) }
        }
        return .object(object)
    }

    /// The names of each kind.
    private static func json(_ folder: Folder) -> JSONValue {
        var object = JSONObject()
        for (word, kind) in kinds {
            let names = folder.filter { $0.value == kind }.keys.sorted()
            if !names.isEmpty { object.append(word, .array(names.map { .string($0) })) }
        }
        return .object(object)
    }

    private static let kinds: [(word: String, kind: PathKind)] = [
        ("files", .file), ("directories", .directory), ("links", .link),
    ]

    /// Reads a document.
    ///
    /// - Throws: ``JSONError``, also for another form than this version writes.
    public init(_ value: JSONValue) throws(JSONError) {
        let reader = try JSONReader(value)
        _ = try reader.integer("survey", in: Self.format...Self.format)
        let machine = try reader.object("machine")
        self.init(
            now: try reader.parsed("taken", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) },
            machineName: try machine.string("architecture"), kernelRelease: try machine.string("kernel"),
            hostName: try machine.string("hostName"),
            userID: UInt32(try machine.integer("user", in: 0...Int(UInt32.max))),
            processorCount: try machine.integer("processors", in: 1...Int.max))
        try machine.finish()
        texts = Self.dictionary(try reader.object("texts").map { (_, item) throws(JSONError) in try item.string() })
        outputs = Self.dictionary(try reader.object("outputs").map { (_, item) throws(JSONError) in try item.string() })
        folders = Self.dictionary(
            try reader.object("folders").map { (_, item) throws(JSONError) in try Self.read(item) })
        var number: UInt64 = 0
        mounts = try reader.array("mounts") { (item) throws(JSONError) in
            number += 1
            return try MountSpace.read(item, mount: number)
        }
        receipts = try reader.array("receipts") { (item) throws(JSONError) in
            do throws(FormatError) { return try Receipt(reading: item.value.canonical()) } catch {
                throw item.invalid("a receipt (docs/format.md §12)", found: error.diagnostic.message)
            }
        }
        // For people, and to know where it comes from; the rules are tried anew.
        _ = try (reader.string("installer"), reader.items("findings"))
        try reader.finish()
    }

    private static func dictionary<Element>(_ members: [(key: String, value: Element)]) -> [String: Element] {
        Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private static func read(_ item: JSONItem) throws(JSONError) -> Folder {
        let reader = try item.object()
        var folder: Folder = [:]
        for (word, kind) in kinds {
            for name in try reader.optionalArray(word, { (item) throws(JSONError) in try item.string() }) ?? [] {
                folder[name] = kind
            }
        }
        try reader.finish()
        return folder
    }
}

extension MountSpace {
    fileprivate var json: JSONValue {
        func optional(_ flag: Bool?) -> JSONValue { flag.map { .bool($0) } ?? .null }
        return [
            "folder": .string(folder), "type": .string(type), "total": .integer(total.bytes),
            "available": .integer(available.bytes), "availableFiles": availableFiles.map { .integer($0) } ?? .null,
            "readOnly": .bool(isReadOnly), "noexec": .bool(isNoExec), "nosuid": .bool(isNoSUID),
            "tellsKinds": optional(tellsKinds), "rotating": optional(isRotating),
        ]
    }

    fileprivate static func read(_ item: JSONItem, mount: UInt64) throws(JSONError) -> MountSpace {
        let reader = try item.object()
        func optional(_ key: String) throws(JSONError) -> Bool? {
            let item = try reader.item(key)
            return item.value == .null ? nil : try item.bool()
        }
        let files = try reader.item("availableFiles")
        let space = MountSpace(
            mount: mount, folder: try reader.string("folder"),
            total: ByteCount(try reader.integer("total", in: 0...Int.max)),
            available: ByteCount(try reader.integer("available", in: 0...Int.max)),
            availableFiles: files.value == .null ? nil : try files.integer(in: 0...Int.max),
            isReadOnly: try reader.bool("readOnly"), isNoExec: try reader.bool("noexec"),
            isNoSUID: try reader.bool("nosuid"), type: try reader.string("type"),
            tellsKinds: try optional("tellsKinds"), isRotating: try optional("rotating"))
        try reader.finish()
        return space
    }
}
