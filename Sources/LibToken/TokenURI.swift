/// The address of a private key in a token (RFC 7512), read strictly: known attributes, each once, each with a value.
public struct TokenURI: Hashable, Sendable {
    /// What the key is found by: attributes of the path with their values, decoded, in the order of ``Attribute``.
    public let attributes: [Attribute: [UInt8]]
    /// The file whose first line is the PIN: `pin-source=file:/…`.
    public let pinFile: String?
    /// The shared library of the token's maker: `module-path`.
    public let modulePath: String?

    /// Attributes of the path (RFC 7512 §2.3) that choose a token and a key in it.
    public enum Attribute: String, CaseIterable, Hashable, Sendable {
        case token
        case manufacturer
        case serial
        case model
        case object
        case id
        case type
        case slot = "slot-id"
    }

    /// Why a text is no such address, and where.
    public enum Refusal: Error, Hashable, Sendable {
        /// It does not begin with `pkcs11:`.
        case scheme
        /// `name=value` is wanted at this byte.
        case noValue(at: Int)
        /// A byte that must be written as `%` and two hexadecimal digits.
        case character(at: Int)
        /// `%` without two hexadecimal digits.
        case escape(at: Int)
        /// An attribute that is not known.
        case unknown(String, at: Int)
        /// An attribute that stands twice.
        case twice(String, at: Int)
        /// `pin-value`: every user of the machine could read it in the list of processes.
        case pinInside
        /// `pin-source` is not `file:` and an absolute path.
        case pinSource
        /// `module-path` is not an absolute path.
        case modulePath
        /// `type` is not `private`.
        case type(String)
        /// Neither `object` nor `id` says which key.
        case noKey
    }

    /// Longest text that is looked at, in bytes.
    public static let limit = 4_096

    /// Whether `text` is meant to be one, rather than the name of a file.
    public static func isOne(_ text: String) -> Bool { text.hasPrefix("pkcs11:") }

    /// Reads an address.
    public init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        guard Self.isOne(text), bytes.count <= Self.limit else { throw .scheme }
        let start = 7
        let question = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
        let path = try Self.pairs(bytes, start..<question, separator: UInt8(ascii: ";"), more: "&")
        var found: [Attribute: [UInt8]] = [:]
        for (name, value, place) in path {
            guard let attribute = Attribute(rawValue: name) else { throw .unknown(name, at: place) }
            guard found.updateValue(value, forKey: attribute) == nil else { throw .twice(name, at: place) }
        }
        if let type = found.removeValue(forKey: .type), type != Array("private".utf8) {
            throw .type(String(decoding: type, as: UTF8.self))
        }
        guard found[.object] != nil || found[.id] != nil else { throw .noKey }
        attributes = found
        let query = question < bytes.count ? question + 1..<bytes.count : bytes.count..<bytes.count
        (pinFile, modulePath) = try Self.query(bytes, query)
    }

    private static func query(_ bytes: [UInt8], _ range: Range<Int>) throws(Refusal) -> (pin: String?, module: String?)
    {
        var pin: String?
        var module: String?
        for (name, value, place) in try pairs(bytes, range, separator: UInt8(ascii: "&"), more: "/?|") {
            let text = String(validating: value, as: UTF8.self)
            switch name {
            case "pin-value": throw .pinInside
            case "pin-source":
                guard pin == nil else { throw .twice(name, at: place) }
                guard let text, text.hasPrefix("file:/"), !value.contains(0) else { throw .pinSource }
                pin = String(text.dropFirst(5))
            case "module-path":
                guard module == nil else { throw .twice(name, at: place) }
                guard let text, text.hasPrefix("/"), !value.contains(0) else { throw .modulePath }
                module = text
            default: throw .unknown(name, at: place)
            }
        }
        return (pin, module)
    }

    /// The pairs of `range`, decoded, each with the byte at which it begins.
    private static func pairs(
        _ bytes: [UInt8], _ range: Range<Int>, separator: UInt8, more: StaticString
    ) throws(Refusal) -> [(name: String, value: [UInt8], place: Int)] {
        var pairs: [(name: String, value: [UInt8], place: Int)] = []
        guard !range.isEmpty else { return pairs }
        var start = range.lowerBound
        for end in bytes[range].indices.filter({ bytes[$0] == separator }) + [range.upperBound] {
            guard let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")), equals > start, equals + 1 < end
            else { throw .noValue(at: start) }
            let name = String(decoding: bytes[start..<equals], as: UTF8.self)
            pairs.append((name, try decoded(bytes, equals + 1..<end, more: more), start))
            start = end + 1
        }
        return pairs
    }

    /// Letters, digits, `-._~` and what RFC 7512 §2.3 leaves unescaped; everything else as `%` and two digits.
    private static func decoded(_ bytes: [UInt8], _ range: Range<Int>, more: StaticString) throws(Refusal) -> [UInt8] {
        let plain = Array("-._~:[]@!$'()*+,=\(more)".utf8)
        var value: [UInt8] = []
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%") {
                guard place + 2 < range.upperBound, let high = digit(bytes[place + 1]),
                    let low = digit(bytes[place + 2])
                else { throw .escape(at: place) }
                value.append(high << 4 | low)
                place += 3
            } else {
                let isPlain = plain.contains(byte) || digitOrLetter(byte)
                guard isPlain else { throw .character(at: place) }
                value.append(byte)
                place += 1
            }
        }
        return value
    }

    private static func digitOrLetter(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// The address of the private key in one spelling, without anything about the PIN: what the provider is asked for.
    public var canonical: String {
        let parts = Attribute.allCases.compactMap { attribute -> String? in
            guard let value = attributes[attribute] else { return nil }
            return "\(attribute.rawValue)=" + value.map(Self.escaped).joined()
        }
        return "pkcs11:" + (parts + ["type=private"]).joined(separator: ";")
    }

    private static func escaped(_ byte: UInt8) -> String {
        if digitOrLetter(byte) { return String(UnicodeScalar(byte)) }
        let digits = Array("0123456789ABCDEF")
        return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
