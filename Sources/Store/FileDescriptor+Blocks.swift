import Posix
import Values

extension FileDescriptor {
    /// Reads the file from its beginning to its end in blocks, each valid during the call.
    func forEachBlock(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 4_096)
        defer { unsafe block.deallocate() }
        var offset = 0
        while true {
            let count = try unsafe readFully(into: block, at: offset)
            if count > 0 { try unsafe body(UnsafeRawBufferPointer(rebasing: block[..<count])) }
            offset += count
            guard count == block.count else { return }
        }
    }

    /// 1 MiB: large enough for disks, small enough for eight at once.
    private static let blockSize = 1 << 20
}
