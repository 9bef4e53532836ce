import Testing
import Values

@Suite struct MemberPathTests {
    @Test(arguments: [
        ("", MemberPath.Refusal.empty), ("/", .absolute), ("/etc/shadow", .absolute), ("//a", .absolute),
        ("a//b", .emptyComponent),
        ("a/", .emptyComponent), (".", .dotComponent), ("..", .dotComponent), ("./a", .dotComponent),
        ("a/.", .dotComponent),
        ("../a", .dotComponent), ("a/../../b", .dotComponent), ("a/..", .dotComponent), ("a\\b", .backslash),
        ("..\\a", .backslash),
        ("C:\\a", .backslash), ("a\0b", .controlByte), ("a\nb", .controlByte), ("a\u{1B}[2J", .controlByte),
        ("a\u{7F}", .controlByte),
    ])
    func refuses(text: String, refusal: MemberPath.Refusal) {
        #expect(throws: refusal) { try MemberPath(validating: text) }
        #expect(throws: refusal) { try MemberPath(validating: Array(text.utf8)) }
    }

    @Test(arguments: ["a", "a/b", ".hidden", "..a", "a..", "...", "a/...", "a b", "ä/名", "~", "-rf", "*", "a:b", " "])
    func accepts(text: String) throws {
        #expect(try MemberPath(validating: text).text == text)
    }

    @Test func `each limit is the last length accepted`() throws {
        let longest = String(repeating: "a", count: 255)
        let path = Array(repeating: longest, count: 4).joined(separator: "/")
        #expect(path.utf8.count == 1_023)
        _ = try MemberPath(validating: path)
        #expect(throws: MemberPath.Refusal.tooLong) { try MemberPath(validating: longest + "a") }
        #expect(throws: MemberPath.Refusal.tooLong) { try MemberPath(validating: path + "/a") }
        _ = try MemberPath(validating: "aa/" + String(path.dropFirst(2)))
        _ = try MemberPath(validating: Array(repeating: "a", count: 64).joined(separator: "/"))
        #expect(throws: MemberPath.Refusal.tooDeep) {
            try MemberPath(validating: Array(repeating: "a", count: 65).joined(separator: "/"))
        }
        // 128 letters of two bytes each: more bytes than a component may have, though fewer letters.
        #expect(throws: MemberPath.Refusal.tooLong) { try MemberPath(validating: String(repeating: "é", count: 128)) }
    }

    @Test(
        arguments: [
            [0xFF], [0x61, 0xC3], [0xC0, 0xAE, 0xC0, 0xAE], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0x61, 0x80],
        ] as [[UInt8]])
    func `refuses what is not UTF-8`(bytes: [UInt8]) {
        #expect(throws: MemberPath.Refusal.notUTF8) { try MemberPath(validating: bytes) }
    }

    @Test func `a path knows its parts`() throws {
        let path = try MemberPath(validating: "usr/local/bin/k3s")
        #expect(path.components == ["usr", "local", "bin", "k3s"])
        #expect(path.name == "k3s")
        #expect(path.parent?.text == "usr/local/bin")
        #expect(path.ancestors.map(\.text) == ["usr", "usr/local", "usr/local/bin"])
        #expect(try MemberPath(validating: "k3s").parent == nil)
        #expect(try MemberPath(validating: "k3s").ancestors == [])
    }

    @Test func `paths are told apart and ordered by bytes`() throws {
        let composed = try MemberPath(validating: "\u{E9}")
        let decomposed = try MemberPath(validating: "e\u{301}")
        #expect(composed != decomposed)
        #expect(decomposed < composed)
        #expect(Set([composed, decomposed]).count == 2)
        let texts = ["a", "a-b", "a.b", "a/b", "aa", "b", "Z", "é"]
        #expect(
            try texts.map { try MemberPath(validating: $0) }.sorted().map(\.text) == [
                "Z", "a", "a-b", "a.b", "a/b", "aa", "b", "é",
            ])
    }

    @Test(arguments: UInt64(0)..<64)
    func `what is accepted prints as it was written and holds nothing that climbs`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "b", ".", "..", "/", "/", "\\", "é", "名", " ", "\n", "~", "...", "x/y"]
        for _ in 0..<50 {
            let text = (0..<Int.random(in: 0..<8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let path = try? MemberPath(validating: text) else { continue }
            #expect(path.description == text)
            #expect(path.components.joined(separator: "/") == text)
            #expect(
                path.components.allSatisfy {
                    !["", ".", ".."].contains($0) && !$0.contains("\\") && !$0.contains("\n")
                })
            #expect((path.ancestors.last.map { $0.text + "/" } ?? "") + path.name == text)
        }
    }
}

/// SplitMix64, so that a failure can be run again by its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
