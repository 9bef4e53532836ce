public import LibCrypto
public import Posix

extension KeyFile {
    /// A new pair of key files.
    public struct Pair: Sendable {
        /// `NAME.key`: PKCS#8, mode 0600.
        public let privateFile: FilePath
        /// `NAME.pub`: SPKI.
        public let publicFile: FilePath
        /// What both are about.
        public let publicKey: PublicKey
    }

    /// Makes a key and writes `NAME.key` and `NAME.pub`. Existing files are never overwritten; when one cannot be written,
    /// neither stays.
    ///
    /// - Parameters:
    ///   - name: Where to, without the suffix.
    ///   - passphrase: `nil` for a key that anyone who holds the file can use.
    /// - Throws: ``SignError``.
    public static func generate(
        _ name: FilePath, algorithm: SignatureAlgorithm = .ecdsaP256, passphrase: SecretBytes?
    ) throws(SignError) -> Pair {
        let (privateFile, publicFile) = (name.withSuffix(".key"), name.withSuffix(".pub"))
        for path in [privateFile, publicFile] {
            let isThere = try attempt { () throws(FileError) in try Files.exists(path) }
            guard !isThere else { throw .keyExists(path) }
        }
        let (publicKey, pem) = try makeKey(algorithm, passphrase: passphrase, for: privateFile)
        try NewFile.create(privateFile, secret: pem)
        do throws(SignError) {
            try NewFile.create(publicFile, open: Array(publicKey.pem.utf8))
            try attempt { () throws(FileError) in try Files.synchronizeDirectory(name.parent) }
        } catch {
            try? Files.remove(privateFile)  // the first error is the one to tell
            throw error
        }
        return Pair(privateFile: privateFile, publicFile: publicFile, publicKey: publicKey)
    }

    private static func makeKey(
        _ algorithm: SignatureAlgorithm, passphrase: SecretBytes?, for path: FilePath
    ) throws(SignError) -> (PublicKey, SecretBytes) {
        try attempt(path) { () throws(CryptoError) in
            let key = try PrivateKey.generate(algorithm)
            return (key.publicKey, try key.pem(encryptedWith: passphrase))
        }
    }
}

extension FilePath {
    fileprivate func withSuffix(_ suffix: String) -> FilePath { FilePath(bytes: bytes + Array(suffix.utf8)) }
}
