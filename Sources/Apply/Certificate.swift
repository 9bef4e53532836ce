import Format
import Posix
import Values

/// A certificate in PEM as far as its end of life is concerned (RFC 5280 §4.1, RFC 7468).
///
/// Reads lengths of DER and nothing else: for a word of warning, not for trust.
enum Certificate {
    /// When each certificate of a PEM file ends; what is none is passed over.
    static func ends(_ pem: [UInt8]) -> [Timestamp] {
        var (ends, body): ([Timestamp], String?) = ([], nil)
        for line in pem.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r" }
            if text == "-----BEGIN CERTIFICATE-----" {
                body = ""
            } else if text.hasPrefix("-----END") {
                if let body, let der = Base64.decode(body), let end = end(der[...]) { ends.append(end) }
                body = nil
            } else {
                body?.append(text)
            }
        }
        return ends
    }

    /// Certificate → tbsCertificate → past version, serial number, algorithm, issuer → validity → notAfter.
    private static func end(_ der: ArraySlice<UInt8>) -> Timestamp? {
        guard let whole = element(der)?.content, var tbs = element(whole)?.content else { return nil }
        if tbs.first == 0xA0 { tbs = element(tbs)?.rest ?? [] }
        for _ in 0..<3 { tbs = element(tbs)?.rest ?? [] }
        guard let validity = element(tbs)?.content, let after = element(validity)?.rest, let found = element(after)
        else {
            return nil
        }
        return time(String(decoding: found.content, as: UTF8.self), hasCentury: after.first == 0x18)
    }

    /// Content of the first element, and what follows it.
    private static func element(
        _ bytes: ArraySlice<UInt8>
    ) -> (content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard bytes.count >= 2 else { return nil }
        var start = bytes.startIndex + 2
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let count = length - 0x80
            guard (1...4).contains(count), bytes.endIndex - start >= count else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard bytes.endIndex - start >= length else { return nil }
        return (bytes[start..<start + length], bytes[(start + length)...])
    }

    /// `261120083000Z` or `20261120083000Z`.
    private static func time(_ text: String, hasCentury: Bool) -> Timestamp? {
        let digits = text.utf8.compactMap { (48...57).contains($0) ? Int($0) - 48 : nil }
        guard digits.count == (hasCentury ? 14 : 12) else { return nil }
        func number(_ index: Int, _ count: Int) -> Int { digits[index..<index + count].reduce(0) { $0 * 10 + $1 } }
        let short = hasCentury ? 0 : number(0, 2)
        let year = hasCentury ? number(0, 4) : short < 50 ? 2000 + short : 1900 + short
        let rest = hasCentury ? 4 : 2
        func two(_ index: Int) -> String { String(number(rest + index, 2) + 100).dropFirst().description }
        return Timestamp("\(year)-\(two(0))-\(two(2))T\(two(4)):\(two(6)):\(two(8))Z")
    }
}

/// A file whose certificate ends soon, or has ended.
struct EndingCertificate: Hashable, Sendable {
    let path: MemberPath
    let end: Timestamp

    /// Days before its end from which on a certificate is told.
    static let notice = 90
    private static let limit = ByteCount.mebibytes(1)

    /// Looks through the files and folders that `operation` names.
    static func find(
        _ operation: [Operation], in root: borrowing DirectoryHandle, now: Timestamp
    ) throws -> [EndingCertificate] {
        var found: [EndingCertificate] = []
        for item in operation {
            guard case .certificates(let text) = item.duty else { continue }
            try look(at: ownPath(String(text.dropFirst())), in: root, now, isNamed: true, &found)
        }
        return found
    }

    private static func look(
        at path: MemberPath, in root: borrowing DirectoryHandle, _ now: Timestamp, isNamed: Bool,
        _ found: inout [EndingCertificate]
    ) throws {
        switch try root.information(of: path)?.kind {
        case .directory:
            for name in try root.open(path).entries() {
                guard
                    case .success(let inner) = Result(catching: { try MemberPath(validating: path.text + "/" + name) })
                else { continue }
                try look(at: inner, in: root, now, isNamed: false, &found)
            }
        case .file where isNamed || path.name.hasSuffix(".crt"):
            let ends = Certificate.ends(try root.read(path, limit: limit))
            guard let end = ends.min(by: { $0.seconds < $1.seconds }) else { return }
            if end.seconds - now.seconds < notice * 86_400 { found.append(EndingCertificate(path: path, end: end)) }
        default: break
        }
    }
}
