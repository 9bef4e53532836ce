import Format
import LibCrypto
import Posix
import Reporting
import Transaction
import Values
import Verify

extension Planner {
    /// What becomes of one entry.
    func item(
        _ index: Int, _ rendered: [Int: [UInt8]], _ hashed: [Int: SHA256Digest]
    ) throws -> Plan.Item {
        let entry = bundle.manifest.entries[index]
        func item(_ action: Plan.Action, _ note: String? = nil) -> Plan.Item {
            Plan.Item(path: entry.place, kind: entry.kindName, action: action, entry: index, note: note)
        }
        guard let found = try existing(entry.place) ?? taken(entry) else { return item(.create) }
        switch entry.kind {
        case .directory(let permissions):
            guard found.kind == .directory else { throw conflict(entry.place, found) }
            let isRight = try owners.attributes(permissions, for: entry.place).match(found)
            return isRight ? item(.unchanged) : item(.keep, "is there with mode \(octal(found.mode))")
        case .link(let target):
            guard found.kind == .link || found.kind == .file else { throw conflict(entry.place, found) }
            let isRight = found.kind == .link ? try root.readLink(entry.place) == target : false
            return isRight ? item(.unchanged) : item(.replace, foreignNote(entry.place))
        case .file(let permissions, _), .template(let permissions, _, _, _):
            guard found.kind == .link || found.kind == .file else { throw conflict(entry.place, found) }
            let digest = rendered[index].map { SHA256Digest.of($0) } ?? entry.content?.digest
            let isRight = try owners.attributes(permissions, for: entry.place).match(found)
            guard isRight, let now = hashed[index], now == digest else {
                guard try isChangedByHand(entry) else { return item(.replace, foreignNote(entry.place)) }
                return try besideItem(entry, index, digest)
            }
            return item(.unchanged)
        }
    }

    /// Says so when a file that no receipt names would be overwritten.
    private func foreignNote(_ path: MemberPath) -> String? {
        laidBefore.contains(path) ? nil : "was not laid by sealift"
    }

    func conflict(_ path: MemberPath, _ found: FileInformation) -> TransactionError {
        .conflict(path: root.path.appending(path), found: found.kind)
    }

    func existing(_ path: MemberPath) throws -> FileInformation? {
        do throws(FileError) { return try root.information(of: path) } catch {
            guard error.errno == .notDirectory || error.errno == .symbolicLink else { throw error }
            for folder in path.ancestors {
                guard let found = try root.information(of: folder) else { return nil }
                guard found.kind == .directory else { throw conflict(folder, found) }
            }
            throw error
        }
    }

    /// The file under the name that the platform gives it once it has taken it in. It counts only while it has the bundle's bytes:
    /// a new file comes under the first name.
    private func taken(_ entry: Entry) throws -> FileInformation? {
        guard let path = entry.placeTaken, let content = entry.content, let found = try existing(path),
            found.kind == .file, found.size == content.size, try isContent(content, at: path)
        else { return nil }
        return found
    }

    /// What templates whose target exists would become.
    func renderedTemplates(_ selection: [Int]) throws -> [Int: [UInt8]] {
        var wanted: [Int] = []
        for index in selection {
            guard case .template = bundle.manifest.entries[index].kind else { continue }
            if try existing(bundle.manifest.entries[index].place)?.kind == .file { wanted.append(index) }
        }
        guard !wanted.isEmpty else { return [:] }
        let pass = PayloadPass(bundle, files: [:], templates: wanted)
        try pass.run(
            bundle.chunks(holding: wanted), workers: workers, progress: SilentProgress(), isCancelled: { false })
        return try pass.rendered(with: values)
    }

    /// The digests of files that stand where files will be laid, as far as their sizes are right.
    func digestsOfExisting(_ selection: [Int]) throws -> [Int: SHA256Digest] {
        var candidates: [(index: Int, path: MemberPath)] = []
        for index in selection {
            let entry = bundle.manifest.entries[index]
            let path = try existing(entry.place) == nil ? entry.placeTaken ?? entry.place : entry.place
            guard let content = entry.content, let found = try existing(path), found.kind == .file else {
                continue
            }
            if case .file = entry.kind, found.size != content.size { continue }
            candidates.append((index, path))
        }
        let folder = HashedFolder(try root.duplicate())
        let digests = try Workers.map(candidates.map(\.path), count: workers) { try folder.digest(of: $0) }
        return Dictionary(zip(candidates.map(\.index), digests)) { $1 }
    }

    /// What the last version laid and this one does not have. What a person has changed stays.
    func removals(beside kept: Set<MemberPath>) throws -> [Plan.Item] {
        var items: [Plan.Item] = []
        for file in previous?.files ?? [] where !kept.contains(file.path) && !enablesUnit(file) {
            let path = try existing(file.path) == nil ? file.pathTaken ?? file.path : file.path
            guard let found = try existing(path) else { continue }
            let isAsLaid: Bool
            switch file.kind {
            case .directory: continue
            case .link(let target): isAsLaid = found.kind == .link ? try root.readLink(file.path) == target : false
            case .file(_, let content):
                isAsLaid = found.kind == .file ? try isContent(content, at: path) : false
            }
            let kind = if case .link = file.kind { "link" } else { "file" }
            items.append(
                Plan.Item(
                    path: path, kind: kind, action: isAsLaid ? .remove : .keep, entry: nil,
                    note: isAsLaid ? nil : "was changed by somebody, stays"))
        }
        return items
    }

    /// Whether a link is one of those that enable a unit, which are made from the unit's own text.
    private func enablesUnit(_ file: Receipt.File) -> Bool {
        guard case .link(let target) = file.kind, let unit = target.split(separator: "/").last else { return false }
        return bundle.manifest.steps.contains { step in
            guard case .unit(let name, true, _, _) = step.action else { return false }
            return name == unit && step.roles.includes(role)
        }
    }

    /// Whether a file is as it was laid; one with a secret in it has no digest to compare with, and is ours.
    func isContent(_ content: Content?, at path: MemberPath) throws -> Bool {
        guard let content else { return true }
        return try HashedFolder(root.duplicate()).digest(of: path) == content.digest
    }

    private func octal(_ mode: UInt16) -> String { "0" + String(mode, radix: 8) }
}

/// Hashes files of one folder on many threads.
struct HashedFolder: Sendable {
    private final class Holder: Sendable {
        let handle: DirectoryHandle
        init(_ handle: consuming DirectoryHandle) { self.handle = handle }
    }

    private static let blockSize = 1 << 20
    private let folder: Holder

    init(_ handle: consuming DirectoryHandle) { folder = Holder(handle) }

    func digest(of path: MemberPath) throws(FileError) -> SHA256Digest {
        let file = try folder.handle.openFile(path, .readOnly)
        let buffer = Buffer(capacity: Self.blockSize)
        var context = SHA256Context()
        while true {
            buffer.count = try unsafe file.readFully(into: buffer.bytes)
            guard buffer.count > 0 else { return context.finalize() }
            unsafe context.update(buffer.filled)
        }
    }
}

extension Attributes {
    /// Whether something has this mode and, where owners are given, this owner.
    func match(_ found: FileInformation) -> Bool {
        guard found.mode == mode.bits else { return false }
        return owner.map { $0.user == found.owner && $0.group == found.group } ?? true
    }
}
