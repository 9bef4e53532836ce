import Format
import LibCrypto
import Values

/// A digest over fields that cannot run into each other: each has its length in front.
struct DigestBuilder: ~Copyable {
    private var context = SHA256Context()

    /// - Parameter purpose: Tells the digests of different uses apart.
    init(_ purpose: String) { add(Array(purpose.utf8)) }

    mutating func add(_ bytes: [UInt8]) {
        add(bytes.count)
        context.update(bytes)
    }

    mutating func add(_ number: Int) {
        context.update((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
    }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    mutating func add(_ digest: SHA256Digest) { context.update(digest.bytes) }

    mutating func add(_ content: Content) {
        add(content.size.bytes)
        add(content.digest)
    }

    consuming func digest() -> SHA256Digest { context.finalize() }
}
