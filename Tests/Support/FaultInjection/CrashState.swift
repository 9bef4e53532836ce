public import Posix
import Values

/// What a disk may hold after the power was cut: the durable part, and some of the rest.
public struct CrashState: Hashable, Sendable {
    /// What one path is.
    public enum Entry: Hashable, Sendable {
        case folder(UInt16)
        case file(UInt16, [UInt8])
        case link(String)
    }

    /// By path below the root; folders before what is in them when sorted.
    public let entries: [String: Entry]

    /// Stands for the entries in comparisons: two that are equal have the same one.
    private let key: Int

    /// Takes the entries as they are.
    public init(entries: [String: Entry]) {
        self.entries = entries
        key = entries.hashValue
    }

    init(entries: [String: Entry], key: Int) {
        self.entries = entries
        self.key = key
    }

    /// Equal when made of the same parts: comparing the bytes of thousands of states takes minutes.
    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    /// Feeds the key.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// Makes the tree in an empty folder.
    public func materialize(at root: FilePath) throws {
        for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let place = root.appending(path)
            switch entry {
            case .folder: try Files.makeDirectories(place)
            case .link(let target): try Self.link(place, target)
            case .file(let mode, let bytes):
                let file = try FileDescriptor.open(place, .writeOnly, options: [.create, .exclusive])
                try file.write(bytes)
                try file.setMode(bits: mode)
            }
        }
        let handle = try DirectoryHandle.open(root)
        for (path, entry) in entries {
            guard case .folder(let mode) = entry, mode != 0o755 else { continue }
            try handle.setMode(of: MemberPath(validating: path), bits: mode)
        }
    }

    private static func link(_ place: FilePath, _ target: String) throws {
        try DirectoryHandle.open(place.parent).makeSymbolicLink(
            MemberPath(validating: place.lastComponent), target: target)
    }
}

extension ModelDisk {
    /// What becomes of bytes that are not durable.
    enum Fate: CaseIterable { case lost, kept, torn512, torn4096, half }

    /// States after a cut here: every file system keeps some part of what is pending (test-matrix §4.1, a to f).
    ///
    /// - Parameter random: How many further states with parts chosen at random; a seed makes them the same again.
    public func crashStates(random: Int, seed: UInt64) -> Set<CrashState> {
        let every = Set(pending.indices)
        var states: Set<CrashState> = [
            state(names: every, { _ in .kept }), state(names: [], { _ in .lost }), state(names: every, { _ in .lost }),
            state(names: [], { _ in .kept }), state(names: every, { _ in .torn512 }),
            state(names: every, { _ in .torn4096 }), state(names: every, { _ in .half }),
        ]
        for folder in Set(pending.flatMap { $0.edits.map(\.folder) }) {
            let only = closure { $0.edits.contains { $0.folder == folder } }
            let others = every.subtracting(later(than: folder))
            for fate in [Fate.kept, .lost] {
                states.insert(state(names: only, { _ in fate }))
                states.insert(state(names: others, { _ in fate }))
            }
        }
        var generator = Generator(state: seed &+ 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<random {
            let cut = pending.isEmpty ? 0 : Int(generator.next() % UInt64(pending.count + 1))
            let folders = Set(pending.flatMap { $0.edits.map(\.folder) }).filter { _ in generator.next() % 2 == 0 }
            let kept =
                generator.next() % 2 == 0
                ? Set(0..<cut) : closure { $0.edits.contains { folders.contains($0.folder) } }
            let seed = generator.next()
            states.insert(
                state(names: kept) { Fate.allCases[Int((seed ^ UInt64($0) &* 0x2545_F491_4F6C_DD1D) >> 7 % 5)] })
        }
        return states
    }

    /// Everything that touches a folder, and all after it that depends on that.
    private func later(than folder: Int) -> Set<Int> {
        var (chosen, folders): (Set<Int>, Set<Int>) = ([], [folder])
        for index in pending.indices {
            let touched = pending[index].edits.map(\.folder)
            guard touched.contains(where: folders.contains) else { continue }
            chosen.insert(index)
            folders.formUnion(touched)
        }
        return chosen
    }

    private func state(names chosen: Set<Int>, _ fate: (Int) -> Fate) -> CrashState {
        var names = names
        for index in pending.indices where chosen.contains(index) { Self.perform(pending[index], &names) }
        var entries: [String: CrashState.Entry] = [:]
        var key = 0
        collect(0, "", names, fate, &entries, &key)
        return CrashState(entries: entries, key: key)
    }

    private func collect(
        _ folder: Int, _ prefix: String, _ names: [Int: [String: Int]], _ fate: (Int) -> Fate,
        _ entries: inout [String: CrashState.Entry], _ key: inout Int
    ) {
        for (name, node) in names[folder] ?? [:] {
            let path = prefix.isEmpty ? name : prefix + "/" + name
            // What is durable of a node, and what becomes of the rest, say what it holds.
            var hasher = Hasher()
            hasher.combine(path)
            hasher.combine(node)
            hasher.combine(nodes[node].settled)
            if !nodes[node].pending.isEmpty, fate(node) != .lost {
                hasher.combine(fate(node))
                hasher.combine(nodes[node].pending.count)
            }
            key ^= hasher.finalize()
            switch nodes[node].kind {
            case .link(let target): entries[path] = .link(target)
            case .file:
                let found = after(nodes[node], fate(node))
                entries[path] = .file(found.mode, found.bytes)
            case .folder:
                entries[path] = .folder(after(nodes[node], fate(node)).mode)
                collect(node, path, names, fate, &entries, &key)
            }
        }
    }

    private func after(_ node: Node, _ fate: Fate) -> Node {
        var result = node
        for (index, change) in node.pending.enumerated() {
            switch (fate, change) {
            case (.lost, _): break
            case (.kept, _): Self.perform(change, &result)
            case (.half, _): if index < node.pending.count / 2 { Self.perform(change, &result) }
            case (.torn512, .write(let offset, let bytes)):
                Self.perform(.write(offset: offset, Array(bytes.prefix(512))), &result)
            case (.torn4096, .write(let offset, let bytes)):
                Self.perform(.write(offset: offset, Array(bytes.prefix(4_096))), &result)
            case (.torn512, _), (.torn4096, _): Self.perform(change, &result)
            }
        }
        return result
    }

    /// xorshift64*: the same states on every machine.
    private struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }
}
