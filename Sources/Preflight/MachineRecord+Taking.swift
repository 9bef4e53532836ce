public import Format
import Values

extension MachineRecord {
    /// Writes down what the rules of a bundle could ask this machine.
    public init(of probe: some MachineProbe, receipts: [Receipt]) {
        self.init(
            now: probe.now, machineName: probe.machineName, kernelRelease: probe.kernelRelease,
            hostName: probe.hostName, userID: probe.userID, processorCount: probe.processorCount, receipts: receipts)
        for (path, keep) in Self.texts(release: probe.kernelRelease) {
            if let text = probe.text(path) { texts[path] = keep(text) }
        }
        takeConfiguration(probe)
        takeFolders(probe)
        takePorts(probe)
        takeOutputs(probe)
        for point in probe.mountPoints {
            guard let space = probe.space(of: memberPath(point)), space.folder == point else { continue }
            mounts.append(space)
        }
    }

    /// The texts that rules read, and what of each is kept: nothing that tells who talks to this machine, or where its kernel lies
    /// in memory.
    private static func texts(release: String) -> [(path: String, keep: Keeping)] {
        let modules = "/lib/modules/\(release)/"
        var texts: [(path: String, keep: Keeping)] = [
            ("/proc/cpuinfo", firstProcessor), ("/proc/modules", firstWords), (modules + "modules.builtin", fileNames),
            (modules + "modules.dep", fileNames), ("/proc/net/tcp", listeners), ("/proc/net/tcp6", listeners),
            ("/proc/self/mounts", controlGroups),
        ]
        for path in whole { texts.append((path, { $0 })) }
        for parameter in parameters { texts.append(("/proc/sys/" + parameter, { $0 })) }
        return texts
    }

    private typealias Keeping = @Sendable (String) -> String

    private static let whole = [
        "/proc/meminfo", "/sys/devices/system/cpu/online", "/proc/swaps", "/proc/filesystems", "/proc/cgroups",
        "/sys/fs/cgroup/cgroup.controllers", "/proc/net/udp", "/proc/net/udp6", "/proc/net/route",
        "/proc/net/ipv6_route", "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", "/etc/hosts",
        "/sys/fs/selinux/enforce", "/etc/selinux/config", "/sys/module/apparmor/parameters/enabled",
        "/etc/fapolicyd/compiled.rules", "/etc/fapolicyd/fapolicyd.rules", "/etc/ufw/ufw.conf", "/etc/default/ufw",
        "/etc/ufw/user.rules",
    ]
    /// Kernel parameters that platforms and their workloads are known to ask about, below /proc/sys.
    private static let parameters = [
        "fs/file-max", "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "kernel/keys/root_maxbytes",
        "kernel/keys/root_maxkeys", "kernel/panic", "kernel/panic_on_oops", "kernel/pid_max", "vm/max_map_count",
        "vm/overcommit_memory", "net/bridge/bridge-nf-call-iptables", "net/ipv4/conf/all/rp_filter",
        "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/netfilter/nf_conntrack_max",
        "user/max_user_namespaces",
    ]

    @Sendable private static func controlGroups(_ text: String) -> String {
        lines(of: text) { line in line.split(separator: " ").dropFirst(2).first?.hasPrefix("cgroup") ?? false }
    }

    private static func lines(of text: String, where isKept: (Substring) -> Bool) -> String {
        text.split(separator: "\n").filter(isKept).map { $0 + "\n" }.joined()
    }

    /// The others are of the same kind.
    @Sendable private static func firstProcessor(_ text: String) -> String {
        lines(of: text) { $0.hasPrefix("flags") || $0.hasPrefix("Features") || $0.hasPrefix("model name") }
            .split(separator: "\n").prefix(2).map { $0 + "\n" }.joined()
    }

    @Sendable private static func firstWords(_ text: String) -> String {
        text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map { $0 + "\n" } }.joined()
    }

    /// `kernel/fs/fat/vfat.ko.xz: kernel/fs/fat/fat.ko.xz` becomes `vfat.ko.xz:`.
    @Sendable private static func fileNames(_ text: String) -> String {
        text.split(separator: "\n").compactMap { line in
            line.prefix { $0 != ":" }.split(separator: "/").last.map { $0 + ":\n" }
        }.joined()
    }

    /// The heading and sockets that listen, state 0A.
    @Sendable private static func listeners(_ text: String) -> String {
        let heading = text.prefix { $0 != "\n" } + "\n"
        return heading
            + lines(of: text) { line in
                let words = line.split(separator: " ")
                return words.count > 3 && words[3] == "0A"
            }
    }

    /// What is on, in the place where it is looked for first.
    private mutating func takeConfiguration(_ probe: some MachineProbe) {
        guard let text = kernelConfiguration(of: probe) else { return }
        texts["/boot/config-\(kernelRelease)"] = Self.lines(of: text) { $0.hasSuffix("=y") || $0.hasSuffix("=m") }
    }

    /// Folders whose names are kept, and those of which also the folders below are listed.
    private static let listed = [
        "/", "/run", "/run/systemd", "/sys/module", "/sys/fs", "/usr", "/usr/local", "/usr/local/bin",
        "/usr/local/sbin",
        "/usr/bin",
        "/usr/sbin", "/bin", "/sbin", "/etc/systemd/system", "/usr/lib/systemd/system", "/var",
    ]
    private static let listedTwice = ["/etc", "/opt", "/var/lib", "/var/snap"]
    private static let policies = ["/usr/share", "/usr/share/selinux/packages", "/usr/share/selinux/packages/targeted"]

    private mutating func takeFolders(_ probe: some MachineProbe) {
        for folder in Self.listed { take(folder, probe) }
        for folder in Self.policies { take(folder, probe) }
        for folder in Self.listedTwice {
            take(folder, probe)
            for (name, kind) in folders[folder] ?? [:] where kind == .directory { take("\(folder)/\(name)", probe) }
        }
    }

    private mutating func take(_ folder: String, _ probe: some MachineProbe) {
        guard folders[folder] == nil, let names = probe.names(in: folder) else { return }
        let path = folder == "/" ? "" : folder
        folders[folder] = Dictionary(names.map { ($0, probe.kind(of: "\(path)/\($0)")) }) { first, _ in first }
    }

    /// Network ports, which of them are devices, and their speeds.
    private mutating func takePorts(_ probe: some MachineProbe) {
        let all = "/sys/class/net"
        guard let names = probe.names(in: all) else { return }
        folders[all] = Dictionary(names.map { ($0, .link) }) { first, _ in first }
        for name in names where probe.names(in: "\(all)/\(name)/device") != nil {
            folders["\(all)/\(name)/device"] = [:]
            if let speed = probe.text("\(all)/\(name)/speed") { texts["\(all)/\(name)/speed"] = speed }
        }
    }

    private mutating func takeOutputs(_ probe: some MachineProbe) {
        var commands = [["systemctl", "--version"], ["snap", "version"]]
        if let units = probe.output(of: Preflight.listUnits) {
            let names = Self.firstWords(units)
            outputs[Preflight.listUnits.joined(separator: " ")] = names
            if names.split(separator: "\n").contains("firewalld.service") { commands += Preflight.firewalldQueries }
        }
        if ["nf_tables", "ip_tables"].contains(where: { probe.kind(of: "/sys/module/\($0)") == .directory }) {
            commands += Preflight.packetFilterQueries
        }
        for command in commands {
            if let output = probe.output(of: command) { outputs[command.joined(separator: " ")] = output }
        }
    }
}
