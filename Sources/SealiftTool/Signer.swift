import Arguments
import LibCrypto
import Posix
import Reporting
import Sign

/// The key that a bundle is signed with; read before anything is fetched, so that a wrong passphrase is told at once.
struct Signer: ~Copyable {
    private let key: SigningKey?

    init(_ invocation: Invocation) throws {
        if let path = invocation.value("key") {
            key = SigningKey(
                try KeyFile.readPrivate(
                    FilePath(path), user: System.userID, passphrase: try PassphraseOptions.source(invocation)))
        } else if invocation.flag("unsigned") {
            key = nil
        } else {
            throw Diagnostic(
                "no key to sign with",
                next: "give --key PEM (`sealift keygen NAME` makes one), or --unsigned to sign later",
                exitCode: .usage)
        }
    }

    /// The fingerprint of the key; `nil` when nothing is signed.
    var fingerprint: String? { key?.publicKey.fingerprintText }

    /// The files of `signatures/`; none without a key.
    func sign(_ request: SignatureRequest) throws(CryptoError) -> [SignatureFile] {
        guard let key else { return [] }
        return try SignatureFile.signing(request, with: key.key)
    }
}

/// A private key that an optional can hold.
private final class SigningKey {
    let key: PrivateKey
    var publicKey: PublicKey { key.publicKey }

    init(_ key: consuming PrivateKey) { self.key = key }
}
