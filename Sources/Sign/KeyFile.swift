public import LibCrypto
public import Posix
public import Values

/// Keys on disk.
public enum KeyFile {
    /// The most bytes of a key file; the longest that sealift writes has 600.
    public static let limit = ByteCount.kibibytes(64)

    /// Reads a private key: a regular file, not a link, of this user or root, closed to everybody else.
    ///
    /// - Parameters:
    ///   - path: PKCS#8 or SEC1 in PEM.
    ///   - user: Who runs this program, as geteuid(2) says.
    ///   - passphrase: Asked once, and only when the key is encrypted.
    /// - Throws: ``SignError``.
    public static func readPrivate(
        _ path: FilePath, user: UInt32, passphrase source: PassphraseSource
    ) throws(SignError) -> PrivateKey {
        let pem = try PrivateFile.read(path, limit: limit, user: user)
        let isEncrypted = try attempt(path) { () throws(CryptoError) in try PrivateKey.isEncrypted(pem: pem) }
        let passphrase = isEncrypted ? try source.passphrase(for: path, user: user) : nil
        return try attempt(path) { () throws(CryptoError) in try PrivateKey(pem: pem) { passphrase } }
    }

    /// Reads a public key, SPKI in PEM.
    ///
    /// - Throws: ``SignError``.
    public static func readPublic(_ path: FilePath) throws(SignError) -> PublicKey {
        let text = try attempt { () throws(FileError) in try Files.read(path, limit: limit) }
        return try attempt(path) { () throws(CryptoError) in try PublicKey(pem: text) }
    }
}
