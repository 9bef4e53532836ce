import Format
import Preflight
import Testing
import Values

/// One rule on one machine.
struct Case: Sendable, CustomTestStringConvertible {
    let rule: Requirement.Rule
    let verdict: Finding.Verdict
    let measured: String
    let change: @Sendable (inout PlayedProbe) -> Void

    init(
        _ rule: Requirement.Rule, _ verdict: Finding.Verdict, _ measured: String,
        _ change: @escaping @Sendable (inout PlayedProbe) -> Void
    ) {
        self.rule = rule
        self.verdict = verdict
        self.measured = measured
        self.change = change
    }

    var testDescription: String { "\(rule) \(verdict) \(measured)" }
}

@Suite("rules on both sides of their limits") struct RuleTests {
    static func text(_ path: String, _ text: String) -> @Sendable (inout PlayedProbe) -> Void {
        { $0.texts[path] = text }
    }

    static func manifest(_ requirements: [Requirement], entries: [Entry] = []) throws -> Manifest {
        struct Mistake: Error {}
        guard let name = BundleName("line7"), let version = BundleVersion("1") else { throw Mistake() }
        return Manifest(
            name: name, version: version, sequence: 1, created: Timestamp(seconds: 1_763_627_400),
            builder: .init(tool: "sealift", version: "1", zstd: "1", level: 3),
            target: .init(profile: "k3s", version: Version("v1"), architecture: .amd64),
            roles: [Role(name: "server", summary: "")], requirements: requirements, entries: entries)
    }

    static func survey(
        _ rule: Requirement.Rule, _ probe: PlayedProbe, severity: Requirement.Severity = .fail, isRunning: Bool = true,
        receipts: [Receipt] = [], unfinished: Set<MemberPath> = [], probesDisk: Bool = false
    ) throws -> Finding {
        let requirement = Requirement(id: "it", rule: rule, severity: severity, reason: "because", fix: "do")
        let preflight = Preflight(
            try manifest([requirement]), role: "server", probe: probe, isRunning: isRunning, receipts: receipts,
            unfinished: unfinished, probesDisk: probesDisk)
        return try #require(preflight.survey().findings.last)
    }

    static func check(_ example: Case) throws {
        var probe = PlayedProbe()
        example.change(&probe)
        let finding = try survey(example.rule, probe)
        #expect(finding.verdict == example.verdict)
        #expect(finding.measured == example.measured)
        #expect(finding.reason == "because" && finding.fix == "do")
    }

    static let online = "/sys/devices/system/cpu/online"
    static let hardware = [
        Case(.cores(minimum: 4), .pass, "4", text(online, "0-3\n")),
        Case(.cores(minimum: 4), .fail, "3", text(online, "0-1,5\n")),
        Case(.cores(minimum: 4), .pass, "4") { _ in },
        Case(.cores(minimum: 1), .unknown, "line 1 of \(online) is not understood", text(online, "3-0\n")),
        Case(.cores(minimum: 1), .unknown, "line 1 of \(online) is not understood", text(online, "")),
        // 2 GB less 8 % is 1 840 000 000 bytes, 1 796 875 KiB.
        Case(
            .memory(minimum: ByteCount(2_000_000_000)), .pass, "1.7 GiB",
            text("/proc/meminfo", "MemTotal:  1796875 kB\n")),
        Case(
            .memory(minimum: ByteCount(2_000_000_000)), .fail, "1.7 GiB",
            text("/proc/meminfo", "MemFree: 9 kB\nMemTotal: 1796874 kB\n")),
        Case(.memory(minimum: 1), .unknown, "/proc/meminfo does not tell") { _ in },
        Case(.swapOff, .pass, "none", text("/proc/swaps", "Filename\tType\n")),
        Case(.swapOff, .fail, "on: /dev/dm-1", text("/proc/swaps", "Filename Type\n/dev/dm-1 partition 1 0 -2\n")),
        Case(.swapOff, .pass, "none") { _ in },
        Case(.swapOff, .unknown, "line 2 of /proc/swaps is not understood", text("/proc/swaps", "Filename\nodd\n")),
        Case(.memory(minimum: ByteCount(Int.max)), .fail, "2.0 GiB", text("/proc/meminfo", "MemTotal: 2097152 kB\n")),
        Case(
            .memory(minimum: 1), .unknown, "line 1 of /proc/meminfo is not understood",
            text("/proc/meminfo", "MemTotal: 99999999999999999999 kB\n")),
    ]
    @Test(arguments: hardware) func `the hardware`(example: Case) throws { try Self.check(example) }

