import Values

/// A text of a profile with `${…}` in it, such as the URL of an artefact.
///
/// | written | stands for |
/// | --- | --- |
/// | `${version}` | the version as its makers write it: `v1.31.4+k3s1` |
/// | `${version.encoded}` | the same for a URL's path, every `+` as `%2B` |
/// | `${version.tag}` | the same for an image tag, every `+` as `-` |
/// | `${version.bare}` | the same without a leading `v` |
/// | `${version.line}` | its minor line: `v1.31` |
/// | `${arch}` | `amd64` or `arm64` |
/// | `${arch.WORD}` | what the profile's `architectures` says for that word |
/// | `${channel}` | the channel asked for (in the URLs of channels only) |
public struct ProfileText: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let description: String
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case text(String)
        case name(String)
    }

    /// Splits `text`; `nil` when a `${` is not closed.
    public init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "$") {
            parts.append(.text(String(rest[..<start])))
            let after = rest[rest.index(after: start)...]
            guard after.first == "{", let end = after.firstIndex(of: "}") else { return nil }
            parts.append(.name(String(after[after.index(after: after.startIndex)..<end])))
            rest = after[after.index(after: end)...]
        }
        self.parts = parts + [.text(String(rest))]
        description = text
    }

    /// The names between `${` and `}`.
    public var names: [String] {
        parts.compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    /// The text with every name replaced.
    ///
    /// - Precondition: `words` knows every name; profiles are checked for that when they are read.
    public func expanded(_ words: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .name(let name):
                guard let word = words[name] else { preconditionFailure("a profile's text was not checked: \(name)") }
                return word
            }
        }.joined()
    }

    /// The names that are always known.
    static let commonNames = ["version", "version.encoded", "version.tag", "version.bare", "version.line", "arch"]

    /// What the names stand for at `version` on `architecture`.
    static func words(version: Version, architecture: Architecture, own: [String: String]) -> [String: String] {
        let text = version.text
        var words = [
            "version": text, "version.encoded": text.replacing("+", with: "%2B"),
            "version.tag": text.replacing("+", with: "-"),
            "version.bare": text.hasPrefix("v") ? String(text.dropFirst()) : text,
            "version.line": version.minorLine ?? text, "arch": architecture.rawValue,
        ]
        for (word, value) in own { words["arch." + word] = value }
        return words
    }
}

extension String {
    /// The text with every `character` replaced (the standard library has this only with string processing).
    fileprivate func replacing(_ character: Character, with text: String) -> String {
        split(separator: character, omittingEmptySubsequences: false).joined(separator: text)
    }
}
