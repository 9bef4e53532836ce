import FuzzTargets
import Posix
import Testing
import Values

/// Every seed of the fuzzers through its target, in the ordinary suite: what a fuzzer once found stays found.
@Suite struct SeedTests {
    static let seeds = FilePath(#filePath).parent.parent.appending("Fuzz/Seeds")

    /// Seeds whose name begins with `ok-` are taken, all others are not; none breaks a promise, each in at most a few seconds.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `every seed is read as its name says`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Self.seeds.appending(name)
        let names = try DirectoryHandle.open(folder).entries().sorted()
        #expect(names.contains { $0.hasPrefix("ok-") }, "no seed of \(name) is accepted")
        #expect(names.allSatisfy { $0.hasPrefix("ok-") || $0.hasPrefix("no-") }, "what a run of the fuzzer left")
        for seed in names {
            let bytes = try Files.read(folder.appending(seed), limit: .mebibytes(1))
            let outcome = try target.check(bytes)
            #expect(outcome == (seed.hasPrefix("ok-") ? .accepted : .refused), "\(name)/\(seed)")
        }
    }

    /// Cut short and with single bytes changed, every seed is still read to an end.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `a damaged seed breaks no promise`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Self.seeds.appending(name)
        var random = SplitMix(state: 0x5EA1)
        for seed in try DirectoryHandle.open(folder).entries().sorted() {
            let bytes = try Files.read(folder.appending(seed), limit: .mebibytes(1))
            for _ in 0..<8 where !bytes.isEmpty {
                var damaged = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count)) + 1))
                damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
                _ = try target.check(damaged)
            }
        }
    }

    @Test func `every folder of seeds belongs to a target`() throws {
        let folders = try DirectoryHandle.open(Self.seeds).entries().sorted()
        #expect(folders == FuzzTarget.all.map(\.name).sorted())
    }
}

/// The same numbers in every run (Steele, Lea and Flood, 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
