import Foundation
import JSON
import LibCrypto
import Testing
import Values

@testable import Format

/// docs/format.md leads: its worked bytes are what the code reads and writes.
struct DocumentTests {
    @Test func `canonical JSON is as the document shows it`() throws {
        let compact = Array(#"{"b":[{"y":2,"x":1},"\t"],"a":{},"c":{"k":[1,2]}}"#.utf8)
        let value = try JSONValue.parse(compact)
        #expect(try value.canonical() == workedBytes("json canonical"))
    }

    @Test func `SHA256SUMS is as the document shows it`() throws {
        let bytes = try workedBytes("text sums")
        let sums = try SHA256Sums(reading: bytes)
        #expect(sums.bytes == bytes)
        #expect(sums.digest(of: "README.txt") == SHA256Digest.of([]))
        #expect(sums.digest(of: "manifest.json") == SHA256Digest.of(Array("{}".utf8)))
    }

    @Test func `a file's blocks are as the document shows them`() throws {
        let text = String(decoding: try workedBytes("text tar-file"), as: UTF8.self)
        var expected: [UInt8] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let star = word.firstIndex(of: "*"), let count = Int(word[word.index(after: star)...]) {
                expected += [UInt8](repeating: 0, count: count)
            } else {
                expected += try #require(Hex.decode(String(word)), "not hexadecimal: \(word)")
            }
        }
        let content = Array("ab\n".utf8)
        let layout = TarLayout(entries: [try Sample.file("etc/hostname", content)])
        var stream: [UInt8] = []
        for piece in layout.pieces(in: 0..<1_024) {
            if case .literal(let bytes) = piece { stream += bytes } else { stream += content }
        }
        #expect(Hex.encode(stream) == Hex.encode(expected))
    }

    @Test func `a template is rendered as the document shows it`() throws {
        let template = try Template(workedBytes("text template-yaml"), format: .yaml)
        let result = template.rendered { name in
            switch name {
            case "NODE_IP": (.ipv4, "10.0.0.7")
            case "TOKEN": (.secret, "a\"b")
            default: nil
            }
        }
        #expect(result == (try workedBytes("text template-yaml-result")))
    }

    /// The bytes of the fenced block that is marked with `info`.
    private func workedBytes(_ info: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/format.md"), encoding: .utf8)
        let parts = text.components(separatedBy: "\n```\(info)\n")
        try #require(parts.count == 2, "docs/format.md has one block marked \(info)")
        let block = try #require(parts[1].components(separatedBy: "\n```").first)
        return Array((block + "\n").utf8)
    }
}
