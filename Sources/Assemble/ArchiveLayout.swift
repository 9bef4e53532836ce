import Format
import LibCrypto
import OCI
import Values

/// The tar of an image archive as a pure function of its members: ustar headers without times and owners, each file padded
/// to 512 bytes, two blocks of zeros at the end.
///
/// It is written by the rules of docs/format.md §8.1, so that one writer does for both tars.
struct ArchiveLayout: Sendable {
    /// The bytes of each member, in their order.
    private let sources: [PayloadItem.Source]
    private let layout: TarLayout
    /// Tells archives of other content apart: the digest over names, sizes and digests of all members.
    let key: SHA256Digest

    init(_ members: [ImageArchivePlan.Member]) {
        var entries: [Entry] = []
        var sources: [PayloadItem.Source] = []
        var key = DigestBuilder("sealift archive 1")
        for member in members {
            let content: Content
            switch member.content {
            case .literal(let bytes):
                content = Content(size: member.size, digest: .of(bytes))
                sources.append(.literal(bytes))
            case .blob(let digest, let size):
                content = Content(size: size, digest: digest)
                sources.append(.content(ContentReference(content: content, place: .store)))
            }
            entries.append(Entry(path: member.name, kind: .file(Permissions(mode: .file), content)))
            key.add(Array(member.name.text.utf8))
            key.add(content)
        }
        self.sources = sources
        self.key = key.digest()
        layout = TarLayout(entries: entries)
    }

    /// The length of the tar.
    var length: Int { layout.length }

    /// Where blobs of at least `size` bytes begin and end.
    func borders(ofContentFrom size: Int) -> [Int] {
        layout.entries.indices.map(layout.contentRange).filter { $0.count >= size }.flatMap {
            [$0.lowerBound, $0.upperBound]
        }
    }

    /// What stands in `range` of the tar.
    func segments(in range: Range<Int>) -> [Segment] {
        layout.pieces(in: range).map { piece in
            switch piece {
            case .literal(let bytes): .literal(bytes)
            case .content(let member, let offset, let count): sources[member].segment(offset: offset, count: count)
            }
        }
    }
}
