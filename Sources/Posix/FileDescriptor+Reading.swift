import CLinux
import Glibc
public import Values

extension FileDescriptor {
    /// Reads what is there, at most `buffer.count` bytes, from the current position (read(2)).
    ///
    /// - Returns: How many bytes; 0 at the end. May be fewer than asked for at any time.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try doing("read", path) { () throws(Errno) in
            try restarting { unsafe CLinux.read(rawValue, buffer.baseAddress, buffer.count) }
        }
    }

    /// Reads at `offset` without moving the position (pread(2)); may be fewer bytes than asked for.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try doing("read", path) { () throws(Errno) in
            try restarting { unsafe pread(rawValue, buffer.baseAddress, buffer.count, offset) }
        }
    }

    /// Reads at `offset` until `buffer` is full or the file ends.
    ///
    /// - Returns: How many bytes; fewer than `buffer.count` only at the end of the file.
    public func readFully(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try unsafe read(into: rest, at: offset + done)
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads from the current position until `buffer` is full or the file ends.
    ///
    /// - Returns: How many bytes; fewer than `buffer.count` only at the end of the file.
    public func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try unsafe read(into: rest)
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads from the current position to the end into memory.
    ///
    /// - Throws: ``Errno/tooLarge`` when there are more than `limit` bytes; the size that stat(2) states is not trusted.
    public func readToEnd(limit: ByteCount) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: min(limit.bytes + 1, Self.blockSize))
        while true {
            let count = try unsafe block.withMutableBytes { (buffer) throws(FileError) in
                try unsafe readFully(into: buffer)
            }
            guard bytes.count + count <= limit.bytes else {
                throw FileError("read", path, .tooLarge, detail: "more than \(limit)")
            }
            bytes += block[..<count]
            guard count == block.count else { return bytes }
        }
    }

    /// 64 KiB: the size of a pipe, and enough to hide the cost of a call.
    private static let blockSize = 1 << 16
}
