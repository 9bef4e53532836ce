import Foundation
import JSON
import KeyRing
import LibCrypto
import Reporting
import Testing
import Values

@testable import Trust

/// One key list: its spelling, and its rules.
struct KeyListTests {
    private static let anna = "MCowBQYDK2VwAyEAn/I8JVdZwxUeo5WAKi9BHgFvpa/+3MUo0Q7Ln67ZsfY="
    private static let builder =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELIrCfs4N7XvnpXFPqACi4V/WW5KPyOc1AXsTwH0kWWr7rtwtQ1FTC03MeByKo1MqmfBqermrF9SaRTTJRuieog=="

    /// The worked bytes of docs/format.md §5.2.
    private static let worked = """
        {
          "expires": "2028-01-01T00:00:00Z",
          "format": 1,
          "keys": [
            {"key":"\(builder)","name":"builder"}
          ],
          "number": 2,
          "previous": "\(String(repeating: "0b", count: 32))",
          "rootThreshold": 1,
          "roots": [
            {"key":"\(anna)","name":"anna"}
          ],
          "threshold": 1
        }

        """

    @Test func `a list is read and written byte for byte`() throws {
        let list = try KeyList(reading: Array(Self.worked.utf8), number: 2)
        #expect(list.number == 2)
        #expect(list.roots.members.map(\.name.text) == ["anna"])
        #expect(list.keys.members.map(\.key.algorithm) == [.ecdsaP256])
        #expect(list.previous?.hex == String(repeating: "0b", count: 32))
        #expect(list.expires == Timestamp("2028-01-01T00:00:00Z"))
        #expect(list.canonical == Array(Self.worked.utf8))
    }

