public import LibCrypto
import LibToken
import Posix

/// Where a private key is: in a file, or in a token.
public enum KeySource {
    /// The key at `place`: the address of one in a token (`pkcs11:…`), or the path of a file.
    ///
    /// The library of the token's maker is the address's `module-path`, or what PKCS11_PROVIDER_MODULE names.
    ///
    /// - Parameters:
    ///   - user: Who runs this program, as geteuid(2) says.
    ///   - passphrase: Asked once at most; of a token the PIN, unless its address names a file for that.
    /// - Throws: ``SignError``.
    public static func find(
        _ place: String, user: UInt32, passphrase: PassphraseSource
    ) throws(SignError) -> PrivateKey {
        guard TokenURI.isOne(place) else {
            return try KeyFile.readPrivate(FilePath(place), user: user, passphrase: passphrase)
        }
        let uri: TokenURI
        // What was typed may hold a PIN, so it is not shown.
        do throws(TokenURI.Refusal) { uri = try TokenURI(place) } catch { throw .token(.uri(error), "--key") }
        if let module = uri.modulePath { System.setEnvironment(module: module) }
        let origin = FilePath(uri.canonical)
        let hasModule = System.environment("PKCS11_PROVIDER_MODULE") != nil
        let pin = try pin(uri.pinFile.map { .file(FilePath($0)) } ?? passphrase, for: origin, user: user)
        do throws(TokenError) { return try Token.key(at: uri, hasModule: hasModule, pin: pin) } catch {
            throw .token(error, origin)
        }
    }

    /// A person is asked when the token asks; everything else is read now, so that what is wrong with it is told.
    private static func pin(
        _ source: PassphraseSource, for origin: FilePath, user: UInt32
    ) throws(SignError) -> () -> SecretBytes? {
        if case .prompt(let ask) = source { return { ask(origin) } }
        let pin = try source.passphrase(for: origin, user: user)
        return { pin }
    }
}

extension System {
    fileprivate static func setEnvironment(module: String) { setEnvironment("PKCS11_PROVIDER_MODULE", to: module) }
}
