/// A tar that nobody should take, around members that are good.
public struct HostileTar: Sendable {
    /// What is wrong with it.
    public let name: String
    /// Why it is taken all the same, where it is: nothing that is wrong with it is ever looked at.
    public let harmless: String?
    private let make: @Sendable ([UInt8]) -> [UInt8]

    init(_ name: String, harmless: String? = nil, _ make: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.name = name
        self.harmless = harmless
        self.make = make
    }

    /// The whole archive around the entries of `good`, without an end mark.
    public func bytes(around good: [UInt8]) -> [UInt8] { make(good) }

    /// All of them; each to be refused but where ``harmless`` says why not.
    public static let all = paths + longPaths + doubles + links + nodes + sizes + paxHeaders + structure + metadata

    /// `entries` in front of what is good.
    private static func before(_ name: String, _ entries: [UInt8]..., harmless: String? = nil) -> HostileTar {
        let entries = entries.flatMap(\.self)
        return HostileTar(name, harmless: harmless) { entries + $0 + TarBlock.end }
    }

    /// `entries` behind what is good.
    private static func behind(_ name: String, _ entries: [UInt8]..., harmless: String? = nil) -> HostileTar {
        let entries = entries.flatMap(\.self)
        return HostileTar(name, harmless: harmless) { $0 + entries + TarBlock.end }
    }

    private static func text(_ count: Int, _ byte: Character = "a") -> String { String(repeating: byte, count: count) }

    private static let file: [UInt8] = [1, 2, 3]

    // MARK: Paths

    private static let paths: [HostileTar] =
        [
            "../x", "a/../../x", "/etc/shadow", "//x", "..", "../", "a/..", "./../x", "././x", "a//b", "a/./b",
            "a/../b", ".", "./", "/", "a\\b",
            "..\\x", "C:\\x", "a\u{1B}[2J", "a\nb", "a\rb", "a\tb", "a\u{7F}", "~/../x", "blobs/../../x", "x/",
        ].map { name in behind("the path \(name.debugDescription)", TarBlock(name, file).bytes) } + [
            behind("a path of no bytes", TarBlock("", file).bytes),
            behind("a folder that leaves", TarBlock("../x/", type: "5").bytes),
            behind("an absolute folder", TarBlock("/x/", type: "5").bytes),
            behind("a path that is not UTF-8", TarBlock([0x66, 0xFF, 0x80], file).bytes),
            behind("a dot in two bytes", TarBlock([0xC0, 0xAE, 0x2F, 0x78], file).bytes),
            behind("half of a pair", TarBlock([0xED, 0xA0, 0x80], file).bytes),
            behind("a prefix that leaves", TarBlock("x", file).with { $0.prefix = Array("..".utf8) }.bytes),
            behind("an absolute prefix", TarBlock("x", file).with { $0.prefix = Array("/etc".utf8) }.bytes),
        ]

    /// Paths by pax and GNU headers.
    private static let longPaths: [HostileTar] =
        [
            ("that leaves", Array("../x".utf8)), ("absolute", Array("/etc/shadow".utf8)),
            ("of 256 bytes in one part", Array(text(256).utf8)),
            (
                "of 1 025 bytes",
                Array((text(200) + "/" + text(200) + "/" + text(200) + "/" + text(200) + "/" + text(221)).utf8)
            ),
            ("longer than PATH_MAX", Array(String(repeating: "a/", count: 2_100).utf8) + Array("x".utf8)),
            ("65 folders deep", Array(String(repeating: "a/", count: 64).utf8) + Array("x".utf8)),
            ("10 000 folders deep", Array(String(repeating: "a/", count: 10_000).utf8) + Array("x".utf8)),
            ("that climbs after PATH_MAX", Array(String(repeating: "d/", count: 2_100).utf8) + Array("../../x".utf8)),
            ("that is not UTF-8", [0x61, 0xFF]),
        ].flatMap { what, path in
            [
                behind("a pax path \(what)", TarBlock.pax(("path", path)), TarBlock("good", file).bytes),
                behind(
                    "a GNU path \(what)", TarBlock("././@LongLink", path + [0], type: "L").bytes,
                    TarBlock("good", file).bytes),
            ]
        }

    // MARK: One place, two things

