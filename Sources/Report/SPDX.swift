public import Format
import JSON
public import Values

/// The bundle's list of contents as SPDX 2.3 (ISO/IEC 5962 and its successor).
///
/// Everything is listed as a package. A `files` list must carry a SHA-1 of each file (SPDX 2.3 §8.4); that would be one more
/// pass over every byte for a digest that protects nothing, while a package of one file says the same with SHA-256.
public enum SPDX {
    /// The bytes of `sbom.spdx.json`; time and namespace follow from the manifest.
    ///
    /// - Parameter digest: Of `manifest.json`.
    public static func document(
        for manifest: Manifest, digest: SHA256Digest, _ record: BuildRecord? = nil
    ) -> [UInt8] {
        let title = "\(manifest.name)-\(manifest.version)"
        let inventory = Inventory(manifest, record)
        let files = manifest.entries.filter { $0.content != nil }
        let contents =
            files.enumerated().map {
                file(
                    $0.element, "SPDXRef-file-\($0.offset + 1)", inventory, isPlain: manifest.target.os.takesPlainFiles)
            }
            + manifest.images.enumerated().map {
                image($0.element, "SPDXRef-image-\($0.offset + 1)", manifest.target.architecture, inventory)
            }
        let document: JSONValue = [
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": .string(title),
            "documentNamespace": .string(
                "https://spdx.org/spdxdocs/\(title)-\(DocumentIdentity(digest).uuid)"),
            "creationInfo": [
                "created": .string(manifest.created.description),
                "creators": [.string("Tool: \(manifest.builder.tool)-\(manifest.builder.version)")],
            ],
            "packages": .array([bundle(manifest)] + contents),
            "relationships": .array(relationships(contents)),
        ]
        return document.canonical()
    }

    private static func bundle(_ manifest: Manifest) -> JSONValue {
        [
            "SPDXID": "SPDXRef-bundle", "name": .string(manifest.name.description),
            "versionInfo": .string(manifest.version.description), "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false, "primaryPackagePurpose": "ARCHIVE", "supplier": "NOASSERTION",
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
        ]
    }

    private static func file(
        _ entry: Entry, _ identifier: String, _ inventory: Inventory, isPlain: Bool
    ) -> JSONValue {
        guard let content = entry.content else { preconditionFailure("only entries with content are listed") }
        let known = inventory.file(content.digest)
        var package: JSONObject = [
            "SPDXID": .string(identifier), "name": .string(entry.place.text),
            "packageFileName": .string("./" + (isPlain ? PlainFile.name(of: entry.path) : entry.path.text)),
            "checksums": [["algorithm": "SHA256", "checksumValue": .string(content.digest.hex)]],
            "downloadLocation": .string(inventory.url(content.digest) ?? "NOASSERTION"), "filesAnalyzed": false,
            "primaryPackagePurpose": "FILE",
        ]
        if let version = known?.version { package.append("versionInfo", .string(version)) }
        if let list = inventory.checksum(content.digest) {
            package.append(
                "sourceInfo", .string("compared with the makers' checksum file \(list.url), SHA-256 \(list.digest.hex)")
            )
        }
        add(known, to: &package)
        return .object(package)
    }

    /// What the makers declare, and `NOASSERTION` for what nobody has looked into (SPDX 2.3 §7.13 to §7.17).
    private static func add(_ known: Material?, to package: inout JSONObject) {
        let licence = LicenceExpression(known?.licence)
        package.append("supplier", .string(known?.supplier.map { "Organization: \($0)" } ?? "NOASSERTION"))
        package.append("licenseConcluded", "NOASSERTION")
        package.append("licenseDeclared", .string(licence?.spdx ?? "NOASSERTION"))
        if let licence, licence.spdx == nil {
            package.append("licenseComments", .string("declared by its makers as: \(licence.text)"))
        }
        package.append("copyrightText", "NOASSERTION")
    }

    private static func image(
        _ image: BundledImage, _ identifier: String, _ architecture: Architecture, _ inventory: Inventory
    ) -> JSONValue {
        let name = ImageName(image.name)
        let url = name.packageURL(digest: image.digest, architecture: architecture)
        var package: JSONObject = [
            "SPDXID": .string(identifier), "name": .string(name.repository),
            "versionInfo": .string(name.tag ?? image.digest.description), "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false, "primaryPackagePurpose": "CONTAINER",
            "externalRefs": [
                [
                    "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": .string(url),
                ]
            ],
        ]
        package.append("checksums", [["algorithm": "SHA256", "checksumValue": .string(image.manifest.hex)]])
        add(inventory.image(image.digest), to: &package)
        return .object(package)
    }

    private static func relationships(_ contents: [JSONValue]) -> [JSONValue] {
        let describes: JSONValue = [
            "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
            "relatedSpdxElement": "SPDXRef-bundle",
        ]
        let contained = contents.compactMap { $0["SPDXID"] }.map { identifier -> JSONValue in
            ["spdxElementId": "SPDXRef-bundle", "relationshipType": "CONTAINS", "relatedSpdxElement": identifier]
        }
        return [describes] + contained
    }
}
