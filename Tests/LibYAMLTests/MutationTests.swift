import LibYAML
import Reporting
import Testing

/// A small generator, so that a failure's seed is enough to see it again (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct MutationTests {
    private static let sample = Array(
        """
        # a sample
        name: &n line7
        list: [1, 2.5, *n, "q\\u00fc", 'it''s']
        block:
          - {a: ~, b: true}
          - |
            text
        ? key
        : >-
          folded
          text
        ü: 😀
        """.utf8)

    @Test(arguments: UInt64(0)..<300)
    func `damaged text is refused or read, and what is read is written`(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var bytes = Self.sample
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            default:
                bytes.insert(contentsOf: "\t{[&*!|>'\"%@`:-?#\n ,]}".utf8.shuffled(using: &random).prefix(1), at: index)
            }
        }
        do throws(YAMLError) {
            let value = try YAMLDocument.parse(bytes, file: "a.yaml").root.value
            guard value != .null else { return }
            #expect(try YAMLDocument.parse(Array(value.text.utf8), file: "b.yaml").root.value == value)
        } catch {
            #expect(error.diagnostic.next?.isEmpty == false)
            if let place = error.location { #expect(place.line >= 1 && place.column >= 1) }
        }
    }

    @Test func `every prefix is refused or read`() {
        for count in 0...Self.sample.count {
            _ = try? YAMLDocument.parse(Array(Self.sample[..<count]), file: "a.yaml")
        }
    }
}
