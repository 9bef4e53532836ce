import Testing
import Values

@testable import Registry

@Suite struct `assertions of the snap store` {
    private static let bytes = Array(SignedSnap.stream.utf8)

    static func snap(
        name: String = "plant", id: String = SignedSnap.id, revision: Int = 7, size: Int = SignedSnap.size,
        digest: String = SignedSnap.digest
    ) throws -> FoundSnap {
        FoundSnap(
            name: name, id: id, revision: revision, version: "v1.2.3", channel: "1.2/stable", type: "app",
            base: "core22", confinement: "classic", url: "https://store.example/plant.snap", size: ByteCount(size),
            digest: try #require(SHA3Digest(hex: digest)))
    }

    private static func check(
        _ stream: [UInt8] = bytes, trusting keys: [String] = [SignedSnap.storeKey], for snap: FoundSnap
    ) throws(SnapTrouble) {
        try EvidenceCheck(stream, trusted: keys).check(snap)
    }

    @Test func `are read as they were written, and written as they were read`() throws {
        let found = try Assertion.parseStream(Self.bytes)
        #expect(found.map(\.type) == ["account-key", "snap-declaration", "snap-revision"])
        #expect(found[1]["snap-name"] == "plant")
        let texts = SignedSnap.stream.split(separator: "\n\ntype: ").enumerated().map { index, text in
            Array(((index == 0 ? "" : "type: ") + text).utf8)
        }
        #expect(Assertion.stream(texts) == Self.bytes)
    }

    @Test func `vouch for their snap when they lead to a trusted key`() throws {
        try Self.check(for: try Self.snap())
    }

    @Test func `lead over a key that the root vouches for`() throws {
        let stream = Array((SignedSnap.root + "\n" + SignedSnap.stream).utf8)
        try Self.check(stream, trusting: [SignedSnap.rootKey], for: try Self.snap())
    }

    @Test func `of nobody's key are refused, though every signature is good`() throws {
        let other = String(repeating: "A", count: 64)
        let error = #expect(throws: SnapTrouble.self) { try Self.check(trusting: [other], for: try Self.snap()) }
        #expect(error == .untrusted("account-key", key: SignedSnap.rootKey, trusted: [other]))
        let stream = Array((SignedSnap.root + "\n" + SignedSnap.stream).utf8)
        #expect(throws: SnapTrouble.untrusted("account-key", key: SignedSnap.rootKey, trusted: [other])) {
            try Self.check(stream, trusting: [other], for: try Self.snap())
        }
    }

    @Test(arguments: [
        "snap-revision: 7|snap-revision: 8", "developer-id: canonical|developer-id: canonica1",
        "revision: 4|revision: 5",
    ])
    func `that were changed are refused`(change: String) throws {
        let (old, new) = try halves(change)
        let text = SignedSnap.stream.replacing(old, with: new)
        #expect(text != SignedSnap.stream)
        let revision = new == "snap-revision: 8" ? 8 : 7
        let error = #expect(throws: SnapTrouble.self) {
            try Self.check(Array(text.utf8), for: try Self.snap(revision: revision))
        }
        let type = old == "revision: 4" ? "snap-declaration" : "snap-revision"
        #expect(error == .signature(type))
    }

    @Test func `of another snap are refused by the header that differs`() throws {
        let other = String(repeating: "0", count: 96)
        let cases: [(FoundSnap, String, String)] = [
            (try Self.snap(name: "other"), "snap-declaration", "snap-name"),
            (try Self.snap(id: "x"), "snap-revision", "snap-id"),
            (try Self.snap(revision: 6), "snap-revision", "snap-revision"),
            (try Self.snap(size: 1), "snap-revision", "snap-size"),
            (try Self.snap(digest: other), "snap-revision", "snap-sha3-384"),
        ]
        for (snap, type, header) in cases {
            let error = #expect(throws: SnapTrouble.self) { try Self.check(for: snap) }
            guard case .otherSubject(type, header, _, _) = error else {
                Issue.record("\(header): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `that are cut anywhere are refused, and never read as complete`() throws {
        for end in stride(from: 0, to: Self.bytes.count - 1, by: 7) {
            let part = Array(Self.bytes[..<end])
            #expect(throws: SnapTrouble.self) { try Self.check(part, for: try Self.snap()) }
        }
    }

    @Test(arguments: [
        ("", 1, "it ends within its headers"), ("type: x\n", 2, "it ends within its headers"),
        ("authority-id: a\ntype: x\n\nAA==", 1, "the first header should be `type`"),
        ("type: x\nauthority-id: a\nauthority-id: b\n\nAA==", 3, "the header authority-id stands twice"),
        ("type: x\nauthority-id: a\n\nAA==", 1, "it has no header sign-key-sha3-384"),
        ("type: x\nNo\n\nAA==", 2, "it should be a header such as `snap-id: …`"),
        ("type: x\n  - y\n\nAA==", 2, "an indented line follows no header that takes one"),
        ("type: x\nauthority-id:a\n\nAA==", 2, "a blank should stand behind `authority-id:`"),
        ("type: x\nauthority-id: a\nsign-key-sha3-384: k\n\n", 5, "it has no signature"),
        ("type: x\nauthority-id: a\nsign-key-sha3-384: k\n\nA", 5, "its signature is not Base64, or cut short"),
        (
            "type: x\nauthority-id: a\nbody-length: 9\nsign-key-sha3-384: k\n\nabc\n\nAA==", 8,
            "it ends within its body"
        ),
        (
            "type: x\nauthority-id: a\nbody-length: 2\nsign-key-sha3-384: k\n\nabc\n\nAA==", 6,
            "its body is not as long as body-length says"
        ),
        (
            "type: x\nauthority-id: a\nbody-length: 02\nsign-key-sha3-384: k\n\nab\n\nAA==", 4,
            "its body-length is no number up to 2097152"
        ),
    ])
    func `that are not well-formed are refused with the line`(text: String, line: Int, reason: String) throws {
        #expect(throws: AssertionFault(line: line, reason: reason)) { try Assertion.parseStream(Array(text.utf8)) }
    }

    @Test func `with lists and maps are taken`() throws {
        let text = "type: x\nauthority-id: a\nplugs:\n  home:\n    allow: true\nsign-key-sha3-384: k\n\nAA==\n"
        #expect(try Assertion.parse(Array(text.utf8)).headers["plugs"] == nil)
    }

    private func halves(_ text: String) throws -> (String, String) {
        let parts = text.split(separator: "|").map(String.init)
        return (try #require(parts.first), try #require(parts.last))
    }
}

extension String {
    fileprivate func replacing(_ old: String, with new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}

@Suite struct `channels of the snap store` {
    @Test(arguments: [
        ("1.34", "1.34/stable"), ("edge", "latest/edge"), ("stable", "latest/stable"), ("1.34/edge", "1.34/edge"),
        ("1.34/stable/fix", "1.34/stable/fix"), ("latest", "latest/stable"), ("1.34/", nil), ("1.34/best", nil),
        ("", nil),
        ("a/stable/b/c", nil), ("ä", nil),
    ])
    func `are completed`(text: String, whole: String?) {
        #expect(SnapChannel(text)?.description == whole)
    }
}
