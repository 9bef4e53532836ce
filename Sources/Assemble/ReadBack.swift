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
    /// How many stretches the kernel reads ahead of the workers.
    private static let ahead = 6

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
        var ahead = ReadAhead(stretches, in: folder)
        var done = 0
        let buffers = BufferPool(count: jobs, capacity: Self.step)
        do {
            try Workers.pipeline(
                count: jobs, inFlight: jobs + Self.ahead, produce: { try ahead.next() },
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
        var context = SHA256Context()
        var done = 0
        while done < stretch.content.size.bytes {
            buffer.count = min(buffer.capacity, stretch.content.size.bytes - done)
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            guard try unsafe file.readFully(into: part, at: stretch.offset + done) == buffer.count else { break }
            unsafe context.update(buffer.filled)
            done += buffer.count
        }
        // Makes room for what is read ahead.
        try file.dropCache(from: stretch.offset, count: stretch.content.size.bytes)
        guard context.finalize() == stretch.content.digest else { throw AssembleError.readBackDiffers(path) }
    }
}

/// Has the kernel read the stretches that will be checked next.
private struct ReadAhead: ~Copyable {
    private let folder: FilePath
    private var rest: ArraySlice<ReadBack.Stretch>
    private var file: FileDescriptor?
    private var name = ""

    init(_ stretches: [ReadBack.Stretch], in folder: FilePath) {
        self.folder = folder
        rest = stretches[...]
    }

    mutating func next() throws(FileError) -> ReadBack.Stretch? {
        guard let stretch = rest.popFirst() else { return nil }
        if name != stretch.file {
            file = try FileDescriptor.open(folder.appending(stretch.file), .readOnly)
            name = stretch.file
        }
        try file?.prefetch(from: stretch.offset, count: stretch.content.size.bytes)
        return stretch
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
