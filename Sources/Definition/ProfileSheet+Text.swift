import Format
import Reporting
import Values

extension ProfileSheet {
    /// The sheet for a person.
    public var text: String {
        var lines = ["\(profile.title): \(profile.summary)", profile.homepage]
        for section in [
            versions, roles, minimums, portRows, fetched, paths, onTheMachine, operated, variables, settings, others,
            notes,
        ] where !section.lines.isEmpty {
            lines += ["", section.title] + section.lines
        }
        return lines.joined(separator: "\n")
    }

    private typealias Section = (title: String, lines: [String])

    private func table(_ rows: [[String]]) -> [String] { TextTable.lines(rows, indent: 2) }

    private var versions: Section {
        var rows = [
            ["complete", "such as \(profile.versions.example): \(words(profile.versions.exact)), # for digits"]
        ]
        rows += profile.channels.map { ["channel", "\(words($0.names)), as \($0.url) says"] }
        rows += [
            ["written for", "\(profile.versions.range)"],
            ["architectures", profile.architectures.keys.map(\.rawValue).sorted().joined(separator: ", ")],
            ["shown here", "\(release.version) for \(release.architecture.rawValue)"],
        ]
        return ("versions", table(rows))
    }

    private func words(_ patterns: [VersionPattern]) -> String {
        patterns.map(\.description).joined(separator: ", ")
    }

    private var roles: Section { ("roles", table(profile.roles.map { [$0.name, $0.summary] })) }

    private var minimums: Section {
        var rows = [["", "cores", "memory", "free disk, besides what the bundle lays"]]
        rows += profile.roles.map { [$0.name] + cells(figures(for: $0.name)) }
        rows += profile.hardware.map { hardware in
            ["hardware: \(hardware.name)"]
                + cells(Figures(hardware.requirements.holding(for: release.version)))
        }
        return (
            "minimums: a machine with less is refused, and one with less than stands in brackets is told so",
            table(rows)
        )
    }

    private func cells(_ figures: Figures) -> [String] {
        [
            cell(figures.cores) { "\($0)" }, cell(figures.memory, \.figure),
            figures.disks.map { "\(cell($0.minimum, \.figure)) at \($0.path)" }.joined(separator: ", "),
        ]
    }

    private func cell<Value>(_ minimum: Minimum<Value>, _ words: (Value) -> String) -> String {
        [minimum.fail.map(words), minimum.warn.map { "(\(words($0)))" }].compactMap(\.self).joined(separator: " ")
    }

    private var portRows: Section {
        let rows = profile.roles.flatMap { role -> [[String]] in
            let ports = ports(for: role.name)
            let must = ports.fail.map(\.description).joined(separator: ", ")
            let should = ports.warn.map(\.description).joined(separator: ", ")
            return [
                must.isEmpty ? nil : [role.name, "must be free", must],
                should.isEmpty ? nil : [must.isEmpty ? role.name : "", "should be free", should],
            ].compactMap(\.self)
        }
        return ("ports", table(rows))
    }

    private var fetched: Section {
        var lines: [String] = []
        for artefact in release.artefacts { lines += self.lines(artefact, called: artefact.name) }
        for artefact in optional {
            lines += table([[artefact.name, "laid as /\(artefact.destination) when a definition gives it"]])
        }
        lines += table(snapRows)
        if let list = release.imageList {
            lines += table([["list of images", list.url]] + rows(list.checksum))
        }
        if let archive = release.imageArchive { lines += self.lines(archive, called: "makers' archive of images") }
        return ("fetched", lines)
    }

    private func lines(_ artefact: ReleaseArtefact, called name: String) -> [String] {
        let source = artefact.url ?? "nowhere public: the definition says where it is"
        return table([[name, source]] + rows(artefact.checksum))
    }

    private func rows(_ checksum: ReleaseChecksum?) -> [[String]] {
        guard let checksum else { return [["  checked by", "the lock alone"]] }
        let line = checksum.form == .sums ? "the line \(checksum.name) of " : ""
        return [["  checked by", line + checksum.url]]
    }

    private var paths: Section {
        let rows = laid.map { item in
            [
                item.path, item.permissions.map { "\($0.mode) \($0.owner)" } ?? "",
                item.what + suffix(item.roles),
            ]
        }
        return ("laid", table(rows))
    }

    private var onTheMachine: Section {
        var rows = release.users.map { ["user", "\($0.name), at home in \($0.home)" + suffix($0.roles)] }
        rows += release.steps.map { [$0.kindName, $0.words + suffix($0.roles)] }
        return ("done on the machine", table(rows))
    }