    private static let doubles: [HostileTar] =
        [
            behind("a file twice", TarBlock("a", file).bytes, TarBlock("a", [9]).bytes),
            behind("a file twice, alike", TarBlock("a", file).bytes, TarBlock("a", file).bytes),
            behind("a file twice, with a dot", TarBlock("a", file).bytes, TarBlock("./a", [9]).bytes),
            behind(
                "a name composed and decomposed", TarBlock("caf\u{E9}", file).bytes, TarBlock("cafe\u{301}", file).bytes
            ),
            behind(
                "a second name by pax", TarBlock("a", file).bytes, TarBlock.pax(("path", Array("a".utf8))),
                TarBlock("b", [9]).bytes),
            behind("a folder, then a file", TarBlock("a/", type: "5").bytes, TarBlock("a", file).bytes),
            behind("a file, then a folder", TarBlock("a", file).bytes, TarBlock("a/", type: "5").bytes),
            behind("something below a file", TarBlock("a", file).bytes, TarBlock("a/b", file).bytes),
            behind("a file above something", TarBlock("a/b", file).bytes, TarBlock("a", file).bytes),
            behind("a way through a link", TarBlock("a", type: "2", link: ".").bytes, TarBlock("a/b", file).bytes),
            behind("a way through a hard link", TarBlock("a", type: "1", link: "b").bytes, TarBlock("a/c", file).bytes),
            behind(
                "a link, then a file in its place", TarBlock("a", type: "2", link: "b").bytes, TarBlock("a", file).bytes
            ),
            behind(
                "a file, then a link in its place", TarBlock("a", file).bytes, TarBlock("a", type: "2", link: "b").bytes
            ),
            behind(
                "a zero in a pax path, cut there", TarBlock.pax(("path", Array("a\u{0}/../../x".utf8))),
                TarBlock("b", file).bytes, harmless: "the name ends at the zero"),
            behind(
                "a second name by a zero in a pax path", TarBlock("a", file).bytes,
                TarBlock.pax(("path", Array("a\u{0}b".utf8))), TarBlock("b", file).bytes),
            behind(
                "a folder twice", TarBlock("a/", type: "5").bytes, TarBlock("a/", type: "5").bytes,
                harmless: "tools write folders again"),
        ]
        + ["oci-layout", "index.json", "manifest.json"].flatMap { name in
            [
                behind("\(name) twice", TarBlock(name, file).bytes, TarBlock("./" + name, file).bytes),
                before(
                    "a link called \(name), and the file", TarBlock(name, type: "2", link: "x").bytes,
                    TarBlock(name, file).bytes),
            ]
        }

    // MARK: Links and nodes

    private static let links: [HostileTar] =
        ["/etc", "..", "../..", "../../etc/passwd", "/proc/self/root", "a/../../.."].flatMap { target in
            [
                behind("a link to \(target)", TarBlock("a", type: "2", link: target).bytes),
                behind("a hard link to \(target)", TarBlock("a", type: "1", link: target).bytes),
            ]
        } + [
            behind(
                "a pax link that leaves", TarBlock.pax(("linkpath", Array("../../x".utf8))),
                TarBlock("a", type: "2", link: "b").bytes),
            behind(
                "an absolute pax link", TarBlock.pax(("linkpath", Array("/etc/shadow".utf8))),
                TarBlock("a", type: "1", link: "b").bytes),
            behind(
                "a GNU link that leaves", TarBlock("x", Array("../../x\u{0}".utf8), type: "K").bytes,
                TarBlock("a", type: "2", link: "b").bytes),
            behind("a link that holds content", TarBlock("a", file, type: "2", link: "b").bytes),
            behind(
                "a hard link that holds content", TarBlock("b", file).bytes,
                TarBlock("a", [9, 9], type: "1", link: "b").bytes),
        ]

    private static let nodes: [HostileTar] = [
        ("3", "a character device"), ("4", "a block device"), ("6", "a pipe"),
    ].flatMap { type, what in
        [
            behind(what, TarBlock("a", type: Character(type)).bytes),
            before(what + " called manifest.json", TarBlock("manifest.json", type: Character(type)).bytes),
            behind(what + " with content", TarBlock("a", file, type: Character(type)).bytes),
        ]
    }

    // MARK: Sizes

