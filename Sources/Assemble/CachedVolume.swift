import Format
import LibCrypto
import Values

/// What the cache knows of a volume that was packed before.
struct CachedVolume: Hashable, Sendable {
    /// A chunk in it.
    struct Part: Hashable, Sendable {
        let recipe: SHA256Digest
        let plain: Content
        let stored: Content
    }

    /// The volume as a whole.
    let content: Content
    /// In order, without gaps.
    let parts: [Part]

    /// Tells the volume by what it would be made of.
    var key: SHA256Digest { Self.key(parts.map(\.recipe)) }

    /// The key of a volume that has chunks of these recipes, in this order.
    static func key(_ recipes: [SHA256Digest]) -> SHA256Digest {
        var key = DigestBuilder("sealift volume 1")
        for recipe in recipes { key.add(recipe) }
        return key.digest()
    }
}

extension CachedVolume {
    private static let heading = "sealift volume 1"

    /// The record as it is kept: a line for the volume, and one for each chunk.
    var text: [UInt8] {
        var text = "\(Self.heading)\n\(content.size.bytes) \(content.digest.hex)\n"
        for part in parts {
            text += "\(part.recipe.hex) \(part.plain.size.bytes) \(part.plain.digest.hex)"
            text += " \(part.stored.size.bytes) \(part.stored.digest.hex)\n"
        }
        return Array(text.utf8)
    }

    /// Reads a record; `nil` for one of another kind.
    init?(text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self).split(separator: " ") }
        guard lines.count >= 2, lines[0].joined(separator: " ") == Self.heading, lines[1].count == 2,
            let content = Content(lines[1][0], lines[1][1])
        else { return nil }
        var parts: [Part] = []
        for words in lines.dropFirst(2) {
            guard words.count == 5, let recipe = SHA256Digest(hex: words[0]), let plain = Content(words[1], words[2]),
                let stored = Content(words[3], words[4])
            else { return nil }
            parts.append(Part(recipe: recipe, plain: plain, stored: stored))
        }
        guard parts.reduce(0, { $0 + $1.stored.size.bytes }) == content.size.bytes else { return nil }
        self.init(content: content, parts: parts)
    }
}

extension Content {
    fileprivate init?(_ size: Substring, _ digest: Substring) {
        guard let size = Int(size), size >= 0, let digest = SHA256Digest(hex: digest) else { return nil }
        self.init(size: ByteCount(size), digest: digest)
    }
}
