public import Values

/// All documents of one image: its index, nested indexes and every manifest in them.
///
/// Pure bookkeeping: it says which bytes it needs next (``wanted``), takes them checked (``add(_:for:)``), and bounds
/// what a hostile index can ask for. Attestations and manifests for other machines belong to it, because importers
/// read every manifest that an index names; their layers do not.
///
/// A cycle would need a document that holds its own SHA-256. As bytes are checked before they are read, an attempt
/// ends as a wrong digest.
public struct ImageGraph: Sendable {
    /// The most levels of indexes within indexes.
    public static let maximumDepth = 4
    /// The most documents of one image, and the most entries of one document.
    public static let maximumDocuments = 4_096
    /// The most bytes of all documents of one image: they are held in memory while it is looked at.
    public static let maximumTotalSize = ByteCount.mebibytes(64)

    /// The topmost document.
    public let root: Descriptor
    /// Every document that is known to belong to the image, breadth first: the root, then its entries in order.
    public private(set) var descriptors: [Descriptor]

    private var read: [SHA256Digest: ImageDocument] = [:]
    /// Places in ``descriptors``.
    private var places: [SHA256Digest: Int]
    private var depths: [SHA256Digest: Int]
    private var totalSize: ByteCount

    /// Starts with nothing but the topmost descriptor.
    public init(root: Descriptor) {
        self.root = root
        descriptors = [root]
        places = [root.digest: 0]
        depths = [root.digest: 1]
        totalSize = root.size
    }

    /// The document with this digest, once it was added.
    public subscript(digest: SHA256Digest) -> ImageDocument? { read[digest] }

    /// The documents added so far, in the order of ``descriptors``.
    public var documents: [ImageDocument] { descriptors.compactMap { read[$0.digest] } }

    /// The documents to fetch and ``add(_:for:)`` next; empty when the image is complete.
    public var wanted: [Descriptor] { descriptors.filter { read[$0.digest] == nil } }

    /// Takes the bytes of one wanted document, after checking them, and wants what it names.
    ///
    /// - Precondition: `descriptor` is one of ``wanted``.
    public mutating func add(_ bytes: [UInt8], for descriptor: Descriptor) throws(OCIError) {
        guard let depth = depths[descriptor.digest] else { preconditionFailure("only wanted documents are added") }
        let document = try ImageDocument.read(bytes, as: descriptor)
        read[descriptor.digest] = document
        guard case .index(let index) = document else { return }
        for entry in index.entries where entry.mediaType.isDocument { try want(entry, depth: depth + 1) }
        for entry in index.entries where entry.mediaType.kind == .schema1 { throw .document(entry.digest, .schema1) }
    }

    private mutating func want(_ entry: Descriptor, depth: Int) throws(OCIError) {
        guard entry.size <= ImageDocument.maximumSize else {
            throw .document(entry.digest, .tooLarge(entry.size, limit: ImageDocument.maximumSize))
        }
        guard entry.mediaType.kind == .manifest || depth <= Self.maximumDepth else { throw .tooDeep(entry.digest) }
        if let place = places[entry.digest] { return try agree(entry, with: descriptors[place]) }
        guard descriptors.count < Self.maximumDocuments else { throw .tooManyDocuments(descriptors.count + 1) }
        totalSize += entry.size
        guard totalSize <= Self.maximumTotalSize else { throw .tooLargeInAll(totalSize) }
        places[entry.digest] = descriptors.count
        depths[entry.digest] = depth
        descriptors.append(entry)
    }

    /// Two descriptors of one digest must promise the same thing.
    private func agree(_ entry: Descriptor, with earlier: Descriptor) throws(OCIError) {
        guard earlier.size == entry.size else { throw .sizeClash(entry.digest, earlier.size, entry.size) }
        guard earlier.mediaType == entry.mediaType else {
            throw .document(entry.digest, .mediaType(promised: entry.mediaType.text, found: earlier.mediaType.text))
        }
    }
}