    private static let sizes: [HostileTar] = [
        behind("a size of -1 in pax", TarBlock.pax(("size", Array("-1".utf8))), TarBlock("a", file).bytes),
        behind(
            "a size of 2^63 in pax", TarBlock.pax(("size", Array("9223372036854775808".utf8))),
            TarBlock("a", file).bytes),
        behind(
            "a size of 2^63 - 1 in pax", TarBlock.pax(("size", Array("9223372036854775807".utf8))),
            TarBlock("a", file).bytes),
        behind(
            "a larger size in pax than there is", TarBlock.pax(("size", Array("100000".utf8))),
            TarBlock("a", file).bytes),
        behind("a negative size", TarBlock("a", file).with { $0.size = TarBlock.base256(-512) }.bytes),
        behind("the largest size", TarBlock("a", file).with { $0.size = TarBlock.base256(.max) }.bytes),
        behind("8 GiB and nothing", TarBlock("a", file).with { $0.size = Array("77777777777".utf8) }.bytes),
        behind("1 TiB and nothing", TarBlock("a", file).with { $0.size = TarBlock.base256(1 << 40) }.bytes),
        behind(
            "a folder of 8 GiB", TarBlock("a/", type: "5").with { $0.size = Array("77777777777".utf8) }.bytes,
            harmless: "a folder has no content, whatever it says"),
        behind("one block more than there is", TarBlock("a", file).with { $0.size = TarBlock.octal(2_000, 11) }.bytes),
        behind(
            "an old sparse file of 1 TiB",
            TarBlock("a", file, type: "S").with {
                $0.magic = Array("ustar  \u{0}".utf8)
                // GNU tar's map of one piece, then the real size.
                $0.raw = [
                    (386, TarBlock.base256(1 << 40)), (398, TarBlock.octal(3, 11)),
                    (483, TarBlock.base256(1 << 40 + 3)),
                ]
            }.bytes),
        behind(
            "a sparse file, 0.0",
            TarBlock.pax(
                ("GNU.sparse.size", Array("1099511627776".utf8)), ("GNU.sparse.numblocks", Array("1".utf8)),
                ("GNU.sparse.offset", Array("1099511627770".utf8)), ("GNU.sparse.numbytes", Array("3".utf8))),
            TarBlock("a", file).bytes),
        behind(
            "a sparse file, 0.1",
            TarBlock.pax(
                ("GNU.sparse.major", [0x30]), ("GNU.sparse.minor", [0x31]),
                ("GNU.sparse.size", Array("1099511627776".utf8)), ("GNU.sparse.map", Array("1099511627770,3".utf8))),
            TarBlock("a", file).bytes),
        behind(
            "a sparse file, 1.0",
            TarBlock.pax(
                ("GNU.sparse.major", [0x31]), ("GNU.sparse.minor", [0x30]),
                ("GNU.sparse.realsize", Array("1099511627776".utf8)), ("GNU.sparse.name", Array("a".utf8))),
            TarBlock("a", Array("1\n1099511627770\n3\n".utf8) + [UInt8](repeating: 0, count: 495) + file).bytes),
        behind(
            "a sparse map of 100 000 holes",
            TarBlock.pax(
                ("GNU.sparse.map", Array((0..<100_000).map { "\($0 * 2),1" }.joined(separator: ",").utf8)),
                ("GNU.sparse.size", Array("200000".utf8))), TarBlock("a", file).bytes),
    ]

    // MARK: Pax headers

    private static let paxHeaders: [HostileTar] =
        [
            ("a record without its length", "path=x\n"), ("a record shorter than it says", "99 path=x\n"),
            ("a record longer than it says", "5 path=xxxx\n"), ("a record of no length", "0 path=x\n"),
            ("a negative length", "-9 path=x\n"), ("a length of 20 digits", "99999999999999999999 path=x\n"),
            ("a record without =", "8 pathx\n"), ("a record without an end", "9 path=xy"),
            ("nothing but zeros", "\u{0}\u{0}\u{0}\u{0}"),
        ].map { what, body in
            behind("pax: \(what)", TarBlock("p", Array(body.utf8), type: "x").bytes, TarBlock("a", file).bytes)
        } + [
            behind(
                "pax: a header of 65 KiB", TarBlock.pax(("comment", [UInt8](repeating: 0x61, count: 66_560))),
                TarBlock("a", file).bytes),
            behind(
                "pax: a header of 2 MiB", TarBlock.pax(("comment", [UInt8](repeating: 0x61, count: 2 << 20))),
                TarBlock("a", file).bytes),
            behind(
                "pax: a header of 1 GiB, not there",
                TarBlock("p", type: "x").with { $0.size = TarBlock.octal(1 << 30, 11) }.bytes, TarBlock("a", file).bytes
            ),
            behind(
                "pax: a header of 2^63 - 1", TarBlock("p", type: "x").with { $0.size = TarBlock.base256(.max) }.bytes,
                TarBlock("a", file).bytes),
            behind(
                "pax: a global header of 65 KiB",
                TarBlock.pax(("comment", [UInt8](repeating: 0x61, count: 66_560)), type: "g"), TarBlock("a", file).bytes
            ),
            behind(
                "GNU: a path of 65 KiB",
                TarBlock("././@LongLink", [UInt8](repeating: 0x61, count: 66_560), type: "L").bytes,
                TarBlock("a", file).bytes),
            behind(
                "GNU: a path of 1 GiB, not there",
                TarBlock("././@LongLink", type: "L").with { $0.size = TarBlock.octal(1 << 30, 11) }.bytes,
                TarBlock("a", file).bytes),
            behind(
                "GNU: paths for 200 headers of paths",
                (0..<200).flatMap { _ in TarBlock("././@LongLink", Array("x\u{0}".utf8), type: "L").bytes },
                TarBlock("a", file).bytes),
            behind("pax: nothing follows", TarBlock.pax(("path", Array("a".utf8)))),
            behind(
                "pax: a header of pax for a header of pax", TarBlock.pax(("path", Array("a".utf8))),
                TarBlock.pax(("path", Array("b".utf8))), TarBlock("c", file).bytes),
            behind(
                "pax: a global path", TarBlock.pax(("path", Array("manifest.json".utf8)), type: "g"),
                TarBlock("c", file).bytes, harmless: "global headers are not applied"),
            before(
                "pax: a global path that leaves", TarBlock.pax(("path", Array("../x".utf8)), type: "g"),
                harmless: "global headers are not applied"),
        ]

