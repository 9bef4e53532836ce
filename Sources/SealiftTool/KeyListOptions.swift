import Arguments
import LibCrypto
import Posix
import Reporting
import Sign
import Trust
import Values

/// What is said of a key list on a command line.
enum KeyListOptions {
    static let members: [Option] = [
        .values("root-key", "[NAME=]PUB", "a key that signs lists", completing: .file),
        .value("root-threshold", "N", "so many root keys must sign a list; as before, or 1"),
        .values("signing-key", "[NAME=]PUB", "a key that signs bundles", completing: .file),
        .value("threshold", "N", "so many signing keys must sign a bundle; as before, or 1"),
    ]

    static let expires: Option = .value(
        "expires", "TIME", "when the list is over, such as 2028-01-01T00:00:00Z; never without it")

    /// The folder that a bundle takes its key lists from.
    static let carried: Option = .value(
        "keys", "DIR", "put the key lists of this folder into signatures/", completing: .directory)

    /// That folder, every list of it signed; `nil` without the option.
    static func folder(_ invocation: Invocation) throws -> KeyListFolder? {
        try invocation.value("keys").map { try KeyListFolder(at: FilePath($0)) }
    }

    /// What the options say of the list to be made.
    static func change(_ invocation: Invocation) throws -> KeyListChange {
        var change = KeyListChange()
        change.roots = try invocation.values("root-key").map(member)
        change.keys = try invocation.values("signing-key").map(member)
        change.rootThreshold = try invocation.value("root-threshold", as: "a number from 1 to 64") { Int($0) }
        change.threshold = try invocation.value("threshold", as: "a number from 1 to 64") { Int($0) }
        if invocation.value("expires") != "never" {
            change.expires = try invocation.value("expires", as: "never, or a time such as 2028-01-01T00:00:00Z") {
                Timestamp($0)
            }
        }
        return change
    }

    static func name(_ text: String) throws -> KeyName {
        guard let name = KeyName(text) else {
            throw Diagnostic(
                "\(quoted(text)) is no name for a key",
                next:
                    "take 1 to \(KeyName.maximumLength) letters, digits, dots, dashes, underscores and @, beginning with a letter or digit",
                exitCode: .usage)
        }
        return name
    }

    /// `NAME=PUB`, or `PUB` whose file name without `.pub` is the name.
    private static func member(_ text: String) throws -> KeyList.Member {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = FilePath(String(parts[parts.count - 1]))
        let key = try KeyFile.readPublic(path)
        guard parts.count == 1 else { return .init(try name(String(parts[0])), key) }
        let file = path.text.split(separator: "/").last ?? ""
        return .init(try name(String(file.hasSuffix(".pub") ? file.dropLast(4) : file)), key)
    }
}
