import Format
import Values

extension Preflight {
    /// The bundle's architecture is the target's.
    var architecture: Finding {
        let wanted = manifest.target.architecture
        let found = probe.machineName
        return Finding(
            id: "architecture", verdict: found == wanted.machineName ? .pass : .fail,
            measured: found, limit: "\(wanted.machineName) (\(wanted.rawValue))",
            reason: "the bundle's programs and images are for \(wanted.rawValue) only",
            fix: "take the bundle for \(Architecture(machineName: found)?.rawValue ?? found)")
    }

    /// Processors that are online.
    func cores(_ minimum: Int) -> Finding.Measurement {
        let count = probe.text("/sys/devices/system/cpu/online").flatMap(Self.count) ?? probe.processorCount
        return count >= minimum ? .holds("\(count)") : .broken("\(count)")
    }

    /// `0-3,5` is five (cpuset(7), "List format").
    private static func count(_ list: String) -> Int? {
        var count = 0
        for part in list.split(separator: "\n").first?.split(separator: ",") ?? [] {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            count += last - first + 1
        }
        return count > 0 ? count : nil
    }

    /// MemTotal; firmware and kernel keep up to 8 % of what is built in.
    func memory(_ minimum: ByteCount) -> Finding.Measurement {
        guard let kibibytes = field("MemTotal", of: "/proc/meminfo") else {
            return .unknown("/proc/meminfo does not tell")
        }
        let total = ByteCount.kibibytes(kibibytes)
        let isEnough = total.bytes >= minimum.bytes / 100 * 92
        return isEnough ? .holds(total.formatted) : .broken(total.formatted)
    }

    /// No line but the heading in /proc/swaps.
    func swapOff() -> Finding.Measurement {
        guard let text = probe.text("/proc/swaps") else { return .unknown("/proc/swaps does not tell") }
        let names = text.split(separator: "\n").dropFirst().compactMap { $0.split(whereSeparator: isBlank).first }
        return names.isEmpty ? .holds("none") : .broken("on: " + names.joined(separator: ", "))
    }

    /// The number behind `name:`, up to the first blank.
    private func field(_ name: String, of path: String) -> Int? {
        for line in probe.text(path)?.split(separator: "\n") ?? [] where line.hasPrefix(name + ":") {
            return line.dropFirst(name.utf8.count + 1).split(whereSeparator: isBlank).first.flatMap { Int($0) }
        }
        return nil
    }
}

/// A blank or a tab.
func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
