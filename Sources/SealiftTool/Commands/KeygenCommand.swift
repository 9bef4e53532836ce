import Arguments
import JSON
import LibCrypto
import Posix
import Reporting
import Sign

/// `sealift keygen NAME`: a new pair of key files.
enum KeygenCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "keygen", "make a pair of keys: NAME.key to sign with, NAME.pub for the sites",
        details: [
            "The private key is encrypted with a passphrase (PBKDF2, 600 000 rounds), which is asked for twice. Keep NAME.key off the stick; "
                + "give NAME.pub, or its fingerprint, to each site by another road than the bundles."
        ],
        positionals: [Positional("NAME", "where to, without the suffix", completing: .file)],
        options: [
            .value(
                "algorithm", "NAME", "ecdsa-p256 (the default; cosign knows it too) or ed25519",
                completing: .choices(["ecdsa-p256", "ed25519"])),
            .flag("no-passphrase", "do not encrypt the key: whoever has the file can sign"),
        ] + PassphraseOptions.table,
        exclusive: [["no-passphrase"] + PassphraseOptions.table.map(\.name)],
        examples: [.init("sealift keygen line7", "line7.key and line7.pub in this folder")])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let name = FilePath(invocation.argument("NAME") ?? "")
        let algorithm = invocation.value("algorithm").flatMap { SignatureAlgorithm(rawValue: $0) } ?? .ecdsaP256
        let passphrase =
            invocation.flag("no-passphrase") ? nil : try PassphraseOptions.newPassphrase(invocation, for: name)
        let pair = try KeyFile.generate(name, algorithm: algorithm, passphrase: passphrase)
        try console.result(
            [
                "privateKey": .string(pair.privateFile.text), "publicKey": .string(pair.publicFile.text),
                "algorithm": .string(algorithm.rawValue), "fingerprint": .string(pair.publicKey.fingerprintText),
                "keyId": .string(pair.publicKey.keyID.text),
            ],
            text: """
                private key  \(pair.privateFile.text)  keep it secret, and a copy of it safe
                public key   \(pair.publicFile.text)  give it to the sites
                fingerprint  \(pair.publicKey.fingerprintText)
                """)
    }
}
