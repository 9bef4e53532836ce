import Format
import LibCrypto
import Posix
import Reporting
import Values

extension VerifiedBundle {
    /// 1 MiB: what is read of a plain file at a time.
    private static let stepSize = 1 << 20

    /// Reads the plain file of entry `index` front to back, and hands its bytes to `use`.
    ///
    /// Whether they are the signed ones is known at the end only: what `use` made of them must not be used unless this returns.
    ///
    /// - Throws: ``VerifyError``, or what `use` throws.
    /// - Precondition: The payload is plain files, and the entry has content.
    public func readPlainFile(
        _ index: Int, _ use: (_ bytes: UnsafeRawBufferPointer, _ offset: Int) throws -> Void
    ) throws {
        guard let content = manifest.entries[index].content else { preconditionFailure("the entry has content") }
        let name = PlainFile.name(of: manifest.entries[index].path)
        guard let file = try folder.openRegular(name) else { throw VerifyError.missing(name: name) }
        guard file.size == content.size else {
            throw VerifyError.wrongSize(name: name, expected: content.size, found: file.size)
        }
        try file.descriptor.adviseSequential()
        let buffer = Buffer(capacity: Self.stepSize)
        var context = SHA256Context()
        var offset = 0
        while offset < content.size.bytes {
            buffer.count = min(buffer.capacity, content.size.bytes - offset)
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            let found = try unsafe file.descriptor.readFully(into: part, at: offset)
            guard found == buffer.count else {
                throw VerifyError.wrongSize(name: name, expected: content.size, found: ByteCount(offset + found))
            }
            unsafe context.update(buffer.filled)
            try unsafe use(buffer.filled, offset)
            offset += found
        }
        guard context.finalize() == content.digest else { throw VerifyError.wrongDigest(name: name) }
    }

    /// Checks every plain file: several at a time.
    ///
    /// - Throws: ``VerifyError``, the first in the order of the entries.
    func verifyPlainFiles(workers: Int, progress: any ProgressReceiver) throws(VerifyError) {
        var rest = manifest.entries.indices.filter { manifest.entries[$0].content != nil }[...]
        let total = manifest.payloadSize.bytes
        var done = 0
        progress.report(Progress(.verify, done: 0, total: total))
        do {
            try Workers.pipeline(
                count: workers, inFlight: Self.inFlight(workers), produce: { rest.popFirst() },
                work: { [self] index in
                    try unsafe readPlainFile(index) { _, _ in }
                    return index
                },
                consume: { index in
                    done += manifest.entries[index].content?.size.bytes ?? 0
                    progress.report(
                        Progress(
                            .verify, done: done, total: total, item: PlainFile.name(of: manifest.entries[index].path)))
                })
        } catch let error as VerifyError {
            throw error
        } catch let error as FileError {
            throw .file(error)
        } catch {
            fatalError("the payload's verification threw something of another kind: \(error)")
        }
    }

    /// Files below `payload/` that SHA256SUMS does not name.
    func unnamedPlainFiles() throws(FileError) -> [String] {
        let folders = Set(manifest.entries.flatMap { $0.path.ancestors + ($0.isDirectory ? [$0.path] : []) })
        let names = Set([PlainFile.folder] + folders.map(PlainFile.name))
        var found: [String] = []
        for name in names.sorted() {
            for entry in try entries(ofFolder: name) {
                let below = name + "/" + entry
                if !names.contains(below), sums.digest(of: below) == nil { found.append(below) }
            }
        }
        return found
    }

    /// What is in a folder of the bundle; nothing when it is not there, for one without named files need not be.
    private func entries(ofFolder name: String) throws(FileError) -> [String] {
        do throws(FileError) {
            return try DirectoryHandle.open(folder.path.appending(name)).entries()
        } catch {
            guard error.errno == .notFound || error.errno == .notDirectory else { throw error }
            return []
        }
    }
}
