package import JSON
import Values

extension Requirement {
    /// The requirement as it stands in a manifest (docs/format.md §10).
    package var json: JSONValue {
        object(
            [
                ("id", .string(id)), ("kind", .string(kindName)), ("severity", .string(severity.rawValue)),
                ("reason", .string(reason)), ("fix", fix.map { .string($0) }), ("roles", roles.json),
            ] + ruleMembers)
    }

    private var ruleMembers: [(String, JSONValue?)] {
        switch rule {
        case .cores(let minimum): [("minimum", .integer(minimum))]
        case .memory(let minimum): [("minimum", .integer(minimum.bytes))]
        case .disk(let path, let minimum): [("path", .string(path)), ("minimum", .integer(minimum.bytes))]
        case .kernel(let minimum): [("minimum", .string(minimum.text))]
        case .kernelConfig(let options): [("options", strings(options))]
        case .kernelModule(let modules): [("modules", strings(modules))]
        case .cgroup(let v2, let v1): [("v2", strings(v2)), ("v1", v1.map(strings))]
        case .port(let ranges): [("ports", strings(ranges.map(\.description)))]
        case .routeOverlap(let networks): [("networks", strings(networks))]
        case .pathAbsent(let paths), .selinux(let paths): [("paths", strings(paths))]
        case .program(let programs): [("programs", strings(programs))]
        case .systemd(let minimum): [("minimum", .integer(minimum))]
        case .sysctl(let key, let minimum): [("key", .string(key)), ("minimum", .integer(minimum))]
        case .snapd(let minimum): [("minimum", .string(minimum.text))]
        case .windows(let rule): rule.members
        case .cpu(let level, let features):
            [
                ("amd64", level.map { .string($0.rawValue) }),
                ("arm64", features.isEmpty ? nil : strings(features)),
            ]
        case .inodes(let path, let minimum), .diskShare(let path, let minimum):
            [("path", .string(path)), ("minimum", .integer(minimum))]
        case .growth(let path, let estimate): [("path", .string(path)), ("estimate", .integer(estimate.bytes))]
        case .fileSystem(let path, let traits):
            [("path", .string(path)), ("traits", strings(traits.map(\.rawValue)))]
        case .fileSystemDriver(let types): [("types", strings(types))]
        case .writeLatency(let path, let maximum): [("path", .string(path)), ("maximum", .integer(maximum))]
        case .solidState(let path): [("path", .string(path))]
        case .linkSpeed(let minimum): [("minimum", .integer(minimum))]
        case .hostsEntry(let names): [("names", strings(names))]
        case .fapolicyd(let paths), .certificate(let paths): [("paths", strings(paths))]
        case .firewall(let ports, let networks):
            [("ports", strings(ports.map(\.description))), ("networks", strings(networks))]
        case .unitInactive(let units): [("units", strings(units))]
        case .defaultRoute, .hostName, .swapOff, .resolver, .apparmor: []
        }
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Requirement {
        let reader = try item.object()
        let requirement = Requirement(
            id: try reader.parsed("id", as: "an identifier of a-z, 0-9, . and -", identifier),
            rule: try readRule(reader, item),
            severity: try reader.parsed("severity", as: "fail or warn") { Severity(rawValue: $0) },
            reason: try reader.string("reason"), fix: try reader.optionalString("fix"),
            roles: try RoleScope.read(reader))
        try reader.finish()
        return requirement
    }

    private static func identifier(_ text: String) -> String? {
        let others = Array(".-".utf8)
        let isGood = !text.isEmpty && text.utf8.allSatisfy { isLowerOrDigit($0) || others.contains($0) }
        return isGood ? text : nil
    }

    /// A table: one line a kind.
    private static func readRule(_ reader: JSONReader, _ item: JSONItem) throws(JSONError) -> Rule {
        let kind = try reader.string("kind")
        switch kind {
        case "cores": return .cores(minimum: try reader.integer("minimum", in: 1...Int.max))
        case "memory": return .memory(minimum: ByteCount(try reader.integer("minimum", in: 1...Int.max)))
        case "disk":
            return .disk(path: try path(reader), minimum: ByteCount(try reader.integer("minimum", in: 1...Int.max)))
        case "kernel": return .kernel(minimum: try release(reader))
        case "kernel-config": return .kernelConfig(options: try reader.strings("options"))
        case "kernel-module": return .kernelModule(modules: try reader.strings("modules"))
        case "cgroup":
            let v1 = try reader.optionalArray("v1") { (item) throws(JSONError) in try item.string() }
            return .cgroup(v2: try reader.strings("v2"), v1: v1)
        case "port": return .port(try ports(reader))
        case "default-route": return .defaultRoute
        case "route-overlap": return .routeOverlap(networks: try networks(reader))
        case "path-absent": return .pathAbsent(try paths(reader))
        case "program": return .program(try reader.strings("programs"))
        case "systemd": return .systemd(minimum: try reader.integer("minimum", in: 1...Int.max))
        case "host-name": return .hostName
        case "sysctl": return .sysctl(key: try reader.string("key"), minimum: try reader.integer("minimum"))
        case "swap-off": return .swapOff
        case "snapd": return .snapd(minimum: try release(reader))
        case "selinux":
            return .selinux(
                policy: try reader.array("paths") { (item) throws(JSONError) in
                    try item.parsed(as: "an absolute path", absolutePath)
                })
        default:
            if let rule = try readFurtherRule(kind, reader) { return rule }
            guard let rule = try WindowsRule.read(kind, reader) else {
                throw item.invalid("a kind of requirement that this version knows", found: kind)
            }
            return .windows(rule)
        }
    }

    /// The table's other half.
    private static func readFurtherRule(_ kind: String, _ reader: JSONReader) throws(JSONError) -> Rule? {
        switch kind {
        case "cpu":
            let level = try reader.optionalParsed("amd64", as: "x86-64-v1 to x86-64-v4") { CPULevel(rawValue: $0) }
            let features = try reader.optionalArray("arm64") { (item) throws(JSONError) in try item.string() } ?? []
            guard level != nil || !features.isEmpty else { throw .missing(key: "amd64", path: reader.path.description) }
            return .cpu(amd64: level, arm64: features)
        case "inodes":
            return .inodes(path: try path(reader), minimum: try reader.integer("minimum", in: 1...Int.max))
        case "disk-share":
            return .diskShare(path: try path(reader), minimum: try reader.integer("minimum", in: 1...99))
        case "growth":
            return .growth(
                path: try path(reader), estimate: ByteCount(try reader.integer("estimate", in: 1...Int.max)))
        case "file-system":
            return .fileSystem(
                path: try path(reader),
                traits: try reader.array("traits") { (item) throws(JSONError) in
                    try item.parsed(as: FileSystemTrait.expectation) { FileSystemTrait(rawValue: $0) }
                })
        case "file-system-driver": return .fileSystemDriver(types: try reader.strings("types"))
        case "write-latency":
            return .writeLatency(path: try path(reader), maximum: try reader.integer("maximum", in: 1...60_000))
        case "solid-state": return .solidState(path: try path(reader))
        case "link-speed": return .linkSpeed(minimum: try reader.integer("minimum", in: 1...Int.max))
        case "resolver": return .resolver
        case "hosts-entry": return .hostsEntry(names: try reader.strings("names"))
        case "apparmor": return .apparmor
        case "fapolicyd": return .fapolicyd(paths: try paths(reader))
        case "firewall": return .firewall(ports: try ports(reader), networks: try networks(reader))
        case "unit-inactive": return .unitInactive(try reader.strings("units"))
        case "certificate": return .certificate(paths: try paths(reader))
        default: return nil
        }
    }

    /// A version that begins with a number, so that it can be compared with one.
    private static func release(_ reader: JSONReader) throws(JSONError) -> Version {
        try reader.parsed("minimum", as: "a version such as 4.15") { text in
            let version = Version(text)
            return BundleVersion(text) == nil || version.numbers.isEmpty ? nil : version
        }
    }

    private static func path(_ reader: JSONReader) throws(JSONError) -> String {
        try reader.parsed("path", as: "an absolute path", absolutePath)
    }

    private static func paths(_ reader: JSONReader) throws(JSONError) -> [String] {
        try reader.array("paths") { (item) throws(JSONError) in try item.parsed(as: "an absolute path", absolutePath) }
    }

    private static func ports(_ reader: JSONReader) throws(JSONError) -> [PortRange] {
        try reader.array("ports") { (item) throws(JSONError) in
            try item.parsed(as: "a port such as 6443/tcp") { PortRange($0) }
        }
    }

    private static func networks(_ reader: JSONReader) throws(JSONError) -> [String] {
        try reader.array("networks") { (item) throws(JSONError) in
            try item.parsed(as: "a network in CIDR form") { IPNetwork($0) == nil ? nil : $0 }
        }
    }
}

/// `/` and a member path, or `/` alone.
func absolutePath(_ text: String) -> String? {
    text == "/" || (text.hasPrefix("/") && memberPath(String(text.dropFirst())) != nil) ? text : nil
}
