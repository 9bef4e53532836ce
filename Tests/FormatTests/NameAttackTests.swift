import Counting
import JSON
import LibCrypto
import Reporting
import Testing
import Values

@testable import Format

/// Row X5: names in a manifest that no file should have, and names that a medium or a person would take for one another.
struct NameAttackTests {
    private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

    /// As they stand in JSON, between quotes.
    private static let bad =
        [
            "", "/", "/etc/shadow", "//a", ".", "..", "../a", "./a", "a/.", "a/..", "a/./b", "a/../b", "a/../../b",
            "a//b", "a/", "a/b/",
            "\\\\", "a\\\\b", "..\\\\a", "C:\\\\a", "\\u0000", "a\\u0000b", "a\\u0001", "a\\u0009b", "a\\u000ab",
            "a\\u000d", "a\\u001b[2J", "a\u{7F}b",
            text(256), text(100) + "/" + text(256), (0..<5).map { _ in text(204) }.joined(separator: "/") + "/b",
            (0..<65).map { _ in "a" }.joined(separator: "/"),
            // Other spellings of good names: one value, one spelling (docs/format.md §3).
            "\\u0061", "a\\/b", "\\ud800", "\\ud83d\\ude00", "\\u00e9", "\\u202e", "a\\tb",
        ]

    private static let good = [
        text(255), (0..<5).map { _ in text(204) }.joined(separator: "/"),
        (0..<64).map { _ in "a" }.joined(separator: "/"), "caf\u{E9}", "cafe\u{301}",
        "日本語", "a\u{202E}gpj.exe", "con", "nul.txt", "a b", "-rf", "~", "$(reboot)", "a:b", "*", "...", "a.", ".hidden",
        "\u{FEFF}a", "\u{200B}",
    ]

    private func refusal(_ bytes: [UInt8]) -> Diagnostic? {
        do throws(FormatError) { _ = try Manifest(reading: bytes) } catch { return error.diagnostic }
        return nil
    }

    @Test func `names of entries`() throws {
        var wrong: [String] = []
        let whole = String(decoding: try Sample.manifest([Sample.file("PLACE", [1])]).canonical(), as: UTF8.self)
        let apart = String(
            decoding: try Sample.manifest([Sample.file("a", [1], destination: "PLACE")]).canonical(), as: UTF8.self)
        for name in Self.bad {
            for text in [whole, apart] {
                let found = refusal(Array(text.replacing("PLACE", with: name).utf8))
                if found?.exitCode != .policy || found?.next == nil {
                    wrong.append("\(name.debugDescription): \(found?.message ?? "taken")")
                }
            }
        }
        for bytes in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0x61, 0xC3]]
            as [[UInt8]]
        {
            var raw = Array(whole.utf8)
            let start = try #require(raw.indices.first { raw[$0...].starts(with: "PLACE".utf8) })
            raw.replaceSubrange(start..<start + 5, with: bytes)
            if refusal(raw)?.exitCode != .policy { wrong.append("\(bytes)") }
        }
        Tally.report(
            "X5", "names that no file should have, in a manifest", count: Self.bad.count * 2 + 5, failing: wrong.count)
        #expect(wrong == [])
    }

    @Test func `names that are odd and good`() throws {
        for name in Self.good {
            let bytes = try Sample.manifest([Sample.file(name, [1])]).canonical()
            #expect(
                try Manifest(reading: bytes).entries.first?.path.text.utf8.elementsEqual(name.utf8) == true, "\(name)")
            // What would turn a line of a terminal round is shown by its number.
            #expect(
                !quoted(name).unicodeScalars.contains("\u{202E}") && !quoted(name).unicodeScalars.contains("\u{200B}"))
        }
    }

    @Test func `names that are one name to somebody`() throws {
        let pairs = [
            ("etc/a", "etc/A"), ("ETC/a", "etc/A"), ("README", "readme"), ("caf\u{E9}", "cafe\u{301}"),
            ("\u{212B}", "\u{C5}"),
            ("e\u{301}\u{323}", "e\u{323}\u{301}"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
            ("Caf\u{E9}", "cafe\u{301}"), ("a/\u{F1}/b", "a/n\u{303}/b"),
            ("a", "a/b"), ("A", "a/b"), ("caf\u{E9}", "cafe\u{301}/b"),
        ]
        var wrong: [String] = []
        for (one, other) in pairs {
            for isDestination in [false, true] {
                let entries =
                    isDestination
                    ? [try Sample.file("x", [1], destination: one), try Sample.file("y", [2], destination: other)]
                    : try [one, other].map { try Sample.file($0, [1]) }.sorted { $0.path < $1.path }
                let message = refusal(try Sample.manifest(entries).canonical())?.message
                let names = entries.map { quoted($0.path.text).dropFirst().dropLast() }
                if message == nil || !names.allSatisfy({ message?.contains($0) ?? false }) {
                    wrong.append("\(one), \(other): \(message ?? "taken")")
                }
            }
        }
        Tally.report(
            "X5", "names that are one name to somebody, in a manifest, both named", count: pairs.count * 2,
            failing: wrong.count)
        #expect(wrong == [])
    }

    @Test func `names in SHA256SUMS`() throws {
        let digest = String(repeating: "0", count: 64)
        let bad = [
            "", " ", "/etc/passwd", "..", "../a", "a/../b", "./a", "a/./b", "a//b", "a/", "-rf", "a/-b", "a b", "a\tb",
            "a\\b", "a\u{0}", "caf\u{E9}", "a:b", "*a",
            "~", "$a", "a\r", "a\u{202E}", "a;b", "a'b", "a\"b", "(a)", Self.text(256), "manifest.json  extra",
            "SHA256SUMS\u{0}",
        ]
        var wrong: [String] = []
        for name in bad {
            do throws(FormatError) {
                _ = try SHA256Sums(reading: Array("\(digest)  \(name)\n".utf8))
                wrong.append(name)
            } catch { if error.diagnostic.exitCode != .policy { wrong.append("\(name): \(error.diagnostic)") } }
        }
        Tally.report("X5", "names that no file should have, in SHA256SUMS", count: bad.count, failing: wrong.count)
        #expect(wrong == [])
    }
}
