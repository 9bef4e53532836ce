import Posix

/// Says to other processes that the store is in use: a shared lock on `<root>/lock`, held as long as a ``Store`` lives.
final class Lease: Sendable {
    private let file: FileDescriptor
    private let root: FilePath

    /// - Throws: ``StoreError/busy(_:)`` while another run prunes.
    init(_ root: FilePath) throws(StoreError) {
        self.root = root
        file = try filing { () throws(FileError) in
            try FileDescriptor.open(root.appending("lock"), .readWrite, options: [.create, .noFollow])
        }
        guard try filing({ () throws(FileError) in try file.tryLock(shared: true) }) else { throw .busy(root) }
    }

    /// Runs `body` while nobody else uses the store.
    ///
    /// - Throws: ``StoreError/busy(_:)`` when somebody does.
    func exclusively<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        let isAlone = try filing { () throws(FileError) in try file.tryLock() }
        // Either way the shared lock is gone (flock(2), "not guaranteed to be atomic"): taken again at the end.
        defer { _ = try? file.tryLock(shared: true) }
        guard isAlone else { throw .busy(root) }
        return try body()
    }
}
