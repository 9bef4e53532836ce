extension ImageReference {
    /// Whether `text` is a host with an optional port, as it may stand before a repository.
    ///
    /// Labels of letters, digits and inner `-`, or an IPv6 address in brackets; port 1 to 65535.
    public static func isHost(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "[") else {
            let (host, port) = ASCII.cut(text, at: ":")
            return isDomainName(host) && (port.map(isPort) ?? true)
        }
        let (address, rest) = ASCII.cut(String(text.dropFirst()), at: "]")
        guard let rest, !address.isEmpty,
            address.utf8.allSatisfy({ ASCII.isHexDigit($0) || $0 == UInt8(ascii: ":") })
        else { return false }
        return rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") && isPort(String(rest.dropFirst()))
    }

    private static func isDomainName(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            guard let first = label.first, let last = label.last else { return false }
            return ASCII.isAlphanumeric(first) && ASCII.isAlphanumeric(last)
                && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: String) -> Bool {
        guard text.utf8.count <= 5, text.utf8.allSatisfy(ASCII.isDigit), let port = Int(text) else { return false }
        return (1...65_535).contains(port)
    }
}
