import LibCrypto
public import Reporting

extension TokenError: Diagnosable {
    /// The words for each case.
    public var diagnostic: Diagnostic {
        let (message, next) = words
        return Diagnostic(message, next: next, exitCode: .usage)
    }

    private var words: (message: String, next: String) {
        switch self {
        case .uri(let refusal): (Self.message(refusal), Self.next(refusal))
        case .noProvider(let reason):
            (
                "cannot speak with the token: libcrypto has no provider \"pkcs11\": \(reason)",
                "install pkcs11-provider (Debian 13 has it), or name its folder with OPENSSL_MODULES"
            )
        case .noModule:
            (
                "cannot speak with the token: nobody says which library of its maker to use",
                "add ?module-path=/usr/lib/…/library.so to the address, or set PKCS11_PROVIDER_MODULE"
            )
        case .notFound:
            (
                "cannot find the key: no such token is here",
                "plug it in, and compare with pkcs11-tool --list-token-slots"
            )
        case .pinNeeded:
            (
                "cannot open the token: it wants a PIN and there is no terminal to ask at",
                "add ?pin-source=file:/… to the address, a file that only you can read"
            )
        case .notFoundOrWrongPIN:
            (
                "cannot find the key: the token shows no such private key, or did not take the PIN",
                "compare object and id with pkcs11-tool --login --list-objects; mind that tokens lock after a few wrong PINs"
            )
        case .several(let count):
            ("cannot tell which key is meant: \(count) keys of the token fit", "add object= or id= until one fits")
        case .key(let error): (error.diagnostic.message, error.diagnostic.next ?? "use another key")
        }
    }

    private static func message(_ refusal: TokenURI.Refusal) -> String {
        switch refusal {
        case .scheme: "cannot read the token's address: it does not begin with \"pkcs11:\", or is too long"
        case .noValue(let place): "cannot read the token's address: name=value is wanted at byte \(place)"
        case .character(let place): "cannot read the token's address: byte \(place) must be written as % and two digits"
        case .escape(let place): "cannot read the token's address: % without two hexadecimal digits at byte \(place)"
        case .unknown(let name, let place):
            "cannot read the token's address: nobody knows \(quoted(name)) at byte \(place)"
        case .twice(let name, let place):
            "cannot read the token's address: \(quoted(name)) stands again at byte \(place)"
        case .pinInside:
            "cannot use the token's address: it holds the PIN, which every user of this machine can then read"
        case .pinSource: "cannot use the token's address: pin-source is not file: and an absolute path"
        case .modulePath: "cannot use the token's address: module-path is not an absolute path"
        case .type(let type): "cannot sign with an object of type \(quoted(type))"
        case .noKey: "cannot tell which key is meant: the address has neither object nor id"
        }
    }

    private static func next(_ refusal: TokenURI.Refusal) -> String {
        switch refusal {
        case .pinInside, .pinSource:
            "write the PIN into a file that only you can read: ?pin-source=file:/etc/sealift/pin"
        default: "such as pkcs11:token=Company;object=release (RFC 7512)"
        }
    }
}
