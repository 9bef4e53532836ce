import Format
import LibCrypto
import Posix
import Values

/// Hashes volumes from their chunks, taken in order, and compares them with SHA256SUMS.
struct VolumeHasher: ~Copyable {
    private let bundle: VerifiedBundle
    private var volume = 1
    private var context = SHA256Context()

    init(of bundle: VerifiedBundle) { self.bundle = bundle }

    mutating func take(_ chunk: StoredChunk) throws(VerifyError) {
        let next = bundle.manifest.chunks[chunk.index].volume
        if next != volume {
            try finish()
            volume = next
        }
        unsafe context.update(chunk.bytes.filled)
    }

    /// Compares the volume at hand and starts anew.
    mutating func finish() throws(VerifyError) {
        let digest = swapContext().finalize()
        let name = Volume.name(volume)
        guard bundle.sums.digest(of: name) == digest else { throw .wrongDigest(name: name) }
    }

    private mutating func swapContext() -> SHA256Context {
        var fresh = SHA256Context()
        swap(&fresh, &context)
        return fresh
    }
}
