public import Format
import JSON
public import Values

/// The bundle's list of contents as CycloneDX 1.6 (ECMA-424), for tools that compare it with known weaknesses.
public enum CycloneDX {
    /// The bytes of `sbom.cdx.json`; time and serial number follow from the manifest.
    ///
    /// - Parameter digest: Of `manifest.json`.
    public static func document(
        for manifest: Manifest, digest: SHA256Digest, _ record: BuildRecord? = nil
    ) -> [UInt8] {
        let inventory = Inventory(manifest, record)
        let files = manifest.entries.compactMap { file($0, inventory) }
        let images = manifest.images.map { image($0, manifest.target.architecture, inventory) }
        let references = (files + images).compactMap { $0["bom-ref"] }
        let document: JSONValue = [
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "serialNumber": .string("urn:uuid:" + DocumentIdentity(digest).uuid),
            "metadata": metadata(manifest), "components": .array(files + images),
            "dependencies": .array(
                [["ref": "bundle", "dependsOn": .array(references)]] + contents(of: manifest)),
        ]
        return document.canonical()
    }

    /// Which images lie in which archive.
    private static func contents(of manifest: Manifest) -> [JSONValue] {
        var archives: [MemberPath: [JSONValue]] = [:]
        for image in manifest.images { archives[image.archive, default: []].append(.string("image:" + image.name)) }
        return archives.sorted { $0.key < $1.key }.map { path, images in
            ["ref": .string("file:" + path.text), "dependsOn": .array(images)]
        }
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

    private static func file(_ entry: Entry, _ inventory: Inventory) -> JSONValue? {
        guard let content = entry.content else { return nil }
        var component: JSONObject = [
            "type": "file", "bom-ref": .string("file:" + entry.path.text), "name": .string(entry.place.text),
            "hashes": [["alg": "SHA-256", "content": .string(content.digest.hex)]],
        ]
        let known = inventory.file(content.digest)
        if let version = known?.version { component.append("version", .string(version)) }
        add(known, to: &component)
        let references = references(content.digest, inventory)
        if !references.isEmpty { component.append("externalReferences", .array(references)) }
        return .object(component)
    }

    /// Where a file came from, and the makers' checksum file that it was compared with, by digest.
    private static func references(_ digest: SHA256Digest, _ inventory: Inventory) -> [JSONValue] {
        var references: [JSONValue] = []
        if let url = inventory.url(digest) {
            references.append(
                [
                    "type": "distribution", "url": .string(url),
                    "hashes": [["alg": "SHA-256", "content": .string(digest.hex)]],
                ])
        }
        if let list = inventory.checksum(digest) {
            references.append([
                "type": "attestation", "url": .string(list.url), "comment": "the makers' checksum file",
                "hashes": [["alg": "SHA-256", "content": .string(list.digest.hex)]],
            ])
        }
        return references
    }

    /// What the makers declare: a licence by its SPDX name where it has one, otherwise in their words.
    private static func add(_ known: Material?, to component: inout JSONObject) {
        if let supplier = known?.supplier { component.append("supplier", ["name": .string(supplier)]) }
        if let licence = LicenceExpression(known?.licence) {
            let choice: JSONValue =
                if licence.isSingle {
                    ["license": ["id": .string(licence.text), "acknowledgement": "declared"]]
                } else if let expression = licence.spdx {
                    ["expression": .string(expression), "acknowledgement": "declared"]
                } else { ["license": ["name": .string(licence.text), "acknowledgement": "declared"]] }
            component.append("licenses", [choice])
        }
        guard let known, known.kind != .image else { return }
        component.append(
            "properties",
            [
                ["name": "sealift:kind", "value": .string(known.kind.rawValue)],
                ["name": "sealift:name", "value": .string(known.name)],
            ])
    }

    private static func image(
        _ image: BundledImage, _ architecture: Architecture, _ inventory: Inventory
    ) -> JSONValue {
        let name = ImageName(image.name)
        var component: JSONObject = [
            "type": "container", "bom-ref": .string("image:" + image.name), "name": .string(name.repository),
            "version": .string(name.tag ?? image.digest.description),
            "hashes": [["alg": "SHA-256", "content": .string(image.manifest.hex)]],
            "purl": .string(name.packageURL(digest: image.digest, architecture: architecture)),
        ]
        add(inventory.image(image.digest), to: &component)
        return .object(component)
    }
}
