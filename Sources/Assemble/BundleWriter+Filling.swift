import Format
import JSON
import LibCrypto
import Media
import Posix
import Report
import Reporting
import Sign
import Values

extension BundleWriter {
    /// The largest installer that is taken; its own limit is 14 000 000 bytes, stripped.
    private static let installerLimit = ByteCount.mebibytes(64)

    /// Writes all files, SHA256SUMS and its signatures last, and checks what the medium has.
    func fill(
        _ staging: borrowing StagingFolder, with contents: BundleContents,
        signing sign: (SignatureRequest) throws(CryptoError) -> [SignatureFile]
    ) throws(AssembleError) -> FilledBundle {
        var bundle = try writePayload(contents, in: staging)
        let predicate = try writeDocuments(of: &bundle, contents, in: staging)
        try durably(staging.folder)
        let sums = try bundle.writeSums(in: staging)
        let request = SignatureRequest(sums: sums, predicate: predicate)
        let keys = try writeSignatures(of: &bundle, for: request, sign, in: staging)
        try readBack(bundle, in: staging.path)
        try check(bundle, signedBy: keys, in: staging.path)
        return bundle
    }

    /// Writes volumes or plain files, as the target takes them.
    private func writePayload(
        _ contents: BundleContents, in staging: borrowing StagingFolder
    ) throws(AssembleError) -> FilledBundle {
        guard !contents.manifest.target.os.takesPlainFiles else {
            let writer = PlainWriter(store: store, progress: progress)
            let (entries, files) = try writer.write(contents.payload, in: staging.folder)
            let packed = PackedPayload(entries: entries)
            return FilledBundle(manifest(contents.manifest, packed), packed, plainFiles: files)
        }
        let packer = Packer(store: store, cache: cache, options: options.packing)
        let packed = try packer.pack(contents.payload, into: staging.folder, progress: progress)
        return FilledBundle(manifest(contents.manifest, packed), packed)
    }

    /// The manifest with what packing found out.
    private func manifest(_ skeleton: Manifest, _ packed: PackedPayload) -> Manifest {
        var manifest = skeleton
        manifest.builder = options.packing.builder
        manifest.entries = packed.entries
        manifest.chunks = packed.chunks
        manifest.volumes = packed.volumes.map(\.volume)
        return manifest
    }

    /// Writes every file beside the payload, SHA256SUMS and signatures, and gives the predicate of its provenance.
    private func writeDocuments(
        of bundle: inout FilledBundle, _ contents: BundleContents, in staging: borrowing StagingFolder
    ) throws(AssembleError) -> JSONValue? {
        let manifest = bundle.manifest
        let bytes = manifest.canonical()
        let words = BundleDocuments.all(for: manifest, digest: .of(bytes), contents.record)
        let installer = try installer(for: manifest.target, contents)
        var documents = [.init(name: BundleFile.manifest, bytes: bytes)] + installer
        documents += (words + contents.signatures).map { .init(name: $0.name, bytes: $0.bytes) }
        let predicate = contents.record.map { record in
            ProvenancePredicate.document(
                for: manifest, record, volumeSize: options.packing.volumeSize,
                installer: installer.first { $0.name == BundleFile.installer }.map { .of($0.bytes) })
        }
        if let predicate { documents.append(.init(name: BundleFile.provenance, bytes: predicate.canonical())) }
        try bundle.write(documents, in: staging)
        return predicate
    }

    /// What installs the bundle: a script and the static installer, or a script alone.
    private func installer(
        for target: Manifest.Target, _ contents: BundleContents
    ) throws(AssembleError) -> [FilledBundle.Document] {
        guard target.os == .linux else { return [.init(name: target.os.installScript, bytes: WindowsScript.bytes)] }
        guard let path = contents.installer else { preconditionFailure("a bundle for Linux carries its installer") }
        let installer = try files { () throws(FileError) in try Files.read(path, limit: Self.installerLimit) }
        let script = InstallScript.bytes(for: target.architecture)
        return [
            .init(name: BundleFile.installScript, bytes: script, mode: .executable),
            .init(name: BundleFile.installer, bytes: installer, mode: .executable),
        ]
    }

    /// Writes the signatures, and gives the keys that made them.
    private func writeSignatures(
        of bundle: inout FilledBundle, for request: SignatureRequest,
        _ sign: (SignatureRequest) throws(CryptoError) -> [SignatureFile], in staging: borrowing StagingFolder
    ) throws(AssembleError) -> [PublicKey] {
        let signatures: [SignatureFile]
        let keys: [PublicKey]
        do throws(CryptoError) {
            signatures = try sign(request)
            keys = try signatures.filter { $0.name.hasSuffix(".pub") }.map { (file) throws(CryptoError) in
                try PublicKey(pem: file.bytes)
            }
        } catch { throw .other(error.diagnostic) }
        let folder = MemberPath(own: BundleFile.signatures)
        do throws(FileError) { try staging.folder.makeDirectory(folder) } catch { throw .file(error) }
        try bundle.write(signatures.map { .init(name: $0.name, bytes: $0.bytes) }, in: staging)
        do throws(FileError) { try staging.folder.open(folder).synchronize() } catch { throw .file(error) }
        try durably(staging.folder)
        return keys
    }

    private func durably(_ folder: borrowing DirectoryHandle) throws(AssembleError) {
        do throws(FileError) { try folder.synchronize() } catch { throw .file(error) }
    }
}
