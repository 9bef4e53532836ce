import Format
import Values

extension Preflight {
    /// The bundle's system and architecture are the target's.
    var architecture: Finding {
        let wanted = manifest.target.architecture
        guard manifest.target.os == .linux else {
            let system = manifest.target.os
            return Finding(
                id: "architecture", verdict: .fail, measured: "Linux", limit: "\(system.rawValue)/\(wanted.rawValue)",
                reason: "the bundle is for \(system.rawValue) only",
                fix: "take it to such a machine and start \(system.installScript) there")
        }
        let found = probe.machineName
        return Finding(
            id: "architecture", verdict: found == wanted.machineName ? .pass : .fail,
            measured: found, limit: "\(wanted.machineName) (\(wanted.rawValue))",
            reason: "the bundle's programs and images are for \(wanted.rawValue) only",
            fix: "take the bundle for \(Architecture(machineName: found)?.rawValue ?? found)")
    }

    /// Processors that are online; those of this process where the kernel does not list them.
    func cores(_ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        let path = "/sys/devices/system/cpu/online"
        guard let text = probe.text(path) else {
            return judged(probe.processorCount >= minimum, "\(probe.processorCount)")
        }
        let list = KernelText(text, path: path)
        guard list.lines.count == 1, list.lines[0].count == 1, let count = Self.count(list.lines[0][0]) else {
            throw list.refusal(0)
        }
        return judged(count >= minimum, "\(count)")
    }

    /// `0-3,5` is five (cpuset(7), "List format").
    private static func count(_ list: Substring) -> Int? {
        var count = 0
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { decimal($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                last < 1 << 20
            else { return nil }
            count += last - first + 1
        }
        return count
    }

    /// MemTotal; firmware and kernel keep up to 8 % of what is built in.
    func memory(_ minimum: ByteCount) throws(Unreadable) -> Finding.Measurement {
        let text = try kernelText("/proc/meminfo")
        for (index, line) in text.lines.enumerated() where line[0] == "MemTotal:" {
            guard line.count == 3, line[2] == "kB", let size = decimal(line[1]), size <= Int.max >> 10 else {
                throw text.refusal(index)
            }
            let total = ByteCount.kibibytes(size)
            return judged(total.bytes >= minimum.bytes / 100 * 92 + minimum.bytes % 100 * 92 / 100, total.formatted)
        }
        throw Unreadable(reason: "/proc/meminfo does not tell")
    }

    /// The x86-64 psABI's levels by the flags of /proc/cpuinfo: `pni` is SSE3, `abm` has LZCNT.
    private static let levels: [(level: CPULevel, flags: String)] = [
        (.v1, "cmov cx8 fpu fxsr mmx syscall sse sse2"), (.v2, "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"),
        (.v3, "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"), (.v4, "avx512f avx512bw avx512cd avx512dq avx512vl"),
    ]

    /// The level that all flags up to it make, or the features that arm64 names.
    func cpu(_ minimum: CPULevel?, _ features: [String]) throws(Unreadable) -> Finding.Measurement {
        let flags = try processorFlags()
        if manifest.target.architecture == .arm64 {
            let missing = features.filter { !flags.contains(Substring($0)) }
            return missing.isEmpty ? .holds("all features") : .broken("without " + missing.joined(separator: ", "))
        }
        var reached = "below x86-64-v1"
        for (level, names) in Self.levels {
            let missing = names.split(separator: " ").filter { !flags.contains($0) }
            guard missing.isEmpty else {
                let isEnough = minimum.map { level > $0 } ?? true
                return isEnough ? .holds(reached) : .broken("\(reached), without " + missing.joined(separator: ", "))
            }
            reached = level.rawValue
        }
        return .holds(reached)
    }

    /// Of the first processor; the line is called `Features` on arm64.
    private func processorFlags() throws(Unreadable) -> Set<Substring> {
        for line in try kernelText("/proc/cpuinfo").lines where line[0] == "flags" || line[0] == "Features" {
            let words = line.drop { $0 != ":" }.dropFirst()
            if !words.isEmpty { return Set(words) }
        }
        throw Unreadable(reason: "/proc/cpuinfo does not tell")
    }

    /// The fastest network port that is a device; virtual ones have none (Documentation/ABI/testing/sysfs-class-net).
    func linkSpeed(_ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        let folder = "/sys/class/net"
        guard let ports = probe.names(in: folder) else { throw Unreadable(reason: "\(folder) does not tell") }
        var fastest = (speed: 0, port: "")
        for port in ports where probe.names(in: "\(folder)/\(port)/device") != nil {
            // A port without a cable says -1, or nothing.
            let text = probe.text("\(folder)/\(port)/speed")?.split(separator: "\n").first
            if let speed = text.flatMap({ decimal($0) }), speed > fastest.speed { fastest = (speed, port) }
        }
        guard fastest.speed > 0 else { return .unknown("no port tells its speed") }
        return judged(fastest.speed >= minimum, "\(fastest.speed) Mbit/s at \(fastest.port)")
    }

    /// No line but the heading in /proc/swaps; a kernel without swap has no such file.
    func swapOff() throws(Unreadable) -> Finding.Measurement {
        let names = try optionalKernelText("/proc/swaps").map(skipping: 1) { $0.count == 5 ? String($0[0]) : nil }
        return names.isEmpty ? .holds("none") : .broken("on: " + names.joined(separator: ", "))
    }

    /// The same words for what is there, be it enough or not.
    func judged(_ isMet: Bool, _ measured: String) -> Finding.Measurement {
        isMet ? .holds(measured) : .broken(measured)
    }
}

/// A blank or a tab.
func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
