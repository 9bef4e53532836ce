import Format
import Preflight
import Reporting
import Testing
import Values

/// Row H1 of the test matrix: a machine that meets everything, and each way in which it falls short. Whatever is short is named with
/// its value, its limit and a remedy, all of it at once.
@Suite("machines that are refused") struct RefusalTable {
    typealias Rules = RuleTests
    typealias Further = FurtherRuleTests

    /// One thing that is wrong with the machine, and the checks that say so.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let failed: [String]
        let change: @Sendable (inout PlayedProbe) -> Void

        init(_ name: String, _ failed: [String], _ change: @escaping @Sendable (inout PlayedProbe) -> Void) {
            testDescription = name
            self.failed = failed
            self.change = change
        }
    }

    /// A rule of every kind, with no remedy of its author.
    static func manifest() throws -> Manifest {
        let rules: [Requirement.Rule] = [
            .cores(minimum: 4), .memory(minimum: .gibibytes(2)), .disk(path: "/var/lib", minimum: .gibibytes(2)),
            .kernel(minimum: Version("5.10")), .kernelConfig(options: ["VXLAN"]), .kernelModule(modules: ["overlay"]),
            .cgroup(v2: ["cpu", "memory"], v1: nil), .port(["6443/tcp", "8472/udp"].compactMap { PortRange($0) }),
            .defaultRoute, .routeOverlap(networks: ["10.42.0.0/16"]), .pathAbsent(["/usr/local/bin/other"]),
            .program(["mount"]), .systemd(minimum: 240), .hostName, .sysctl(key: "kernel.pid_max", minimum: 10),
            .swapOff,
            .cpu(amd64: .v2, arm64: []), .inodes(path: "/var/lib", minimum: 5_000),
            .diskShare(path: "/var/lib", minimum: 15),
            .growth(path: "/var/lib", estimate: .gibibytes(2)),
            .fileSystem(path: "/var/lib/k", traits: FileSystemTrait.allCases),
            .fileSystemDriver(types: ["vfat"]), .solidState(path: "/var/lib"), .linkSpeed(minimum: 1_000), .resolver,
            .hostsEntry(names: ["localhost"]), .selinux(policy: ["/usr/share/selinux/packages/k.pp"]), .apparmor,
            .fapolicyd(paths: ["/var/lib/k"]), Further.wanted, .unitInactive(["kubelet.service"]),
            .snapd(minimum: Version("2.61")), .certificate(paths: [Further.crt]),
        ]
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 7, count: 32)))
        func file(_ path: String, _ size: ByteCount, _ mode: FileMode) throws -> Entry {
            Entry(
                path: try MemberPath(validating: path),
                kind: .file(Permissions(mode: mode), Content(size: size, digest: digest)))
        }
        return try Rules.manifest(
            rules.map { rule in
                let kind = Requirement(id: "it", rule: rule, severity: .fail, reason: "").kindName
                return Requirement(id: kind, rule: rule, severity: .fail, reason: "because")
            },
            entries: [
                file("usr/local/bin/k", .mebibytes(60), .executable),
                file("var/lib/k/images/a.tar", .mebibytes(900), .file),
            ])
    }

    /// A machine that meets all of it.
    static let machine: PlayedProbe = {
        var probe = PlayedProbe()
        Rules.tcp("")(&probe)
        Further.flags(Further.v3)(&probe)
        Further.port(["eth0": "1000\n"])(&probe)
        probe.texts["/proc/net/route"] = Rules.routeHeading + Rules.lan + Rules.gateway
        probe.texts[Rules.online] = "0-3\n"
        probe.texts["/proc/meminfo"] = "MemTotal: 4194304 kB\n"
        probe.texts["/boot/config-6.1.0-18-amd64"] = "CONFIG_VXLAN=m\n"
        probe.texts["/lib/modules/6.1.0-18-amd64/modules.dep"] = "kernel/fs/overlay.ko:\nkernel/fs/fat/vfat.ko:\n"
        probe.texts[Rules.controllers] = "cpuset cpu io memory pids\n"
        probe.texts["/proc/sys/kernel/pid_max"] = "12\n"
        probe.texts[Further.resolv] = "nameserver 192.168.10.1\n"
        probe.texts[Further.hosts] = "127.0.0.1 localhost\n"
        probe.paths = ["/run/systemd/system", "/usr/bin/mount"]
        for folder in [
            "/etc", "/var", "/var/lib", "/usr", "/usr/local", "/usr/share", "/run", "/snap", "/sys", "/sys/fs",
        ] + HostProbe.programFolders {
            probe.kinds[folder] = .directory
        }
        probe.outputs["systemctl --version"] = "systemd 252\n"
        probe.outputs[Further.listUnits] = "ssh.service loaded active running x\n"
        probe.outputs["snap version"] = "snapd 2.63\n"
        probe.root = MountSpace(
            mount: 1, folder: "/", total: .gibibytes(20), available: .gibibytes(10), availableFiles: 100_000,
            isRotating: false)
        probe.mounts["/var/lib"] = MountSpace(
            mount: 2, folder: "/var/lib", total: .gibibytes(20), available: .gibibytes(10), availableFiles: 100_000,
            isRotating: false)
        return probe
    }()

    private static func data(_ change: @escaping @Sendable (inout MountSpace) -> Void)
        -> @Sendable (inout PlayedProbe) -> Void
    {
        {
            if var space = $0.mounts["/var/lib"] {
                change(&space)
                $0.mounts["/var/lib"] = space
            }
        }
    }
    private static func text(_ path: String, _ text: String) -> @Sendable (inout PlayedProbe) -> Void {
        Rules.text(path, text)
    }
    private static let modules = "/lib/modules/6.1.0-18-amd64/modules.dep"

    static let rows = [
        Row("another architecture", ["architecture"]) { $0.machineName = "aarch64" },
        Row("an architecture that nobody builds for", ["architecture"]) { $0.machineName = "riscv64" },
        Row("an old processor", ["cpu"], Further.flags("fpu cmov cx8 fxsr mmx syscall sse sse2")),
        Row("three processors", ["cores"], text(Rules.online, "0-2\n")),
        Row("one processor", ["cores"]) {
            $0.texts[Rules.online] = nil
            $0.processorCount = 1
        },
        Row("little memory", ["memory"], text("/proc/meminfo", "MemTotal: 1929379 kB\n")),
        Row("hardly any memory", ["memory"], text("/proc/meminfo", "MemTotal: 262144 kB\n")),
        Row(
            "no room for the platform's data", ["space:/var/lib", "disk", "disk-share", "growth"],
            data { $0.available = .mebibytes(900) }),
        Row(
            "room for the bundle, and no more", ["space:/var/lib", "disk", "disk-share", "growth"],
            data { $0.available = .mebibytes(1_000) }),
        Row(
            "room for the bundle and the reserve, and no more", ["disk", "disk-share", "growth"],
            data { $0.available = .mebibytes(1_600) }),
        Row(
            "room for what is asked for, and not for growth", ["growth"],
            data { ($0.total, $0.available) = (.gibibytes(10), .mebibytes(3_372)) }),
        Row("less than 15 of 100 free", ["disk-share"], data { $0.total = .gibibytes(70) }),
        Row("no room for the program", ["space:/"]) { $0.root.available = .mebibytes(300) },
        Row("no inodes", ["files:/var/lib", "inodes"], data { $0.availableFiles = 50 }),
        Row("few inodes", ["inodes"], data { $0.availableFiles = 5_000 }),
        Row("a read-only target", ["writable:/"]) { $0.root.isReadOnly = true },
        Row("read-only data", ["writable:/var/lib", "file-system"], data { $0.isReadOnly = true }),
        Row("programs that cannot start", ["executable:/"]) { $0.root.isNoExec = true },
        Row("data mounted noexec", ["file-system"], data { $0.isNoExec = true }),
        Row("data mounted nosuid", ["file-system"], data { $0.isNoSUID = true }),
        Row("data on an overlay", ["file-system"], data { $0.type = "overlay" }),
        Row("data on XFS without file kinds", ["file-system"], data { ($0.type, $0.tellsKinds) = ("xfs", false) }),
        Row("data on the network", ["file-system"], data { $0.type = "nfs" }),
        Row("a link in the place of the data", ["places", "file-system"]) { $0.kinds["/var/lib/k"] = .link },
        Row("a file in the place of a folder", ["places"]) { $0.kinds["/usr/local"] = .file },
        Row("a folder in the place of a file", ["places"]) { $0.kinds["/usr/local/bin/k"] = .directory },
        Row("a rotating disk", ["solid-state"], data { $0.isRotating = true }),
        Row("a slow link", ["link-speed"], Further.port(["eth0": "100\n"])),
        Row("an old kernel", ["kernel"]) {
            $0.texts["/boot/config-4.19.0"] = "CONFIG_VXLAN=m\n"
            $0.texts["/lib/modules/4.19.0/modules.dep"] = $0.texts[modules]
            $0.kernelRelease = "4.19.0"
        },
        Row("a kernel without an option", ["kernel-config"], text("/boot/config-6.1.0-18-amd64", "CONFIG_OTHER=y\n")),
        Row("a kernel without a module", ["kernel-module"], text(modules, "kernel/fs/fat/vfat.ko:\n")),
        Row("no driver for the stick", ["file-system-driver"], text(modules, "kernel/fs/overlay.ko:\n")),
        Row("control groups of version 1", ["cgroup"]) {
            $0.texts[Rules.controllers] = nil
            Rules.hybrid(Rules.v1)(&$0)
        },
        Row("no memory controller", ["cgroup"], text(Rules.controllers, "cpuset cpu io pids\n")),
        Row("a port that is taken", ["port"], text("/proc/net/tcp", Rules.heading + Rules.listening)),
        Row("a port that shows nowhere", ["port"]) { $0.attempts[6_443] = .answered },
        Row("no default route", ["default-route"], text("/proc/net/route", Rules.routeHeading + Rules.lan)),
        Row(
            "a route in the pods' network", ["route-overlap"],
            text("/proc/net/route", Rules.routeHeading + Rules.gateway + Rules.pods)),
        Row("another platform", ["path-absent"]) { $0.paths.insert("/usr/local/bin/other") },
        Row("a missing program", ["program"]) { $0.paths.remove("/usr/bin/mount") },
        Row("an old systemd", ["systemd"]) { $0.outputs["systemctl --version"] = "systemd 219\n" },
        Row("OpenRC", ["systemd"]) {
            $0.paths.remove("/run/systemd/system")
            $0.kinds["/run/openrc"] = .directory
        },
        Row("a host name in capitals", ["host-name"]) { $0.hostName = "LINE7" },
        Row("a host name with an underscore", ["host-name"]) { $0.hostName = "line_7" },
        Row("a host name that is too long", ["host-name"]) { $0.hostName = String(repeating: "a", count: 64) },
        Row("a host name that everybody has", ["host-name"]) { $0.hostName = "localhost.localdomain" },
        Row("no host name", ["host-name"]) { $0.hostName = "" },
        Row("a low kernel parameter", ["sysctl"], text("/proc/sys/kernel/pid_max", "9\n")),
        Row("swap", ["swap-off"], text("/proc/swaps", "Filename Type\n/dev/dm-1 partition 1 0 -2\n")),
        Row("no name server", ["resolver"], text(Further.resolv, "search plant\n")),
        Row("no localhost", ["hosts-entry"], text(Further.hosts, "10.0.0.1 node1\n")),
        Row("SELinux without the policy", ["selinux"]) {
            $0.texts[Further.enforce] = "1"
            $0.paths.insert(Further.enforce)
        },
        Row("AppArmor without its program", ["apparmor"], text("/sys/module/apparmor/parameters/enabled", "Y\n")),
        Row("fapolicyd without rules", ["fapolicyd"]) {
            $0.outputs[Further.listUnits] = Further.trusted
            $0.texts[Further.rules] = "deny perm=any all : all\n"
        },
        Row("firewalld without rules", ["firewall"]) {
            Further.zone("public\n  ports:\n", "\n")(&$0)
            $0.paths.insert("/usr/bin/mount")
        },
        Row("ufw without rules", ["firewall"], Further.ufw([])),
        Row("another kubelet", ["unit-inactive"]) { $0.outputs[Further.listUnits] = Further.kubelet },
        Row("no snapd", ["snapd"]) { $0.outputs["snap version"] = nil },
        Row("an old snapd", ["snapd"]) { $0.outputs["snap version"] = "snapd 2.58\n" },
        Row("a certificate that has expired", ["certificate"]) {
            $0.paths.insert(Further.crt)
            $0.texts[Further.crt] = Further.oneYear
            $0.now = Timestamp(seconds: 1_800_000_000)
        },
    ]

    private func survey(_ probe: PlayedProbe) throws -> Survey {
        try Preflight(Self.manifest(), role: "server", probe: probe, isRunning: true, receipts: []).survey()
    }

    @Test func `the machine to begin with meets everything`() throws {
        let found = try survey(Self.machine)
        #expect(found.findings.filter { $0.verdict != .pass }.map(\.id) == [])
    }

    @Test(arguments: rows) func `is refused with value, limit and remedy`(row: Row) throws {
        var probe = Self.machine
        row.change(&probe)
        let found = try survey(probe)
        #expect(found.with(.fail).map(\.id) == row.failed)
        #expect(found.with(.unknown).map(\.id) == [])
        let refusal = found.refusal
        #expect(refusal.exitCode == .requirements)
        #expect(refusal.details.map(\.label) == row.failed)
        for finding in found.with(.fail) {
            #expect(!finding.measured.isEmpty && !finding.limit.isEmpty && !finding.reason.isEmpty)
            #expect(!(finding.fix ?? "").isEmpty, "\(finding.id) has no remedy")
            #expect(refusal.details.contains { $0.text.contains(finding.measured) && $0.text.contains(finding.limit) })
            #expect(found.text(isVerbose: false).contains(finding.fix ?? "?"))
        }
    }

    @Test func `all that is wrong is told at once`() throws {
        // Those that do not contradict each other, in an order that adds to what others set.
        let together = Self.rows.filter {
            ![
                "OpenRC", "no default route", "fapolicyd without rules", "another kubelet", "no snapd",
                "an architecture that nobody builds for", "one processor", "firewalld without rules",
                "control groups of version 1", "a route in the pods' network", "an old kernel",
            ].contains($0.testDescription)
        }
        var probe = Self.machine
        for row in together { row.change(&probe) }
        let failed = Set(try survey(probe).with(.fail).map(\.id))
        #expect(
            failed.isSuperset(of: [
                "architecture", "cores", "memory", "space:/", "port", "host-name", "snapd", "resolver",
            ]))
        #expect(failed.count >= 30, "\(failed.sorted())")
        print("preflight: H1: \(Self.rows.count) machines refused, \(failed.count) failures at once on the worst")
        #expect(Self.rows.count >= 40)
    }

    /// Facts that are missing are told as such, and refuse nobody.
    @Test(arguments: [
        ("/proc/meminfo", "memory"), ("/proc/cpuinfo", "cpu"), ("/boot/config-6.1.0-18-amd64", "kernel-config"),
        ("/lib/modules/6.1.0-18-amd64/modules.dep", "kernel-module"), ("/proc/net/tcp", "port"),
        ("/proc/net/route", "default-route"),
        ("/proc/sys/kernel/pid_max", "sysctl"), ("/sys/class/net/eth0/speed", "link-speed"),
    ])
    func `a missing fact is unknown`(path: String, id: String) throws {
        var probe = Self.machine
        probe.texts[path] = nil
        let found = try survey(probe)
        #expect(found.with(.unknown).map(\.id).contains(id))
        #expect(found.isPassed)
    }
}
