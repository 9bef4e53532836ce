public import Format
import JSON
public import Values

/// The bundle's list of contents as CycloneDX 1.6 (ECMA-424), for tools that compare it with known weaknesses.
public enum CycloneDX {
    /// The bytes of `sbom.cdx.json`; time and serial number follow from the manifest.
    ///
    /// - Parameter digest: Of `manifest.json`.
    public static func document(for manifest: Manifest, digest: SHA256Digest) -> [UInt8] {
        let urls = sourceURLs(manifest)
        let files = manifest.entries.compactMap { file($0, urls) }
        let images = manifest.images.map { image($0, manifest.target.architecture) }
        let references = (files + images).compactMap { $0["bom-ref"] }
        let document: JSONValue = [
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "serialNumber": .string("urn:uuid:" + DocumentIdentity(digest).uuid),
            "metadata": metadata(manifest), "components": .array(files + images),
            "dependencies": [["ref": "bundle", "dependsOn": .array(references)]],
        ]
        return document.canonical()
    }

    private static func metadata(_ manifest: Manifest) -> JSONValue {
        [
            "timestamp": .string(manifest.created.description),
            "tools": [
                "components": [
                    [
                        "type": "application", "name": .string(manifest.builder.tool),
                        "version": .string(manifest.builder.version),
                    ]
                ]
            ],
            "component": [
                "type": "data", "bom-ref": "bundle", "name": .string(manifest.name.description),
                "version": .string(manifest.version.description),
            ],
        ]
    }

    private static func file(_ entry: Entry, _ urls: [SHA256Digest: String]) -> JSONValue? {
        guard let content = entry.content else { return nil }
        var component: JSONObject = [
            "type": "file", "bom-ref": .string("file:" + entry.path.text), "name": .string(entry.place.text),
            "hashes": [["alg": "SHA-256", "content": .string(content.digest.hex)]],
        ]
        if let url = urls[content.digest] {
            component.append("externalReferences", [["type": "distribution", "url": .string(url)]])
        }
        return .object(component)
    }

    private static func image(_ image: BundledImage, _ architecture: Architecture) -> JSONValue {
        let name = ImageName(image.name)
        return [
            "type": "container", "bom-ref": .string("image:" + image.name), "name": .string(name.repository),
            "version": .string(name.tag ?? image.digest.description),
            "hashes": [["alg": "SHA-256", "content": .string(image.manifest.hex)]],
            "purl": .string(name.packageURL(digest: image.digest, architecture: architecture)),
        ]
    }
}

/// Where content was fetched from, by digest.
func sourceURLs(_ manifest: Manifest) -> [SHA256Digest: String] {
    Dictionary(manifest.sources.map { ($0.content.digest, $0.url) }) { first, _ in first }
}
