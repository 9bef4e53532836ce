import Definition
import LibCrypto
import Testing
import Values

@testable import Resolve

struct ChecksumFileTests {
    private static let a = SHA256Digest.of(Array("a".utf8))
    private static let b = SHA256Digest.of(Array("b".utf8))

    @Test(arguments: [
        "\(a.hex)  k3s\n", "\(a.hex) *k3s", "\(b.hex)  k3s-arm64\n\(a.hex)  k3s\r\n",
        "# x\n\(a.hex)  k3s\n\(a.hex) *k3s\n",
    ])
    func `the line with the whole name counts`(text: String) throws {
        #expect(try ChecksumFile.digest(of: "k3s", in: Array(text.utf8), form: .sums) == Self.a)
    }

    @Test(arguments: [
        ("", ChecksumFault.noLine(names: [])), ("<html>k3s</html>", .noLine(names: [])),
        ("\(a.hex)  bin/k3s\n\(a.hex)  k3s2", .noLine(names: ["bin/k3s", "k3s2"])),
        ("\(a.hex) k3s", .malformed(line: 1)), ("\n\(a.hex.uppercased())  k3s", .malformed(line: 2)),
        ("\(a.hex.dropLast())  k3s", .malformed(line: 1)), ("\(a.hex)0  k3s", .malformed(line: 1)),
        ("\(a.hex)  k3s\n\n\(b.hex)  k3s", .contradiction(lines: [1, 3])),
    ])
    func `anything else is refused`(text: String, fault: ChecksumFault) {
        #expect(throws: fault) { try ChecksumFile.digest(of: "k3s", in: Array(text.utf8), form: .sums) }
    }

    @Test(arguments: ["\(a.hex)", "\n\(a.hex)\n", "\(a.hex)\tany/name\r\n"])
    func `one digest may stand alone`(text: String) throws {
        #expect(try ChecksumFile.digest(of: "k3s", in: Array(text.utf8), form: .bare) == Self.a)
    }

    @Test(arguments: [
        ("", ChecksumFault.noLine(names: [])), ("nothing", .malformed(line: 1)), ("\(a.hex) b c", .malformed(line: 1)),
        ("\(a.hex)\n\(b.hex)", .malformed(line: 2)),
    ])
    func `what is not one digest is refused`(text: String, fault: ChecksumFault) {
        #expect(throws: fault) { try ChecksumFile.digest(of: "k3s", in: Array(text.utf8), form: .bare) }
    }
}
