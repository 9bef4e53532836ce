import Format
import Preflight
import Testing
import Values

/// The kinds on disks, names, what guards the machine, and what runs on it already.
@Suite("further rules on both sides of their limits") struct FurtherRuleTests {
    typealias Rules = RuleTests

    static func text(_ path: String, _ text: String) -> @Sendable (inout PlayedProbe) -> Void { Rules.text(path, text) }

    static let v2 = "fpu cmov cx8 fxsr mmx syscall sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
    static let v3 = v2 + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
    static func flags(_ flags: String) -> @Sendable (inout PlayedProbe) -> Void {
        text("/proc/cpuinfo", "processor\t: 0\nflags\t\t: \(flags)\nflags\t\t: odd\n")
    }
    static func port(_ speeds: [String: String]) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.folders["/sys/class/net"] = ["lo"] + speeds.keys.sorted()
            for (name, speed) in speeds {
                $0.folders["/sys/class/net/\(name)/device"] = []
                $0.texts["/sys/class/net/\(name)/speed"] = speed
            }
        }
    }
    static let hardware = [
        Case(.cpu(amd64: .v2, arm64: []), .pass, "x86-64-v2", flags(v2)),
        Case(.cpu(amd64: .v1, arm64: []), .pass, "x86-64-v2", flags(v2)),
        Case(.cpu(amd64: .v3, arm64: []), .pass, "x86-64-v3", flags(v3)),
        Case(
            .cpu(amd64: .v3, arm64: []), .fail,
            "x86-64-v2, without avx, avx2, bmi1, bmi2, f16c, fma, abm, movbe, xsave",
            flags(v2)),
        Case(
            .cpu(amd64: .v4, arm64: []), .fail,
            "x86-64-v3, without avx512f, avx512bw, avx512cd, avx512dq, avx512vl", flags(v3)),
        Case(
            .cpu(amd64: .v2, arm64: []), .fail, "below x86-64-v1, without sse2",
            flags("fpu cmov cx8 fxsr mmx syscall sse")),
        Case(.cpu(amd64: .v1, arm64: []), .unknown, "/proc/cpuinfo does not tell") { _ in },
        Case(.cpu(amd64: .v1, arm64: []), .unknown, "/proc/cpuinfo does not tell", text("/proc/cpuinfo", "flags :\n")),
        Case(.linkSpeed(minimum: 1_000), .pass, "1000 Mbit/s at eth1", port(["eth0": "100\n", "eth1": "1000\n"])),
        Case(.linkSpeed(minimum: 1_000), .fail, "100 Mbit/s at eth0", port(["eth0": "100\n", "eth1": "-1\n"])),
        Case(.linkSpeed(minimum: 1_000), .unknown, "no port tells its speed", port(["eth0": "-1\n"])),
        // A bridge is no device.
        Case(.linkSpeed(minimum: 1), .unknown, "no port tells its speed") {
            $0.folders["/sys/class/net"] = ["br0"]
            $0.texts["/sys/class/net/br0/speed"] = "10000\n"
        },
        Case(.linkSpeed(minimum: 1), .unknown, "/sys/class/net does not tell") { _ in },
    ]
    @Test(arguments: hardware) func `processor and network ports`(example: Case) throws { try Rules.check(example) }

    static func root(_ change: @escaping @Sendable (inout MountSpace) -> Void) -> @Sendable (inout PlayedProbe) -> Void
    {
        { change(&$0.root) }
    }
    static let hidden: @Sendable (inout PlayedProbe) -> Void = { $0.hidesMounts = true }
    static let silent = "the file system of /data does not tell"
    static let data = "/data"
    static let every = FileSystemTrait.allCases
    static let milliseconds: @Sendable (UInt64) -> UInt64 = { $0 * 1_000_000 }
    /// A hundred writes, so many of them slow.
    static func writes(slow: Int) -> [UInt64] {
        [UInt64](repeating: 11_000_000, count: slow) + [UInt64](repeating: 2_500_000, count: 100 - slow)
    }
    static let disks = [
        Case(.inodes(path: data, minimum: 10_000), .pass, "10000 at /") { _ in },
        Case(.inodes(path: data, minimum: 10_001), .fail, "10000 at /") { _ in },
        Case(.inodes(path: data, minimum: 10_001), .pass, "no limit at /", root { $0.availableFiles = nil }),
        Case(.inodes(path: data, minimum: 1), .unknown, silent, hidden),
        Case(.diskShare(path: data, minimum: 50), .pass, "50 % at /") { _ in },
        Case(.diskShare(path: data, minimum: 51), .fail, "50 % at /") { _ in },
        Case(
            .diskShare(path: data, minimum: 1), .unknown, "the file system of /data tells no size",
            root { $0.total = 0 }),
        Case(.diskShare(path: data, minimum: 1), .unknown, silent, hidden),
        Case(.growth(path: data, estimate: .mebibytes(4_608)), .pass, "4.5 GiB at / besides bundle and reserve") { _ in
        },
        Case(.growth(path: data, estimate: .mebibytes(4_609)), .fail, "4.5 GiB at / besides bundle and reserve") { _ in
        },
        Case(.growth(path: data, estimate: 1), .unknown, silent, hidden),
        Case(.fileSystem(path: data, traits: every), .pass, "ext4 at /") { $0.kinds["/data"] = .directory },
        Case(.fileSystem(path: data, traits: every), .pass, "ext4 at /") { _ in },
        Case(
            .fileSystem(path: data, traits: [.writable]), .fail, "ext4 at /, mounted read-only",
            root { $0.isReadOnly = true }),
        Case(.fileSystem(path: data, traits: [.exec]), .fail, "ext4 at /, mounted noexec", root { $0.isNoExec = true }),
        Case(.fileSystem(path: data, traits: [.suid]), .fail, "ext4 at /, mounted nosuid", root { $0.isNoSUID = true }),
        Case(
            .fileSystem(path: data, traits: [.exec, .suid]), .fail, "ext4 at /, mounted noexec, mounted nosuid",
            root { ($0.isNoExec, $0.isNoSUID) = (true, true) }),
        Case(.fileSystem(path: data, traits: [.suid]), .pass, "ext4 at /", root { $0.isNoExec = true }),
        Case(.fileSystem(path: data, traits: [.local]), .fail, "nfs at /, on the network", root { $0.type = "nfs" }),
        Case(
            .fileSystem(path: data, traits: [.overlay]), .fail, "overlay at /, no place for overlayfs",
            root { $0.type = "overlay" }),
        Case(
            .fileSystem(path: data, traits: [.overlay]), .fail, "xfs at /, no place for overlayfs: made with ftype=0",
            root { ($0.type, $0.tellsKinds) = ("xfs", false) }),
        Case(
            .fileSystem(path: data, traits: [.overlay]), .pass, "xfs at /",
            root { ($0.type, $0.tellsKinds) = ("xfs", true) }),
        Case(
            .fileSystem(path: data, traits: [.overlay]), .unknown, "xfs at / holds nothing that tells its ftype",
            root { $0.type = "xfs" }),
        Case(.fileSystem(path: "/data/k", traits: [.noLink]), .fail, "ext4 at /, /data is a link") {
            $0.kinds["/data"] = .link
        },
        Case(.fileSystem(path: "/data/k", traits: [.noLink]), .unknown, "/data cannot be looked at") {
            $0.kinds["/data"] = .hidden
        },
        Case(.solidState(path: data), .pass, "an SSD at /", root { $0.isRotating = false }),
        Case(.solidState(path: data), .fail, "a rotating disk at /", root { $0.isRotating = true }),
        Case(.solidState(path: data), .unknown, "the disk of / does not tell") { _ in },
        Case(.fileSystemDriver(types: ["vfat", "ext4"]), .pass, "all there") {
            $0.texts["/proc/filesystems"] = "nodev\ttmpfs\n\text4\n"
            $0.texts["/lib/modules/6.1.0-18-amd64/modules.dep"] = "kernel/fs/fat/vfat.ko: kernel/fs/fat/fat.ko\n"
        },
        Case(
            .fileSystemDriver(types: ["vfat"]), .fail, "missing: vfat",
            text("/lib/modules/6.1.0-18-amd64/modules.dep", "kernel/fs/fat/fat.ko:\n")),
        Case(
            .fileSystemDriver(types: ["vfat"]), .unknown, "not mountable now, no list of modules: vfat",
            text("/proc/filesystems", "\text4\n")),
    ]
    @Test(arguments: disks) func `disks and their file systems`(example: Case) throws { try Rules.check(example) }

    static let latencies = [
        ([writes(slow: 1), writes(slow: 1)], Finding.Verdict.pass, "2.5 ms, 200 writes in 2 rounds"),
        ([writes(slow: 1), writes(slow: 2)], .fail, "11.0 ms, 200 writes in 2 rounds"),
        ([[]], .unknown, "nothing could be written at /data"),
    ]
    @Test(arguments: latencies)
    func `the slowest of a hundred writes is left out, the worst round counts`(
        rounds: [[UInt64]], verdict: Finding.Verdict, measured: String
    ) throws {
        var probe = PlayedProbe()
        probe.latencies = rounds
        let rule = Requirement.Rule.writeLatency(path: Self.data, maximum: 10)
        let finding = try Rules.survey(rule, probe, probesDisk: true)
        #expect(finding.verdict == verdict)
        #expect(finding.measured == measured)
        #expect(try Rules.survey(rule, probe).verdict == .skipped)
        #expect(try Rules.survey(rule, probe).measured == "not measured: check --probe-disk writes and measures")
    }

    static let resolv = "/etc/resolv.conf"
    static let hosts = "/etc/hosts"
    static let crt = "/tls/a.crt"
    static func pem(_ text: String, at seconds: Int) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.paths = [crt]
            $0.texts[crt] = text
            $0.now = Timestamp(seconds: seconds)
        }
    }
    static let names = [
        Case(.resolver, .pass, "192.168.10.1", text(resolv, "# made by hand\nsearch plant\nnameserver 192.168.10.1\n")),
        Case(.resolver, .pass, "fe80::1%eth0", text(resolv, "nameserver fe80::1%eth0\n")),
        Case(.resolver, .fail, "there is no /etc/resolv.conf") { _ in },
        Case(.resolver, .fail, "no name server", text(resolv, "search plant\n")),
        Case(.resolver, .fail, "only 127.0.0.1", text(resolv, "nameserver 127.0.0.1\n")),
        Case(.resolver, .fail, "only 127.0.0.53", text(resolv, "nameserver 127.0.0.53\n")),
        Case(.resolver, .pass, "10.0.0.53") {
            $0.texts[resolv] = "nameserver 127.0.0.53\n"
            $0.texts["/run/systemd/resolve/resolv.conf"] = "nameserver 10.0.0.53\n"
        },
        Case(
            .resolver, .unknown, "line 1 of /etc/resolv.conf is not understood", text(resolv, "nameserver dns.plant\n")),
        Case(.hostsEntry(names: ["localhost"]), .pass, "all there", text(hosts, "127.0.0.1 localhost # me\n")),
        Case(
            .hostsEntry(names: ["localhost", "node1"]), .fail, "missing: node1",
            text(hosts, "# 10.0.0.1 node1\n::1 LocalHost\n10.0.0.1 node2 # node1\n")),
        Case(.hostsEntry(names: ["a"]), .fail, "there is no /etc/hosts") { _ in },
        Case(.hostsEntry(names: ["a"]), .unknown, "/etc/hosts does not tell") { $0.paths = [hosts] },
        // 2025-11-01 to 2026-11-01, and to 2051 in the other form of dates.
        Case(.certificate(paths: [crt]), .pass, "1 valid", pem(oneYear, at: 1_761_955_200)),
        Case(
            .certificate(paths: [crt]), .fail,
            "it is 2025-10-31T23:59:59Z: /tls/a.crt is valid from 2025-11-01T00:00:00Z on",
            pem(oneYear, at: 1_761_955_199)),
        Case(
            .certificate(paths: [crt]), .fail,
            "it is 2026-11-01T00:00:01Z: /tls/a.crt was valid until 2026-11-01T00:00:00Z",
            pem(oneYear, at: 1_793_491_201)),
        Case(.certificate(paths: [crt]), .pass, "1 valid", pem(manyYears, at: 2_500_000_000)),
        Case(.certificate(paths: [crt]), .pass, "none there") { _ in },
        Case(
            .certificate(paths: [crt]), .unknown, "/tls/a.crt is no certificate that is understood", pem("odd", at: 1)),
        Case(
            .certificate(paths: [crt]), .unknown, "/tls/a.crt is no certificate that is understood",
            pem(String(oneYear.prefix(120)), at: 1)),
    ]
    @Test(arguments: names) func `names and certificates`(example: Case) throws { try Rules.check(example) }

    static let enforce = "/sys/fs/selinux/enforce"
    static let listUnits = "systemctl list-units --state=active --plain --no-legend --no-pager"
    static func units(
        _ units: String, _ change: @escaping @Sendable (inout PlayedProbe) -> Void = { _ in }
    ) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.paths = ["/run/systemd/system"]
            $0.outputs[listUnits] = units
            change(&$0)
        }
    }
    static let kubelet = "kubelet.service loaded active running kubelet\nssh.service loaded active running SSH\n"
    static let rules = "/etc/fapolicyd/compiled.rules"
    static let trusted = "fapolicyd.service loaded active running x\n"
    static let guards = [
        Case(.apparmor, .pass, "off") { _ in },
        Case(.apparmor, .pass, "on, with apparmor_parser") {
            $0.texts["/sys/module/apparmor/parameters/enabled"] = "Y\n"
            $0.paths = ["/usr/sbin/apparmor_parser"]
        },
        Case(.apparmor, .fail, "on, without apparmor_parser", text("/sys/module/apparmor/parameters/enabled", "Y\n")),
        Case(.apparmor, .unknown, "/usr/sbin/apparmor_parser cannot be looked at") {
            $0.texts["/sys/module/apparmor/parameters/enabled"] = "Y\n"
            $0.kinds["/usr/sbin/apparmor_parser"] = .hidden
        },
        Case(.fapolicyd(paths: ["/var/lib/k"]), .pass, "not running", units(kubelet)),
        Case(
            .fapolicyd(paths: ["/var/lib/k"]), .pass, "running, with rules",
            units(trusted) { $0.texts[rules] = "deny perm=any all : all\nallow perm=any all : dir=/var/lib/\n" }),
        Case(
            .fapolicyd(paths: ["/var/lib/k", "/opt/cni"]), .fail, "running, with no rule for /var/lib/k",
            units(trusted) {
                $0.texts[rules] = "allow perm=any all : dir=/opt/cni\nallow perm=any all : dir=/var/lib/k2/\n"
            }),
        Case(
            .fapolicyd(paths: ["/x"]), .unknown, "fapolicyd runs, and its rules cannot be read", units(trusted)),
        Case(.unitInactive(["kubelet.service"]), .pass, "none runs", units("ssh.service loaded active running\n")),
        Case(.unitInactive(["kubelet.service"]), .pass, "none runs") { _ in },
        Case(.unitInactive(["kubelet.service", "x.service"]), .fail, "running: kubelet.service", units(kubelet)),
        Case(.unitInactive(["kubelet.service"]), .unknown, "systemctl does not list its units") {
            $0.paths = ["/run/systemd/system"]
        },
    ]
    @Test(arguments: guards) func `what guards the machine and what runs on it`(example: Case) throws {
        try Rules.check(example)
    }

    static let wanted = Requirement.Rule.firewall(
        ports: ["6443/tcp", "10250-10252/tcp", "8472/udp"].compactMap { PortRange($0) }, networks: ["10.42.0.0/16"])
    static let firewalld = "firewalld.service loaded active running x\n"
    static func zone(_ zone: String, _ sources: String) -> @Sendable (inout PlayedProbe) -> Void {
        units(firewalld) {
            $0.outputs["firewall-cmd --list-all"] = zone
            $0.outputs["firewall-cmd --zone=trusted --list-sources"] = sources
        }
    }
    static func ufw(_ tuples: [String]) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.texts["/etc/ufw/ufw.conf"] = "# x\nENABLED=yes\n"
            $0.texts["/etc/default/ufw"] = "DEFAULT_INPUT_POLICY=\"DROP\"\n"
            $0.texts["/etc/ufw/user.rules"] = tuples.map { "### tuple ### \($0)\n-A x\n" }.joined()
        }
    }
    static func tables(_ outputs: [String: String]) -> @Sendable (inout PlayedProbe) -> Void {
        {
            $0.kinds["/sys/module/nf_tables"] = .directory
            $0.outputs = outputs
        }
    }
    static func chains(_ policy: String) -> String {
        "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy \(policy);\n\t}\n}\n"
    }
    static let firewalls = [
        Case(wanted, .pass, "none is active") { _ in },
        Case(wanted, .pass, "firewalld lets all in", zone("public\n  target: ACCEPT\n  ports:\n", "\n")),
        Case(
            wanted, .pass, "firewalld lets in what is asked for",
            zone(
                "public (active)\n  target: default\n  ports: 6443/tcp 10000-11000/tcp 8472/udp\n",
                "10.42.0.0/16 10.43.0.0/16\n")),
        Case(
            wanted, .fail, "firewalld keeps out 10250-10252/tcp, 8472/udp, packets from 10.42.0.0/16",
            zone("public\n  ports: 6443/tcp 10251/tcp 8472/tcp\n", "\n")),
        Case(wanted, .unknown, "firewalld runs and does not tell its rules", units(firewalld)),
        Case(
            wanted, .pass, "ufw lets in what is asked for",
            ufw([
                "allow tcp 22,6443 0.0.0.0/0 any 0.0.0.0/0 in", "allow tcp 10250:10255 0.0.0.0/0 any 0.0.0.0/0 in",
                "allow any 8472 0.0.0.0/0 any 0.0.0.0/0 in", "allow any any 0.0.0.0/0 any 10.42.0.0/16 in",
            ])),
        Case(
            wanted, .fail, "ufw keeps out 6443/tcp, 8472/udp, packets from 10.42.0.0/16",
            ufw([
                "deny tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in", "allow tcp 10250:10255 0.0.0.0/0 any 0.0.0.0/0 in",
                "allow udp 8472 0.0.0.0/0 any 10.0.0.7 in", "allow any any 0.0.0.0/0 any 10.42.0.0/16 out",
            ])),
        Case(wanted, .pass, "ufw lets all in") {
            ufw([])(&$0)
            $0.texts["/etc/default/ufw"] = "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n"
        },
        Case(wanted, .unknown, "ufw is on, and its rules cannot be read", text("/etc/ufw/ufw.conf", "ENABLED=yes\n")),
        Case(wanted, .pass, "none is active", text("/etc/ufw/ufw.conf", "ENABLED=no\n")),
        Case(wanted, .pass, "nftables lets in by policy", tables(["nft list chains": chains("accept")])),
        Case(
            wanted, .unknown, "nftables drops by policy in inet filter input; its rules are not judged",
            tables(["nft list chains": chains("drop")])),
        Case(
            wanted, .pass, "iptables lets in by policy",
            tables(["iptables -S INPUT": "-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n"])),
        Case(
            wanted, .unknown, "iptables refuses what it does not know; its rules are not judged",
            tables(["iptables -S INPUT": "-P INPUT ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n"])),
        Case(wanted, .unknown, "no program tells the rules of the packet filter", tables([:])),
    ]
    @Test(arguments: firewalls) func `packet filters`(example: Case) throws { try Rules.check(example) }

    static let commands: [(Requirement.Rule, @Sendable (inout PlayedProbe) -> Void, String)] = [
        (
            .fapolicyd(paths: ["/var/lib/k", "/opt/cni"]),
            units(trusted) { $0.texts[rules] = "deny perm=any all : all\n" },
            "printf '%s\\n' 'allow perm=any all : dir=/var/lib/k/' 'allow perm=any all : dir=/opt/cni/'"
                + " > /etc/fapolicyd/rules.d/80-sealift.rules && fagenrules --load"
        ),
        (.unitInactive(["kubelet.service"]), units(kubelet), "systemctl disable --now kubelet.service"),
        (
            wanted, zone("public\n  ports: 10250-10252/tcp\n", "\n"),
            "firewall-cmd --permanent --add-port=6443/tcp && firewall-cmd --permanent --add-port=8472/udp"
                + " && firewall-cmd --permanent --zone=trusted --add-source=10.42.0.0/16 && firewall-cmd --reload"
        ),
        (
            wanted, ufw([]),
            "ufw allow 6443/tcp && ufw allow 10250:10252/tcp && ufw allow 8472/udp && ufw allow from 10.42.0.0/16"
        ),
        (
            wanted, tables(["nft list chains": chains("drop")]),
            "nft insert rule inet filter input tcp dport 6443 accept && nft insert rule inet filter input tcp dport 10250-10252 accept"
                + " && nft insert rule inet filter input udp dport 8472 accept && nft insert rule inet filter input ip saddr 10.42.0.0/16 accept"
        ),
        (
            wanted, tables(["iptables -S INPUT": "-P INPUT DROP\n"]),
            "iptables -I INPUT -p tcp --dport 6443:6443 -j ACCEPT && iptables -I INPUT -p tcp --dport 10250:10252 -j ACCEPT"
                + " && iptables -I INPUT -p udp --dport 8472:8472 -j ACCEPT && iptables -I INPUT -s 10.42.0.0/16 -j ACCEPT"
        ),
    ]
    @Test func `what guards the machine stays on: the rules that it needs are told`() throws {
        for (rule, change, line) in Self.commands {
            var probe = PlayedProbe()
            change(&probe)
            #expect(try Rules.survey(rule, probe).command == line)
        }
    }

    @Test func `features of arm64`() throws {
        let rule = Requirement.Rule.cpu(amd64: .v4, arm64: ["asimd", "atomics"])
        let requirement = Requirement(id: "it", rule: rule, severity: .fail, reason: "because")
        var manifest = try Rules.manifest([requirement])
        manifest.target.architecture = .arm64
        var probe = PlayedProbe()
        probe.machineName = "aarch64"
        probe.texts["/proc/cpuinfo"] = "processor : 0\nFeatures : fp asimd\n"
        func finding() -> Finding? {
            let preflight = Preflight(manifest, role: "server", probe: probe, isRunning: true, receipts: [])
            return Result { try preflight.survey() }.success?.findings.last
        }
        #expect(finding()?.measured == "without atomics")
        probe.texts["/proc/cpuinfo"] = "Features : fp asimd atomics\n"
        #expect(finding()?.measured == "all features")
    }

    @Test func `a port that shows nowhere is tried`() throws {
        var probe = PlayedProbe()
        Rules.tcp("")(&probe)
        let rule = Requirement.Rule.port(["443/tcp", "6443-6444/tcp", "8472/udp"].compactMap { PortRange($0) })
        probe.attempts = [443: .answered, 6_443: .free, 6_444: .held]
        let finding = try Rules.survey(rule, probe)
        #expect(finding.verdict == .fail)
        #expect(
            finding.measured
                == "taken: 443/tcp by a rule of the packet filter, which leads it elsewhere, 6444/tcp by somebody who does not show"
        )
        probe.attempts = [443: .free, 6_443: .free]
        #expect(try Rules.survey(rule, probe).verdict == .pass)
    }

    @Test func `estimates for one mount add up`() throws {
        let rules: [Requirement.Rule] = [
            .growth(path: "/a", estimate: .gibibytes(3)), .growth(path: "/b", estimate: .gibibytes(2)),
        ]
        let requirements = rules.enumerated().map {
            Requirement(id: "growth.\($0)", rule: $1, severity: .warn, reason: "because")
        }
        let preflight = Preflight(
            try Rules.manifest(requirements), role: "server", probe: PlayedProbe(), isRunning: true, receipts: [])
        #expect(try preflight.survey().with(.warn).map(\.id) == ["growth.0", "growth.1"])
    }

    static let all = hardware + disks + names + guards + firewalls
    static let oneYear = """
        -----BEGIN CERTIFICATE-----
        MIIBOTCB36ADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwHhcN
        MjUxMTAxMDAwMDAwWhcNMjYxMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDAR0ZXN0MFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHnckdtCFSb6cQ6IIdSunCOW+MbxzuhOz
        N8dz4K9i11ZSA4LJWq572yy8pkRUwjO/ls3qZoodVpXJR5OusEIWGKMsMCowCQYD
        VR0TBAIwADAdBgNVHQ4EFgQUPTJqV8OoPvnv74uWsg7e7JIaXjUwCgYIKoZIzj0E
        AwIDSQAwRgIhANzwlbQOhVLAjRd1wvCD92QGKShk0lTtTk1RrQkBrd4HAiEArQDa
        4N2KgX8hhPo7tGQKhBVIPVqs4FAEWcyF+y5lP/Y=
        -----END CERTIFICATE-----

        """
    static let manyYears = """
        -----BEGIN CERTIFICATE-----
        MIIBOjCB4aADAgECAgECMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwIBcN
        MjUxMTAxMDAwMDAwWhgPMjA1MTExMDEwMDAwMDBaMA8xDTALBgNVBAMMBHRlc3Qw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQedyR20IVJvpxDogh1K6cI5b4xvHO6
        E7M3x3Pgr2LXVlIDgslarnvbLLymRFTCM7+Wzepmih1WlclHk66wQhYYoywwKjAJ
        BgNVHRMEAjAAMB0GA1UdDgQWBBQ9MmpXw6g++e/vi5ayDt7skhpeNTAKBggqhkjO
        PQQDAgNIADBFAiB3qbKbfvTNXybwBq9RoRz73H2IRUJPD6D+ckaxIlhqwAIhANlp
        vCWBPAR2rpKiSMagyJrXPFjUq1qYMY3bV4e1Eah1
        -----END CERTIFICATE-----

        """
}

extension Result {
    fileprivate var success: Success? { if case .success(let value) = self { value } else { nil } }
}
