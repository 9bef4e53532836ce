import Arguments
import Assemble
import Definition
import Format
import Gather
import JSON
import LibCrypto
import LibZstdEncoder
import Posix
import Reporting
import Resolve
import Sign
import Store
import Values

/// `sealift build DEFINITION`: from ten lines to a signed bundle.
enum BuildCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "build", "build a signed bundle from a definition",
        details: [
            "Uses DEFINITION.lock while it fits the definition, and writes it otherwise. What the lock names is fetched into the cache, checked, packed, signed, "
                + "written durably and read back. With a lock and a filled cache no network is used."
        ],
        positionals: [Positional("DEFINITION", "the definition's file", completing: .file)],
        options: [
            .value(
                "output", letter: "o", "DIR|FILE.tar",
                "where the bundle's folder is made, or one plain tar of it; this folder without it", completing: .file),
            .value(
                "key", "PEM", "the private key to sign with: a file, or a token's address, pkcs11:…", completing: .file),
            KeyListOptions.carried,
            .flag("unsigned", "do not sign; `sealift sign` can do so later"),
            .flag("locked", "refuse to build without a lock that fits"),
            .flag("update", "lock anew first, and say what changed"),
            .value("volume-size", "SIZE", "the largest volume, such as 512MiB; 1 GiB at most"),
            .value("level", "N", "compression from 1 to 19; 3 without it"), InstallerOption.option,
            .flag("no-read-back", "do not read everything back past the cache"),
            .values(
                "site", "[ROLE=]FILE",
                "try the bundle's checks on a machine's survey, the output of `sealift-install check --survey --json`; a failure ends the build",
                completing: .file),
        ] + PassphraseOptions.table + CertificateOptions.table + Workshop.options,
        exclusive: [["locked", "update"], ["key", "unsigned"], ["certificate", "unsigned"]],
        examples: [
            .init(
                "sealift build line7.yaml -o /media/usb --key line7.key",
                "the folder line7-2026.11.0-k3s-amd64 on the stick")
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let choice = try PackingChoice(invocation)
        let signer = try Signer(invocation)
        let sites = try SiteSurveys(invocation.values("site"))
        let workshop = try Workshop(invocation, console)
        let use: LockUse = invocation.flag("locked") ? .locked : invocation.flag("update") ? .update : .current
        let order = BuildOrder(
            definition: FilePath(invocation.argument("DEFINITION") ?? ""),
            profiles: invocation.values("profiles").map { FilePath($0) },
            lock: use, installer: { InstallerOption.path(invocation, for: $0) })
        let prepared = try workshop.resolver.prepare(order, at: System.now())
        if let difference = prepared.lock.difference {
            let details = prepared.lock.changes.map { Diagnostic.Detail("lock", $0) }
            console.say(Diagnostic(difference, severity: .note, details: details, exitCode: .done))
        }
        let packing = choice.options(usualVolumeSize: prepared.gathered.definition.volumeSize)
        let contents = try contents(prepared, packing, workshop.store)
        try signer.check(at: contents.manifest.created)
        let checked = try sites.check(contents, console)
        let written = try write(contents, packing, workshop.store, signer, invocation, console)
        console.finish()
        try console.result(json(written, signer, prepared, checked), text: text(written, signer))
    }

    private static func contents(
        _ prepared: Prepared, _ packing: Packer.Options, _ store: Store
    ) throws -> BundleContents {
        try BundlePlan(
            prepared.gathered, store: store, builder: packing.builder, installer: prepared.installer
        ).contents
    }

    private static func write(
        _ contents: BundleContents, _ packing: Packer.Options, _ store: Store, _ signer: borrowing Signer,
        _ invocation: Invocation, _ console: Console
    ) throws -> BundleWriter.Written {
        let writer = BundleWriter(
            store: store, cache: VolumeCache(store),
            options: .init(packing: packing, readsBack: !invocation.flag("no-read-back")), progress: console.progress)
        let output = FilePath(invocation.value("output") ?? ".")
        return try writer.write(contents, to: output.text.hasSuffix(".tar") ? .tar(output) : .folder(output)) {
            (request) throws(CryptoError) in try signer.sign(request)
        }
    }

    private static func text(_ written: BundleWriter.Written, _ signer: borrowing Signer) -> String {
        let manifest = written.manifest
        return TextTable.of(
            [
                ["bundle", written.path.text],
                ["size", "\(written.size.formatted) in \(manifest.parts)"],
                ["holds", "\(manifest.entries.count) entries, \(manifest.images.count) images"],
            ]
                + (manifest.chunks.isEmpty
                    ? []
                    : [
                        [
                            "chunks",
                            "\(written.statistics.compressed) compressed, \(written.statistics.copied) copied, \(written.statistics.linked) linked from the cache",
                        ]
                    ]) + [
                    ["signed by", signer.fingerprint ?? "nobody yet: sealift sign \(written.path.text) --key PEM"]
                ])
    }

    private static func json(
        _ written: BundleWriter.Written, _ signer: borrowing Signer, _ prepared: Prepared, _ sites: [JSONValue]
    ) -> JSONValue {
        [
            "bundle": .string(written.path.text), "name": .string(written.manifest.folderName),
            "sha256": .string(written.root.hex),
            "bytes": .integer(written.size.bytes), "volumes": .integer(written.manifest.volumes.count),
            "chunks": [
                "compressed": .integer(written.statistics.compressed), "copied": .integer(written.statistics.copied),
                "linked": .integer(written.statistics.linked),
            ],
            "signedBy": signer.fingerprint.map { .string($0) } ?? .null, "lock": LockReport.json(prepared.lock),
            "sites": .array(sites),
        ]
    }
}

/// How to pack, as the command line says; read before anything is fetched, so that a wrong number is told at once.
private struct PackingChoice {
    let level: Int
    /// `nil` for what the definition says.
    let volumeSize: ByteCount?
    let jobs: Int

    init(_ invocation: Invocation) throws {
        level =
            try invocation.value("level", as: "a number from 1 to 19") {
                Int($0).flatMap { (1...19).contains($0) ? $0 : nil }
            } ?? 3
        volumeSize = try invocation.value("volume-size", as: "a size from 16MiB to 1GiB") {
            ByteCount(parsing: $0).flatMap { (.mebibytes(16)...Volume.maximumSize).contains($0) ? $0 : nil }
        }
        jobs = try JobsOption.value(of: invocation)
    }

    func options(usualVolumeSize: ByteCount) -> Packer.Options {
        let builder = Manifest.Builder(
            tool: "sealift", version: Sealift.version, zstd: FrameEncoder.libraryVersion, level: level)
        return Packer.Options(builder: builder, volumeSize: volumeSize ?? usualVolumeSize, jobs: jobs)
    }
}
