import Counting
import HostileArchives
import Reporting
import SampleVendor
import Testing
import Values

@testable import Discover

/// Rows X1 and X4: archives of charts that nobody should take.
struct ChartAttackTests {
    private static let members: [(name: String, content: [UInt8])] = [
        ("app/Chart.yaml", Array("name: app\nversion: 1.2.3\n".utf8)),
        ("app/values.yaml", Array("image: a/b:1\n".utf8)),
    ]

    /// How reading a chart ends; `nil` when it is taken.
    private func refusal(_ archive: [UInt8]) -> Diagnostic? {
        do throws(DiscoverError) { _ = try ChartArchive(archive, label: "app.tgz") } catch { return error.diagnostic }
        return nil
    }

    @Test func `archives of charts`() {
        let good = Self.members.flatMap { TarBlock($0.name, $0.content).bytes }
        // A chart has no links at all: `helm package` puts what they lead to in their place.
        let links = [
            ("a link within", TarBlock("app/a", type: "2", link: "values.yaml").bytes),
            ("a hard link within", TarBlock("app/a", type: "1", link: "app/values.yaml").bytes),
            (
                "a link called Chart.yaml",
                TarBlock("app/charts/b/Chart.yaml", type: "2", link: "../../Chart.yaml").bytes
            ),
        ]
        let attacks =
            HostileTar.all.map { (name: $0.name, bytes: $0.bytes(around: good), harmless: $0.harmless) }
            + links.map { (name: $0.0, bytes: good + $0.1 + TarBlock.end, harmless: nil) }
        var wrong: [String] = []
        for attack in attacks {
            let found = refusal(attack.bytes)
            if (found == nil) != (attack.harmless != nil) {
                wrong.append("\(attack.name): \(found?.message ?? "taken")")
            }
            if let found, found.exitCode != .usage || found.next == nil { wrong.append("\(attack.name): \(found)") }
        }
        Tally.report("X1", "archives of charts", count: attacks.count, failing: wrong.count)
        #expect(wrong == [])
    }

    /// A chart in a chart in a chart, each as an archive: small outside, large within.
    @Test func `charts within charts share one allowance, and are not passed over`() {
        func nested(_ inner: [UInt8], copies: Int) -> [UInt8] {
            let good = Self.members.flatMap { TarBlock($0.name, $0.content).bytes }
            return good + (0..<copies).flatMap { TarBlock("app/charts/\($0).tgz", inner).bytes } + TarBlock.end
        }
        let ballast =
            nested([], copies: 0).dropLast(1_024)
            + TarBlock("app/templates/x", [UInt8](repeating: 0x20, count: 6 << 20)).bytes
        let heavy = nested(ballast + TarBlock.end, copies: 9)
        var chain = nested([], copies: 0)
        for _ in 0..<5 { chain = nested(chain, copies: 1) }
        let cases = [
            ("54 MiB of archives and as much within", heavy, "holds more than"),
            ("five deep", chain, "charts within charts, more than 5 deep"),
        ]
        for (name, archive, words) in cases {
            let found = refusal(archive)
            #expect(found?.message.contains(words) == true, "\(name): \(String(describing: found))")
        }
        let inner = nested(nested(nested(nested([], copies: 0), copies: 1), copies: 1), copies: 1)
        #expect(refusal(nested(inner, copies: 1)) == nil)
        Tally.report("X4", "charts within charts", count: cases.count, failing: 0)
    }
}
