import JSON
import LibCrypto
import Values

extension ImageDocument {
    /// Checks `bytes` against `descriptor`, size first, then digest, and only then reads them.
    ///
    /// - Throws: ``OCIError/document(_:_:)``.
    public static func read(_ bytes: [UInt8], as descriptor: Descriptor) throws(OCIError) -> ImageDocument {
        do throws(DocumentFault) {
            try check(bytes, against: descriptor)
            return try parse(bytes, as: descriptor)
        } catch {
            throw .document(descriptor.digest, error)
        }
    }

    /// Describes `bytes` that a registry delivered for a tag, by their own digest and the response's `Content-Type`.
    ///
    /// A registry that sends no `Content-Type` leaves it to the document to say what it is.
    public static func describe(_ bytes: [UInt8], contentType: String?) throws(OCIError) -> Descriptor {
        let digest = SHA256Digest.of(bytes)
        do throws(DocumentFault) {
            guard bytes.count <= maximumSize.bytes else { throw .tooLarge(ByteCount(bytes.count), limit: maximumSize) }
            let promised = contentType.flatMap { MediaType($0) }
            let mediaType = if let promised { promised } else { try statedType(bytes) }
            guard mediaType.kind != .schema1 else { throw .schema1 }
            return Descriptor(mediaType: mediaType, digest: digest, size: ByteCount(bytes.count))
        } catch {
            throw .document(digest, error)
        }
    }

    /// Size and digest before anything is parsed (design §4: nothing is read that was not checked).
    static func check(_ bytes: [UInt8], against descriptor: Descriptor) throws(DocumentFault) {
        guard descriptor.size <= maximumSize else { throw .tooLarge(descriptor.size, limit: maximumSize) }
        guard bytes.count == descriptor.size.bytes else {
            throw .size(expected: descriptor.size, found: ByteCount(bytes.count))
        }
        let found = SHA256Digest.of(bytes)
        guard found == descriptor.digest else { throw .digest(found: found) }
    }

    static func reader(_ bytes: [UInt8]) throws(DocumentFault) -> JSONReader {
        do throws(JSONError) {
            let value = try JSONValue.parse(bytes, limits: JSONLimits(size: maximumSize), dialect: .foreign)
            return try JSONReader(value, dialect: .foreign)
        } catch {
            throw .json(error)
        }
    }

    private static func statedType(_ bytes: [UInt8]) throws(DocumentFault) -> MediaType {
        let reader = try reader(bytes)
        let text = try reader.text("mediaType")
        guard let type = MediaType(text) else { throw .mediaTypeText(path: "$.mediaType", text: text) }
        return type
    }

    private static func parse(_ bytes: [UInt8], as descriptor: Descriptor) throws(DocumentFault) -> ImageDocument {
        let reader = try reader(bytes)
        let kind = try kind(of: reader)
        let promised = descriptor.mediaType
        if let stated = try reader.optionalText("mediaType"), stated != promised.text {
            throw .mediaType(promised: promised.text, found: stated)
        }
        guard promised.kind == kind else {
            throw .mediaType(promised: promised.text, found: kind == .index ? "an index" : "a manifest")
        }
        guard kind == .manifest else {
            return .index(ImageIndex(descriptor: descriptor, entries: try reader.descriptors("manifests")))
        }
        return .manifest(
            ImageManifest(
                descriptor: descriptor, config: try Descriptor(reader.reader("config")),
                layers: try reader.descriptors("layers"), artifactType: try reader.optionalText("artifactType")))
    }

    /// What a document is by its members alone. One that could be read both ways is refused (CVE-2021-41190).
    private static func kind(of reader: JSONReader) throws(DocumentFault) -> MediaType.Kind {
        let has = { (key: String) in reader.object[key] != nil }
        guard !has("fsLayers") else { throw .schema1 }
        let version = try reader.count("schemaVersion", limit: Int.max)
        guard version != 1 else { throw .schema1 }
        guard version == 2 else { throw .schemaVersion(version) }
        let ofManifest = ["config", "layers"].filter(has)
        guard has("manifests") else {
            guard !ofManifest.isEmpty else { throw .neither }
            return .manifest
        }
        guard ofManifest.isEmpty else { throw .ambiguous(["manifests"] + ofManifest) }
        return .index
    }
}
