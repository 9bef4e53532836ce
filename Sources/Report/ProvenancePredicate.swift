public import Format
public import JSON
public import Values

/// The predicate of a bundle's provenance: SLSA build provenance v1 (slsa.dev/spec/v1.0/provenance), the file `provenance.json`.
///
/// It has no times but the lock's: `startedOn` and `finishedOn` are optional in SLSA, true ones would give every build other bytes,
/// and made-up ones would lie.
public enum ProvenancePredicate {
    /// How `externalParameters` and `resolvedDependencies` are to be read (docs/format.md §5.1).
    public static let buildType = "urn:sealift:build:1"
    /// A sealift program run by whoever holds the key; which machine that was, the key's holder knows.
    public static let builder = "urn:sealift:builder:1"

    /// The predicate; `provenance.json` is its canonical spelling.
    ///
    /// - Parameters:
    ///   - volumeSize: The largest volume that was asked for.
    ///   - installer: The digest of the installer that travels; `nil` where a script of sealift's own does its work.
    public static func document(
        for manifest: Manifest, _ record: BuildRecord, volumeSize: ByteCount, installer: SHA256Digest?
    ) -> JSONValue {
        [
            "buildDefinition": [
                "buildType": .string(buildType), "externalParameters": parameters(manifest, record, volumeSize),
                "internalParameters": [
                    "created": .string(manifest.created.description), "sequence": .integer(manifest.sequence),
                ], "resolvedDependencies": .array(record.materials.map { dependency($0, manifest) }),
            ],
            "runDetails": [
                "builder": .object(run(manifest.builder, installer)), "metadata": [:],
            ],
        ]
    }

    private static func parameters(
        _ manifest: Manifest, _ record: BuildRecord, _ volumeSize: ByteCount
    ) -> JSONValue {
        [
            "definition": text(record.definition), "lock": digest(record.lock),
            "options": ["level": .integer(manifest.builder.level), "volumeSize": .integer(volumeSize.bytes)],
            "platform": [
                "arch": .string(manifest.target.architecture.rawValue), "requested": .string(record.requested),
                "version": .string(manifest.target.version.text),
            ], "profile": text(record.profile),
        ]
    }

    private static func text(_ text: BuildRecord.Text) -> JSONValue {
        ["name": .string(text.name), "digest": digest(text.digest)]
    }

    private static func digest(_ digest: SHA256Digest) -> JSONValue { ["sha256": .string(digest.hex)] }

    private static func run(_ builder: Manifest.Builder, _ installer: SHA256Digest?) -> JSONObject {
        var run: JSONObject = [
            "id": .string(Self.builder),
            "version": [
                builder.tool: .string(builder.version), "zstd": .string(builder.zstd),
            ],
        ]
        if let installer {
            run.append(
                "builderDependencies", [["name": .string(BundleFile.installer), "digest": digest(installer)]])
        }
        return run
    }

    /// A ResourceDescriptor (in-toto/attestation, spec/v1/resource_descriptor.md).
    private static func dependency(_ material: Material, _ manifest: Manifest) -> JSONValue {
        var notes: JSONObject = ["kind": .string(material.kind.rawValue)]
        if let manifest = material.manifest { notes.append("manifest", .string(manifest.description)) }
        if let version = material.version { notes.append("version", .string(version)) }
        if let vouched = material.vouched { notes.append("vouched", .string(vouched)) }
        var dependency: JSONObject = ["name": .string(material.name), "digest": digest(material.digest)]
        if let uri = uri(of: material, manifest) { dependency.append("uri", .string(uri)) }
        dependency.append("annotations", .object(notes))
        return .object(dependency)
    }

    private static func uri(of material: Material, _ manifest: Manifest) -> String? {
        guard material.kind == .image else { return material.url }
        return ImageName(material.name).packageURL(
            digest: material.digest, architecture: manifest.target.architecture)
    }
}
