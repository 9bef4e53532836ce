public import LibCrypto

/// Why a key in a token could not be used.
public enum TokenError: Error, Hashable, Sendable {
    /// The address is none.
    case uri(TokenURI.Refusal)
    /// libcrypto has no provider `pkcs11`, or it could not be started.
    case noProvider(reason: String)
    /// Nobody said which library speaks with the token.
    case noModule
    /// No such token, or no such key in it that can be seen without a PIN.
    case notFound
    /// A PIN is asked for and there is none.
    case pinNeeded
    /// The token took the PIN or not, and shows no such key: both look the same from outside.
    case notFoundOrWrongPIN
    /// Several keys fit.
    case several(Int)
    /// The key is none that can sign here.
    case key(CryptoError)
}
