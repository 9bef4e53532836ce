import Arguments
import LibCrypto
import Posix
import Reporting
import Sign
import Values

/// The key that a bundle is signed with; read before anything is fetched, so that a wrong passphrase is told at once.
struct Signer: ~Copyable {
    private let key: SigningKey?
    /// The key lists that travel with the bundle; none without `--keys`.
    private let lists: [SignatureFile]
    private let identity: CertifiedIdentity?

    init(_ invocation: Invocation) throws {
        let folder = try KeyListOptions.folder(invocation)
        let files = try folder?.files() ?? []
        let found = try Self.read(invocation)
        if let read = found.key { try folder?.check(read.publicKey) }
        lists = files
        key = found.key
        identity = found.identity
    }

    private static func read(_ invocation: Invocation) throws -> (key: SigningKey?, identity: CertifiedIdentity?) {
        let identity = try CertificateOptions.identity(invocation)
        if let path = invocation.value("key") {
            let key = SigningKey(
                try KeySource.find(
                    path, user: System.userID, passphrase: try PassphraseOptions.source(invocation)))
            // What a site would refuse is told now, and not after everything was fetched.
            _ = try identity?.sign([], with: key.key)
            return (key, identity)
        }
        guard invocation.flag("unsigned") else {
            throw Diagnostic(
                "no key to sign with",
                next: "give --key PEM (`sealift keygen NAME` makes one), or --unsigned to sign later",
                exitCode: .usage)
        }
        return (nil, nil)
    }

    /// The fingerprint of the key; `nil` when nothing is signed.
    var fingerprint: String? { key?.publicKey.fingerprintText }

    /// The files of `signatures/`: key lists, and what the key signs.
    func sign(_ request: SignatureRequest) throws(CryptoError) -> [SignatureFile] {
        guard let key else { return lists }
        let files = try lists + SignatureFile.signing(request, with: key.key)
        guard let identity else { return files }
        do throws(SignError) {
            return files + [
                SignatureFile(name: identity.fileName, bytes: try identity.sign(request.sums, with: key.key))
            ]
        } catch {
            throw .refused(operation: "sign with the certificate, which it did before")
        }
    }

    /// Refuses certificates that are not valid at the time that the bundle will bear.
    func check(at created: Timestamp) throws(SignError) { try identity?.check(at: created) }
}

/// A private key that an optional can hold.
private final class SigningKey {
    let key: PrivateKey
    var publicKey: PublicKey { key.publicKey }

    init(_ key: consuming PrivateKey) { self.key = key }
}
