import Format
import Posix
public import Reporting
import Values
public import Verify

/// Copies a verified bundle onto one or several media, so that it is whole in the end, or the media are as they were.
///
/// Every file is hashed as it is read, made durable, and read back past the cache. A medium shows the bundle only when all media have
/// their share; the one with SHA256SUMS comes last.
public struct MediaWriter {
    /// What was done with one medium.
    public enum Outcome: String, Hashable, Sendable {
        /// Its share was written and read back.
        case written
        /// Its share was there already, and was read back.
        case kept
    }

    private let bundle: VerifiedBundle
    private let plan: MediaPlan
    private let progress: any ProgressReceiver

    /// Copies `bundle` as `plan` says.
    public init(_ bundle: VerifiedBundle, _ plan: MediaPlan, progress: any ProgressReceiver) {
        self.bundle = bundle
        self.plan = plan
        self.progress = progress
    }

    /// Writes all shares.
    ///
    /// - Returns: What was done with each, in the order of the plan.
    /// - Throws: ``MediaError``. Media that were not finished are as they were.
    public func write() throws(MediaError) -> [Outcome] { try write(plan.shares[...]) }

    /// Fills the first share, then writes the others, then shows the first: so that SHA256SUMS appears last.
    private func write(_ shares: ArraySlice<MediaPlan.Share>) throws(MediaError) -> [Outcome] {
        guard let share = shares.first else { return [] }
        let name = bundle.manifest.folderName
        let target = share.medium.appending(name)
        guard try !holds(share, at: target) else { return [.kept] + (try write(shares.dropFirst())) }
        try checkReplaceable(target)
        let staging = try files { () throws(FileError) in
            try StagingFolder.make(for: name, in: try DirectoryHandle.open(share.medium))
        }
        try fill(staging.folder, with: share)
        let rest = try write(shares.dropFirst())
        do throws(FileError) { try staging.commit(as: name) } catch { throw .file(error) }
        return [.written] + rest
    }

    private func fill(_ folder: borrowing DirectoryHandle, with share: MediaPlan.Share) throws(MediaError) {
        let source = try files { () throws(FileError) in try DirectoryHandle.open(bundle.path) }
        let copier = FileCopier(advance: meter(.copy, share))
        var copied: [SHA256Digest] = []
        for file in share.files {
            let digest = try files { () throws(FileError) in
                for parent in file.name.ancestors where try folder.information(of: parent) == nil {
                    try folder.makeDirectory(parent)
                }
                return try copier.copy(file.name, from: source, to: folder)
            }
            guard file.digest == nil || file.digest == digest else {
                throw .damagedSource(name: file.name.text, bundle: bundle.path)
            }
            copied.append(digest)
        }
        let reader = FileCopier(advance: meter(.verify, share))
        for (file, digest) in zip(share.files, copied) {
            let found = try files { () throws(FileError) in try reader.digest(of: file.name, in: folder) }
            guard found == digest else { throw .readBackDiffers(folder.path.appending(file.name)) }
        }
        try synchronizeFolders(of: share, in: folder)
    }

    private func synchronizeFolders(
        of share: MediaPlan.Share, in folder: borrowing DirectoryHandle
    ) throws(MediaError) {
        for parent in Set(share.files.flatMap(\.name.ancestors)) {
            try files { () throws(FileError) in try folder.open(parent).synchronize() }
        }
    }

    /// Whether the share is there already, to the last byte that was signed; what vouches for itself is compared by its bytes.
    private func holds(_ share: MediaPlan.Share, at target: FilePath) throws(MediaError) -> Bool {
        try files { () throws(FileError) in
            guard try Files.exists(target) else { return false }
            let folder = try DirectoryHandle.open(target)
            for file in share.files {
                guard let found = try folder.information(of: file.name), found.kind == .file, found.size == file.size
                else { return false }
            }
            let source = try DirectoryHandle.open(bundle.path)
            let reader = FileCopier(advance: meter(.verify, share))
            let silent = FileCopier(advance: { _ in })
            for file in share.files {
                var wanted = file.digest
                if wanted == nil { wanted = try silent.digest(of: file.name, in: source) }
                guard try reader.digest(of: file.name, in: folder) == wanted else { return false }
            }
            return true
        }
    }

    /// Only a bundle, or a share of one, is replaced.
    private func checkReplaceable(_ target: FilePath) throws(MediaError) {
        let entries = try files { () throws(FileError) in
            try Files.exists(target) ? try DirectoryHandle.open(target).entries() : []
        }
        guard entries.allSatisfy(BundleFile.looksLikeVolume) || entries.contains(BundleFile.manifest) else {
            throw .notABundle(target)
        }
    }

    /// Tells of bytes done out of the bytes of `share`.
    private func meter(_ phase: Progress.Phase, _ share: MediaPlan.Share) -> (Int) -> Void {
        var done = 0
        let total = share.size.bytes
        return { [progress] count in
            done += count
            progress.report(Progress(phase, done: done, total: total, item: share.medium.text))
        }
    }
}
