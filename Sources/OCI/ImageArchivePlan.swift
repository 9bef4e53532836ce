import JSON
public import Values

/// The files of an OCI-layout tar that holds several images (image-spec `image-layout.md`), in order.
///
/// Original bytes, each blob once across all images, complete names. The order is a function of the images' digests
/// and names alone: `index.json`, `oci-layout`, the documents and configurations by digest, then the layers by digest.
public struct ImageArchivePlan: Hashable, Sendable {
    /// One image and the names that a node knows it by.
    public struct Image: Hashable, Sendable {
        /// The names, completed; the same image can have several.
        public let names: [ImageReference]
        /// Its blobs.
        public let contents: ImageContents

        /// The image under its own name and `others`.
        public init(_ contents: ImageContents, others: [ImageReference] = []) {
            names = [contents.image.reference] + others
            self.contents = contents
        }
    }

    /// Where a member's bytes come from.
    public enum Content: Hashable, Sendable {
        /// These bytes.
        case literal([UInt8])
        /// A blob of the store, by digest and length.
        case blob(SHA256Digest, ByteCount)
    }

    /// One regular file of the tar.
    public struct Member: Hashable, Sendable {
        /// Its path, relative to the root of the tar.
        public let name: MemberPath
        /// Its bytes.
        public let content: Content

        /// Its length.
        public var size: ByteCount {
            switch content {
            case .literal(let bytes): ByteCount(bytes.count)
            case .blob(_, let size): size
            }
        }
    }

    /// Which names the importing platform needs.
    public enum Naming: Hashable, Sendable {
        /// Only `name:tag`; the platform adds `name@digest` itself, and its import fails on a name without a tag (K3s).
        case tagged
        /// `name:tag` and `name@digest` (k0s, MicroK8s, `ctr`): the kubelet looks for the latter when a pod pins a digest.
        case taggedAndPinned
    }

    /// The files, in order.
    public let members: [Member]
    /// The names that a node knows after the import, sorted.
    public let names: [String]

    /// Plans the archive of `images`.
    ///
    /// - Throws: ``OCIError/nameClash(name:_:_:)``, ``OCIError/sizeClash(_:_:_:)``.
    public init(of images: [Image], naming: Naming) throws(OCIError) {
        var targets: [String: Descriptor] = [:]
        for image in images {
            for name in image.names.flatMap({ Self.names(of: $0, root: image.contents.image.root.digest, naming) }) {
                try Self.name(image.contents.image.root, name, in: &targets)
            }
        }
        names = targets.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let index = Self.index(names.compactMap { name in targets[name].map { (name, $0) } })
        members =
            [
                Self.literal("index.json", index), Self.literal("oci-layout", Self.layout),
            ] + (try Self.blobs(images.map(\.contents)))
    }

    /// The length of all files, without the tar's headers and padding.
    public var size: ByteCount { members.reduce(0) { $0 + $1.size } }
}

extension ImageArchivePlan {
    /// The exact content of `oci-layout`; containerd refuses other versions.
    private static let layout = Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)

    private static func names(of reference: ImageReference, root: SHA256Digest, _ naming: Naming) -> [String] {
        let pinned = reference.name + "@" + root.description
        switch naming {
        case .taggedAndPinned: return [reference.tagged?.description, pinned].compactMap(\.self)
        case .tagged:
            // A pod that pins a digest needs no tag, but K3s' retagging does: it gets one of ours.
            return [reference.tagged?.description ?? reference.name + ":sealift-" + root.hex.prefix(12)]
        }
    }

    private static func name(
        _ root: Descriptor, _ name: String, in targets: inout [String: Descriptor]
    ) throws(OCIError) {
        if let other = targets[name], other.digest != root.digest {
            throw .nameClash(name: name, other.digest, root.digest)
        }
        targets[name] = root
    }

    /// `index.json`: one descriptor a name, without `platform`, which would let importers pass over an index.
    ///
    /// Both annotations carry the complete name: containerd reads the first, podman and k0s the second.
    private static func index(_ targets: [(name: String, root: Descriptor)]) -> [UInt8] {
        let manifests = targets.map { name, root in
            JSONValue.object([
                "annotations": [
                    "io.containerd.image.name": .string(name), "org.opencontainers.image.ref.name": .string(name),
                ],
                "digest": .string(root.digest.description),
                "mediaType": .string(root.mediaType.text),
                "size": .integer(root.size.bytes),
            ])
        }
        let index: JSONValue = [
            "manifests": .array(manifests), "mediaType": .string(MediaType.index.text), "schemaVersion": 2,
        ]
        return index.canonical()
    }

    /// Every blob once: small documents in front, so that a reader of the tar meets them first, layers behind.
    private static func blobs(_ images: [ImageContents]) throws(OCIError) -> [Member] {
        var sizes: [SHA256Digest: ByteCount] = [:]
        var documents: Set<SHA256Digest> = []
        for image in images {
            for blob in image.blobs {
                if let other = sizes[blob.digest], other != blob.size {
                    throw .sizeClash(blob.digest, other, blob.size)
                }
                sizes[blob.digest] = blob.size
            }
            documents.formUnion((image.documents + [image.config]).map(\.digest))
        }
        let sorted = sizes.sorted { $0.key.hex < $1.key.hex }
        let ordered = sorted.filter { documents.contains($0.key) } + sorted.filter { !documents.contains($0.key) }
        return ordered.map { digest, size in
            Member(name: path("blobs/sha256/" + digest.hex), content: .blob(digest, size))
        }
    }

    private static func literal(_ name: String, _ bytes: [UInt8]) -> Member {
        Member(name: path(name), content: .literal(bytes))
    }

    private static func path(_ text: String) -> MemberPath {
        guard let path = try? MemberPath(validating: text) else { fatalError("our own member name \(text) is refused") }
        return path
    }
}
