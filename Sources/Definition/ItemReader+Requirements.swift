import Format
import LibYAML
import Values

extension ItemReader {
    /// `requirements:` of a profile or definition. The source is told with the reason, in brackets.
    func requirements(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Requirement>] {
        try list("requirements", of: map) { (reader) throws(YAMLError) in try requirement(reader) }
    }

    private func requirement(_ reader: YAMLReader) throws(YAMLError) -> ForVersions<Requirement> {
        let every = Set(ProfileKeys.requirementMembers.values.flatMap { $0 }).sorted()
        let kind = try reader.map(ProfileKeys.requirement + every).required("kind")
        let members =
            ProfileKeys.requirementMembers[try kind.word(of: ProfileKeys.requirementMembers.keys.sorted())] ?? []
        let fields = try reader.map(ProfileKeys.requirement + members)
        let id: String = try fields.required("id").value("a name of a-z, 0-9, `.` and `-`") {
            isRequirementID($0) ? $0 : nil
        }
        let source = try fields.optional("source")?.nonEmptyString()
        let reason = try fields.required("reason").nonEmptyString() + (source.map { " (\($0))" } ?? "")
        let requirement = Requirement(
            id: id, rule: try rule(try kind.string(), fields),
            severity: try fields.required("severity").word(of: ["fail", "warn"]) == "fail" ? .fail : .warn,
            reason: reason,
            fix: try fields.optional("fix")?.nonEmptyString(), roles: try scope(fields))
        return ForVersions(versions: try versions(fields), item: requirement, condition: try condition(fields))
    }

    /// A table: one line for each kind of docs/format.md §10.
    private func rule(_ kind: String, _ fields: YAMLMap) throws(YAMLError) -> Requirement.Rule {
        switch kind {
        case "cores": return .cores(minimum: try fields.required("minimum").integer(in: 1...4_096))
        case "memory": return .memory(minimum: try fields.required("minimum").byteCount())
        case "disk":
            return .disk(
                path: try fields.required("path").folderPath(), minimum: try fields.required("minimum").byteCount())
        case "kernel": return .kernel(minimum: try fields.required("minimum").kernelVersion())
        case "kernel-config": return .kernelConfig(options: try fields.required("options").words("A-Z, 0-9, _", "_"))
        case "kernel-module":
            return .kernelModule(modules: try fields.required("modules").words("a-z, 0-9, _, -", "_-"))
        case "cgroup":
            return .cgroup(
                v2: try fields.required("v2").words("a-z", ""), v1: try fields.optional("v1")?.words("a-z", ""))
        case "port": return .port(try ports(try fields.required("ports")))
        case "default-route": return .defaultRoute
        case "route-overlap": return .routeOverlap(networks: try networks(try fields.required("networks")))
        case "path-absent": return .pathAbsent(try paths(fields))
        case "program":
            return .program(try fields.required("programs").words("letters, digits, `.`, `_`, `-`, `+`", "._-+"))
        case "systemd": return .systemd(minimum: try fields.required("minimum").integer(in: 1...9_999))
        case "snapd": return .snapd(minimum: try fields.required("minimum").snapdVersion())
        case "host-name": return .hostName
        case "sysctl":
            return .sysctl(
                key: try fields.required("key").nonEmptyString(),
                minimum: try fields.required("minimum").integer(in: 0...Self.largest))
        case "selinux": return .selinux(policy: try paths(fields))
        case "swap-off": return .swapOff
        default: return try furtherRule(kind, fields)
        }
    }

    /// A manifest holds no larger numbers (docs/format.md §3).
    private static var largest: Int { 1 << 53 - 1 }

    /// The kinds whose subject only Windows shows.
    private func windowsRule(_ kind: String, _ fields: YAMLMap) throws(YAMLError) -> WindowsRule {
        switch kind {
        case "windows-edition":
            return .edition(
                editions: try fields.required("editions").words("letters and digits", ""),
                build: try fields.required("build").integer(in: 1...Self.largest))
        case "windows-activation": return .activation
        case "windows-feature": return .feature(try fields.required("features").words("letters, digits, `.`, -", ".-"))
        case "free-memory": return .freeMemory(minimum: try fields.required("minimum").byteCount())
        case "virtualization": return .virtualization
        case "network-adapter": return .adapter
        default: return .productAbsent(try fields.required("products").strings())
        }
    }

