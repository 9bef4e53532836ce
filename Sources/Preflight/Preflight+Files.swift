import Format
import Values

extension Preflight {
    /// None of the paths exists, those aside that our own receipt or an unfinished run names, and the folders above them.
    func pathAbsent(_ paths: [String]) throws(Unreadable) -> Finding.Measurement {
        let files = (previous?.files.map(\.path) ?? []) + unfinished
        let ours = Set((files + files.flatMap(\.ancestors)).map { "/" + $0.text })
        var found: [String] = []
        for path in paths where !ours.contains(path) {
            if try probe.exists(path) { found.append(path) }
        }
        return found.isEmpty ? .holds("absent") : .broken("there: " + found.joined(separator: ", "))
    }

    /// Each program is in one of the usual folders.
    func programs(_ programs: [String]) throws(Unreadable) -> Finding.Measurement {
        var missing = programs
        for folder in HostProbe.programFolders {
            for program in missing where try probe.exists("\(folder)/\(program)") {
                missing.removeAll { $0 == program }
            }
        }
        return missing.isEmpty ? .holds("found") : .broken("missing: " + missing.joined(separator: ", "))
    }

    /// snapd answers, is new enough, and snaps without confinement find the folder that they were built for.
    func snapd(_ minimum: Version) throws(Unreadable) -> Finding.Measurement {
        guard let text = probe.output(of: ["snap", "version"]) else { return .broken("there is no snapd") }
        // snapd   2.63+22.04
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let word = lines.first(where: { $0.count >= 2 && $0[0] == "snapd" })?[1] else {
            return .unknown("snap does not tell the version of snapd")
        }
        guard word != "unavailable" else { return .broken("snapd does not answer") }
        let version = Version(String(word.prefix { $0 == "." || ("0"..."9").contains($0) }))
        guard version.numbers.count >= 2 else { return .unknown("snapd calls its version \(word)") }
        guard try probe.exists("/snap") else { return .broken("snapd \(word), and there is no /snap") }
        return version < minimum ? .broken("snapd \(word)") : .holds("snapd \(word)")
    }

    /// Booted with systemd (sd_booted(3)) of that version.
    func systemd(_ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        guard try probe.exists("/run/systemd/system") else {
            return .broken(try probe.exists("/run/openrc") ? "booted with OpenRC" : "not booted with systemd")
        }
        // systemd 252 (252.19-1~deb12u1)
        let words = probe.output(of: ["systemctl", "--version"])?.split(separator: "\n").first?.split(separator: " ")
        guard let words, words.count > 1, let version = Int(words[1].prefix { $0.isNumber }) else {
            return .unknown("systemctl does not tell its version")
        }
        return version >= minimum ? .holds("systemd \(version)") : .broken("systemd \(version)")
    }

    /// A clock that is so far ahead is wrong: no bundle is carried for so long, and the makers' certificates do not last as long.
    private static let farAhead = 10 * 366 * 86_400

    /// The clock is not before the making of the bundle: certificates would not be valid yet. Nor is it far ahead.
    var clock: Finding {
        let isBehind = probe.now < manifest.created
        let isAhead = probe.now.seconds > manifest.created.seconds + Self.farAhead
        return Finding(
            id: "clock", verdict: probe.isRecorded ? .skipped : isBehind || isAhead ? .warn : .pass,
            measured: probe.now.description,
            limit: "\(manifest.created) or up to ten years later",
            reason: "the bundle was made then, and certificates made by a wrong clock are not valid on other machines",
            fix: "set the clock with `date --utc --set`, and the hardware clock with `hwclock --systohc`")
    }

    /// Only root can lay files and start units.
    var privileges: Finding {
        Finding(
            id: "privileges", verdict: !isRunning ? .skipped : probe.userID == 0 ? .pass : .warn,
            measured: isRunning ? "user \(probe.userID)" : "not measured", limit: "root, user 0",
            reason: "only root can lay files and start units; other users may look, and see less",
            fix: "run it with sudo")
    }

    /// Nothing is written through a link, which could lead out of the target, and no file replaces a folder.
    var places: Finding {
        let mine = manifest.entries.filter { $0.roles.includes(role) }
        var verdict = Finding.Verdict.pass
        var measured = "nothing is in the way"
        do throws(Unreadable) {
            let odd = try oddPlaces(mine)
            if !odd.isEmpty {
                verdict = .fail
                measured = odd.prefix(4).joined(separator: ", ") + (odd.count > 4 ? ", \(odd.count - 4) more" : "")
            }
        } catch { (verdict, measured) = (.unknown, error.reason) }
        return Finding(
            id: "places", verdict: verdict, measured: measured, limit: "folders on the way to each file",
            reason: "sealift writes through no link, and puts no file in the place of a folder",
            fix: "move what is there away; for data on another disk use a bind mount instead of a link")
    }

    private func oddPlaces(_ entries: [Entry]) throws(Unreadable) -> [String] {
        let folders = Set(entries.flatMap { $0.isDirectory ? $0.place.ancestors + [$0.place] : $0.place.ancestors })
        var odd: Set<MemberPath> = []
        var words: [String] = []
        // Sorted, so that what is below an odd one is left out: it would be looked at through a link.
        for folder in folders.sorted() where odd.isDisjoint(with: folder.ancestors) {
            let path = "/" + folder.text
            guard try probe.exists(path), probe.kind(of: path) != .directory else { continue }
            odd.insert(folder)
            words.append("\(path) is \(probe.kind(of: path) == .link ? "a link" : "no folder")")
        }
        for entry in entries where !entry.isDirectory && odd.isDisjoint(with: entry.place.ancestors) {
            let path = "/" + entry.place.text
            if try probe.exists(path), probe.kind(of: path) == .directory { words.append("\(path) is a folder") }
        }
        return words
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
