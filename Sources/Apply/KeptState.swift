import Format
import JSON
import LibCrypto
import Posix
import Reporting
import Transaction
import Values

/// What an upgrade keeps of the bundle before: its receipt, where its files lie that were replaced, and the copy of its datastore.
///
/// In `/var/lib/sealift/previous/<name>/`: `receipt.json` and `kept.json`.
struct KeptState: Sendable {
    /// A copy of a file or folder of the platform's.
    struct Copy: Hashable, Sendable {
        let kept: Transaction.Kept
        let nodes: [Node]
        var bytes: ByteCount { nodes.reduce(0) { $0 + $1.size } }
    }

    /// One file, folder or link of a copy.
    struct Node: Hashable, Sendable {
        /// Below the copied folder; empty for itself.
        let path: String
        let mode: UInt16
        let owner, group: UInt32
        let size: ByteCount
        /// `nil` for folders and links.
        let digest: SHA256Digest?
        /// `nil` for all but links.
        let target: String?
    }

    var files: [Transaction.Kept] = []
    var copies: [Copy] = []
    /// Paths whose old files were not kept, since there was no room.
    var dropped: [MemberPath] = []
    var taken = Timestamp(seconds: 0)

    static func folder(_ name: BundleName) -> MemberPath { ownPath(TargetRoot.previous.text + "/\(name)") }
    static func receiptFile(_ name: BundleName) -> MemberPath { ownPath(folder(name).text + "/receipt.json") }
    static func keptFile(_ name: BundleName) -> MemberPath { ownPath(folder(name).text + "/kept.json") }

    /// The staging folders of earlier runs in which all of it lies.
    var areas: [MemberPath] { Set((files + copies.map(\.kept)).compactMap(\.place.parent)).sorted() }

    /// Reads what is kept of the bundle before `name`; `nil` when there is none.
    static func read(
        _ name: BundleName, in root: borrowing DirectoryHandle
    ) throws -> (receipt: Receipt, kept: KeptState)? {
        guard try root.information(of: keptFile(name)) != nil else { return nil }
        let receipt = try Receipt(reading: root.read(receiptFile(name), limit: Receipt.maximumSize))
        let bytes = try root.read(keptFile(name), limit: Receipt.maximumSize)
        do throws(JSONError) { return (receipt, try KeptState(bytes)) } catch {
            throw ApplyError.unreadableKept(root.path.appending(keptFile(name)), error.diagnostic.message)
        }
    }
}

extension KeptState {
    private static let format = 1

    var canonical: [UInt8] {
        let object: JSONValue = [
            "copies": .array(copies.map(\.json)), "dropped": .array(dropped.map { .string($0.text) }),
            "files": .array(files.map(\.json)), "format": .integer(Self.format), "taken": .string(taken.description),
        ]
        return object.canonical()
    }

    fileprivate init(_ bytes: [UInt8]) throws(JSONError) {
        let limits = JSONLimits(depth: 8, size: Receipt.maximumSize)
        let reader = try JSONReader(try JSONValue.parse(bytes, limits: limits))
        _ = try reader.integer("format", in: Self.format...Self.format)
        files = try reader.array("files") { (item) throws(JSONError) in
            let reader = try item.object()
            let kept = try Transaction.Kept(reader)
            try reader.finish()
            return kept
        }
        copies = try reader.array("copies") { (item) throws(JSONError) in
            let reader = try item.object()
            let copy = Copy(kept: try Transaction.Kept(reader), nodes: try reader.array("nodes", Node.read))
            try reader.finish()
            return copy
        }
        dropped = try reader.array("dropped") { (item) throws(JSONError) in
            try item.parsed(as: "a path below the root", path)
        }
        taken = try reader.parsed("taken", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) }
        try reader.finish()
    }
}

private func path(_ text: String) -> MemberPath? {
    do { return try MemberPath(validating: text) } catch { return nil }
}

extension Transaction.Kept {
    fileprivate var json: JSONValue { ["path": .string(path.text), "place": .string(place.text)] }

    fileprivate init(_ reader: JSONReader) throws(JSONError) {
        self.init(
            path: try reader.parsed("path", as: "a path below the root", Apply.path),
            place: try reader.parsed("place", as: "a path below the root", Apply.path))
    }
}

extension KeptState.Copy {
    fileprivate var json: JSONValue {
        [
            "nodes": .array(nodes.map(\.json)), "path": .string(kept.path.text), "place": .string(kept.place.text),
        ]
    }
}

extension KeptState.Node {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object.append("group", .integer(Int(group)))
        object.append("mode", .integer(Int(mode)))
        object.append("owner", .integer(Int(owner)))
        object.append("path", .string(path))
        if let digest { object.append("sha256", .string(digest.hex)) }
        object.append("size", .integer(size.bytes))
        if let target { object.append("target", .string(target)) }
        return .object(object)
    }

    fileprivate static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let number = 0...Int(UInt32.max)
        let node = Self(
            path: try reader.string("path"), mode: UInt16(try reader.integer("mode", in: 0...0o7777)),
            owner: UInt32(try reader.integer("owner", in: number)),
            group: UInt32(try reader.integer("group", in: number)),
            size: ByteCount(try reader.integer("size", in: 0...Int.max)),
            digest: try reader.optionalParsed("sha256", as: "64 lower-case hexadecimal digits") {
                SHA256Digest(hex: $0)
            }, target: try reader.optionalString("target"))
        try reader.finish()
        return node
    }
}
