public import Values

/// A rule that a machine must meet, as data (docs/format.md §10).
public struct Requirement: Hashable, Sendable {
    /// What a broken rule means.
    public enum Severity: String, Hashable, Sendable { case fail, warn }

    /// Unique in its manifest, `[a-z0-9.-]`: the name for `--ignore`.
    public var id: String
    /// What must hold.
    public var rule: Rule
    /// What it means when it does not.
    public var severity: Severity
    /// Why the rule exists, in one sentence.
    public var reason: String
    /// What a person can do about it.
    public var fix: String?
    /// The roles it is for.
    public var roles: RoleScope

    /// All members, as they stand.
    public init(
        id: String, rule: Rule, severity: Severity, reason: String, fix: String? = nil, roles: RoleScope = .all
    ) {
        self.id = id
        self.rule = rule
        self.severity = severity
        self.reason = reason
        self.fix = fix
        self.roles = roles
    }

    /// What must hold. A closed vocabulary.
    public enum Rule: Hashable, Sendable {
        case cores(minimum: Int)
        case memory(minimum: ByteCount)
        /// Available bytes at the mount of an absolute path, besides what the bundle lays there.
        case disk(path: String, minimum: ByteCount)
        case kernel(minimum: Version)
        /// Options without `CONFIG_`.
        case kernelConfig(options: [String])
        case kernelModule(modules: [String])
        /// Controllers in a v2 hierarchy, and in a v1 hierarchy where that is accepted at all.
        case cgroup(v2: [String], v1: [String]?)
        case port([PortRange])
        case defaultRoute
        /// Networks in CIDR form.
        case routeOverlap(networks: [String])
        /// Absolute paths.
        case pathAbsent([String])
        case program([String])
        case systemd(minimum: Int)
        case hostName
        case sysctl(key: String, minimum: Int)
        case swapOff
        /// snapd answers, is of that version, and snaps can be reached below /snap.
        case snapd(minimum: Version)
        /// What only a Windows machine shows.
        case windows(WindowsRule)
        /// SELinux does not enforce, or one of these absolute paths shows that the platform's policy is there.
        case selinux(policy: [String])
        /// The least x86-64 level, and features by the names of arm64's /proc/cpuinfo.
        case cpu(amd64: CPULevel?, arm64: [String])
        /// Files that can still be made at the mount of an absolute path, besides those of the bundle.
        case inodes(path: String, minimum: Int)
        /// Percent of the file system that stay free when the bundle is laid.
        case diskShare(path: String, minimum: Int)
        /// What the platform will take there later, as somebody estimates it.
        case growth(path: String, estimate: ByteCount)
        case fileSystem(path: String, traits: [FileSystemTrait])
        /// File systems that the kernel can mount.
        case fileSystemDriver(types: [String])
        /// Milliseconds within which 99 of 100 small writes are on the disk.
        case writeLatency(path: String, maximum: Int)
        /// The disk of an absolute path does not rotate.
        case solidState(path: String)
        /// Mbit/s of the fastest network port.
        case linkSpeed(minimum: Int)
        case resolver
        /// Names that /etc/hosts knows.
        case hostsEntry(names: [String])
        case apparmor
        /// Folders whose programs fapolicyd lets start.
        case fapolicyd(paths: [String])
        /// What the packet filter lets in: ports, and everything from these networks.
        case firewall(ports: [PortRange], networks: [String])
        case unitInactive([String])
        /// Certificates in PEM files are valid now.
        case certificate(paths: [String])
    }

    /// The word for the rule's kind in a manifest.
    public var kindName: String {
        switch rule {
        case .cores: "cores"
        case .memory: "memory"
        case .disk: "disk"
        case .kernel: "kernel"
        case .kernelConfig: "kernel-config"
        case .kernelModule: "kernel-module"
        case .cgroup: "cgroup"
        case .port: "port"
        case .defaultRoute: "default-route"
        case .routeOverlap: "route-overlap"
        case .pathAbsent: "path-absent"
        case .program: "program"
        case .systemd: "systemd"
        case .hostName: "host-name"
        case .sysctl: "sysctl"
        case .swapOff: "swap-off"
        case .snapd: "snapd"
        case .windows(let rule): rule.kindName
        case .selinux: "selinux"
        case .cpu: "cpu"
        case .inodes: "inodes"
        case .diskShare: "disk-share"
        case .growth: "growth"
        case .fileSystem: "file-system"
        case .fileSystemDriver: "file-system-driver"
        case .writeLatency: "write-latency"
        case .solidState: "solid-state"
        case .linkSpeed: "link-speed"
        case .resolver: "resolver"
        case .hostsEntry: "hosts-entry"
        case .apparmor: "apparmor"
        case .fapolicyd: "fapolicyd"
        case .firewall: "firewall"
        case .unitInactive: "unit-inactive"
        case .certificate: "certificate"
        }
    }
}
