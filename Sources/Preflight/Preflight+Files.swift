import Format
import Values

extension Preflight {
    /// None of the paths exists, those aside that our own receipt names.
    func pathAbsent(_ paths: [String]) -> Finding.Measurement {
        let ours = Set(previous?.files.map { "/" + $0.path.text } ?? [])
        let found = paths.filter { !ours.contains($0) && probe.exists($0) }
        return found.isEmpty ? .holds("absent") : .broken("there: " + found.joined(separator: ", "))
    }

    /// Each program is in one of the usual folders.
    func programs(_ programs: [String]) -> Finding.Measurement {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let missing = programs.filter { program in !folders.contains { probe.exists("\($0)/\(program)") } }
        return missing.isEmpty ? .holds("found") : .broken("missing: " + missing.joined(separator: ", "))
    }

    /// Booted with systemd (sd_booted(3)) of that version.
    func systemd(_ minimum: Int) -> Finding.Measurement {
        guard probe.exists("/run/systemd/system") else { return .broken("not booted with systemd") }
        // systemd 252 (252.19-1~deb12u1)
        let words = probe.output(of: ["systemctl", "--version"])?.split(separator: "\n").first?.split(separator: " ")
        guard let words, words.count > 1, let version = Int(words[1].prefix { $0.isNumber }) else {
            return .unknown("systemctl does not tell its version")
        }
        return version >= minimum ? .holds("systemd \(version)") : .broken("systemd \(version)")
    }

    /// What is available at the mount of `path` when the bundle is laid.
    func disk(_ path: String, _ minimum: ByteCount) -> Finding.Measurement {
        let folder = memberPath(path)
        guard let space = probe.space(of: folder) else { return .unknown("its file system does not tell") }
        let laid = needs.first { $0.space.mount == space.mount }?.bytes ?? 0
        let left = ByteCount(max(0, space.available.bytes - laid.bytes))
        let words = "\(left.formatted) at \(space.folder)"
        return left >= minimum ? .holds(words) : .broken(words)
    }

    /// The clock is not before the making of the bundle: certificates would not be valid yet.
    var clock: Finding {
        Finding(
            id: "clock", verdict: probe.now >= manifest.created ? .pass : .warn, measured: probe.now.description,
            limit: "not before \(manifest.created)",
            reason: "the bundle was made then, and certificates made by a slow clock are not valid on other machines",
            fix: "set the clock with `date --utc --set`, and the hardware clock with `hwclock --systohc`")
    }

    /// What sealift has installed here before.
    var installed: Finding {
        func words(_ bundle: Receipt.Bundle) -> String { "\(bundle.name) \(bundle.version)" }
        let mine = Set(manifest.entries.filter { $0.roles.includes(role) && !$0.isDirectory }.map(\.place))
        for other in others {
            let shared = other.files.filter { file in
                if case .directory = file.kind { false } else { mine.contains(file.path) }
            }
            guard let first = shared.first else { continue }
            return Finding(
                id: "installed", verdict: .fail, measured: "\(words(other.bundle)) has /\(first.path.text)",
                limit: "no path of another bundle", reason: "two bundles cannot own one path",
                fix: "uninstall \(other.bundle.name) first")
        }
        let all = (previous.map { [$0] } ?? []) + others
        return Finding(
            id: "installed", verdict: .pass,
            measured: all.isEmpty ? "nothing" : all.map { words($0.bundle) }.joined(separator: ", "),
            limit: "no path of another bundle", reason: "two bundles cannot own one path", fix: nil)
    }
}

func memberPath(_ absolute: String) -> MemberPath? {
    do { return try MemberPath(validating: String(absolute.drop { $0 == "/" })) } catch { return nil }
}
