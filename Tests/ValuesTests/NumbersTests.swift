import Testing
import Values

@Suite struct HexTests {
    @Test(
        arguments: [
            ([], ""), ([0], "00"), ([0xFF, 0x0A], "ff0a"), ([0xDE, 0xAD, 0xBE, 0xEF], "deadbeef"),
        ] as [([UInt8], String)])
    func `bytes and digits stand for each other`(bytes: [UInt8], text: String) {
        #expect(Hex.encode(bytes) == text)
        #expect(Hex.decode(text) == bytes)
    }

    @Test func `every byte has one spelling`() {
        let spelled = (0...255).map { Hex.encode([UInt8($0)]) }
        #expect(Set(spelled).count == 256)
        for (byte, text) in spelled.enumerated() { #expect(Hex.decode(text) == [UInt8(byte)]) }
    }

    @Test(arguments: ["0", "abc", "FF", "0g", "0x", " 00", "00 ", "+1", "é", "٠٠"])
    func refuses(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

@Suite struct SHA256DigestTests {
    private let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func `a digest prints as it was read`() throws {
        let digest = try #require(SHA256Digest(hex: hex))
        #expect(digest.hex == hex)
        #expect(digest.description == "sha256:" + hex)
        #expect(digest.bytes.first == 0xE3)
        #expect(digest.bytes.last == 0x55)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest("sha256:" + hex) == digest)
    }

    @Test func `one bit makes another digest`() throws {
        let digest = try #require(SHA256Digest(hex: hex))
        for index in 0..<32 {
            for bit in 0..<8 {
                var bytes = digest.bytes
                bytes[index] ^= 1 << UInt8(bit)
                #expect(SHA256Digest(bytes: bytes) != digest, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func refuses() {
        for text in [
            "", "sha256:", hex, "sha512:" + hex, "SHA256:" + hex, "sha256:" + hex + "0", "sha256:" + hex.dropLast(),
        ] {
            #expect(SHA256Digest(text) == nil, "\(text)")
        }
        #expect(SHA256Digest(hex: hex.uppercased()) == nil)
        #expect(SHA256Digest(hex: " " + hex.dropFirst()) == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }
}

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("0", 0), ("1073741824", 1 << 30), ("512 MiB", 512 << 20), ("1GiB", 1 << 30), ("2G", 2 << 30), ("3K", 3 << 10),
        ("4M", 4 << 20), ("1T", 1 << 40), ("14 GB", 14_000_000_000), ("7kB", 7_000), ("7KB", 7_000),
        ("5 TB", 5_000_000_000_000),
        ("1 TiB", 1 << 40), ("9 B", 9), ("9223372036854775807", .max),
    ])
    func reads(text: String, bytes: Int) {
        #expect(ByteCount(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", " ", "MiB", "-1", "+1", "1.5G", "1,5G", "1_000", "0x10", "1 ", " 1", "1  MiB", "1 MiB ", "1 mib", "1Mib",
        "1 XB", "1G1",
        "9223372036854775808", "9007199254740993 KiB", "٣", "1\u{301}",
    ])
    func refuses(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(arguments: [
        (0, "0 B", "0 bytes"), (1, "1 B", "1 byte"), (1_023, "1023 B", "1 023 bytes"),
        (1_024, "1.0 KiB", "1 024 bytes"),
        (1_536, "1.5 KiB", "1 536 bytes"), (4_194_304, "4.0 MiB", "4 194 304 bytes"),
        ((1 << 20) - 1, "1023.9 KiB", "1 048 575 bytes"), ((1 << 30) * 5 / 2, "2.5 GiB", "2 684 354 560 bytes"),
        (1 << 40, "1.0 TiB", "1 099 511 627 776 bytes"), (.max, "8388607.9 TiB", "9 223 372 036 854 775 807 bytes"),
    ])
    func writes(bytes: Int, formatted: String, exact: String) {
        #expect(ByteCount(bytes).formatted == formatted)
        #expect(ByteCount(bytes).description == exact)
    }

    @Test func `a sum of sizes from a document cannot overflow unseen`() {
        #expect(ByteCount(5).adding(7) == 12)
        #expect(ByteCount(.max - 1).adding(1) == ByteCount(.max))
        #expect(ByteCount(.max).adding(1) == nil)
    }
}

@Suite struct FileModeTests {
    @Test func `every mode prints as it is read`() throws {
        for bits in UInt16(0)...0o777 {
            let mode = try #require(FileMode(bits: bits))
            #expect(FileMode(octal: mode.description) == mode)
            #expect(mode.description.utf8.count == 4)
        }
        #expect(FileMode.file.description == "0644")
        #expect(FileMode.executable.description == "0755")
    }

    @Test(arguments: [
        "", "0", "755", "00755", "0888", "1755", "4755", "0o755", "0x1f", " 755", "0 75", "-755", "0+75", "٠٧٥٥",
    ])
    func refuses(text: String) {
        #expect(FileMode(octal: text) == nil)
    }

    @Test(arguments: [0o1000, 0o2755, 0o4755, 0o7777, 0xFFFF] as [UInt16])
    func `there are no special bits`(bits: UInt16) {
        #expect(FileMode(bits: bits) == nil)
    }
}

@Suite struct ArchitectureTests {
    @Test(arguments: [(Architecture.amd64, "amd64", "x86_64"), (.arm64, "arm64", "aarch64")])
    func `each architecture has two names`(architecture: Architecture, name: String, machine: String) {
        #expect(architecture.rawValue == name)
        #expect(architecture.machineName == machine)
        #expect(Architecture(rawValue: name) == architecture)
        #expect(Architecture(machineName: machine) == architecture)
        #expect(Architecture(machineName: name) == nil)
    }
}
