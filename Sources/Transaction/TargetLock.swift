public import Posix

/// The right to change one target: held by one run at a time, let go when the value ends, also by a kill.
///
/// The lock is on the root folder itself (flock(2)), so that nothing is left behind and nothing can be stale.
public struct TargetLock: ~Copyable {
    private let folder: FileDescriptor

    /// Takes the lock without waiting.
    ///
    /// - Throws: ``TransactionError/busy(root:)`` when another run has it.
    public init(root: FilePath) throws(TransactionError) {
        let folder = try filing { () throws(FileError) in
            try FileDescriptor.open(root, .readOnly, options: .directory)
        }
        let isOurs = try filing { () throws(FileError) in try folder.tryLock() }
        guard isOurs else { throw .busy(root: root) }
        self.folder = folder
    }
}
