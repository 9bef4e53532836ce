internal import CLibArchive
import Reporting

/// Where an archive's bytes come from, kept at one address for libarchive's callbacks.
@safe final class ArchiveSource {
    private let block: UnsafeMutableRawBufferPointer
    private let fill: (UnsafeMutableRawBufferPointer) throws -> Int
    /// Why `fill` failed; libarchive itself can only be told that it did.
    private(set) var failure: Diagnostic?

    /// The size of a read, in bytes.
    static let blockSize = 1 << 18

    init(fill: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) {
        unsafe block = .allocate(byteCount: Self.blockSize, alignment: 4_096)
        unsafe self.fill = fill
    }

    deinit { unsafe block.deallocate() }

    /// A copy of `bytes`, given out block by block.
    convenience init(_ bytes: [UInt8]) {
        var offset = 0
        unsafe self.init { block in
            let count = min(block.count, bytes.count - offset)
            unsafe block.copyBytes(from: bytes[offset..<offset + count])
            offset += count
            return count
        }
    }

    /// Connects this source with `handle`, which must not outlive it.
    func open(_ handle: borrowing ArchiveHandle) -> Int32 {
        let address = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe archive_read_open(handle.pointer, address, nil, readCallback, nil)
    }

    /// The next block: its address and length, 0 at the end, −1 after a failure.
    fileprivate func next(_ place: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do {
            let count = try unsafe fill(block)
            precondition((0...Self.blockSize).contains(count), "a source cannot give more than its block holds")
            unsafe place?.pointee = UnsafeRawPointer(block.baseAddress)
            return count
        } catch {
            failure =
                (error as? any Diagnosable)?.diagnostic
                ?? Diagnostic("cannot read the archive: \(error)", exitCode: .inputOutput)
            return Int(ARCHIVE_FATAL)
        }
    }
}

private func readCallback(
    _ archive: OpaquePointer?, _ source: UnsafeMutableRawPointer?,
    _ place: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let source = unsafe source else { return Int(ARCHIVE_FATAL) }
    return unsafe Unmanaged<ArchiveSource>.fromOpaque(source).takeUnretainedValue().next(place)
}
