public import Format
public import Values

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
    /// What a run that was cut off has left, whole or not: no receipt names it.
    let unfinished: Set<MemberPath>
    /// What the bundle needs on each mount.
    let needs: [Need]
    /// Folders of the bundle whose mount cannot be looked at.
    let unmeasured: Set<MemberPath?>
    /// Whether somebody asked for the look at a disk that writes.
    let probesDisk: Bool

    /// - Parameters:
    ///   - isRunning: Whether the target is the running machine.
    ///   - receipts: Everything that is installed.
    ///   - unfinished: Paths that a run of ours which was cut off has changed: what stands there is nobody else's.
    ///   - probesDisk: Whether writes are tried out, the one look that is not read-only.
    public init(
        _ manifest: Manifest, role: String, probe: any MachineProbe, isRunning: Bool, receipts: [Receipt],
        unfinished: Set<MemberPath> = [], probesDisk: Bool = false
    ) {
        self.unfinished = unfinished
        self.probesDisk = probesDisk
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
        if probe.isRecorded { findings.append(medium) }
        for requirement in manifest.requirements where requirement.roles.includes(role) {
            findings.append(finding(of: requirement))
        }
        let known = Set(findings.map(\.id))
        if let unknown = ignored.subtracting(known).min() { throw .unknownRule(unknown, known: known.sorted()) }
        for index in findings.indices where findings[index].verdict == .fail && ignored.contains(findings[index].id) {
            findings[index].verdict = .warn
            findings[index].isIgnored = true
        }
        return Survey(findings: findings, forecast: needs.map(forecast))
    }

    func finding(of requirement: Requirement) -> Finding {
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
            case .broken(let text, let line):
                (verdict, measured, command) = (requirement.severity == .fail ? .fail : .warn, text, line)
            case .unknown(let text, let line): (verdict, measured, command) = (.unknown, text, line)
            case .notAsked(let text): (verdict, measured) = (.skipped, text)
            }
        } catch { (verdict, measured) = (.unknown, error.reason) }
        return Finding(
            id: requirement.id, verdict: verdict, measured: measured, limit: rule.limit, reason: requirement.reason,
            fix: requirement.fix ?? rule.usualFix, command: command)
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
        case .cpu(let level, let features): try cpu(level, features)
        case .inodes(let path, let minimum): try inodes(path, minimum)
        case .diskShare(let path, let minimum): try diskShare(path, minimum)
        case .growth(let path, _): try growth(path)
        case .fileSystem(let path, let traits): try fileSystem(path, traits)
        case .fileSystemDriver(let types): fileSystemDriver(types)
        case .writeLatency(let path, let maximum): try writeLatency(path, maximum)
        case .solidState(let path): try solidState(path)
        case .linkSpeed(let minimum): try linkSpeed(minimum)
        case .resolver: try resolver()
        case .hostsEntry(let names): try hostsEntry(names)
        case .apparmor: try apparmor()
        case .fapolicyd(let paths): try fapolicyd(paths)
        case .firewall(let ports, let networks): try firewall(ports, networks)
        case .unitInactive(let units): try unitInactive(units)
        case .certificate(let paths): try certificates(paths)
        }
    }

    /// Whether a unit of ours runs: then its ports, routes and paths are ours.
    var isOursRunning: Bool {
        let begun = unfinished.filter { $0.parent.map { "/" + $0.text } == Self.unitFolder }.map(\.name)
        let units = (previous?.units ?? []) + begun
        guard isRunning, !units.isEmpty else { return false }
        do throws(Unreadable) {
            let active = try activeUnits()
            return units.contains { active.contains(Substring($0)) }
        } catch { return false }
    }

    private static let unitFolder = "/etc/systemd/system"
}
