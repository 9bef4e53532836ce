public import Reporting
import Values

extension CryptoError: Diagnosable {
    /// The words for each case. Which file it was is added by who opened it.
    public var diagnostic: Diagnostic {
        let (message, next) = words
        return Diagnostic(message, next: next, exitCode: exitCode)
    }

    private var exitCode: ExitCode {
        switch self {
        case .refused: .internalError
        default: .usage
        }
    }

    private var words: (message: String, next: String) {
        switch self {
        case .notPEM, .malformedPEM, .severalBlocks, .unexpectedLabel, .tooLong: textWords
        case .malformedKey, .unsupportedKey, .unusualEncoding, .inconsistentKey, .refused: keyWords
        case .passphraseNeeded, .wrongPassphrase, .unsupportedEncryption: passphraseWords
        }
    }

    private var textWords: (message: String, next: String) {
        switch self {
        case .malformedPEM(let label):
            ("cannot read the key: its PEM block \(quoted(label)) is damaged", "copy the key file again, whole")
        case .severalBlocks(let labels):
            (
                "cannot tell which key is meant: the file holds \(labels.count) PEM blocks: "
                    + labels.map { quoted($0) }.joined(separator: ", "),
                "keep one key in a file"
            )
        case .unexpectedLabel(let found, let wanted):
            ("cannot use \(quoted(found)) where \(quoted(wanted)) is wanted", Self.hint(found: found, wanted: wanted))
        case .tooLong(let found, let limit):
            ("cannot read the key: \(found), and no key is longer than \(limit)", "name the key file itself")
        default: ("cannot read the key: it is not PEM", "give a file that starts with \"-----BEGIN\"")
        }
    }

    private static func hint(found: String, wanted: String) -> String {
        switch found {
        case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY":
            "cosign's own key files cannot be read: make a key with sealift keygen, and bring it to cosign with cosign import-key-pair"
        case "OPENSSH PRIVATE KEY": "make a key with sealift keygen"
        case "CERTIFICATE": "take the key out of the certificate: openssl x509 -pubkey -noout -in FILE"
        case "PUBLIC KEY": "give the private key, NAME.key"
        case let label where label.hasSuffix("PRIVATE KEY") && wanted == "PUBLIC KEY": "give the public key, NAME.pub"
        default: "make a key with sealift keygen"
        }
    }

    private var keyWords: (message: String, next: String) {
        switch self {
        case .unsupportedKey(let name):
            (
                "cannot use a key of type \(quoted(name)): sealift takes ECDSA P-256 and Ed25519",
                "make a key with sealift keygen"
            )
        case .unusualEncoding(let algorithm):
            (
                "cannot use this \(algorithm.rawValue) key: it is not in the usual encoding",
                "rewrite it: openssl ec -in FILE -param_enc named_curve -conv_form uncompressed"
            )
        case .inconsistentKey:
            (
                "cannot sign: the private key and the public key stored with it do not belong together",
                "bring back the key file from its copy, or make a new one with sealift keygen"
            )
        case .refused(let operation): ("cannot \(operation): libcrypto refused", "free some memory and try again")
        default: ("cannot read the key: its content is not a key", "copy the key file again, whole")
        }
    }

    private var passphraseWords: (message: String, next: String) {
        switch self {
        case .unsupportedEncryption(let name):
            (
                "cannot decrypt the key: it is encrypted with \(quoted(name))",
                "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000 -in FILE"
            )
        case .passphraseNeeded:
            ("cannot use the key: it is encrypted and there is no passphrase", "give its passphrase")
        default: ("cannot decrypt the key: the passphrase is wrong", "try the passphrase again")
        }
    }
}