    static let kernel = [
        Case(.kernel(minimum: Version("6.1")), .pass, "6.1.0-18-amd64") { _ in },
        Case(.kernel(minimum: Version("6.1.1")), .fail, "6.1.0-18-amd64") { _ in },
        Case(.kernel(minimum: Version("4.15")), .pass, "5.4.0+") { $0.kernelRelease = "5.4.0+" },
        Case(.kernel(minimum: Version("4.15")), .pass, "4.15.0-rc1") { $0.kernelRelease = "4.15.0-rc1" },
        Case(.kernel(minimum: Version("4.15")), .unknown, "the kernel calls itself odd") { $0.kernelRelease = "odd" },
        Case(
            .kernelConfig(options: ["A"]), .unknown, "the kernel's configuration names no option",
            text("/boot/config-6.1.0-18-amd64", "torn")),
        Case(
            .kernelConfig(options: ["A", "B"]), .pass, "all on",
            text("/boot/config-6.1.0-18-amd64", "CONFIG_A=y\nCONFIG_B=m\n")),
        Case(
            .kernelConfig(options: ["A", "B"]), .fail, "not on: B",
            text("/lib/modules/6.1.0-18-amd64/config", "CONFIG_A=y\n# CONFIG_B is not set\n")),
        Case(.kernelConfig(options: ["A"]), .pass, "all on") {
            $0.outputs["gunzip -c /proc/config.gz"] = "CONFIG_A=y\n"
        },
        Case(.kernelConfig(options: ["A"]), .unknown, "the kernel does not show its configuration") { _ in },
        Case(
            .kernelModule(modules: ["br-netfilter"]), .pass, "all there",
            text("/proc/modules", "br_netfilter 32768 0 - Live 0x0\n")),
        Case(
            .kernelModule(modules: ["overlay"]), .pass, "all there",
            text("/lib/modules/6.1.0-18-amd64/modules.builtin", "kernel/fs/overlayfs/overlay.ko\n")),
        Case(
            .kernelModule(modules: ["overlay"]), .pass, "all there",
            text("/lib/modules/6.1.0-18-amd64/modules.dep", "kernel/fs/overlayfs/overlay.ko.xz: kernel/x.ko\n")),
        Case(
            .kernelModule(modules: ["vxlan", "x"]), .fail, "missing: x",
            text("/lib/modules/6.1.0-18-amd64/modules.dep", "net/vxlan.ko:\n")),
        Case(
            .kernelModule(modules: ["vxlan"]), .unknown, "not loaded, no list of modules: vxlan",
            text("/proc/modules", "")),
        Case(
            .sysctl(key: "kernel.keys.root_maxkeys", minimum: 10_001), .pass, "10001",
            text("/proc/sys/kernel/keys/root_maxkeys", "10001\n")),
        Case(
            .sysctl(key: "kernel.keys.root_maxkeys", minimum: 10_001), .fail, "10000",
            text("/proc/sys/kernel/keys/root_maxkeys", "10000\n")),
        Case(.sysctl(key: "a.b", minimum: 1), .unknown, "/proc/sys/a/b does not tell") { _ in },
        Case(
            .sysctl(key: "a.b", minimum: 1), .unknown, "line 1 of /proc/sys/a/b is not understood",
            text("/proc/sys/a/b", "4096 8192\n")),
        Case(.sysctl(key: "a./../b", minimum: 1), .unknown, "a./../b is no name of a kernel parameter") { _ in },
    ]
    @Test(arguments: kernel) func `the kernel`(example: Case) throws { try Self.check(example) }