    /// The table's other half.
    private func furtherRule(_ kind: String, _ fields: YAMLMap) throws(YAMLError) -> Requirement.Rule {
        func path() throws(YAMLError) -> String { try fields.required("path").absolutePath() }
        func minimum(_ range: ClosedRange<Int>) throws(YAMLError) -> Int {
            try fields.required("minimum").integer(in: range)
        }
        switch kind {
        case "cpu":
            let features = try fields.optional("arm64")?.words("a-z, 0-9, _", "_") ?? []
            let level = try features.isEmpty ? fields.required("amd64") : fields.optional("amd64")
            let word = try level?.word(of: CPULevel.allCases.map(\.rawValue))
            return .cpu(amd64: word.flatMap { CPULevel(rawValue: $0) }, arm64: features)
        case "inodes": return .inodes(path: try path(), minimum: try minimum(1...Self.largest))
        case "disk-share": return .diskShare(path: try path(), minimum: try minimum(1...99))
        case "growth": return .growth(path: try path(), estimate: try fields.required("estimate").byteCount())
        case "file-system": return .fileSystem(path: try path(), traits: try traits(try fields.required("traits")))
        case "file-system-driver":
            return .fileSystemDriver(types: try fields.required("types").words("a-z, 0-9, _", "_"))
        case "write-latency":
            return .writeLatency(path: try path(), maximum: try fields.required("maximum").integer(in: 1...60_000))
        case "solid-state": return .solidState(path: try path())
        case "link-speed": return .linkSpeed(minimum: try minimum(1...10_000_000))
        case "resolver": return .resolver
        case "hosts-entry": return .hostsEntry(names: try fields.required("names").words("a-z, 0-9, `.`, `-`", ".-"))
        case "apparmor": return .apparmor
        case "fapolicyd": return .fapolicyd(paths: try paths(fields))
        case "firewall":
            return .firewall(
                ports: try ports(try fields.required("ports")), networks: try networks(try fields.required("networks")))
        case "unit-inactive":
            return .unitInactive(try fields.required("units").words("letters, digits, `.`, `_`, `-`, `@`", "._-@"))
        case "certificate": return .certificate(paths: try paths(fields))
        default: return .windows(try windowsRule(kind, fields))
        }
    }

    private func traits(_ reader: YAMLReader) throws(YAMLError) -> [FileSystemTrait] {
        var traits: [FileSystemTrait] = []
        for element in try reader.list() {
            let word = try element.word(of: FileSystemTrait.allCases.map(\.rawValue))
            if let trait = FileSystemTrait(rawValue: word) { traits.append(trait) }
        }
        return traits
    }

    private func paths(_ fields: YAMLMap) throws(YAMLError) -> [String] {
        var paths: [String] = []
        for path in try fields.required("paths").list() { paths.append(try path.absolutePath()) }
        return paths
    }

    private func ports(_ reader: YAMLReader) throws(YAMLError) -> [PortRange] {
        var ports: [PortRange] = []
        for port in try reader.list() {
            ports.append(try port.value("a port such as 6443/tcp or 2379-2380/tcp") { PortRange($0) })
        }
        return ports
    }

    private func paths(_ reader: YAMLReader) throws(YAMLError) -> [String] {
        var paths: [String] = []
        for path in try reader.list() { paths.append(try path.absolutePath()) }
        return paths
    }

    private func networks(_ reader: YAMLReader) throws(YAMLError) -> [String] {
        var networks: [String] = []
        for network in try reader.list() {
            networks.append(
                try network.value(VariableType.cidr.expectation) { VariableType.cidr.accepts($0) ? $0 : nil })
        }
        return networks
    }
}

extension YAMLReader {
    fileprivate func kernelVersion() throws(YAMLError) -> Version {
        let version = Version(try string())
        guard version.numbers.count >= 2 else { throw unexpected("a kernel version such as 4.15") }
        return version
    }

    fileprivate func snapdVersion() throws(YAMLError) -> Version {
        let version = Version(try scalarText())
        guard version.numbers.count >= 2 else { throw unexpected("a version of snapd such as 2.61") }
        return version
    }

    fileprivate func words(_ expected: String, _ marks: String) throws(YAMLError) -> [String] {
        var words: [String] = []
        for element in try list() {
            words.append(try element.value("a name of \(expected)") { isWord($0, marks) ? $0 : nil })
        }
        guard !words.isEmpty else { throw unexpected("a list of at least one name") }
        return words
    }
}

private func isRequirementID(_ text: String) -> Bool {
    isWord(text, ".-") && text.utf8.allSatisfy { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
}
