import Format
import Posix
import Reporting
import Values

/// How much room an output may take, and how much there was.
struct Room: Sendable {
    private let folder: FilePath
    private let needed: ByteCount
    private let available: ByteCount

    /// What every bundle has besides its payload: installer, manifest, documents.
    private static let overhead = ByteCount.mebibytes(24)

    /// Looks at the file system of `folder`, or of the nearest folder above that exists.
    ///
    /// - Parameter copies: How many times the bundle stands there while it is made.
    /// - Throws: ``AssembleError/diskFull(folder:needed:available:)`` when even the smallest bundle has no room.
    init(for payload: Payload, in folder: FilePath, copies: Int) throws(AssembleError) {
        let existing = try Self.existing(folder)
        available = try files { () throws(FileError) in try DirectoryHandle.open(existing).statistics().available }
        needed = ByteCount(copies * (payload.length + payload.length / 128) + Self.overhead.bytes)
        self.folder = folder
        // How far the payload shrinks is not known yet.
        guard available >= Self.overhead else { throw .diskFull(folder: folder, needed: needed, available: available) }
    }

    /// Whether the payload has room even if nothing shrinks.
    var isAmple: Bool { needed <= available }

    /// A warning for when it is not.
    var doubt: Diagnostic {
        Diagnostic(
            "the bundle may not fit on the file system of \"\(folder)\"", severity: .warning,
            details: [.init("needed", "up to \(needed.formatted)"), .init("available", available.formatted)],
            exitCode: .inputOutput)
    }

    /// Says of an error about a full disk how much is needed.
    func explaining(_ error: AssembleError) -> AssembleError {
        guard case .file(let file) = error, file.errno == .noSpace || file.errno == .overQuota,
            file.path.bytes.starts(with: folder.bytes)
        else { return error }
        return .diskFull(folder: folder, needed: needed, available: available)
    }

    private static func existing(_ folder: FilePath) throws(AssembleError) -> FilePath {
        var folder = folder
        while try !files({ () throws(FileError) in try Files.exists(folder) }), folder.parent != folder {
            folder = folder.parent
        }
        return folder
    }
}
