import Arguments
import LibCrypto
import Posix
import Reporting
import Sign

/// The key that a bundle is signed with; read before anything is fetched, so that a wrong passphrase is told at once.
struct Signer: ~Copyable {
    private let key: SigningKey?
    /// The key lists that travel with the bundle; none without `--keys`.
    private let lists: [SignatureFile]

    init(_ invocation: Invocation) throws {
        let folder = try KeyListOptions.folder(invocation)
        let files = try folder?.files() ?? []
        let read = try Self.read(invocation)
        if let read { try folder?.check(read.publicKey) }
        lists = files
        key = read
    }

    private static func read(_ invocation: Invocation) throws -> SigningKey? {
        if let path = invocation.value("key") {
            return SigningKey(
                try KeyFile.readPrivate(
                    FilePath(path), user: System.userID, passphrase: try PassphraseOptions.source(invocation)))
        }
        guard invocation.flag("unsigned") else {
            throw Diagnostic(
                "no key to sign with",
                next: "give --key PEM (`sealift keygen NAME` makes one), or --unsigned to sign later",
                exitCode: .usage)
        }
        return nil
    }

    /// The fingerprint of the key; `nil` when nothing is signed.
    var fingerprint: String? { key?.publicKey.fingerprintText }

    /// The files of `signatures/`: key lists, and what the key signs.
    func sign(_ request: SignatureRequest) throws(CryptoError) -> [SignatureFile] {
        guard let key else { return lists }
        return try lists + SignatureFile.signing(request, with: key.key)
    }
}

/// A private key that an optional can hold.
private final class SigningKey {
    let key: PrivateKey
    var publicKey: PublicKey { key.publicKey }

    init(_ key: consuming PrivateKey) { self.key = key }
}
