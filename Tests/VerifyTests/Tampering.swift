import BundleFixture
import Glibc
import Posix
import Synchronization

/// What an attacker puts in a file's place.
enum Stand { case folder, link, pipe }

extension TinyBundle {
    func swap(_ one: String, _ other: String) throws {
        let spare = path.appending("spare")
        try Files.rename(path.appending(one), to: spare)
        try Files.rename(path.appending(other), to: path.appending(one))
        try Files.rename(spare, to: path.appending(other))
    }

    func replace(_ name: String, with stand: Stand) throws {
        let moved = path.appending("moved")
        try Files.rename(path.appending(name), to: moved)
        switch stand {
        case .folder: try Files.makeDirectories(path.appending(name))
        case .link:
            guard symlink("moved", path.appending(name).text) == 0 else { throw FileError("link", path, .invalid) }
        case .pipe:
            guard mkfifo(path.appending(name).text, 0o600) == 0 else {
                throw FileError("make a pipe at", path, .invalid)
            }
        }
    }
}

/// Chunks as they come from several threads.
final class Collected: Sendable {
    private let chunks = Mutex<[Int: [UInt8]]>([:])

    func add(_ index: Int, _ bytes: [UInt8]) { chunks.withLock { $0[index] = bytes } }

    func joined() -> [UInt8] { chunks.withLock { chunks in chunks.keys.sorted().flatMap { chunks[$0] ?? [] } } }
}
