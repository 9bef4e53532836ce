import LibCrypto
public import Posix
public import Reporting
public import Trust
import Values

extension TrustPolicy {
    /// The largest key file, in bytes.
    private static let keyLimit: ByteCount = 16_384
    /// Where a site keeps the keys that it trusts.
    public static let siteKeys: FilePath = "/etc/sealift/trusted-keys"

    /// Gathers pins: whole keys from files, fingerprints as typed, and the keys that the site keeps in a folder.
    ///
    /// - Parameters:
    ///   - siteKeys: The folder of `*.pub` files; used only when nothing else is given; may not exist.
    ///   - bundle: The bundle to be verified, which must not bring its own key.
    /// - Returns: The policy, and warnings worth keeping in a receipt.
    /// - Throws: ``VerifyError`` for a key that cannot be used; ``Diagnostic`` (usage) for a fingerprint that is none.
    public static func load(
        keyFiles: [FilePath], fingerprints: [String], siteKeys: FilePath?, bundle: FilePath
    ) throws -> (policy: TrustPolicy, warnings: [Diagnostic]) {
        var pins: [Pin] = []
        var warnings: [Diagnostic] = []
        for text in fingerprints { pins.append(try pin(fingerprint: text)) }
        for path in keyFiles {
            pins.append(try pin(keyFile: path, bundle: bundle, warnings: &warnings))
        }
        if pins.isEmpty, let siteKeys {
            for path in try keyFilesOf(siteKeys) {
                pins.append(try pin(keyFile: path, bundle: bundle, warnings: &warnings))
            }
        }
        return (TrustPolicy(pins: pins), warnings)
    }

    private static func pin(fingerprint text: String) throws(Diagnostic) -> Pin {
        if let pin = Pin(fingerprint: text, origin: "--fingerprint \(text)") { return pin }
        throw Diagnostic(
            "cannot read the fingerprint \(quoted(text))",
            next: "give SHA256: and at least \(Pin.minimumDigits) of the 64 hexadecimal digits", exitCode: .usage)
    }

    private static func pin(
        keyFile path: FilePath, bundle: FilePath, warnings: inout [Diagnostic]
    ) throws(VerifyError) -> Pin {
        if try KeyPlacement.of(path, from: bundle) == .sameMedium {
            warnings.append(
                Diagnostic(
                    "the key \(quoted(path.text)) is on the same medium as the bundle", severity: .warning,
                    next: "keep the site's key elsewhere: whoever can change the stick can change both",
                    exitCode: .notTrusted))
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.read(path, limit: keyLimit) } catch { throw .file(error) }
        do throws(CryptoError) { return Pin(try PublicKey(pem: bytes), origin: path.text) } catch {
            throw .unusableKey(path: path, error)
        }
    }

    /// The `*.pub` files of a folder, in byte order; none when there is no such folder.
    private static func keyFilesOf(_ folder: FilePath) throws(VerifyError) -> [FilePath] {
        do throws(FileError) {
            return try DirectoryHandle.open(folder).entries().filter { $0.hasSuffix(".pub") }.map {
                folder.appending($0)
            }
        } catch {
            guard error.errno == .notFound else { throw .file(error) }
            return []
        }
    }
}
