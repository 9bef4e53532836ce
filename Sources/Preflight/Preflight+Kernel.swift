import Format
import Values

extension Preflight {
    /// The numbers of uname's release, whatever a distribution put behind them.
    func kernel(_ minimum: Version) -> Finding.Measurement {
        let release = KernelRelease(probe.kernelRelease)
        guard release.isNumbered else { return .unknown("the kernel calls itself \(probe.kernelRelease)") }
        return judged(release.isAtLeast(minimum.numbers), probe.kernelRelease)
    }

    /// Each option is `y` or `m`.
    func kernelConfig(_ options: [String]) -> Finding.Measurement {
        guard let text = kernelConfiguration(of: probe) else {
            return .unknown("the kernel does not show its configuration")
        }
        var isOn: Set<Substring> = []
        for line in text.split(separator: "\n") where line.hasSuffix("=y") || line.hasSuffix("=m") {
            isOn.insert(line.dropLast(2))
        }
        guard !isOn.isEmpty else { return .unknown("the kernel's configuration names no option") }
        let missing = options.filter { !isOn.contains("CONFIG_" + $0) }
        return missing.isEmpty ? .holds("all on") : .broken("not on: " + missing.joined(separator: ", "))
    }

    /// Each module is loaded, built in or there to be loaded. `-` and `_` are the same in names of modules.
    func kernelModule(_ modules: [String]) -> Finding.Measurement {
        let (known, isListed) = knownModules()
        let missing = modules.filter {
            !known.contains(plain($0)) && probe.kind(of: "/sys/module/\(plain($0))") != .directory
        }
        return found(missing, isListed, "not loaded, no list of modules")
    }

    /// Each is among the kernel's file systems, or a module of its name is there.
    func fileSystemDriver(_ types: [String]) -> Finding.Measurement {
        var mountable: Set<Substring> = []
        // `nodev tmpfs`, or `ext4` after a tab
        for line in KernelText(probe.text("/proc/filesystems") ?? "", path: "").lines {
            if let name = line.last { mountable.insert(name) }
        }
        let (known, isListed) = knownModules()
        let missing = types.filter { !mountable.contains(Substring($0)) && !known.contains(plain($0)) }
        return found(missing, isListed, "not mountable now, no list of modules")
    }

    private func found(_ missing: [String], _ isListed: Bool, _ doubt: String) -> Finding.Measurement {
        guard !missing.isEmpty else { return .holds("all there") }
        let words = missing.joined(separator: ", ")
        // A container sees what is loaded, and not what its host could load.
        return isListed ? .broken("missing: \(words)") : .unknown("\(doubt): \(words)")
    }

    /// Modules that are loaded or listed, and whether there is a list.
    private func knownModules() -> (names: Set<String>, isListed: Bool) {
        var known: Set<String> = []
        for line in probe.text("/proc/modules")?.split(separator: "\n") ?? [] {
            if let name = line.split(separator: " ").first { known.insert(plain(name)) }
        }
        let lists = ["modules.builtin", "modules.dep"].map { probe.text("/lib/modules/\(probe.kernelRelease)/\($0)") }
        for line in lists.compactMap(\.self).joined(separator: "\n").split(separator: "\n") {
            // kernel/net/bridge/br_netfilter.ko.xz: kernel/net/bridge/bridge.ko.xz
            let path = line.prefix { $0 != ":" }
            if let name = path.split(separator: "/").last { known.insert(plain(name.prefix { $0 != "." })) }
        }
        return (known, lists.contains { $0 != nil })
    }

    /// SELinux is off or only warns (selinuxfs, `enforce`), or one of the paths shows that a policy for the platform is there.
    func selinux(_ policy: [String]) throws(Unreadable) -> Finding.Measurement {
        guard try probe.exists("/sys/fs/selinux/enforce") else { return .holds("SELinux is off") }
        guard let text = probe.text("/sys/fs/selinux/enforce") else { return .unknown("SELinux does not tell") }
        guard text.hasPrefix("1") else { return .holds("SELinux does not enforce") }
        for path in policy where try probe.exists(path) { return .holds("the policy is there") }
        return .broken("SELinux enforces, and there is no policy")
    }

    private func plain(_ name: some StringProtocol) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    /// Controllers of the unified hierarchy, or those of v1 where that is accepted. Hybrid machines are v1.
    func cgroup(_ v2: [String], _ v1: [String]?) throws(Unreadable) -> Finding.Measurement {
        if let text = probe.text("/sys/fs/cgroup/cgroup.controllers") {
            return controllers(v2, among: Set(text.split { $0 == " " || $0 == "\n" }), version: "v2")
        }
        let rows = try kernelText("/proc/cgroups")
        // name, hierarchy, number of cgroups, enabled
        let enabled = try rows.map(skipping: 1) { line -> Substring? in
            guard line.count == 4, let isEnabled = decimal(line[3]) else { return nil }
            return isEnabled == 0 ? "" : line[0]
        }
        // Enabled and not mounted is as good as missing.
        let mounted = try kernelText("/proc/self/mounts").map { line in line.count == 6 ? line : nil }
            .filter { $0[2] == "cgroup" }.flatMap { $0[3].split(separator: ",") }
        guard let v1 else { return .broken("v1") }
        return controllers(v1, among: Set(enabled).intersection(mounted), version: "v1")
    }

    private func controllers(
        _ wanted: [String], among found: Set<Substring>, version: String
    ) -> Finding.Measurement {
        let missing = wanted.filter { !found.contains(Substring($0)) }
        return missing.isEmpty
            ? .holds(version) : .broken("\(version) without " + missing.joined(separator: ", "))
    }

    /// A kernel parameter that is one number. Dots part names (sysctl(8)).
    func sysctl(_ key: String, _ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        let names = key.split(separator: ".", omittingEmptySubsequences: false)
        guard names.allSatisfy({ !$0.isEmpty && !$0.contains("/") }) else {
            throw Unreadable(reason: "\(key) is no name of a kernel parameter")
        }
        let text = try kernelText("/proc/sys/" + names.joined(separator: "/"))
        guard text.lines.count == 1, text.lines[0].count == 1, let value = Int(text.lines[0][0]) else {
            throw text.refusal(0)
        }
        return judged(value >= minimum, "\(value)")
    }
}

/// The numbers at the beginning of a kernel's release: 6, 1, 0 of `6.1.0-18-amd64`.
public struct KernelRelease: Hashable, Sendable {
    private let numbers: [Int]

    /// Takes what `uname -r` says.
    public init(_ release: String) {
        numbers = release.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").map { Int($0) ?? 0 }
    }

    /// Whether it begins with a number at all.
    var isNumbered: Bool { !numbers.isEmpty }

    /// Whether it is `minimum` or newer; what is not said counts as 0. (As a ``Version`` the `-18` would make it older.)
    public func isAtLeast(_ minimum: [Int]) -> Bool {
        for index in 0..<max(numbers.count, minimum.count) {
            let (mine, theirs) = (
                index < numbers.count ? numbers[index] : 0, index < minimum.count ? minimum[index] : 0
            )
            if mine != theirs { return mine > theirs }
        }
        return true
    }
}

/// Where distributions keep it, or the kernel's own copy where a program can unpack it.
func kernelConfiguration(of probe: some MachineProbe) -> String? {
    let release = probe.kernelRelease
    return probe.text("/boot/config-\(release)") ?? probe.text("/lib/modules/\(release)/config")
        ?? probe.text("/usr/lib/modules/\(release)/config")
        ?? probe.output(of: ["gunzip", "-c", "/proc/config.gz"])
}
