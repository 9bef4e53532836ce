import Format
import LibCrypto
import Posix
import Reporting
import Values

/// Reads what was written from the medium, past the page cache, and compares.
struct ReadBack: Sendable {
    /// A stretch of a file, and the digest that it was written with.
    struct Stretch: Hashable, Sendable {
        let file: String
        let offset: Int
        let content: Content
    }

    private static let step = 1 << 20

    let folder: FilePath
    let jobs: Int
    let progress: any ProgressReceiver

    /// Reads `stretches`, many at a time.
    ///
    /// - Throws: ``AssembleError/readBackDiffers(_:)`` for the first that is not what was written.
    func check(_ stretches: [Stretch]) throws(AssembleError) {
        try files { () throws(FileError) in
            for file in Set(stretches.map(\.file)) {
                try FileDescriptor.open(folder.appending(file), .readOnly).dropCache()
            }
        }
        let total = stretches.reduce(0) { $0 + $1.content.size.bytes }
        var rest = stretches[...]
        var done = 0
        let buffers = BufferPool(count: 2 * jobs, capacity: Self.step)
        do {
            try Workers.pipeline(
                count: jobs, inFlight: 2 * jobs, produce: { rest.popFirst() },
                work: { [folder] stretch in
                    try Self.check(stretch, in: folder, with: buffers.take())
                    return stretch.content.size.bytes
                },
                consume: { bytes in
                    done += bytes
                    progress.report(Progress(.verify, done: done, total: total))
                })
        } catch { throw assembleError(error) }
    }

    private static func check(_ stretch: Stretch, in folder: FilePath, with buffer: Buffer) throws {
        let path = folder.appending(stretch.file)
        let file = try FileDescriptor.open(path, .readOnly, options: .noFollow)
        try file.prefetch(from: stretch.offset, count: stretch.content.size.bytes)
        var context = SHA256Context()
        var done = 0
        while done < stretch.content.size.bytes {
            buffer.count = min(buffer.capacity, stretch.content.size.bytes - done)
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            guard try unsafe file.readFully(into: part, at: stretch.offset + done) == buffer.count else { break }
            unsafe context.update(buffer.filled)
            done += buffer.count
        }
        guard context.finalize() == stretch.content.digest else { throw AssembleError.readBackDiffers(path) }
    }
}

extension PackedVolume {
    /// The volume chunk by chunk: together they are all of it.
    var stretches: [ReadBack.Stretch] {
        var offset = 0
        return cached.parts.map { part in
            defer { offset += part.stored.size.bytes }
            return ReadBack.Stretch(file: volume.name, offset: offset, content: part.stored)
        }
    }
}
