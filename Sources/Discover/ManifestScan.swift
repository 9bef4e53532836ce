import LibYAML
public import Values

/// Finds what manifests say about images: every document of a file, objects in lists, and texts that hold manifests themselves.
public struct ManifestScan: Sendable {
    /// What is found, in the order of the file.
    public internal(set) var images: [FoundImage] = []
    /// Charts that a manifest carries within itself.
    public internal(set) var charts: [EmbeddedChart] = []
    /// Charts that a manifest names and does not carry, with what it says of them.
    public internal(set) var foreignCharts: [ForeignChart] = []

    let origin: String?

    /// A chart within a manifest.
    public struct EmbeddedChart: Hashable, Sendable {
        /// The archive in Base64.
        public let content: String
        /// Its values as text.
        public let values: String
        /// Where it stands.
        public let place: ImagePlace
    }

    /// A chart that a manifest names.
    public struct ForeignChart: Hashable, Sendable {
        /// Its name or address.
        public let chart: String
        /// Where it stands.
        public let place: ImagePlace
    }

    /// The largest file of manifests that is read.
    public static let maximumSize = ByteCount.mebibytes(64)
    /// Manifests are written by machines too; this is what one file of them may cost.
    static let limits = YAMLLimits(size: maximumSize, depth: 128, nodes: 2_000_000, aliases: 10_000)

    /// Looks through a file of manifests: YAML with any number of documents, or JSON.
    ///
    /// - Parameters:
    ///   - file: Its name as people know it.
    ///   - origin: What it is a part of, if it is no file of its own.
    /// - Throws: ``DiscoverError/yaml(_:)`` with the place where the text is not understood.
    public init(_ bytes: [UInt8], file: String, origin: String? = nil) throws(DiscoverError) {
        self.origin = origin
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAMLDocument.parseStream(Self.readable(bytes), file: file, limits: Self.limits)
        } catch { throw .yaml(error) }
        for document in documents {
            try Self.check(document.reader)
            scan(object: document.reader)
        }
    }

    /// What Kubernetes would refuse at once: an object without `kind`, and what only kustomize reads.
    private static func check(_ object: YAMLReader) throws(DiscoverError) {
        guard !object.isList else { return }
        let isKustomization = object["apiVersion"]?.text?.hasPrefix("kustomize.config.k8s.io/") ?? false
        guard object["kind"]?.text != nil, !isKustomization else {
            let isForKustomize = isKustomization || object["resources"] != nil
            throw .notAnObject(object.location, isForKustomize: isForKustomize)
        }
    }

    /// JSON may be indented by tabs, which YAML refuses. Inside of a JSON text there is none (RFC 8259 §7), so blanks in their place
    /// change no meaning and no column.
    private static func readable(_ bytes: [UInt8]) -> [UInt8] {
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        guard let first, "{[".utf8.contains(first), bytes.contains(UInt8(ascii: "\t")) else { return bytes }
        return bytes.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 }
    }

    /// One object, or a list of them.
    mutating func scan(object: YAMLReader) {
        let kind = object["kind"]?.text
        if kind?.hasSuffix("List") ?? false, let items = object["items"], items.isList {
            for item in items.elements { scan(object: item) }
            return
        }
        if object.isList {
            for item in object.elements { scan(object: item) }
            return
        }
        guard kind != "CustomResourceDefinition" else { return }  // it describes images, and names none
        var walk = ObjectWalk(object, origin: origin)
        walk.run()
        images += walk.images
        charts += walk.charts
        foreignCharts += walk.foreignCharts
    }
}
