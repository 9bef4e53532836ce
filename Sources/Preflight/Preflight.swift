public import Format
import Values

/// Looks at a machine before anything is laid. Strictly read-only; all findings at once.
public struct Preflight: Sendable {
    let manifest: Manifest
    let role: String
    let probe: any MachineProbe
    /// Whether the target is the running machine, so that rules on its kernel make sense.
    let isRunning: Bool
    /// What the last installation of this bundle's name laid.
    let previous: Receipt?
    /// Receipts of other bundles.
    let others: [Receipt]
    /// What the bundle needs on each mount.
    let needs: [Need]
    /// Folders of the bundle whose mount cannot be looked at.
    let unmeasured: Set<MemberPath?>

    /// - Parameters:
    ///   - isRunning: Whether the target is the running machine.
    ///   - receipts: Everything that is installed.
    public init(_ manifest: Manifest, role: String, probe: any MachineProbe, isRunning: Bool, receipts: [Receipt]) {
        self.manifest = manifest
        self.role = role
        self.probe = probe
        self.isRunning = isRunning
        previous = receipts.first { $0.bundle.name == manifest.name }
        others = receipts.filter { $0.bundle.name != manifest.name }
        (needs, unmeasured) = Self.needs(of: manifest, role, probe, previous)
    }

    /// Tries every rule.
    ///
    /// - Parameter ignored: Names of rules whose failure is taken as a warning.
    /// - Throws: ``PreflightError/unknownRule(_:known:)`` when one of them is no rule of this bundle and role.
    public func survey(ignoring ignored: Set<String> = []) throws(PreflightError) -> Survey {
        var findings = [architecture, privileges, clock, installed, places] + mounts
        for requirement in manifest.requirements where requirement.roles.includes(role) {
            findings.append(finding(of: requirement))
        }
        let known = Set(findings.map(\.id))
        if let unknown = ignored.subtracting(known).min() { throw .unknownRule(unknown, known: known.sorted()) }
        for index in findings.indices where findings[index].verdict == .fail && ignored.contains(findings[index].id) {
            findings[index].verdict = .warn
            findings[index].isIgnored = true
        }
        return Survey(findings: findings)
    }

    private func finding(of requirement: Requirement) -> Finding {
        let rule = requirement.rule
        guard isRunning || rule.isOnFiles else {
            return Finding(
                id: requirement.id, verdict: .skipped, measured: "not measured", limit: rule.limit,
                reason: "a rule on the running machine, and this is another root", fix: nil)
        }
        let verdict: Finding.Verdict
        let measured: String
        var command: String?
        do throws(Unreadable) {
            switch try measure(rule) {
            case .holds(let text): (verdict, measured) = (.pass, text)
            case .broken(let text):
                (verdict, measured) = (requirement.severity == .fail ? .fail : .warn, text)
                if case .defaultRoute = rule { command = Self.dummyRoute }
            case .unknown(let text): (verdict, measured) = (.unknown, text)
            }
        } catch { (verdict, measured) = (.unknown, error.reason) }
        return Finding(
            id: requirement.id, verdict: verdict, measured: measured, limit: rule.limit, reason: requirement.reason,
            fix: requirement.fix, command: command)
    }

    /// One line a kind; the rules themselves stand in files of their own.
    private func measure(_ rule: Requirement.Rule) throws(Unreadable) -> Finding.Measurement {
        switch rule {
        case .cores(let minimum): try cores(minimum)
        case .memory(let minimum): try memory(minimum)
        case .disk(let path, let minimum): try disk(path, minimum)
        case .kernel(let minimum): kernel(minimum)
        case .kernelConfig(let options): kernelConfig(options)
        case .kernelModule(let modules): kernelModule(modules)
        case .cgroup(let v2, let v1): try cgroup(v2, v1)
        case .port(let ranges): try ports(ranges)
        case .defaultRoute: try defaultRoute()
        case .routeOverlap(let networks): try routeOverlap(networks)
        case .pathAbsent(let paths): try pathAbsent(paths)
        case .program(let names): try programs(names)
        case .systemd(let minimum): try systemd(minimum)
        case .hostName: hostName()
        case .sysctl(let key, let minimum): try sysctl(key, minimum)
        case .swapOff: try swapOff()
        case .snapd(let minimum): try snapd(minimum)
        case .windows: .unknown("only Windows shows it")
        case .selinux(let policy): try selinux(policy)
        }
    }

    /// Whether a unit of ours runs: then its ports, routes and paths are ours.
    var isOursRunning: Bool {
        guard isRunning, let units = previous?.units else { return false }
        return units.contains { unit in
            probe.output(of: ["systemctl", "is-active", unit])?.hasPrefix("active") ?? false
        }
    }
}

extension Requirement.Rule {
    /// Whether it is judged by files and space, in an image too.
    var isOnFiles: Bool {
        switch self {
        case .disk, .pathAbsent, .program: true
        default: false
        }
    }

    /// What is asked for, in words.
    var limit: String {
        switch self {
        case .cores(let minimum): "at least \(minimum)"
        case .memory(let minimum): "at least \(minimum.formatted)"
        case .disk(let path, let minimum): "at least \(minimum.formatted) at \(path) besides the bundle"
        case .kernel(let minimum): "at least \(minimum)"
        case .kernelConfig(let options): "\(options.count) options on"
        case .kernelModule(let modules): modules.joined(separator: ", ")
        case .cgroup(let v2, let v1):
            "v2 with \(v2.joined(separator: ", "))" + (v1.map { "; or v1 with \($0.joined(separator: ", "))" } ?? "")
        case .port(let ranges): "free: " + ranges.map(\.description).joined(separator: ", ")
        case .defaultRoute: "one default route"
        case .routeOverlap(let networks): "no route in " + networks.joined(separator: ", ")
        case .pathAbsent(let paths): "absent: " + paths.joined(separator: ", ")
        case .program(let programs): programs.joined(separator: ", ")
        case .systemd(let minimum): "systemd \(minimum) or newer"
        case .hostName: "a lower-case host name"
        case .sysctl(_, let minimum): "at least \(minimum)"
        case .swapOff: "no swap"
        case .snapd(let minimum): "snapd \(minimum) or newer, snaps below /snap"
        case .windows(let rule): rule.kindName
        case .selinux: "a policy where SELinux enforces"
        }
    }
}
