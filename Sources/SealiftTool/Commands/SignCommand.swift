import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Reporting
import Sign
import Trust
import Values

/// `sealift sign BUNDLE --key PEM`: adds a signature, and touches nothing else.
enum SignCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "sign", "add a signature to a finished bundle, or key lists",
        details: [
            "The content stays as it is: only files below signatures/ are added: the signature, a line of provenance beside those of other signers, key lists. Verify the bundle before you sign it."
        ],
        positionals: [Positional("BUNDLE", "the bundle's folder", completing: .directory)],
        options: [
            .value(
                "key", "PEM", "the private key to sign with: a file, or a token's address, pkcs11:…", completing: .file),
            KeyListOptions.carried,
        ] + PassphraseOptions.table + CertificateOptions.table)

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let bundle = FilePath(invocation.argument("BUNDLE") ?? "")
        let finished = try FinishedBundle(at: bundle)
        let folder = try KeyListOptions.folder(invocation)
        guard invocation.value("key") != nil || folder != nil else {
            throw Diagnostic("nothing to add", next: "give --key PEM, --keys DIR, or both", exitCode: .usage)
        }
        let identity = try CertificateOptions.identity(invocation)
        try identity?.check(at: finished.created())
        var files = try folder?.files() ?? []
        var signer: PublicKey?
        if let path = invocation.value("key") {
            let origin = FilePath(path)
            let key = try KeySource.find(
                path, user: System.userID, passphrase: try PassphraseOptions.source(invocation))
            try folder?.check(key.publicKey)
            files += try finished.signing(with: key, from: origin)
            if let identity {
                files.append(
                    SignatureFile(
                        name: try identity.fileName(in: bundle), bytes: try identity.sign(finished.sums, with: key)))
            }
            signer = key.publicKey
        }
        try Files.makeDirectories(bundle.appending(BundleFile.signatures))
        for file in files { try Files.replace(bundle.appending(file.name), with: file.bytes) }
        try report(signer, folder, console)
    }

    private static func report(_ signer: PublicKey?, _ folder: KeyListFolder?, _ console: Console) throws {
        let newest = folder?.newest.list.number
        try console.result(
            [
                "fingerprint": signer.map { .string($0.fingerprintText) } ?? .null,
                "signature": signer.map { .string("signatures/\($0.keyID).sig") } ?? .null,
                "keyList": newest.map { .integer($0) } ?? .null,
            ],
            text: [signer.map { "signed by \($0.fingerprintText)" }, newest.map { "carries key lists 1 to \($0)" }]
                .compactMap(\.self).joined(separator: "\n"))
    }
}
