import Counting
import Format
import StockTools
import Testing
import Values

/// Row X3: tar streams as they follow from entries, listed by GNU tar, bsdtar and Python alike.
struct TarAgreementTests {
    /// A fixed sequence: a failure names its archive.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
    }

    private static let letters = Array("abcXYZ019._-+ ~$'\"*:;()[]é日ß")

    private func name(_ dice: inout Dice) -> String {
        let length = [1, 3, 12, 60, 99, 120][dice.roll(6)]
        let text = String((0..<length).map { _ in Self.letters[dice.roll(Self.letters.count)] })
        return text == "." || text == ".."
            ? "x" : String(decoding: text.utf8.prefix(240), as: UTF8.self).replacing("\u{FFFD}", with: "")
    }

    /// Entries that a manifest could have: files, folders and links, some with paths and targets that need pax headers.
    private func entries(_ dice: inout Dice) throws -> [Entry] {
        var entries: [MemberPath: Entry] = [:]
        for _ in 0..<(1 + dice.roll(12)) {
            let path = try MemberPath(validating: (0...dice.roll(4)).map { _ in name(&dice) }.joined(separator: "/"))
            let kind: Entry.Kind =
                switch dice.roll(4) {
                case 0: .directory(Permissions(mode: .executable))
                case 1: .link(target: (0...dice.roll(3)).map { _ in name(&dice) }.joined(separator: "/"))
                default:
                    .file(
                        Permissions(mode: .file),
                        Sample.content([UInt8](repeating: 7, count: [0, 1, 511, 512, 513, 1_500][dice.roll(6)])))
                }
            entries[path] = Entry(path: path, kind: kind)
        }
        return entries.values.sorted { $0.path < $1.path }
    }

    @Test func `tar, bsdtar and Python list what the entries say`() throws {
        let count = Tally.isLong ? 2_000 : 60
        let folder = try CommandFolder()
        var dice = Dice(state: 7)
        var expected: [(names: String, whole: String)] = []
        for index in 0..<count {
            let entries = try entries(&dice)
            let layout = TarLayout(entries: entries)
            let bytes = layout.pieces(in: 0..<layout.length).flatMap { piece -> [UInt8] in
                switch piece {
                case .literal(let bytes): bytes
                case .content(_, _, let count): [UInt8](repeating: 7, count: count)
                }
            }
            try folder.write("\(index).tar", bytes)
            let lines = entries.map { entry -> (name: String, whole: String) in
                let name = entry.path.text + (entry.isDirectory ? "/" : "")
                if case .link(let target) = entry.kind { return (name, "\(name) -> \(target)") }
                return (name, "\(name) \(entry.content?.size.bytes ?? 0)")
            }
            expected.append((lines.map { $0.name + "\n" }.joined(), lines.map { $0.whole + "\n" }.joined()))
        }
        // Names alone by GNU tar and bsdtar, names with sizes and targets by Python.
        let python = """
            from tarfile import open as read_archive
            for number in range(\(count)):
                with read_archive(f"{number}.tar") as archive, open(f"{number}.python", "w") as out:
                    for each in archive:
                        out.write(f"{each.name} -> {each.linkname}\\n" if each.issym() else f"{each.name}{'/' if each.isdir() else ''} {each.size}\\n")
            """
        try folder.write("list.py", Array(python.utf8))
        let line =
            "export LC_ALL=C.UTF-8; for f in *.tar; do tar --quoting-style=literal -tf $f >${f%.tar}.gnu; bsdtar -tf $f >${f%.tar}.bsd; done; python3 -X utf8 list.py"
        #expect(try folder.run(line) == 0)
        var wrong: [String] = []
        for (index, lists) in expected.enumerated() {
            for (tool, wanted) in [("gnu", lists.names), ("bsd", lists.names), ("python", lists.whole)]
            where try folder.read("\(index).\(tool)") != Array(wanted.utf8) {
                wrong.append("archive \(index) by \(tool)")
            }
        }
        Tally.report("X3", "archives listed alike by tar, bsdtar and Python", count: count, failing: wrong.count)
        #expect(wrong == [])
    }
}