    static let controllers = "/sys/fs/cgroup/cgroup.controllers"
    static let v1 = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t1\nmemory\t0\t1\t0\n"
    static let mounts =
        "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
    /// A machine with the old hierarchy, and with the unified one beside it for systemd.
    static func hybrid(_ groups: String) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.texts["/proc/cgroups"] = groups
            $0.texts["/proc/self/mounts"] = mounts
        }
    }
    static let cgroups = [
        Case(.cgroup(v2: ["cpu", "memory"], v1: nil), .pass, "v2", text(controllers, "cpuset cpu io memory pids\n")),
        Case(.cgroup(v2: ["cpu", "memory"], v1: nil), .fail, "v2 without memory", text(controllers, "cpuset cpu\n")),
        Case(.cgroup(v2: ["cpu"], v1: nil), .fail, "v1", hybrid(v1)),
        Case(.cgroup(v2: ["cpu"], v1: ["cpu"]), .pass, "v1", hybrid(v1)),
        Case(.cgroup(v2: ["cpu"], v1: ["memory"]), .fail, "v1 without memory", hybrid(v1)),
        Case(.cgroup(v2: ["cpu"], v1: nil), .unknown, "/proc/cgroups does not tell") { _ in },
        // Enabled, and mounted nowhere.
        Case(.cgroup(v2: ["cpu"], v1: ["pids"]), .fail, "v1 without pids", hybrid(v1 + "pids\t0\t1\t1\n")),
        Case(
            .cgroup(v2: ["cpu"], v1: ["cpu"]), .unknown, "line 2 of /proc/cgroups is not understood",
            hybrid("#subsys_name\ncpu 1 yes\n")),
        Case(.snapd(minimum: Version("2.54")), .fail, "there is no snapd") { _ in },
        Case(.snapd(minimum: Version("2.54")), .pass, "snapd 2.63+22.04") {
            $0.outputs["snap version"] = "snap    2.63+22.04\nsnapd   2.63+22.04\nseries  16\n"
            $0.kinds["/snap"] = .directory
        },
        Case(.snapd(minimum: Version("2.61")), .fail, "snapd 2.9") {
            $0.outputs["snap version"] = "snap 2.9\nsnapd 2.9\n"
            $0.kinds["/snap"] = .link
        },
        Case(.snapd(minimum: Version("2.54")), .fail, "snapd 2.63, and there is no /snap") {
            $0.outputs["snap version"] = "snap 2.63\nsnapd 2.63\n"
        },
        Case(.snapd(minimum: Version("2.54")), .fail, "snapd does not answer") {
            $0.outputs["snap version"] = "snap    2.63\nsnapd   unavailable\nseries  -\n"
        },
        Case(.snapd(minimum: Version("2.54")), .unknown, "snap does not tell the version of snapd") {
            $0.outputs["snap version"] = "snap 2.63\n"
        },
        Case(.systemd(minimum: 1), .unknown, "systemctl does not tell its version") {
            $0.paths = ["/run/systemd/system"]
        },
        Case(.systemd(minimum: 219), .fail, "not booted with systemd") {
            $0.outputs["systemctl --version"] = "systemd 252"
        },
        Case(.systemd(minimum: 252), .pass, "systemd 252") {
            $0.paths = ["/run/systemd/system"]
            $0.outputs["systemctl --version"] = "systemd 252 (252.19-1~deb12u1)\n+PAM\n"
        },
        Case(.systemd(minimum: 253), .fail, "systemd 252") {
            $0.paths = ["/run/systemd/system"]
            $0.outputs["systemctl --version"] = "systemd 252\n"
        },
    ]
    @Test(arguments: cgroups) func `cgroups and systemd`(example: Case) throws { try Self.check(example) }

    static let heading =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    static func socket(_ local: String, _ remote: String, _ state: String) -> String {
        "   0: \(local) \(remote) \(state) 00000000:00000000 00:00000000 00000000     0        0 1 1\n"
    }
    static func tcp(_ lines: String) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.texts["/proc/net/udp"] = heading
            $0.texts["/proc/net/tcp"] = heading + lines
        }
    }
    static func sockets(_ table: String, _ lines: String) -> @Sendable (inout PlayedProbe) -> Void {
        {
            tcp("")(&$0)
            $0.texts["/proc/net/\(table)"] = heading + lines
        }
    }
    static let listening =
        socket("00000000:192B", "00000000:0000", "0A") + socket("0100007F:0050", "0100007F:9999", "01")
    static let loopback6 = String(repeating: "0", count: 24) + "01000000"
    static let ranges = ["6440-6445/tcp", "80/tcp", "8472/udp"].compactMap { PortRange($0) }
    static let ports = [
        Case(.port(ranges), .fail, "taken: 6443/tcp on all addresses", tcp(listening)),
        Case(.port(ranges), .fail, "taken: 6443/tcp on all addresses by haproxy (812)") {
            tcp(listening + listening)(&$0)
            $0.holders = [1: "haproxy (812)", 2: "nobody (1)"]
        },
        // Port 80 is the near end of a connection, nobody waits there.
        Case(.port(Array(ranges[1...])), .pass, "all free", tcp(listening)),
        Case(
            .port(ranges), .fail, "taken: 6440/tcp on 127.0.0.1", tcp(socket("0100007F:1928", "00000000:0000", "0A"))),
        Case(.port(ranges), .pass, "all free", tcp(socket("0100007F:1927", "00000000:0000", "0A"))),
        Case(
            .port(ranges), .fail, "taken: 6445/tcp on ::1",
            sockets("tcp6", socket("\(loopback6):192D", "\(loopback6):0000", "0A"))),
        Case(.port(ranges), .pass, "all free", sockets("tcp6", socket("\(loopback6):192E", "\(loopback6):0000", "0A"))),
        Case(
            .port(ranges), .fail, "taken: 8472/udp on all addresses",
            sockets("udp", socket("00000000:2118", "00000000:0000", "07"))),
        Case(
            .port(ranges), .fail, "taken: 8472/udp on ::1",
            sockets("udp6", socket("\(loopback6):2118", "\(loopback6):0000", "07"))),
        Case(.port([ranges[1]]), .pass, "all free", sockets("udp", socket("00000000:0050", "00000000:0000", "07"))),
        Case(.port(ranges), .unknown, "/proc/net/tcp does not tell") { _ in },
        Case(.port(ranges), .unknown, "/proc/net/udp does not tell", text("/proc/net/tcp", heading)),
        Case(
            .port(ranges), .unknown, "line 2 of /proc/net/tcp is not understood",
            tcp(socket("0100007F:ZZZZ", "00000000:0000", "0A"))),
        Case(
            .port(ranges), .unknown, "line 2 of /proc/net/tcp is not understood",
            tcp("   0: 00000000:192B 00000000:0000 0A\n")),
    ]
    @Test(arguments: ports) func `who listens`(example: Case) throws { try Self.check(example) }

    static let routeHeading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    static let lan = "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    static let gateway = "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    static let down = "eth0\t00000000\t0100A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
    static let pods = "eth1\t00002A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    static let zero = String(repeating: "0", count: 32)
    static func v6(
        _ destination: String, _ prefix: String, _ flags: String, _ device: String
    ) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.texts["/proc/net/route"] = routeHeading
            $0.texts["/proc/net/ipv6_route"] =
                "\(destination) \(prefix) \(zero) 00 \(zero) 00000400 00000001 00000000 \(flags) \(device)\n"
        }
    }
    static let routes = [
        Case(.defaultRoute, .pass, "by eth0", text("/proc/net/route", routeHeading + lan + gateway)),
        Case(.defaultRoute, .fail, "none", text("/proc/net/route", routeHeading + lan + down)),
        Case(.defaultRoute, .pass, "by eth2", v6(zero, "00", "00000003", "eth2")),
        Case(.defaultRoute, .fail, "none", v6(zero, "00", "00200200", "lo")),
        // Up, and leading to an error on purpose.
        Case(
            .defaultRoute, .fail, "none",
            text("/proc/net/route", routeHeading + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n")),
        Case(.defaultRoute, .unknown, "/proc/net/route does not tell") { _ in },
        Case(
            .defaultRoute, .unknown, "line 2 of /proc/net/route is not understood",
            text("/proc/net/route", routeHeading + "odd\n")),
        Case(
            .defaultRoute, .unknown, "line 2 of /proc/net/route is not understood",
            text("/proc/net/route", routeHeading + "eth0 00000000 00000000 0001 0 0 0 FF00FF00 0 0 0\n")),
        Case(.defaultRoute, .unknown, "line 1 of /proc/net/ipv6_route is not understood", v6("odd", "00", "0", "x")),
        Case(
            .routeOverlap(networks: ["fd42::/56"]), .fail, "fd42:0:0:0:0:0:0:0/64 by eth0",
            v6("fd42" + String(zero.dropLast(4)), "40", "00000001", "eth0")),
        Case(.routeOverlap(networks: ["fd42::/56"]), .unknown, "/proc/net/route does not tell") { _ in },
        Case(
            .routeOverlap(networks: ["10.42.0.0/16"]), .fail, "10.42.0.0/24 by eth1",
            text("/proc/net/route", routeHeading + gateway + pods)),
        Case(
            .routeOverlap(networks: ["10.43.0.0/16"]), .pass, "none",
            text("/proc/net/route", routeHeading + gateway + pods)),
        Case(.hostName, .pass, "node1") { _ in }, Case(.hostName, .fail, "Node1") { $0.hostName = "Node1" },
        Case(.hostName, .fail, "localhost") { $0.hostName = "localhost" },
        Case(.hostName, .fail, "a_b") { $0.hostName = "a_b" }, Case(.hostName, .fail, "none") { $0.hostName = "" },
    ]
    @Test(arguments: routes) func `routes and names`(example: Case) throws { try Self.check(example) }

    static let files = [
        Case(.pathAbsent(["/usr/local/bin/k3s", "/x"]), .pass, "absent") { _ in },
        Case(.pathAbsent(["/usr/local/bin/k3s", "/x"]), .fail, "there: /x") { $0.paths = ["/x"] },
        Case(.program(["iptables"]), .pass, "found") { $0.paths = ["/usr/sbin/iptables"] },
        Case(.program(["iptables", "mount"]), .fail, "missing: mount") { $0.paths = ["/usr/sbin/iptables"] },
        Case(.pathAbsent(["/x"]), .unknown, "/x cannot be looked at") { $0.kinds["/x"] = .hidden },
        Case(.pathAbsent(["/x"]), .fail, "there: /x") { $0.kinds["/x"] = .link },
        Case(.program(["mount"]), .unknown, "/sbin/mount cannot be looked at") { $0.kinds["/sbin/mount"] = .hidden },
        Case(.selinux(policy: ["/p"]), .pass, "SELinux is off") { _ in },
        Case(.selinux(policy: ["/p"]), .pass, "SELinux does not enforce") { $0.enforces("0") },
        Case(.selinux(policy: ["/q", "/p"]), .pass, "the policy is there") {
            $0.enforces("1")
            $0.paths.insert("/p")
        },
        Case(.selinux(policy: ["/p"]), .fail, "SELinux enforces, and there is no policy") { $0.enforces("1") },
        Case(.selinux(policy: ["/p"]), .unknown, "SELinux does not tell") { $0.paths = ["/sys/fs/selinux/enforce"] },
        Case(.disk(path: "/", minimum: 1), .unknown, "the file system of / does not tell") { $0.hidesMounts = true },
        Case(.disk(path: "/var/lib/rancher", minimum: .gibibytes(5)), .pass, "5.0 GiB at /") { _ in },
        Case(.disk(path: "/var/lib/rancher", minimum: .gibibytes(6)), .fail, "5.0 GiB at /") { _ in },
        Case(.disk(path: "/var/lib/rancher", minimum: .gibibytes(6)), .pass, "7.0 GiB at /var/lib") {
            $0.mounts["/var/lib"] = MountSpace(
                mount: 2, folder: "/var/lib", total: .gibibytes(8), available: .gibibytes(7), availableFiles: nil)
        },
    ]
    @Test(arguments: files) func `files and disks`(example: Case) throws { try Self.check(example) }

    static let all = hardware + kernel + cgroups + ports + routes + files

    @Test func `every kind of rule is seen to hold, to be broken and not to be known`() {
        var seen: [String: Set<Finding.Verdict>] = [:]
        for example in Self.all + FurtherRuleTests.all {
            let kind = Requirement(id: "it", rule: example.rule, severity: .fail, reason: "").kindName
            seen[kind, default: []].insert(example.verdict)
        }
        print("preflight: \(seen.count) kinds of rules, \(Self.all.count + FurtherRuleTests.all.count) cases")
        // Writes are tried in a test of their own.
        #expect(seen.count == 33)
        // A host name is always known.
        for (kind, verdicts) in seen where kind != "host-name" {
            #expect(verdicts == [.pass, .fail, .unknown], "\(kind)")
        }
        #expect(seen["host-name"] == [.pass, .fail])
    }

    @Test func `a missing default route comes with a line to type`() throws {
        let finding = try Self.survey(
            .defaultRoute,
            {
                var probe = PlayedProbe()
                probe.texts["/proc/net/route"] = Self.routeHeading
                return probe
            }())
        #expect(
            finding.command
                == "ip link add dummy0 type dummy && ip link set dummy0 up && ip addr add 203.0.113.254/31 dev dummy0"
                + " && ip route add default via 203.0.113.255 dev dummy0 metric 1000")
    }
}
