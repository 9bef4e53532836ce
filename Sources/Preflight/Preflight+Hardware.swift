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
