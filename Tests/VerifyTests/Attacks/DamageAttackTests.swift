import BundleFixture
import Counting
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Values

@testable import Verify

/// Rows S2 and S3: what a medium or a hand does to the bytes of a bundle.
struct DamageAttackTests {
    private func read(_ victim: Victim, _ name: String) throws -> [UInt8] {
        try Files.read(victim.bundle.path.appending(name), limit: .mebibytes(1))
    }

    /// Every bit of one file, or of every `step`th byte one.
    private func flip(_ name: String, of victim: Victim, step: Int = 1, wanted: ExitCode, _ row: inout Row) throws {
        let original = try read(victim, name)
        for index in original.indices {
            for bit in (step == 1 ? 0..<8 : index % 8..<index % 8 + 1) where index.isMultiple(of: step) {
                var flipped = original
                flipped[index] ^= 1 << UInt8(bit)
                try victim.overwrite(name, flipped)
                row.judge(
                    "byte \(index), bit \(bit) of \(name)", victim.verdict(payload: wanted != .notTrusted), wanted)
            }
        }
        try victim.overwrite(name, original)
    }

    @Test func `every bit of SHA256SUMS`() throws {
        let victim = try Victim()
        var row = Row("S2", "bits of SHA256SUMS flipped")
        try flip(BundleFile.sums, of: victim, wanted: .notTrusted, &row)
        row.report(atLeast: 4_000)
        #expect(victim.verdict(payload: true) == .done)
    }

    @Test func `every bit of the manifest`() throws {
        let victim = try Victim(step: 100_000)
        var row = Row("S2", "bits of manifest.json flipped")
        try flip(BundleFile.manifest, of: victim, wanted: .damaged, &row)
        row.report(atLeast: 10_000)
        #expect(victim.verdict(payload: true) == .done)
    }

    @Test func `four thousand places of the payload and of the scripts`() throws {
        let victim = try Victim(noise: 7_800)
        var row = Row("S2", "bytes of payload and scripts flipped")
        let names = victim.bundle.manifest.volumes.map(\.name) + [BundleFile.installScript]
        for name in names { try flip(name, of: victim, step: Tally.isLong ? 1 : 2, wanted: .damaged, &row) }
        row.report(atLeast: 4_000)
        #expect(victim.verdict(payload: true) == .done)
    }

    @Test func `every length of every file`() throws {
        let victim = try Victim(noise: 3_000)
        var row = Row("S3", "files cut short")
        for (name, wanted) in Self.files(victim) {
            let original = try read(victim, name)
            // Near both ends always; in between every length when there is time.
            for length in original.indices
            where Tally.isLong || length.isMultiple(of: 5) || length < 64 || length > original.count - 64 {
                try victim.overwrite(name, Array(original[..<length]))
                row.judge("\(length) bytes of \(name)", victim.verdict(payload: true), wanted)
            }
            try victim.overwrite(name, original)
        }
        row.report(atLeast: 1_000)
        #expect(victim.verdict(payload: true) == .done)
    }

    @Test func `bytes added to every file`() throws {
        let (victim, other) = (try Victim(noise: 900), try Victim(noise: 900, sequence: 2))
        var row = Row("S3", "files with something added, or of another bundle")
        for (name, wanted) in Self.files(victim) {
            let (original, foreign) = (try read(victim, name), try read(other, name))
            let skippable = DER.hex("502a4d1804000000") + [1, 2, 3, 4]
            let tails: [(String, [UInt8])] = [
                ("a zero", [0]), ("a line feed", [0x0A]), ("itself", original), ("another bundle's", foreign),
                ("512 zeros", [UInt8](repeating: 0, count: 512)),
                ("4 KiB of zeros", [UInt8](repeating: 0, count: 4_096)),
                ("a skippable frame", skippable), ("an empty zstd frame", DER.hex("28b52ffd2000010000")),
                ("a line of SHA256SUMS", Array((String(repeating: "0", count: 64) + "  extra\n").utf8)),
                ("1 MiB", [UInt8](repeating: 0x41, count: 1 << 20)),
            ]
            for (what, tail) in tails {
                // SHA256SUMS of more than its limit is not even compared with its signature.
                let isTooLong = original.count + tail.count > 1 << 20 && name == BundleFile.sums
                try victim.overwrite(name, original + tail)
                row.judge("\(what) behind \(name)", victim.verdict(payload: true), isTooLong ? .damaged : wanted)
                try victim.overwrite(name, tail + original)
                row.judge("\(what) before \(name)", victim.verdict(payload: true), isTooLong ? .damaged : wanted)
            }
            if foreign != original {
                try victim.overwrite(name, foreign)
                row.judge("another bundle's \(name)", victim.verdict(payload: true), wanted)
            }
            try victim.overwrite(name, original)
        }
        row.report(atLeast: 100)
        #expect(victim.verdict(payload: true) == .done)
    }

    /// Every file that is read, and how its damage ends.
    private static func files(_ victim: Victim) -> [(String, ExitCode)] {
        [(BundleFile.sums, .notTrusted), (BundleFile.manifest, .damaged), (BundleFile.installScript, .damaged)]
            + victim.bundle.manifest.volumes.map { ($0.name, .damaged) }
    }
}
