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
        }
    }
}

/// One port or a range of them: `6443/tcp`, `2379-2380/tcp`, `8472/udp`.
public struct PortRange: Hashable, Sendable, CustomStringConvertible {
    /// The transport, as /etc/services names it.
    public enum Transport: String, Hashable, Sendable { case tcp, udp }

    public let first, last: UInt16
    /// TCP or UDP.
    public let transport: Transport

    /// `nil` for any other text, port 0, or a range that goes down.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let transport = Transport(rawValue: String(parts[1])) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let first = UInt16(ends[0]), let last = UInt16(ends[ends.count - 1]) else {
            return nil
        }
        guard first > 0, first <= last, ends.count == 1 || first < last else { return nil }
        self.first = first
        self.last = last
        self.transport = transport
        guard description == String(text) else { return nil }
    }

    /// As a manifest writes it: `6443/tcp`, `2379-2380/tcp`.
    public var description: String { "\(first)" + (first == last ? "" : "-\(last)") + "/\(transport.rawValue)" }
}
