import Format
import LibCrypto
import Values

/// What makes the stored bytes of a chunk: the same recipe gives the same chunk.
///
/// It stands on the digests of the content, not on the content, so that it is known before anything is read.
enum Recipe {
    /// The recipe of a chunk of these segments.
    ///
    /// The builder is in it whole: another version of this program may cut samples or choose levels in another way.
    static func of(_ segments: [Segment], _ builder: Manifest.Builder) -> SHA256Digest {
        var key = DigestBuilder("sealift chunk 1")
        key.add(builder.tool)
        key.add(builder.version)
        key.add(builder.zstd)
        key.add(builder.level)
        for segment in segments {
            switch segment {
            case .literal(let bytes):
                key.add("literal")
                key.add(bytes)
            case .content(let reference, let offset, let count):
                key.add("content")
                key.add(reference.content)
                key.add(offset)
                key.add(count)
            }
        }
        return key.digest()
    }
}
