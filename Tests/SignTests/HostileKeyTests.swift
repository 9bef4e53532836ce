import Counting
import LibCrypto
import Posix
import Reporting
import Sign
import Testing
import Values

/// Row S7 of the test matrix: files that are called a private key. Each is made by a line of shell in a folder of its own.
@Suite struct HostileKeyTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let making: String
        let source: @Sendable (KeyFolder) -> PassphraseSource
        let refusal: @Sendable (FilePath) -> SignError

        var testDescription: String { name }

        init(
            _ name: String, _ making: String,
            source: @escaping @Sendable (KeyFolder) -> PassphraseSource = { _ in .prompt { _ in passphrase } },
            _ refusal: @escaping @Sendable (FilePath) -> SignError
        ) {
            (self.name, self.making, self.source, self.refusal) = (name, making, source, refusal)
        }

        init(_ name: String, _ making: String, _ error: CryptoError) {
            self.init(name, making) { .key(error, $0) }
        }
    }

    private static let p256 = "openssl ecparam -name prime256v1 -genkey -noout"
    private static let edwards = "openssl genpkey -algorithm ED25519"
    private static let sealed = "\(edwards) | openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:pw -out x"
    private static let request = "\(p256) -out k; openssl req -x509 -new -key k -subj /CN=a -out c"

    private static let places = [
        Attack("readable by the group", "\(edwards) -out x; chmod 640 x") { .openToOthers($0, mode: 0o640) },
        Attack("readable by everybody", "\(edwards) -out x; chmod 644 x") { .openToOthers($0, mode: 0o644) },
        Attack("writable by everybody", "\(edwards) -out x; chmod 602 x") { .openToOthers($0, mode: 0o602) },
        Attack("a symbolic link", "\(edwards) -out k; chmod 600 k; ln -s k x") { .symbolicLink($0) },
        Attack("a link to nothing", "ln -s nowhere x") { .symbolicLink($0) },
        Attack("a folder", "mkdir -m 700 x") { .notAFile($0) },
        Attack("a pipe", "mkfifo -m 600 x") { .notAFile($0) },
        Attack("a device", "mknod -m 600 x c 1 3") { .notAFile($0) },
        Attack("of a stranger", "\(edwards) -out x; chmod 600 x; chown 4711 x") { .foreignOwner($0, owner: 4_711) },
        Attack("64 KiB and one byte", "head -c 65537 /dev/zero | tr '\\0' a > x; chmod 600 x") {
            .tooLong($0, limit: KeyFile.limit)
        },
    ]

    private static let others = [
        Attack("RSA", "openssl genpkey -algorithm RSA -out x", .unsupportedKey(name: "RSA, 2048 bits")),
        Attack(
            "RSA in PKCS#1", "openssl genrsa -traditional -out x",
            .unexpectedLabel(found: "RSA PRIVATE KEY", wanted: "PRIVATE KEY")),
        Attack(
            "P-384", "openssl ecparam -name secp384r1 -genkey -noout -out x",
            .unsupportedKey(name: "EC secp384r1")),
        Attack(
            "P-521 in PKCS#8", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out x",
            .unsupportedKey(name: "EC secp521r1")),
        Attack(
            "the curve of bitcoin", "openssl ecparam -name secp256k1 -genkey -noout -out x",
            .unsupportedKey(name: "EC secp256k1")),
        Attack("Ed448", "openssl genpkey -algorithm ED448 -out x", .unsupportedKey(name: "ED448, 456 bits")),
        Attack("X25519", "openssl genpkey -algorithm X25519 -out x", .unsupportedKey(name: "X25519, 253 bits")),
        Attack(
            "explicit parameters", "\(p256) | openssl ec -param_enc explicit -out x",
            .unusualEncoding(.ecdsaP256)),
        Attack(
            "DSA",
            "openssl genpkey -genparam -algorithm DSA -pkeyopt pbits:2048 -pkeyopt qbits:256 -out p; openssl genpkey -paramfile p -out x",
            .unsupportedKey(name: "DSA, 2048 bits")),
    ]

    private static let contents = [
        Attack("empty", ": > x", .notPEM),
        Attack("no PEM", "echo hello > x", .notPEM),
        Attack("DER", "\(p256) -outform DER -out x", .notPEM),
        Attack(
            "the public key", "\(p256) | openssl ec -pubout -out x",
            .unexpectedLabel(found: "PUBLIC KEY", wanted: "PRIVATE KEY")),
        Attack(
            "a certificate", "\(request); mv c x", .unexpectedLabel(found: "CERTIFICATE", wanted: "PRIVATE KEY")),
        Attack(
            "a certificate before its key", "\(request); cat c k > x",
            .severalBlocks(labels: ["CERTIFICATE", "EC PRIVATE KEY"])),
        Attack(
            "two keys", "(\(p256); \(p256)) > x", .severalBlocks(labels: ["EC PRIVATE KEY", "EC PRIVATE KEY"])),
        Attack(
            "the end cut off", "\(edwards) | head -n 2 > x", .malformedPEM(label: "PRIVATE KEY")),
        Attack(
            "another end", "\(edwards) | sed 's/END PRIVATE/END PUBLIC/' > x", .malformedPEM(label: "PRIVATE KEY")),
        Attack(
            "a byte behind the key",
            "\(edwards) -outform DER -out d; (cat d; printf '\\0') | (echo '-----BEGIN PRIVATE KEY-----'; openssl base64; echo '-----END PRIVATE KEY-----') > x",
            .malformedKey),
        Attack(
            "OpenSSH's own form",
            "printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl\\n-----END OPENSSH PRIVATE KEY-----\\n' > x",
            .unexpectedLabel(found: "OPENSSH PRIVATE KEY", wanted: "PRIVATE KEY")),
        Attack(
            "cosign's own form",
            "printf -- '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\\neyJr\\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\\n' > x",
            .unexpectedLabel(found: "ENCRYPTED SIGSTORE PRIVATE KEY", wanted: "PRIVATE KEY")),
    ]

    private static let passphrases = [
        Attack("a wrong passphrase", sealed, source: { _ in .prompt { _ in SecretBytes(copying: [0x70]) } }) {
            .key(.wrongPassphrase, $0)
        },
        Attack("an empty passphrase", sealed, source: { _ in .prompt { _ in SecretBytes(copying: []) } }) {
            .key(.wrongPassphrase, $0)
        },
        Attack("nobody to ask", sealed, source: { _ in .prompt { _ in nil } }) { .key(.passphraseNeeded, $0) },
        Attack(
            "an empty line as passphrase", "\(sealed); echo > phrase; chmod 600 phrase",
            source: { .file($0["phrase"]) }
        ) { .emptyPassphrase($0.parent.appending("phrase")) },
        Attack(
            "a passphrase that others can read", "\(sealed); echo pw > phrase; chmod 644 phrase",
            source: { .file($0["phrase"]) }
        ) { .openToOthers($0.parent.appending("phrase"), mode: 0o644) },
        Attack(
            "a passphrase behind a link", "\(sealed); echo pw > p; chmod 600 p; ln -s p phrase",
            source: { .file($0["phrase"]) }
        ) { .symbolicLink($0.parent.appending("phrase")) },
        Attack(
            "encrypted with RC2 and 40 bits",
            "\(p256) | openssl pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -provider legacy -provider default -passout pass:pw -out x"
        ) { .key(.unsupportedEncryption(name: "pbeWithSHA1And40BitRC2-CBC"), $0) },
    ]

    private static let attacks = places + others + contents + passphrases

    @Test(.enabled(if: thisUser == 0, "some of these files only root can make"))
    func `what is no usable private key is refused by its reason`() throws {
        var failed = 0
        for attack in Self.attacks {
            let folder = try KeyFolder()
            try #require(try folder.run("umask 077; \(attack.making)") == 0, "\(attack.name)")
            let isRefused = Self.isRefused(attack, in: folder)
            #expect(isRefused, "\(attack.name)")
            failed += isRefused ? 0 : 1
        }
        Tally.report("S7", "files that are no usable private key", count: Self.attacks.count, failing: failed)
        #expect(Self.attacks.count >= 25)
    }

    /// Whether reading throws exactly the refusal that is wanted, in words that name the file and what to do.
    private static func isRefused(_ attack: Attack, in folder: KeyFolder) -> Bool {
        let path = folder["x"]
        do throws(SignError) {
            _ = try KeyFile.readPrivate(path, user: thisUser, passphrase: attack.source(folder))
            return false
        } catch {
            guard error == attack.refusal(path) else {
                Issue.record("\(attack.name): \(error)")
                return false
            }
            let words = error.diagnostic
            return words.message.hasPrefix("cannot ") && words.next != nil && words.exitCode == .usage
        }
    }
}
