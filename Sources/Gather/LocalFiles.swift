public import Definition
public import Format
import LibCrypto
public import Posix
public import Reporting
import Values

/// The local files that a definition names, with what they hold now.
public struct LocalFiles: Sendable {
    /// One of them.
    public struct File: Hashable, Sendable {
        /// What the lock calls it.
        public let name: String
        /// Where it is.
        public let path: FilePath
        /// Where it, or its folder, was asked for.
        public let location: SourceLocation
        /// What it holds.
        public let content: Content
    }

    /// Files that are laid, sorted by name.
    public let files: [File]
    /// Files that decide what is laid and are not laid themselves: charts, their values, image archives. Sorted by name.
    public let others: [File]
    /// Files that stand in for artefacts of the profile, by the artefact's name.
    public let artefacts: [String: File]

    /// Reads every local file that `demand` names once.
    ///
    /// - Throws: ``GatherError/definition(_:)`` when one is not there, ``GatherError/file(_:)`` when one cannot be read.
    public init(_ demand: Demand, of definition: Definition) throws(GatherError) {
        var files: [File] = []
        for local in demand.locals { files.append(try File(local.name, local.path, local.location)) }
        var artefacts: [String: File] = [:]
        for artefact in demand.artefacts {
            guard case .file(let path, _)? = definition.artefacts[artefact.name] else { continue }
            artefacts[artefact.name] = try File(path.text, path.path, path.location, artefact: artefact.name)
        }
        self.files = files
        self.others = try Self.others(of: definition).filter { other in !files.contains { $0.name == other.name } }
        self.artefacts = artefacts
    }

    /// How the lock writes ``files``.
    public var locked: [LockedFile] {
        (files + others).map { LockedFile(path: $0.name, content: $0.content) }
    }

    /// What each file at these places holds.
    public var contents: [FilePath: Content] {
        Dictionary(files.map { ($0.path, $0.content) }) { first, _ in first }
    }

    /// What is otherwise than `lock` says, sorted; empty when all is as it was.
    public func changes(since lock: Lock) -> [LocalChange] {
        let artefactFiles = lock.artefacts.compactMap { artefact in
            if case .file(let path) = artefact.origin { (path, artefact.content) } else { nil }
        }
        let before = Dictionary(lock.files.map { ($0.path, $0.content) } + artefactFiles) { first, _ in first }
        let now = Dictionary((files + others + artefacts.values).map { ($0.name, $0.content) }) { first, _ in first }
        return Set(before.keys).union(now.keys).sorted().compactMap { name in
            guard before[name] != now[name] else { return nil }
            return LocalChange(name: name, locked: before[name], found: now[name])
        }
    }
}

/// A local file that is not what the lock says.
public struct LocalChange: Hashable, Sendable {
    /// What the lock calls it.
    public let name: String
    /// What it held when it was locked; `nil` when the lock does not know it.
    public let locked: Content?
    /// What it holds now; `nil` when the definition names it no more.
    public let found: Content?
}

extension LocalFiles.File {
    /// - Parameter artefact: The artefact of the profile that it stands for.
    init(
        _ name: String, _ path: FilePath, _ location: SourceLocation, artefact: String? = nil
    ) throws(GatherError) {
        let information: FileInformation?
        do throws(FileError) {
            information = try Files.information(path)
            // A link is followed: its target is what is carried.
            if information?.kind == .file || information?.kind == .link {
                self.init(name: name, path: path, location: location, content: try Content(ofFileAt: path))
                return
            }
        } catch { throw .file(error) }
        let isThere = information != nil
        let reason = isThere ? "it is not a file" : "there is no such file"
        let next = isThere ? "name the file itself" : "write the path as seen from the definition's folder"
        throw .definition(
            .localFile(
                location, path: path,
                reason: artefact.map { "\(reason), and it stands for the artefact \($0)" } ?? reason,
                next: artefact.map { "put the file there, or \(next): `artefacts: {\($0): {file: PATH}}`" } ?? next))
    }
}

extension Content {
    /// 1 MiB: what is read at a time.
    private static let blockSize = 1 << 20

    /// Size and digest of a file, read once from front to back.
    fileprivate init(ofFileAt path: FilePath) throws(FileError) {
        let file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
        guard try file.information().kind == .file else { throw FileError("read", path, .invalid) }
        var hash = SHA256Context()
        var offset = 0
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 4_096)
        defer { unsafe block.deallocate() }
        while true {
            let count = try unsafe file.readFully(into: block, at: offset)
            unsafe hash.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
            offset += count
            guard count == block.count else { break }
        }
        self.init(size: ByteCount(offset), digest: hash.finalize())
    }
}
