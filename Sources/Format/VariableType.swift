import Values

/// What a variable's value must look like (docs/format.md §9).
public enum VariableType: String, CaseIterable, Hashable, Sendable {
    case string, secret, integer, boolean, ipv4, ipv6, ip, cidr, hostname, port, url
    /// A URL that is not open for others to read: a node's join address.
    case httpsURL = "https-url"
    /// One of the words that the variable lists.
    case enumeration = "enum"
    /// A secret of characters that no format quotes, for files that hold nothing else.
    case token

    /// Whether the value must never be shown, logged, kept or given on a command line.
    public var isSecret: Bool { self == .secret || self == .token }

    /// Whether YAML and JSON take the value without quotes.
    var isBare: Bool { self == .integer || self == .boolean || self == .port }

    /// Whether no value of this type can hold a space, a quote or a control byte.
    public var isPlain: Bool { self != .string && self != .secret }

    /// What a value must be, for the sentence `"x" is not …`.
    public var expectation: String {
        switch self {
        case .string, .secret: "text of 1 to 4096 bytes on one line, without control characters"
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .ipv4: "an IPv4 address such as 192.168.10.5"
        case .ipv6: "an IPv6 address such as fd00::5"
        case .ip: "an IPv4 or IPv6 address"
        case .cidr: "a network such as 10.42.0.0/16, with the bits after the prefix zero"
        case .hostname: "a host name of letters, digits and -"
        case .port: "a port from 1 to 65535"
        case .url: "a URL such as https://10.0.0.1:6443"
        case .httpsURL: "a URL that begins with https://, such as https://10.0.0.1:6443"
        case .enumeration: "one of its words"
        case .token: "1 to 8192 letters, digits and ._~+/=:- without a space"
        }
    }

    /// Whether `value` is one of this type; of an enumeration, whether it can be one of its words. ``Variable/accepts(_:)`` knows them.
    public func accepts(_ value: String) -> Bool {
        switch self {
        case .string, .secret: Self.isText(value)
        case .integer: Int(value).map { $0.magnitude < 1 << 53 && String($0) == value } ?? false
        case .boolean: value == "true" || value == "false"
        case .ipv4: IPAddress(value)?.isV4 == true
        case .ipv6: IPAddress(value)?.isV4 == false
        case .ip: IPAddress(value) != nil
        case .cidr: IPNetwork(value) != nil
        case .hostname: Self.isHostName(value)
        case .port: UInt16(value).map { $0 > 0 && String($0) == value } ?? false
        case .url: Self.isURL(value)
        case .httpsURL: value.hasPrefix("https://") && Self.isURL(value)
        case .enumeration: Self.isWord(value)
        case .token: Self.isToken(value)
        }
    }

    /// What every reader of the formats takes for text on one line: no control characters, not the line and paragraph separators that
    /// YAML 1.1 ends lines at (§4.2), not the two code points that YAML has no place for (1.2.2 §5.1).
    private static func isText(_ value: String) -> Bool {
        let refused: Set<Unicode.Scalar> = ["\u{2028}", "\u{2029}", "\u{FFFE}", "\u{FFFF}"]
        return (1...4_096).contains(value.utf8.count)
            && value.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && !refused.contains($0)
            }
    }

    /// 1 to 64 letters, digits and marks that no format quotes.
    private static func isWord(_ value: String) -> Bool {
        (1...64).contains(value.utf8.count)
            && value.utf8.allSatisfy { isLowerOrDigit($0) || isUpper($0) || "._:/@+-".utf8.contains($0) }
    }

    /// RFC 6750 §2.1, and the colon that K3s' tokens have.
    private static func isToken(_ value: String) -> Bool {
        (1...8_192).contains(value.utf8.count)
            && value.utf8.allSatisfy { isLowerOrDigit($0) || isUpper($0) || "._~+/=:-".utf8.contains($0) }
    }

    /// RFC 1123 §2.1.
    private static func isHostName(_ value: String) -> Bool {
        guard (1...253).contains(value.utf8.count) else { return false }
        return value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-")
            else {
                return false
            }
            return label.allSatisfy { isLowerOrDigit($0) || isUpper($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// `http` or `https`, a host with an optional port, and a path of printable ASCII; no user information.
    private static func isURL(_ value: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: value.hasPrefix), value.utf8.count <= 2_048 else {
            return false
        }
        guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"\\<>^`{|}".utf8.contains($0) }) else {
            return false
        }
        let authority = value.dropFirst(scheme.utf8.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[") {
            let parts = authority.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && IPAddress(String(parts[0]))?.isV4 == false && isPortSuffix(parts[1])
        }
        let host = authority.prefix { $0 != ":" }
        return isHostName(String(host)) && isPortSuffix(authority.dropFirst(host.count))
    }

    private static func isPortSuffix(_ text: Substring) -> Bool {
        text.isEmpty || (text.hasPrefix(":") && VariableType.port.accepts(String(text.dropFirst())))
    }
}
