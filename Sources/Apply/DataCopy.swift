import Format
import LibCrypto
import Posix
import Transaction
import Values

/// Copies a file or folder of the platform's into a staging folder, and reads the copy back.
///
/// The platform is stopped meanwhile. Sockets and pipes are left out: they are made anew. Every change is one of the effects.
struct DataCopy: ~Copyable {
    private let root: DirectoryHandle
    private let effects: any FileEffects
    private let buffer: Buffer

    init(root: borrowing DirectoryHandle, effects: any FileEffects) throws(FileError) {
        // Swift 6.2 stops at a property with a default here: it would undo one that is not there when this line throws.
        let own = try root.duplicate()
        self.root = own
        self.effects = effects
        buffer = Buffer(capacity: 1 << 20)
    }

    /// The bytes that a copy of `path` takes; 0 where nothing is.
    static func size(of path: MemberPath, in root: borrowing DirectoryHandle) throws -> ByteCount {
        guard let found = try root.information(of: path) else { return 0 }
        guard found.kind == .directory else { return found.kind == .file ? found.size : 0 }
        var sum: ByteCount = 0
        for name in try root.open(path).entries() { sum += try size(of: inner(path, name), in: root) }
        return sum
    }

    /// Copies `kept.path` to `kept.place`; durable once the staging folder is sealed.
    func copy(_ kept: Transaction.Kept) throws -> KeptState.Copy {
        var nodes: [KeptState.Node] = []
        try copy(kept.path, to: kept.place, as: "", &nodes)
        return KeptState.Copy(kept: kept, nodes: nodes)
    }

    private func copy(
        _ source: MemberPath, to place: MemberPath, as name: String, _ nodes: inout [KeptState.Node]
    ) throws {
        guard let found = try root.information(of: source) else { return }
        var (digest, target): (SHA256Digest?, String?) = (nil, nil)
        switch found.kind {
        case .other: return
        case .link:
            let text = try root.readLink(source)
            try effects.makeSymbolicLink(place, in: root, target: text, "copy.link")
            try effects.setOwner(of: place, in: root, found.owner, group: found.group, "copy.owner")
            target = text
        case .file: digest = try copyFile(source, to: place, found)
        case .directory:
            try effects.makeDirectory(place, in: root, mode: .secretDirectory, "copy.folder")
        }
        nodes.append(
            KeptState.Node(
                path: name, mode: found.mode, owner: found.owner, group: found.group,
                size: found.kind == .file ? found.size : 0, digest: digest, target: target))
        guard found.kind == .directory else { return }
        for entry in try root.open(source).entries() {
            try copy(
                Self.inner(source, entry), to: Self.inner(place, entry), as: name.isEmpty ? entry : name + "/" + entry,
                &nodes)
        }
        try effects.setOwner(of: place, in: root, found.owner, group: found.group, "copy.owner")
        try effects.setMode(of: place, in: root, bits: found.mode, "copy.mode")
        try effects.synchronizeDirectory(place, in: root, "copy.folder-synchronize")
    }

    private func copyFile(_ source: MemberPath, to place: MemberPath, _ found: FileInformation) throws -> SHA256Digest {
        let input = try root.openFile(source, .readOnly)
        let output = try effects.createFile(place, in: root, "copy.create")
        var context = SHA256Context()
        var offset = 0
        while true {
            buffer.count = try unsafe input.readFully(into: buffer.bytes, at: offset)
            guard buffer.count > 0 else { break }
            unsafe context.update(buffer.filled)
            try unsafe effects.write(buffer.filled, to: output, at: offset, "copy.write")
            offset += buffer.count
        }
        try effects.setOwner(of: output, found.owner, group: found.group, "copy.owner")
        try effects.setMode(of: output, bits: found.mode, "copy.mode")
        try effects.synchronize(output, "copy.synchronize")
        try effects.close(output, "copy.close")
        guard offset == found.size.bytes else { throw ApplyError.copyDiffers(source) }
        return context.finalize()
    }

    /// Reads a copy past the cache and compares it with what was read when it was made.
    func check(_ copy: KeptState.Copy) throws {
        let folder = HashedFolder(try root.duplicate())
        for node in copy.nodes {
            let place = node.path.isEmpty ? copy.kept.place : try Self.inner(copy.kept.place, node.path)
            guard let found = try root.information(of: place), found.kind == .link || found.mode == node.mode,
                found.owner == node.owner, found.group == node.group
            else { throw ApplyError.copyDiffers(place) }
            if let target = node.target {
                guard found.kind == .link, try root.readLink(place) == target else {
                    throw ApplyError.copyDiffers(place)
                }
            }
            guard let digest = node.digest else { continue }
            try root.openFile(place, .readOnly).dropCache()
            guard found.kind == .file, found.size == node.size, try folder.digest(of: place) == digest else {
                throw ApplyError.copyDiffers(place)
            }
        }
    }

    private static func inner(_ path: MemberPath, _ name: String) throws(FileError) -> MemberPath {
        do throws(MemberPath.Refusal) { return try MemberPath(validating: path.text + "/" + name) } catch {
            throw FileError("copy", FilePath(path.text).appending(name), .invalid, detail: "it has an odd name")
        }
    }
}
