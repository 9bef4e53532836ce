import Format
import Posix
import Values

/// The stored bytes of all volumes, one after the other: a `.tar.zst` as other programs see it.
///
/// Checks nothing: for an independent reader that judges what ``VerifiedBundle/verifyPayload(deep:workers:progress:)`` has checked.
public final class PayloadStream {
    private let bundle: VerifiedBundle
    private var next = 0
    private var file: RegularFile?
    private var offset = 0

    /// Opens nothing yet.
    public init(of bundle: VerifiedBundle) { self.bundle = bundle }

    /// Fills some of `buffer`.
    ///
    /// - Returns: How many bytes; 0 at the end of the last volume.
    /// - Throws: ``VerifyError``.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(VerifyError) -> Int {
        while true {
            if let file {
                let count: Int
                do throws(FileError) { count = try unsafe file.descriptor.read(into: buffer, at: offset) } catch {
                    throw .file(error)
                }
                offset += count
                if count > 0 { return count }
            }
            guard next < bundle.manifest.volumes.count else { return 0 }
            file = nil
            offset = 0
            next += 1
            file = try bundle.openVolume(next)
        }
    }
}