    @Test func `the document shows the same bytes`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/format.md"), encoding: .utf8)
        #expect(text.contains("```json keylist\n\(Self.worked)```\n"))
    }

    /// One change of the text, and how it is refused.
    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let from: String
        let to: String
        let error: KeyListError

        init(_ name: String, _ from: String, _ to: String, _ error: KeyListError) {
            (testDescription, self.from, self.to, self.error) = (name, from, to, error)
        }
    }

    private static func invalid(_ path: String, _ expected: String, _ found: String) -> KeyListError {
        .unreadable(number: 2, .invalid(path: path, expected: expected, found: found))
    }

    private static let changes: [Change] = [
        .init("another format", #""format": 1"#, #""format": 2"#, .unsupportedFormat(number: 2, found: 2)),
        .init("another number", #""number": 2"#, #""number": 3"#, .wrongNumber(file: 2, found: 3)),
        .init("number 0", #""number": 2"#, #""number": 0"#, invalid("$.number", "from 1 to 1024", "0")),
        .init("number 1025", #""number": 2"#, #""number": 1025"#, invalid("$.number", "from 1 to 1024", "1025")),
        .init("a space more", #""number": 2"#, #""number":  2"#, .notCanonical(number: 2)),
        .init("upper case escapes", #""name":"anna""#, #""name":"\u0061nna""#, .notCanonical(number: 2)),
        .init("text after the end", "\n}\n", "\n}\n\n", .notCanonical(number: 2)),
        .init("no line feed at the end", "\n}\n", "\n}", .notCanonical(number: 2)),
        .init(
            "threshold 0", #""threshold": 1"#, #""threshold": 0"#,
            .invalid(number: 2, .threshold(.keys, 0, of: 1))),
        .init(
            "more needed than there are", #""rootThreshold": 1"#, #""rootThreshold": 2"#,
            .invalid(number: 2, .threshold(.roots, 2, of: 1))),
        .init(
            "a negative threshold", #""threshold": 1"#, #""threshold": -1"#,
            .invalid(number: 2, .threshold(.keys, -1, of: 1))),
        .init(
            "one name for two", #""name":"anna""#, #""name":"builder""#,
            .invalid(number: 2, .repeatedName(name("builder")))),
        .init(
            "two names for one key", anna, builder,
            .invalid(number: 2, .repeatedKey(name("anna"), name("builder")))),
        .init(
            "no list before it", "  \"previous\": \"\(String(repeating: "0b", count: 32))\",\n", "",
            .invalid(number: 2, .previous)),
        .init(
            "no roots", #""roots": ["# + "\n    {\"key\":\"\(anna)\",\"name\":\"anna\"}\n  ]", #""roots": []"#,
            .invalid(number: 2, .threshold(.roots, 1, of: 0))),
        .init(
            "a member nobody knows", #""number": 2"#, #""note": 1, "number": 2"#,
            .unreadable(number: 2, .unknownKeys(["note"], path: "$"))),
        .init(
            "a member missing", "  \"number\": 2,\n", "", .unreadable(number: 2, .missing(key: "number", path: "$"))),
        .init(
            "a name with a space", #""name":"anna""#, #""name":"an na""#,
            invalid("$.roots[0].name", "a key's name", "an na")),
        .init(
            "a date that does not exist", "2028-01-01", "2028-02-30",
            invalid("$.expires", "a time such as 2026-11-20T08:30:00Z", "2028-02-30T00:00:00Z")),
    ]

    private static func name(_ text: String) -> KeyName {
        guard let name = KeyName(text) else { fatalError("\(text) is a good name") }
        return name
    }

    @Test(arguments: changes)
    func refuses(change: Change) throws {
        let text = Self.worked.replacing(change.from, with: change.to)
        try #require(text != Self.worked)
        #expect(throws: change.error) { _ = try KeyList(reading: Array(text.utf8), number: 2) }
    }

    @Test(arguments: [anna.dropLast(2) + "==", "AAAA", "", builder.dropLast(1) + ""])
    func `a key that is none is refused`(key: Substring) throws {
        let text = Self.worked.replacing(Self.anna, with: key)
        #expect {
            _ = try KeyList(reading: Array(text.utf8), number: 2)
        } throws: { error in
            guard case .unreadable(2, .invalid("$.roots[0].key", _, _)) = error as? KeyListError else { return false }
            return true
        }
    }

    @Test func `a number of 2 to the 53 is refused`() throws {
        let text = Self.worked.replacing(#""number": 2"#, with: #""number": 9007199254740992"#)
        #expect {
            _ = try KeyList(reading: Array(text.utf8), number: 2)
        } throws: { error in
            guard case .unreadable(2, .text(.outOfRange("9007199254740992"), _)) = error as? KeyListError else {
                return false
            }
            return true
        }
    }

    @Test func `64 keys fit, 65 do not, and 64 KiB are enough for them`() throws {
        let ring = KeyRing()
        let names = (0..<64).map { "a-key-with-a-long-name-to-be-sure-of-the-room-that-it-takes-\($0)" }
        let list = try ring.list(roots: Array(names[..<32]), keys: Array(names[32...]), threshold: 32)
        #expect(list.canonical.count < KeyListFile.maximumSize.bytes)
        #expect(try KeyList(reading: list.canonical, number: 1) == list)
        #expect(throws: KeyListError.invalid(number: 1, .tooManyKeys(65))) {
            _ = try ring.list(roots: names, keys: ["one-more"])
        }
    }

    @Test func `the first list names none before it`() throws {
        let ring = KeyRing()
        let list = try ring.list(roots: ["r"], keys: ["k"])
        #expect(throws: KeyListError.invalid(number: 1, .previous)) {
            _ = try KeyList(number: 1, roots: list.roots, keys: list.keys, previous: list.digest, expires: nil)
        }
    }

    @Test(arguments: [
        ("keys-0001.json", 1), ("keys-1024.json", 1024), ("keys-1025.json", nil), ("keys-0000.json", nil),
        ("keys-001.json", nil), ("keys-00001.json", nil), ("Keys-0001.json", nil), ("keys-0001.jsoN", nil),
        ("keys-+001.json", nil), ("keys-0001.json~", nil), ("0b24d1037194edde.sig", nil), ("", nil),
    ])
    func `files are known by one name`(name: String, number: Int?) {
        #expect(KeyListFile.number(inName: name) == number)
    }

    @Test func `signatures are known by number and key`() throws {
        let id = try #require(KeyID("0b24d1037194edde"))
        #expect(KeyListFile.signatureName(7, by: id) == "keys-0007.0b24d1037194edde.sig")
        #expect(try #require(KeyListFile.signature(inName: "keys-0007.0b24d1037194edde.sig")) == (7, id))
        for name in ["keys-0007.0B24d1037194edde.sig", "keys-0000.0b24d1037194edde.sig", "keys-0007.0b24.sig"] {
            #expect(KeyListFile.signature(inName: name) == nil)
        }
    }
}