    // MARK: Structure

    private static let structure: [HostileTar] = [
        HostileTar("nothing") { _ in [] }, HostileTar("one byte") { _ in [0x61] },
        HostileTar("blocks of zeros alone") { _ in TarBlock.end },
        HostileTar("a cut header") { Array(($0 + TarBlock("a", file).bytes).prefix($0.count + 300)) },
        HostileTar("a cut content") {
            Array(($0 + TarBlock("a", [UInt8](repeating: 7, count: 3_000)).bytes).prefix($0.count + 1_500))
        },
        HostileTar("a byte more than blocks") { $0 + [0x61] },
        behind("a header of ones", [UInt8](repeating: 0xFF, count: 512), TarBlock("a", file).bytes),
        behind("a header with a wrong sum", damaged(TarBlock("a", file).bytes, at: 0), TarBlock("b", file).bytes),
        behind("a sum of zeros", damaged(TarBlock("a", file).bytes, at: 148, 6), TarBlock("b", file).bytes),
        behind("a damaged sum", damaged(TarBlock("a", file).bytes, at: 150), TarBlock("b", file).bytes),
        behind("a damaged size", damaged(TarBlock("a", file).bytes, at: 130), TarBlock("b", file).bytes),
        HostileTar("a damaged first header") { damaged($0, at: 3) + TarBlock.end },
        behind(
            "text between entries", Array("#!/bin/sh\nexit 0\n".utf8) + [UInt8](repeating: 0x20, count: 495),
            TarBlock("b", file).bytes),
        HostileTar("no end mark", harmless: "libarchive asks for none; what lacks is named as missing") { $0 },
        HostileTar("a cut end mark", harmless: "libarchive asks for none; what lacks is named as missing") {
            $0 + TarBlock.end.prefix(512)
        },
        HostileTar("more behind the end", harmless: "nothing reads on after the end") {
            $0 + TarBlock.end + TarBlock("../x", file).bytes + TarBlock.end
        },
        HostileTar("more behind one block of zeros", harmless: "nothing reads on after the end") {
            $0 + TarBlock.end.prefix(512) + TarBlock("../x", file).bytes + TarBlock.end
        },
        HostileTar("a program behind the end", harmless: "nothing reads on after the end") {
            $0 + TarBlock.end + [0x7F, 0x45, 0x4C, 0x46]
        },
    ]

    private static func damaged(_ bytes: [UInt8], at offset: Int, _ count: Int = 1) -> [UInt8] {
        var bytes = bytes
        for index in offset..<offset + count { bytes[index] ^= 0x11 }
        return bytes
    }

    // MARK: What is never looked at

    private static let unused = "modes, owners, times and attributes are not used"

    private static let metadata: [HostileTar] = [
        behind("set-id bits", TarBlock("a", file).with { $0.mode = "0006755" }.bytes, harmless: unused),
        behind(
            "a capability", TarBlock.pax(("SCHILY.xattr.security.capability", [1, 0, 0, 2, 0, 4, 0, 0])),
            TarBlock("a", file).bytes, harmless: unused),
        behind(
            "an ACL", TarBlock.pax(("SCHILY.acl.access", Array("user::rwx,group::rwx,other::rwx".utf8))),
            TarBlock("a", file).bytes, harmless: unused),
        behind(
            "the largest time", TarBlock("a", file).with { $0.time = TarBlock.base256(.max) }.bytes, harmless: unused),
        behind("a negative time", TarBlock("a", file).with { $0.time = TarBlock.base256(-9) }.bytes, harmless: unused),
        behind(
            "a time of pax that is none", TarBlock.pax(("mtime", Array("yesterday".utf8))), TarBlock("a", file).bytes,
            harmless: unused),
        behind(
            "an owner of 2^63", TarBlock.pax(("uid", Array("9223372036854775808".utf8))), TarBlock("a", file).bytes,
            harmless: unused),
        behind(
            "an unknown key", TarBlock.pax(("ACME.run", Array("/bin/sh".utf8))), TarBlock("a", file).bytes,
            harmless: unused),
    ]
}
