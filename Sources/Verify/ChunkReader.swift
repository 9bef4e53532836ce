import Format
import LibCrypto
import Posix
import Values

/// The stored bytes of one chunk, in memory, not checked yet.
struct StoredChunk: Sendable {
    let index: Int
    let bytes: Buffer
}

/// Reads chosen chunks front to back, each byte of the medium once.
///
/// Stays on the thread that makes jobs; holds one volume open at a time.
struct ChunkReader {
    private let bundle: VerifiedBundle
    private let selection: [Int]
    private let buffers: BufferPool
    private var next = 0
    private var volume = 0
    private var file: RegularFile?

    /// - Parameters:
    ///   - selection: Indexes of chunks, ascending.
    ///   - buffers: Blocks of ``Chunk/maximumStoredSize``.
    init(of bundle: VerifiedBundle, selection: [Int], buffers: BufferPool) {
        self.bundle = bundle
        self.selection = selection
        self.buffers = buffers
    }

    /// The stored bytes of the next chunk; `nil` when all were read.
    mutating func read() throws(VerifyError) -> StoredChunk? {
        guard next < selection.count else { return nil }
        let index = selection[next]
        next += 1
        let chunk = bundle.manifest.chunks[index]
        let file = try openVolume(chunk.volume)
        let buffer = buffers.take()
        buffer.count = chunk.stored.size.bytes
        let offset = bundle.chunks.volumeOffsets[index]
        let found: Int
        do throws(FileError) {
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            found = try unsafe file.descriptor.readFully(into: target, at: offset)
        } catch {
            throw .file(error)
        }
        guard found == buffer.count else {
            throw .wrongSize(name: Volume.name(volume), expected: file.size, found: ByteCount(offset + found))
        }
        return StoredChunk(index: index, bytes: buffer)
    }

    /// The open volume `number`; its size must be the signed one.
    private mutating func openVolume(_ number: Int) throws(VerifyError) -> RegularFile {
        if number == volume, let file { return file }
        file = nil  // a stick that is to make room for the next must not be in use
        let opened = try bundle.openVolume(number)
        do throws(FileError) { try opened.descriptor.adviseSequential() } catch { throw .file(error) }
        volume = number
        file = opened
        return opened
    }
}
