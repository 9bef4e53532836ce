import LibCrypto
import Posix
public import Reporting
public import Values

extension Store {
    /// All complete content, in the order of the digests.
    public func list() throws(StoreError) -> [StoredContent] {
        try filing { () throws(FileError) in
            var found: [StoredContent] = []
            for prefix in try names(in: blobs) {
                let folder = blobs.appending(prefix)
                for name in try names(in: folder) {
                    guard let digest = SHA256Digest(hex: name), path(of: digest) == folder.appending(name),
                        let information = try Files.information(folder.appending(name)), information.kind == .file
                    else { continue }
                    found.append(StoredContent(digest: digest, size: information.size))
                }
            }
            return found
        }
    }

    /// Reads all content again and puts aside what has changed.
    ///
    /// - Returns: The digests of what was put aside.
    public func verify(progress: any ProgressReceiver = SilentProgress()) throws(StoreError) -> [SHA256Digest] {
        let all = try list()
        let total = all.reduce(0) { $0 + $1.size.bytes }
        var done = 0
        var damaged: [SHA256Digest] = []
        for content in all {
            if try !isSound(content.digest) {
                try putAside(content.digest)
                damaged.append(content.digest)
            }
            done += content.size.bytes
            progress.report(Progress(.verify, done: done, total: total, item: content.digest.description))
        }
        return damaged
    }

    private func isSound(_ digest: SHA256Digest) throws(StoreError) -> Bool {
        let file = try open(digest)
        return try filing { () throws(FileError) in
            var hash = SHA256Context()
            try unsafe file.forEachBlock { unsafe hash.update($0) }
            return hash.finalize() == digest
        }
    }

    /// What ``prune(keeping:volumes:)`` removed.
    public struct Pruned: Hashable, Sendable {
        /// How many files.
        public var files = 0
        /// Their length together.
        public var bytes: ByteCount = 0
    }

    /// Removes all content and all large files but those named, and the leftovers of runs that were interrupted.
    ///
    /// Records stay: they are small.
    /// - Throws: ``StoreError/busy(_:)`` while another run uses the store: it would miss what is removed.
    public func prune(keeping: Set<SHA256Digest>, volumes kept: Set<SHA256Digest> = []) throws(StoreError) -> Pruned {
        try lease.exclusively { () throws(StoreError) in try pruneAlone(keeping: keeping, volumes: kept) }
    }

    private func pruneAlone(keeping: Set<SHA256Digest>, volumes kept: Set<SHA256Digest>) throws(StoreError) -> Pruned {
        var pruned = Pruned()
        for content in try list() where !keeping.contains(content.digest) {
            try remove(path(of: content.digest), &pruned)
        }
        for name in try filing({ () throws(FileError) in try names(in: volumes) }) {
            guard let key = SHA256Digest(hex: name), kept.contains(key) else {
                try remove(volumes.appending(name), &pruned)
                continue
            }
        }
        if try filing({ () throws(FileError) in try Files.exists(quarantine) }) {
            for name in try filing({ () throws(FileError) in try names(in: quarantine) }) {
                try remove(quarantine.appending(name), &pruned)
            }
        }
        try removeParts { _ in true }
        return pruned
    }

    private func remove(_ path: FilePath, _ pruned: inout Pruned) throws(StoreError) {
        try filing { () throws(FileError) in
            guard let information = try Files.information(path) else { return }
            try Files.remove(path)
            pruned.files += 1
            pruned.bytes += information.size
        }
    }

    /// Removes parts whose run is gone and that nobody needs: their name tells no digest, or another run has brought the
    /// whole since.
    func removeAbandonedParts() throws(StoreError) {
        try removeParts { name throws(StoreError) in
            guard let digest = SHA256Digest(hex: name) else { return true }
            return try contains(digest)
        }
    }

    /// Removes those parts that `isUnwanted` names and no run holds.
    private func removeParts(_ isUnwanted: (String) throws(StoreError) -> Bool) throws(StoreError) {
        for name in try filing({ () throws(FileError) in try names(in: partials) }) {
            if try isUnwanted(name) { try filing { () throws(FileError) in try removePart(partials.appending(name)) } }
        }
    }

    private func removePart(_ path: FilePath) throws(FileError) {
        do throws(FileError) {
            let file = try FileDescriptor.open(path, .readOnly, options: .noFollow)
            if try file.tryLock(), try file.isStill(at: path) { try Files.remove(path) }
        } catch {
            // Its run ended just now and cleaned up itself, or it belongs to another user of the store.
            guard error.errno == .notFound || error.errno == .accessDenied else { throw error }
        }
    }

    private func names(in folder: FilePath) throws(FileError) -> [String] { try DirectoryHandle.open(folder).entries() }
}
