package import Values

/// Rules on certificates that lie on the machine.
extension Preflight {
    /// Each certificate that is there is valid by the machine's clock. The clock is what most often is wrong: no network sets it.
    func certificates(_ paths: [String]) throws(Unreadable) -> Finding.Measurement {
        var odd: [String] = []
        var count = 0
        for path in paths where try probe.exists(path) {
            guard let text = probe.text(path), let validity = CertificateValidity(pem: text) else {
                throw Unreadable(reason: "\(path) is no certificate that is understood")
            }
            count += 1
            if probe.now < validity.notBefore { odd.append("\(path) is valid from \(validity.notBefore) on") }
            if probe.now > validity.notAfter { odd.append("\(path) was valid until \(validity.notAfter)") }
        }
        guard odd.isEmpty else { return .broken("it is \(probe.now): " + odd.joined(separator: ", ")) }
        return .holds(count == 0 ? "none there" : "\(count) valid")
    }
}

/// From when until when a certificate is valid (RFC 5280, section 4.1.2.5).
package struct CertificateValidity: Hashable {
    package let notBefore, notAfter: Timestamp

    /// Reads the first certificate of a PEM text; nothing of it is trusted, only its dates are told.
    package init?(pem text: String) {
        let body = text.split(separator: "\n").drop { !$0.hasPrefix("-----BEGIN CERTIFICATE-----") }.dropFirst()
            .prefix { !$0.hasPrefix("-----END") }
        guard let bytes = Base64.decode(body.joined()) else { return nil }
        self.init(der: bytes[...])
    }

    /// Certificate, tbsCertificate, its optional version, serial number, algorithm and issuer, and then the two dates.
    private init?(der bytes: ArraySlice<UInt8>) {
        var outer = bytes
        guard var certificate = Self.element(0x30, of: &outer), var fields = Self.element(0x30, of: &certificate) else {
            return nil
        }
        _ = Self.element(0xA0, of: &fields)
        guard Self.element(0x02, of: &fields) != nil, Self.element(0x30, of: &fields) != nil,
            Self.element(0x30, of: &fields) != nil, var dates = Self.element(0x30, of: &fields),
            let first = Self.date(of: &dates), let last = Self.date(of: &dates)
        else { return nil }
        (notBefore, notAfter) = (first, last)
    }

    /// The content of the next element if it has this tag (X.690, 8.1); lengths of at most three bytes.
    private static func element(_ tag: UInt8, of rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 2, rest[rest.startIndex] == tag else { return nil }
        var body = rest.dropFirst(2)
        var length = Int(rest[rest.startIndex + 1])
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...3).contains(count), body.count >= count else { return nil }
            length = body.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            body = body.dropFirst(count)
        }
        guard body.count >= length else { return nil }
        rest = body.dropFirst(length)
        return body.prefix(length)
    }

    /// UTCTime `YYMMDDHHMMSSZ`, of which 50 is 1950, or GeneralizedTime `YYYYMMDDHHMMSSZ`.
    private static func date(of rest: inout ArraySlice<UInt8>) -> Timestamp? {
        let short = element(0x17, of: &rest)
        guard let bytes = short ?? element(0x18, of: &rest) else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)
        if short != nil { text = (text < "5" ? "20" : "19") + text }
        guard text.utf8.count == 15, text.last == "Z", decimal(text.dropLast()) != nil else { return nil }
        let parts = Array(text)
        func part(_ from: Int, _ count: Int) -> String { String(parts[from..<from + count]) }
        return Timestamp(
            "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z")
    }
}
