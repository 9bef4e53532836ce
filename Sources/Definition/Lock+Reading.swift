import Format
import LibYAML
import OCI
public import Posix
public import Values

extension Lock {
    /// The largest lock that is read.
    public static let maximumSize = ByteCount.mebibytes(4)

    /// Reads the lock at `path`; `nil` when there is none.
    public static func load(_ path: FilePath) throws(DefinitionError) -> Lock? {
        let bytes: [UInt8]
        do throws(FileError) {
            guard try Files.exists(path) else { return nil }
            bytes = try Files.read(path, limit: maximumSize)
        } catch { throw .file(error) }
        return try parse(bytes, file: path.text)
    }

    /// Reads a lock.
    public static func parse(_ bytes: [UInt8], file: String) throws(DefinitionError) -> Lock {
        try inWords { () throws(YAMLError) in try Lock(YAMLDocument.parse(bytes, file: file).reader) }
    }

    init(_ reader: YAMLReader) throws(YAMLError) {
        let map = try reader.map(LockKeys.lock)
        let form = try map.required("lock")
        guard try form.integer() == Self.form else {
            throw form.unexpected(
                "lock form \(Self.form), the one that this sealift reads; run `sealift lock --update`")
        }
        let platform = try map.required("platform").map(LockKeys.platform)
        self.init(
            definition: try Subject(try map.required("definition")), profile: try Subject(try map.required("profile")),
            version: try platform.required("version").version(),
            requested: try platform.required("requested").nonEmptyString(),
            architecture: try platform.required("arch").choice(), created: try map.required("created").timestamp(),
            sequence: try map.required("sequence").integer(in: 1...Int.max),
            artefacts: try map.required("artefacts").elements { (reader) throws(YAMLError) in try LockedArtefact(reader)
            },
            snaps: try map.optional("snaps")?.elements { (reader) throws(YAMLError) in try LockedSnap(reader) } ?? [],
            imageList: try map.optional("image-list").map { (reader) throws(YAMLError) in try LockedDocument(reader) },
            images: try map.required("images").elements { (reader) throws(YAMLError) in try LockedImage(reader) },
            charts: try map.optional("charts")?.elements { (reader) throws(YAMLError) in try LockedChart(reader) }
                ?? [],
            files: try map.optional("files")?.elements { (reader) throws(YAMLError) in try LockedFile(reader) } ?? [])
        try check(reader)
    }

    private func check(_ reader: YAMLReader) throws(YAMLError) {
        let names = artefacts.map(\.name)
        let images = images.map { "\($0.pinned.reference) \($0.pinned.platform)" }
        for list in [names, images, snaps.map(\.name).sorted(), charts.map(\.name), files.map(\.path)] {
            for (item, next) in zip(list, list.dropFirst()) where item == next {
                throw .unexpected(reader.location, place: "", found: "\(item) twice", expected: "each item once")
            }
        }
    }
}

extension YAMLReader {
    fileprivate func elements<Element>(
        _ read: (YAMLReader) throws(YAMLError) -> Element
    ) throws(YAMLError) -> [Element] {
        var elements: [Element] = []
        for element in try list() { elements.append(try read(element)) }
        return elements
    }
}

extension Content {
    init(_ fields: YAMLMap) throws(YAMLError) {
        self.init(
            size: ByteCount(try fields.required("size").integer(in: 0...Int.max)),
            digest: try fields.required("digest").digest())
    }
}

extension Lock.Subject {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.subject)
        self.init(
            name: try fields.required("name").nonEmptyString(), digest: try fields.required("digest").digest())
    }
}

extension LockedDocument {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.document)
        self.init(url: try fields.required("url").url(), content: try Content(fields))
    }
}

extension LockedArtefact {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.artefact)
        guard fields.has("url") != fields.has("file") else { throw reader.unexpected("either `url` or `file`") }
        let origin: Origin =
            if let url = fields.optional("url") { .url(try url.url()) } else {
                .file(try fields.required("file").nonEmptyString())
            }
        self.init(
            name: try fields.required("name").nonEmptyString(), origin: origin, content: try Content(fields),
            checksum: try fields.optional("checksum").map { (reader) throws(YAMLError) in try LockedDocument(reader) },
            signature: try fields.optional("signature").map { (reader) throws(YAMLError) in try LockedSignature(reader)
            })
    }
}

extension LockedSignature {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.signature)
        self.init(
            LockedDocument(url: try fields.required("url").url(), content: try Content(fields)),
            key: try fields.optional("key")?.digest())
    }
}

extension LockedFile {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.file)
        self.init(path: try fields.required("path").nonEmptyString(), content: try Content(fields))
    }
}

extension LockedImage {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.image)
        let platform: Platform = try fields.required("platform").platform()
        self.init(
            PinnedImage(
                reference: try fields.required("name").image(), root: try Descriptor(try fields.required("index")),
                manifest: try Descriptor(try fields.required("manifest")), platform: platform,
                size: ByteCount(try fields.required("size").integer(in: 0...Int.max))),
            archive: try fields.optional("archive")?.nonEmptyString(), reasons: try fields.required("for").strings())
    }
}

extension Descriptor {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.descriptor)
        self.init(
            mediaType: try fields.required("type").value("a media type") { MediaType($0) },
            digest: try fields.required("digest").digest(),
            size: ByteCount(try fields.required("size").integer(in: 0...Descriptor.maximumSize.bytes)))
    }
}
