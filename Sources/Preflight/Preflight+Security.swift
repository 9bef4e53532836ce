import Format
import Values

/// Rules on what keeps programs from doing their work on purpose: it stays on, and needs rules.
extension Preflight {
    /// Runtimes load profiles with this program where AppArmor is on.
    func apparmor() throws(Unreadable) -> Finding.Measurement {
        guard let text = probe.text("/sys/module/apparmor/parameters/enabled"), text.hasPrefix("Y") else {
            return .holds("off")
        }
        if case .broken = try programs(["apparmor_parser"]) { return .broken("on, without apparmor_parser") }
        return .holds("on, with apparmor_parser")
    }

    /// Where fapolicyd runs, a rule lets programs below the folders start (fapolicyd.rules(5)).
    func fapolicyd(_ paths: [String]) throws(Unreadable) -> Finding.Measurement {
        guard try isActive("fapolicyd.service") else { return .holds("not running") }
        let lines = probe.text("/etc/fapolicyd/compiled.rules") ?? probe.text("/etc/fapolicyd/fapolicyd.rules")
        guard let lines else { return .unknown("fapolicyd runs, and its rules cannot be read") }
        let allowed = lines.split(separator: "\n").filter { $0.hasPrefix("allow ") }.flatMap { line in
            line.split(separator: " ").filter { $0.hasPrefix("dir=") }.map { String($0.dropFirst(4)) }
        }
        let missing = paths.filter { path in
            !allowed.contains { (path + "/").hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        }
        guard !missing.isEmpty else { return .holds("running, with rules") }
        let rules = missing.map { "'allow perm=any all : dir=\($0)/'" }.joined(separator: " ")
        return .broken(
            "running, with no rule for " + missing.joined(separator: ", "),
            command: "printf '%s\\n' \(rules) > /etc/fapolicyd/rules.d/80-sealift.rules && fagenrules --load")
    }

    /// Units that systemd has active; none where it did not boot the machine.
    func activeUnits() throws(Unreadable) -> Set<Substring> {
        guard try probe.exists("/run/systemd/system") else { return [] }
        guard let text = probe.output(of: Self.listUnits) else {
            throw Unreadable(reason: "systemctl does not list its units")
        }
        return Set(text.split(separator: "\n").compactMap { $0.split(separator: " ").first })
    }

    static let listUnits = ["systemctl", "list-units", "--state=active", "--plain", "--no-legend", "--no-pager"]

    func isActive(_ unit: String) throws(Unreadable) -> Bool { try activeUnits().contains(Substring(unit)) }

    /// None of the units runs.
    func unitInactive(_ units: [String]) throws(Unreadable) -> Finding.Measurement {
        let active = try activeUnits()
        let running = units.filter { active.contains(Substring($0)) }
        guard !running.isEmpty else { return .holds("none runs") }
        let words = running.joined(separator: " ")
        return .broken("running: \(words)", command: "systemctl disable --now \(words)")
    }
}
