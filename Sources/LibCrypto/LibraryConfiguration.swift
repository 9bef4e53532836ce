/// libcrypto's configuration file, which nothing of ours reads.
public enum LibraryConfiguration {
    /// Forbids libcrypto to read `openssl.cnf`, or what `OPENSSL_CONF` names, in this process and for good.
    ///
    /// A program calls it first. Whoever uses libcrypto before, such as libcurl, which shares it, would have it load the
    /// shared objects that the file names, beside the private key.
    public static func forbid() {
        _ = CryptoLibrary.shared
    }
}