    private var operated: Section {
        ("later on", table(release.operation.map { [$0.kindName, $0.words + suffix($0.roles)] }))
    }

    private var variables: Section {
        let rows = profile.variables.map { rule -> [String] in
            let variable = rule.variable
            let parts = rule.variables(for: profile.roles.map(\.name)).map { part in
                (part.required ? "needed" : part.defaultValue.map { "else \($0)" } ?? "may be empty")
                    + suffix(part.roles)
            }
            return [variable.name, variable.type.rawValue, variable.ask + ": " + parts.joined(separator: ", ")]
        }
        return ("asked on the site", table(rows))
    }

    private var settings: Section {
        let lines = [("config", profile.config), ("registries", profile.registries)].flatMap { key, file in
            MapFile.ValueType.allCases.flatMap { type -> [String] in
                let names = file?.keys.filter { $0.value.type == type }.keys.sorted() ?? []
                guard !names.isEmpty else { return [] }
                return wrapped(names, first: "  \(key), \(type.rawValue): ", width: 118)
            }
        }
        return ("settings of a definition", lines)
    }

    private var others: Section {
        let rows = otherRequirements.map {
            [$0.severity.rawValue, $0.id, $0.reason + suffix($0.roles)]
        }
        return ("other requirements", table(rows))
    }

    private var notes: Section {
        (
            "good to know",
            profile.notes.flatMap {
                wrapped($0.split(separator: " ").map(String.init), first: "  - ", width: 118, glue: "")
            }
        )
    }

    /// For whom something is, unless it is for every role; the fewer names of the two ways to say it.
    private func suffix(_ scope: RoleScope) -> String {
        let names = profile.roles.map(\.name)
        let (mine, others) = (names.filter { scope.includes($0) }, names.filter { !scope.includes($0) })
        guard !others.isEmpty else { return "" }
        return others.count < mine.count
            ? " [all but \(others.joined(separator: ", "))]" : " [\(mine.joined(separator: ", "))]"
    }

    /// `words` with `glue` behind each but the last, in lines of at most `width` characters, below each other.
    private func wrapped(_ words: [String], first: String, width: Int, glue: String = ",") -> [String] {
        let margin = String(repeating: " ", count: first.count)
        var lines = [first]
        var isEmpty = true
        for (index, word) in words.enumerated() {
            let word = word + (index + 1 < words.count ? glue : "")
            if !isEmpty, lines[lines.count - 1].count + 1 + word.count > width {
                lines.append(margin)
                isEmpty = true
            }
            lines[lines.count - 1] += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines.flatMap { TextTable.lines([[$0]]) }
    }
}

extension ByteCount {
    /// `512 MB`, `1.6 GB`, `1 GiB`: in the unit in which it was written, as far as that can be told.
    fileprivate var figure: String {
        let units = [
            (1 << 40, "TiB"), (1_000_000_000_000, "TB"), (1 << 30, "GiB"), (1_000_000_000, "GB"), (1 << 20, "MiB"),
        ]
        if let unit = units.first(where: { bytes > 0 && bytes.isMultiple(of: $0.0) }) {
            return "\(bytes / unit.0) \(unit.1)"
        }
        if bytes > 1_000_000_000, bytes.isMultiple(of: 100_000_000) {
            return "\(bytes / 1_000_000_000).\(bytes / 100_000_000 % 10) GB"
        }
        return bytes.isMultiple(of: 1_000_000) ? "\(bytes / 1_000_000) MB" : "\(self)"
    }
}

extension Step {
    /// What is done, without the word for its kind.
    fileprivate var words: String {
        switch action {
        case .module(let name): name
        case .sysctl(let key, let value): "\(key) = \(value)"
        case .label(let path): path
        case .unit(let name, let enable, let start, _):
            [name, enable ? "enabled" : "", start ? "started" : ""].filter { !$0.isEmpty }.joined(separator: ", ")
        case .snap(let snap): snap.name
        case .snapOffline: "kept from its store"
        case .prepare(let run, _, _), .command(let run, _, _), .wait(let run, _): run.joined(separator: " ")
        }
    }
}

extension Operation {
    /// What it says, without the word for its kind.
    fileprivate var words: String {
        switch duty {
        case .datastore(let path): "\(path) is copied before an upgrade"
        case .ready(let run): "once `\(run.joined(separator: " "))` ends with 0"
        case .imageRuntime(let list, _): "`\(list.joined(separator: " "))` tells the images"
        case .certificates(let path): path
        case .teardown(let run, _): run.joined(separator: " ")
        case .data(let path): "\(path) stays unless purged"
        case .remains(let what): what
        case .rollback(let way, let reason): "\(way.rawValue): \(reason)"
        }
    }
}
