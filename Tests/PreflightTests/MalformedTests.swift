import Format
import Preflight
import Testing
import Values

/// Whatever the kernel or another program writes, a survey comes to an end and traps nowhere.
@Suite struct `damaged texts` {
    typealias Rules = RuleTests

    private static let rules: [Requirement.Rule] = [
        .cores(minimum: 2), .memory(minimum: 1), .kernel(minimum: Version("4.3")), .kernelConfig(options: ["A"]),
        .kernelModule(modules: ["overlay"]), .cgroup(v2: ["cpu"], v1: ["cpu"]), .port(Rules.ranges), .defaultRoute,
        .routeOverlap(networks: ["10.42.0.0/16", "fd42::/56"]), .systemd(minimum: 1), .hostName,
        .sysctl(key: "a.b", minimum: 1), .swapOff,
    ]

    /// Every text that rules read.
    private static let probe: PlayedProbe = {
        var probe = PlayedProbe()
        Rules.tcp(Rules.listening)(&probe)
        Rules.hybrid(Rules.v1)(&probe)
        Rules.v6(Rules.zero, "00", "00000003", "eth2")(&probe)
        probe.texts["/proc/net/route"] = Rules.routeHeading + Rules.lan + Rules.gateway
        probe.texts[Rules.online] = "0-3,6\n"
        probe.texts["/proc/meminfo"] = "MemTotal:  1796875 kB\n"
        probe.texts["/proc/swaps"] = "Filename Type\n/dev/dm-1 partition 1 0 -2\n"
        probe.texts["/boot/config-6.1.0-18-amd64"] = "CONFIG_A=y\nCONFIG_B=m\n"
        probe.texts["/proc/modules"] = "overlay 32768 0 - Live 0x0\n"
        probe.texts["/lib/modules/6.1.0-18-amd64/modules.dep"] = "kernel/fs/overlayfs/overlay.ko.xz: kernel/x.ko\n"
        probe.texts["/proc/sys/a/b"] = "12\n"
        probe.paths = ["/run/systemd/system"]
        probe.outputs["systemctl --version"] = "systemd 252 (252.19-1~deb12u1)\n"
        return probe
    }()

    private func survey(_ probe: PlayedProbe) throws -> Survey {
        let requirements = Self.rules.enumerated().map {
            Requirement(id: "r\($0)", rule: $1, severity: .fail, reason: "because")
        }
        return try Preflight(
            Rules.manifest(requirements), role: "server", probe: probe, isRunning: true, receipts: []
        ).survey()
    }

    @Test func `none of the texts is damaged to begin with`() throws {
        #expect(try survey(Self.probe).with(.unknown) == [])
    }

    @Test(arguments: UInt64(0)..<300)
    func `random damage`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var probe = Self.probe
        for path in probe.texts.keys.sorted() { probe.texts[path] = damaged(probe.texts[path, default: ""], &random) }
        probe.outputs["systemctl --version"] = damaged("systemd 252 (252.19)\n", &random)
        probe.kernelRelease = damaged("6.1.0-18-amd64", &random)
        probe.hostName = damaged("node1", &random)
        let found = try survey(probe)
        #expect(found.findings.count == 5 + Self.rules.count)
        #expect(found.text(isVerbose: true).utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    }

    @Test(arguments: probe.texts.keys.sorted())
    func `cut short, doubled, reversed`(path: String) throws {
        let bytes = Array(Self.probe.texts[path, default: ""].utf8)
        for variant in (0..<bytes.count).map({ Array(bytes[..<$0]) }) + [bytes + bytes, Array(bytes.reversed())] {
            var probe = Self.probe
            probe.texts[path] = String(decoding: variant, as: UTF8.self)
            #expect(try survey(probe).findings.count == 5 + Self.rules.count)
        }
    }

    /// One to three changes: a byte, a cut, a doubled piece, a strange piece.
    private func damaged(_ text: String, _ random: inout SeededGenerator) -> String {
        let strange = [
            "+1", "-", ":", "FFFFFFFFFFFFFFFFFFFF", "\n\n", " ", "\0", "99999999999999999999", "0x", "é", ",",
        ]
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 5))
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
            default:
                bytes.insert(contentsOf: strange[Int.random(in: 0..<strange.count, using: &random)].utf8, at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// SplitMix64, so that a failure can be run again by its seed.
private struct SeededGenerator: RandomNumberGenerator {
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
