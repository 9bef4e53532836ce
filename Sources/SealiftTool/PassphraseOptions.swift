import Arguments
import LibCrypto
import Posix
import Reporting
import Sign

/// Where the passphrase of a private key comes from. Never the command line.
enum PassphraseOptions {
    static let table: [Option] = [
        .value(
            "passphrase-file", "FILE", "read the passphrase from the first line of a file that only you can read",
            completing: .file),
        .value("passphrase-fd", "N", "read the passphrase from an inherited file descriptor"),
    ]

    /// Where to look for the passphrase of a key that exists.
    static func source(_ invocation: Invocation) throws -> PassphraseSource {
        if let file = invocation.value("passphrase-file") { return .file(FilePath(file)) }
        if let number = try invocation.value("passphrase-fd", as: "the number of an open descriptor", { Int32($0) }) {
            return .descriptor(number)
        }
        return .prompt { path in
            // Without a terminal there is nobody to ask; the key's reader then says what to do.
            let what = path.text.hasPrefix("pkcs11:") ? "PIN" : "passphrase"
            let typed = Result { try System.readPassphrase("\(what) for \(path.text): ") }
            guard case .success(let bytes) = typed else { return nil }
            return SecretBytes(copying: bytes)
        }
    }

    /// The passphrase of a key that is about to be made; typed twice when a person is asked.
    static func newPassphrase(_ invocation: Invocation, for name: FilePath) throws -> SecretBytes? {
        if invocation.value("passphrase-file") != nil || invocation.value("passphrase-fd") != nil {
            return try source(invocation).passphrase(for: name, user: System.userID)
        }
        let first: [UInt8]
        do { first = try System.readPassphrase("passphrase for the new key: ") } catch {
            throw Diagnostic(
                "cannot ask for a passphrase: there is no terminal",
                next:
                    "give --passphrase-file FILE or --passphrase-fd N, or --no-passphrase for a key that anyone who has it can use",
                exitCode: .usage)
        }
        guard first.count >= 8 else {
            throw Diagnostic(
                "the passphrase is shorter than 8 characters", next: "run the command again with a longer one",
                exitCode: .usage)
        }
        guard try System.readPassphrase("the same again: ") == first else {
            throw Diagnostic("the two passphrases differ", next: "run the command again", exitCode: .usage)
        }
        return SecretBytes(copying: first)
    }
}
