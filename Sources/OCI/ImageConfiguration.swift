import JSON
public import Values

/// What sealift needs of an image's configuration (image-spec `config.md`).
public struct ImageConfiguration: Hashable, Sendable {
    /// The machine that the configuration says the image is for; some lie (k3s#2198), some say nothing.
    public let platform: Platform
    /// The digests of the unpacked layers, base first.
    public let diffIDs: [SHA256Digest]
    /// What its makers say of the image; unchecked words.
    public let labels: ImageLabels

    /// Checks `bytes` against the manifest's descriptor of its configuration, then reads them.
    ///
    /// - Throws: ``OCIError/document(_:_:)``; also when the number of layers is not the manifest's, which containerd
    ///   refuses with "mismatched image rootfs and manifest layers".
    public init(_ bytes: [UInt8], of manifest: ImageManifest) throws(OCIError) {
        do throws(DocumentFault) {
            try ImageDocument.check(bytes, against: manifest.config)
            let reader = try ImageDocument.reader(bytes)
            self.platform = try Platform(reader)
            self.diffIDs = try Self.readDiffIDs(reader)
            self.labels = ImageLabels(reader.optional("config")?.value["Labels"])
            guard diffIDs.count == manifest.layers.count else {
                throw .layerCount(manifest: manifest.layers.count, configuration: diffIDs.count)
            }
        } catch {
            throw .document(manifest.config.digest, error)
        }
    }

    private static func readDiffIDs(_ reader: JSONReader) throws(DocumentFault) -> [SHA256Digest] {
        let rootfs = try reader.reader("rootfs")
        var found: [SHA256Digest] = []
        for item in try rootfs.list("diff_ids") {
            let text = try item.text()
            do throws(DigestRefusal) {
                found.append(try SHA256Digest(ociText: text))
            } catch {
                throw .digestText(path: item.path.description, text: text, error)
            }
        }
        return found
    }
}

extension JSONItem {
    func text() throws(DocumentFault) -> String {
        do throws(JSONError) { return try string() } catch { throw .json(error) }
    }
}
