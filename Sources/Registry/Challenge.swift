/// One challenge of a `WWW-Authenticate` field: a scheme and its parameters (RFC 9110 §11.6.1).
struct Challenge: Hashable, Sendable {
    /// In lower case: `bearer`, `basic`, `negotiate`.
    let scheme: String
    /// By name in lower case. Of a parameter that comes twice, the first counts.
    let parameters: [String: String]

    /// The most challenges that are read of one response.
    static let limit = 16
    /// The longest field that is read, in bytes; nginx and Apache stop there, too.
    static let maximumLength = 8_192

    /// Every challenge in all fields of a response, in order.
    ///
    /// Values are quoted strings with commas and blanks in them, so nothing is split at commas. What is not a challenge
    /// ends the reading of its field; what stood before it counts.
    static func parse(_ fields: [String]) -> [Challenge] {
        var found: [Challenge] = []
        for field in fields where field.utf8.count <= maximumLength {
            var scanner = ChallengeScanner(bytes: Array(field.utf8))
            while found.count < limit, let challenge = scanner.challenge() { found.append(challenge) }
        }
        return found
    }
}

/// Walks once over one field.
private struct ChallengeScanner {
    let bytes: [UInt8]
    var position = 0

    private static let comma = UInt8(ascii: ",")
    private static let equals = UInt8(ascii: "=")
    private static let quote = UInt8(ascii: "\"")

    mutating func challenge() -> Challenge? {
        skip { $0 == Self.comma || Self.isBlank($0) }
        guard let scheme = token(), !isAt(Self.equals) else { return nil }
        skip(Self.isBlank)
        skipToken68()
        var parameters: [String: String] = [:]
        while let (name, value) = parameter() { parameters[name] = parameters[name] ?? value }
        return Challenge(scheme: scheme.lowercased(), parameters: parameters)
    }

    /// `name=value` or `name="value"`. Leaves the position where it was when something else begins: the next scheme.
    private mutating func parameter() -> (String, String)? {
        let start = position
        skip { $0 == Self.comma || Self.isBlank($0) }
        if let name = token() {
            skip(Self.isBlank)
            if isAt(Self.equals) {
                position += 1
                skip(Self.isBlank)
                if let value = isAt(Self.quote) ? quotedString() : token() { return (name.lowercased(), value) }
                position = bytes.count
                return nil
            }
        }
        position = start
        return nil
    }

    /// The one opaque text that schemes like Negotiate have in place of parameters.
    private mutating func skipToken68() {
        let start = position
        skip { Self.isTokenByte($0) || $0 == UInt8(ascii: "/") }
        let text = position
        skip { $0 == Self.equals }
        let isWhole = position == bytes.count || isAt(Self.comma)
        // `name=` with nothing behind it is no parameter either.
        guard position > start, isWhole, text > start else {
            position = start
            return
        }
    }

    private mutating func quotedString() -> String? {
        position += 1
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.quote { return String(validating: value, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                continue
            }
            guard position < bytes.count else { return nil }
            value.append(bytes[position])
            position += 1
        }
        return nil
    }

    private mutating func token() -> String? {
        let start = position
        skip(Self.isTokenByte)
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
    }

    private func isAt(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// `tchar` of RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
