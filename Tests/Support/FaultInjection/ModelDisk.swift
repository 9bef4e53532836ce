public import Posix
import Values

/// A disk that keeps apart what is durable from what is only in memory, as weakly as POSIX allows.
///
/// - Bytes and mode of a file are durable after fsync(2) of it or syncfs(2), and in no order before.
/// - A name is durable after fsync of its folder or syncfs. Names of one folder become durable in order, those of different folders in any.
/// - A rename between two folders becomes durable in both at once, as in the journals of ext4, XFS and btrfs.
public struct ModelDisk: Sendable {
    enum Kind: Hashable, Sendable { case folder, file, link(String) }

    struct Node: Sendable {
        var kind: Kind
        var mode: UInt16
        var bytes: [UInt8] = []
        /// Not yet durable, in order.
        var pending: [DataChange] = []
        /// How many were made durable.
        var settled = 0
    }

    enum DataChange: Hashable, Sendable {
        case write(offset: Int, [UInt8])
        case truncate(Int)
        case mode(UInt16)
    }

    /// Names that appear or go together.
    struct NameChange: Sendable {
        let edits: [(folder: Int, name: String, node: Int?)]
    }

    var nodes: [Node] = [Node(kind: .folder, mode: 0o755)]
    /// Durable names by folder.
    var names: [Int: [String: Int]] = [0: [:]]
    /// Not yet durable, in order.
    var pending: [NameChange] = []
    /// All names, durable or not.
    private var current: [Int: [String: Int]] = [0: [:]]

    /// An empty disk.
    public init() {}

    /// Does a change, but leaves out synchronizing where it is of `ignored`.
    public mutating func apply(_ record: RecordingFileEffects.Record, ignoring ignored: EffectTag? = nil) {
        switch record.change {
        case .makeDirectory(let path, let mode): add(Node(kind: .folder, mode: mode), path)
        case .create(let path): add(Node(kind: .file, mode: 0o600), path)
        case .symbolicLink(let path, let target): add(Node(kind: .link(target), mode: 0o777), path)
        case .truncate(let path, let size): change(path, .truncate(size))
        case .write(let path, let offset, let bytes): change(path, .write(offset: offset, bytes))
        case .setMode(let path, let bits): change(path, .mode(bits))
        case .link(let old, let new):
            guard let node = find(old) else { return }
            edit([(new, node)])
        case .rename(let old, let new):
            guard let node = find(old) else { return }
            // rename(2): two names of one file stay as they are.
            if find(new) != node { edit([(old, nil), (new, node)]) }
        case .remove(let path), .removeDirectory(let path): edit([(path, nil)])
        case .removeTree(let path): removeTree(path)
        case .synchronize, .synchronizeDirectory, .synchronizeFileSystem:
            if record.tag != ignored { synchronize(record.change) }
        }
    }

    private mutating func synchronize(_ change: RecordingFileEffects.Change) {
        switch change {
        case .synchronize(let path): if let node = find(path) { settle(node) }
        case .synchronizeDirectory(let path): if let node = find(path) { settleNames(of: node) }
        case .synchronizeFileSystem:
            for node in nodes.indices { settle(node) }
            for change in pending { Self.perform(change, &names) }
            pending = []
        default: break
        }
    }

    /// Makes everything durable: what a run finds was there for long.
    public mutating func settleAll() { synchronize(.synchronizeFileSystem) }

    private mutating func settle(_ node: Int) {
        for change in nodes[node].pending { Self.perform(change, &nodes[node]) }
        nodes[node].settled += nodes[node].pending.count
        nodes[node].pending = []
    }

    /// What touches the folder becomes durable, and what had to be before.
    private mutating func settleNames(of folder: Int) {
        let chosen = closure { $0.edits.contains { $0.folder == folder } }
        for index in pending.indices where chosen.contains(index) { Self.perform(pending[index], &names) }
        pending = pending.indices.filter { !chosen.contains($0) }.map { pending[$0] }
    }

    /// The changes that `isWanted`, and all before them in the same folders.
    func closure(_ isWanted: (NameChange) -> Bool) -> Set<Int> {
        var (chosen, folders): (Set<Int>, Set<Int>) = ([], [])
        for index in pending.indices.reversed() {
            let touched = pending[index].edits.map(\.folder)
            guard isWanted(pending[index]) || touched.contains(where: folders.contains) else { continue }
            chosen.insert(index)
            folders.formUnion(touched)
        }
        return chosen
    }

    static func perform(_ change: NameChange, _ names: inout [Int: [String: Int]]) {
        for edit in change.edits { names[edit.folder, default: [:]][edit.name] = edit.node }
    }

    static func perform(_ change: DataChange, _ node: inout Node) {
        switch change {
        case .mode(let bits): node.mode = bits
        case .truncate(let size):
            if node.bytes.count > size { node.bytes.removeLast(node.bytes.count - size) }
        case .write(let offset, let bytes):
            if node.bytes.count < offset + bytes.count {
                node.bytes += [UInt8](repeating: 0, count: offset + bytes.count - node.bytes.count)
            }
            node.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }

    private mutating func add(_ node: Node, _ path: String) {
        nodes.append(node)
        current[nodes.count - 1] = [:]
        edit([(path, nodes.count - 1)])
    }

    private mutating func change(_ path: String, _ change: DataChange) {
        guard let node = find(path) else { return }
        nodes[node].pending.append(change)
    }

    private mutating func edit(_ edits: [(path: String, node: Int?)]) {
        let made = edits.compactMap { edit -> (folder: Int, name: String, node: Int?)? in
            let parts = edit.path.split(separator: "/")
            guard let name = parts.last, let folder = find(parts.dropLast().joined(separator: "/")) else { return nil }
            return (folder, String(name), edit.node)
        }
        pending.append(NameChange(edits: made))
        for edit in made { current[edit.folder, default: [:]][edit.name] = edit.node }
    }

    private mutating func removeTree(_ path: String) {
        guard let node = find(path) else { return }
        for name in (current[node] ?? [:]).keys.sorted() { removeTree(path + "/" + name) }
        edit([(path, nil)])
    }

    private func find(_ path: String) -> Int? {
        var node = 0
        for name in path.split(separator: "/") {
            guard let next = current[node]?[String(name)] else { return nil }
            node = next
        }
        return node
    }
}

extension ModelDisk {
    /// A disk with what is below `folder`, all durable.
    public init(copying folder: FilePath) throws {
        self.init()
        try copy(DirectoryHandle.open(folder), "")
        settleAll()
    }

    private mutating func copy(_ folder: borrowing DirectoryHandle, _ prefix: String) throws {
        for name in try folder.entries() {
            let member = try MemberPath(validating: name)
            guard let found = try folder.information(of: member) else { continue }
            let path = prefix.isEmpty ? name : prefix + "/" + name
            switch found.kind {
            case .directory:
                add(Node(kind: .folder, mode: found.mode), path)
                try copy(folder.open(member), path)
            case .link: add(Node(kind: .link(try folder.readLink(member)), mode: 0o777), path)
            case .file, .other:
                add(Node(kind: .file, mode: found.mode, bytes: try folder.read(member, limit: .mebibytes(16))), path)
            }
        }
    }
}
