import LibCrypto
import Testing
import Values

@testable import Format

struct SHA256SumsTests {
    private static let digest = String(repeating: "ab", count: 32)

    @Test(arguments: [
        ("empty file", ""), ("no line feed", "\(digest)  a"), ("empty line", "\(digest)  a\n\n"),
        ("upper case", "\(digest.uppercased())  a\n"), ("short digest", "\(digest.dropFirst())  a\n"),
        ("one space", "\(digest) a\n"), ("binary mark", "\(digest) *a\n"), ("no name", "\(digest)  \n"),
        ("absolute", "\(digest)  /etc/passwd\n"), ("climbing", "\(digest)  ../a\n"), ("dot", "\(digest)  ./a\n"),
        ("option", "\(digest)  -a\n"), ("backslash", "\(digest)  a\\b\n"), ("space in name", "\(digest)  a b\n"),
        ("unsorted", "\(digest)  b\n\(digest)  a\n"), ("twice", "\(digest)  a\n\(digest)  a\n"),
        ("itself", "\(digest)  SHA256SUMS\n"), ("a signature", "\(digest)  signatures/a.sig\n"),
        ("carriage return", "\(digest)  a\r\n"), ("byte order mark", "\u{FEFF}\(digest)  a\n"),
        ("not ASCII", "\(digest)  ä\n"), ("trailing slash", "\(digest)  a/\n"),
        ("long name", "\(digest)  \(String(repeating: "n", count: 256))\n"),
    ])
    func refuses(attack: String, text: String) {
        #expect(throws: FormatError.self) { try SHA256Sums(reading: Array(text.utf8)) }
    }

    @Test func `writes sorted and reads back`() throws {
        let one = SHA256Digest.of([1])
        let sums = try SHA256Sums([("b", one), ("payload/a+b", one), ("B", one)])
        #expect(sums.lines.map(\.name) == ["B", "b", "payload/a+b"])
        #expect(try SHA256Sums(reading: sums.bytes) == sums)
        #expect(sums.digest(of: "c") == nil)
    }
}
