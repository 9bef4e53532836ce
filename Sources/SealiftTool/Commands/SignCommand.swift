import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Sign
import Values

/// `sealift sign BUNDLE --key PEM`: adds a signature, and touches nothing else.
enum SignCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "sign", "add a signature to a finished bundle",
        details: [
            "The content stays as it is: only files below signatures/ are added: the signature, and a line of provenance beside those of other signers. Verify the bundle before you sign it."
        ],
        positionals: [Positional("BUNDLE", "the bundle's folder", completing: .directory)],
        options: [.value("key", "PEM", "the private key to sign with", completing: .file, isRequired: true)]
            + PassphraseOptions.table)

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let bundle = FilePath(invocation.argument("BUNDLE") ?? "")
        let finished = try FinishedBundle(at: bundle)
        let origin = FilePath(invocation.value("key") ?? "")
        let key = try KeyFile.readPrivate(
            origin, user: System.userID,
            passphrase: try PassphraseOptions.source(invocation))
        try Files.makeDirectories(bundle.appending(BundleFile.signatures))
        for file in try finished.signing(with: key, from: origin) {
            try Files.replace(bundle.appending(file.name), with: file.bytes)
        }
        let publicKey = key.publicKey
        try console.result(
            [
                "fingerprint": .string(publicKey.fingerprintText),
                "signature": .string("signatures/\(publicKey.keyID).sig"),
            ],
            text: "signed by \(publicKey.fingerprintText)")
    }
}
