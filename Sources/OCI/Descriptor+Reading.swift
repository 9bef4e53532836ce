import JSON
import LibCrypto
import Values

extension Descriptor {
    /// Reads one descriptor. What is not needed is not judged: annotations and unknown members may be anything.
    init(_ reader: JSONReader) throws(DocumentFault) {
        let path = reader.path.description
        let digest = try Self.digest(reader, "digest")
        let size = ByteCount(try reader.count("size", limit: Self.maximumSize.bytes))
        try Self.checkData(reader, digest: digest, size: size)
        let typeText = try reader.text("mediaType")
        guard let mediaType = MediaType(typeText), mediaType.text == typeText else {
            throw .mediaTypeText(path: path + ".mediaType", text: typeText)
        }
        self.init(
            mediaType: mediaType, digest: digest, size: size, platform: try Self.platform(reader),
            isForeign: try !reader.list("urls").isEmpty, artifactType: try reader.optionalText("artifactType"))
    }

    static func digest(_ reader: JSONReader, _ key: String) throws(DocumentFault) -> SHA256Digest {
        let text = try reader.text(key)
        do throws(DigestRefusal) {
            return try SHA256Digest(ociText: text)
        } catch {
            throw .digestText(path: reader.path.description + "." + key, text: text, error)
        }
    }

    private static func platform(_ reader: JSONReader) throws(DocumentFault) -> Platform? {
        guard let platform = try reader.optionalReader("platform") else { return nil }
        return try Platform(platform)
    }

    /// Embedded content must be the content (`descriptor.md`, "Embedded Content").
    private static func checkData(
        _ reader: JSONReader, digest: SHA256Digest, size: ByteCount
    ) throws(DocumentFault) {
        guard let text = try reader.optionalText("data") else { return }
        guard let bytes = Base64.decode(text), bytes.count == size.bytes, SHA256Digest.of(bytes) == digest else {
            throw .dataMismatch(path: reader.path.description + ".data")
        }
    }
}

extension Platform {
    /// Reads `os`, `architecture` and `variant`, each optional, from an index entry or a configuration.
    init(_ reader: JSONReader) throws(DocumentFault) {
        self.init(
            os: try reader.optionalText("os") ?? "", architecture: try reader.optionalText("architecture") ?? "",
            variant: try reader.optionalText("variant") ?? "")
    }
}

/// Access to foreign JSON whose errors are faults of the document.
extension JSONReader {
    func text(_ key: String) throws(DocumentFault) -> String {
        do throws(JSONError) { return try string(key) } catch { throw .json(error) }
    }

    func optionalText(_ key: String) throws(DocumentFault) -> String? {
        do throws(JSONError) { return try optionalString(key) } catch { throw .json(error) }
    }

    func count(_ key: String, limit: Int) throws(DocumentFault) -> Int {
        do throws(JSONError) { return try integer(key, in: 0...limit) } catch { throw .json(error) }
    }

    func optionalReader(_ key: String) throws(DocumentFault) -> JSONReader? {
        do throws(JSONError) { return try optionalObject(key) } catch { throw .json(error) }
    }

    func reader(_ key: String) throws(DocumentFault) -> JSONReader {
        do throws(JSONError) { return try object(key) } catch { throw .json(error) }
    }

    /// The elements of a list; none when the list is absent or `null`.
    func list(_ key: String) throws(DocumentFault) -> [JSONItem] {
        do throws(JSONError) { return try optional(key)?.items() ?? [] } catch { throw .json(error) }
    }

    /// The descriptors of a list, at most ``ImageGraph/maximumDocuments``.
    func descriptors(_ key: String) throws(DocumentFault) -> [Descriptor] {
        let items = try list(key)
        guard items.count <= ImageGraph.maximumDocuments else {
            throw .tooManyEntries(items.count, path: path.appending(key).description)
        }
        var found: [Descriptor] = []
        found.reserveCapacity(items.count)
        for item in items { found.append(try Descriptor(item.reader())) }
        return found
    }
}

extension JSONItem {
    func reader() throws(DocumentFault) -> JSONReader {
        do throws(JSONError) { return try object() } catch { throw .json(error) }
    }
}
