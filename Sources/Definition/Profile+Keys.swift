/// The keys that the readers know, by the name of their definition in `docs/schema/`. Readers use these tables, a test compares
/// them with the schemas.
enum ProfileKeys {
    static let profile = [
        "profile", "title", "summary", "homepage", "notes", "os", "architectures", "versions", "channels", "roles",
        "artefacts", "snaps",
        "images", "manifests", "charts", "config", "registries", "networks", "directories", "files", "links", "users",
        "modules",
        "sysctls",
        "preparations", "labels", "units", "commands", "waits", "operation", "requirements", "hardware", "variables",
    ]
    static let versions = ["exact", "example", "range"]
    static let channel = ["kind", "url", "names"]
    static let role = ["name", "summary", "words"]
    static let artefact = [
        "name", "url", "checksum", "signature", "licence", "supplier", "path", "mode", "owner", "roles", "versions",
        "optional",
    ]
    static let checksum = ["url", "name", "form"]
    static let signature = ["url", "key"]
    static let snaps = ["store", "path", "mode", "owner", "keys", "offline", "items"]
    static let snap = ["name", "channel", "timeout", "roles", "versions"]
    static let images = ["lists", "members", "archives", "folders"]
    static let imageMember = ["snap", "path", "keys", "variables", "versions"]
    static let imageList = ["url", "form", "checksum", "versions"]
    static let imageFolder = [
        "path", "archive", "renamed", "mode", "owner", "roles", "names", "sparse", "split",
        "versions",
    ]
    static let manifestFolder = ["path", "mode", "owner", "roles", "suffixes", "reserved"]
    static let chartFolder = ["path", "mode", "owner", "roles", "reserved", "manifest"]
    static let chartManifest = ["path", "mode", "owner", "roles", "object"]
    static let mapFile = [
        "path", "mode", "owner", "roles", "format", "keys", "appends", "refused", "secrets",
        "presets", "rules", "checks",
    ]
    static let check = ["check", "keys", "when", "with", "without", "reason", "source", "roles", "versions"]
    static let checkMembers: [String: [String]] = [
        "type": ["type"], "one-of": ["values"], "range": ["minimum", "maximum"], "even": [], "suffix": ["suffix"],
        "known": ["names"], "required": [], "forbidden": [], "together": [], "distinct": [],
        "same-network": ["prefix"], "outside": ["networks"], "sum": ["maximum"], "artefacts": ["names"],
    ]
    static let keyGroup = ["roles"] + MapFile.ValueType.allCases.map(\.rawValue)
    static let preset = ["key", "value", "roles", "versions"]
    static let directory = ["path", "mode", "owner", "roles", "versions", "when"]
    static let file = ["path", "mode", "owner", "roles", "versions", "when", "content", "template", "words"]
    static let link = ["path", "target", "roles", "versions", "when"]
    static let user = ["name", "home", "shell", "roles", "versions"]
    static let module = ["name", "roles", "versions", "when"]
    static let sysctl = ["key", "value", "roles", "versions", "when"]
    static let label = ["path", "roles", "versions", "when"]
    static let unit = ["name", "enable", "start", "timeout", "roles", "versions", "when"]
    static let command = ["run", "undo", "timeout", "roles", "versions", "when"]
    static let wait = ["run", "timeout", "roles", "versions", "when"]
    static let operation = ["kind", "roles", "versions"]
    static let operationMembers: [String: [String]] = [
        "datastore": ["path"], "ready": ["run"], "image-runtime": ["list", "import"], "certificates": ["path"],
        "teardown": ["run", "timeout"], "data": ["path"], "remains": ["what"], "rollback": ["way", "reason"],
    ]
    static let hardwareClass = ["summary", "requirements"]
    static let variable = ["type", "values", "ask", "default", "required", "roles", "waived"]
    static let waiver = ["config", "roles"]
    static let rule = ["key", "when", "reason"]
    static let requirement = ["id", "kind", "severity", "reason", "source", "fix", "roles", "versions", "when"]
    static let requirementMembers: [String: [String]] = [
        "cores": ["minimum"], "memory": ["minimum"], "disk": ["path", "minimum"], "kernel": ["minimum"],
        "kernel-config": ["options"], "kernel-module": ["modules"], "cgroup": ["v2", "v1"], "port": ["ports"],
        "default-route": [], "route-overlap": ["networks"], "path-absent": ["paths"], "program": ["programs"],
        "systemd": ["minimum"], "host-name": [], "sysctl": ["key", "minimum"], "swap-off": [], "selinux": ["paths"],
        "snapd": ["minimum"],
        "cpu": ["amd64", "arm64"], "inodes": ["path", "minimum"], "disk-share": ["path", "minimum"],
        "growth": ["path", "estimate"], "file-system": ["path", "traits"], "file-system-driver": ["types"],
        "write-latency": ["path", "maximum"], "solid-state": ["path"], "link-speed": ["minimum"], "resolver": [],
        "hosts-entry": ["names"], "apparmor": [], "fapolicyd": ["paths"],
        "firewall": ["ports", "networks"], "unit-inactive": ["units"],
        "certificate": ["paths"],
        "windows-edition": ["editions", "build"], "windows-activation": [], "windows-feature": ["features"],
        "free-memory": ["minimum"], "virtualization": [], "network-adapter": [], "product-absent": ["products"],
    ]

    /// All tables of a profile by the name of their schema definition; the outermost is `profile`.
    static let tables: [String: [String]] = [
        "profile": profile, "versions": versions, "channel": channel, "role": role, "artefact": artefact,
        "checksum": checksum, "signature": signature, "snaps": snaps, "snap": snap, "images": images,
        "imageList": imageList,
        "imageMember": imageMember, "imageFolder": imageFolder,
        "manifestFolder": manifestFolder, "chartFolder": chartFolder, "chartManifest": chartManifest,
        "mapFile": mapFile, "keyGroup": keyGroup, "preset": preset,
        "directory": directory, "file": file, "link": link, "user": user, "module": module, "sysctl": sysctl,
        "label": label, "unit": unit, "command": command, "wait": wait, "hardwareClass": hardwareClass,
        "variable": variable, "waiver": waiver, "rule": rule, "condition": Condition.keys,
        "check": check + Set(checkMembers.values.flatMap { $0 }).sorted(),
        "operation": operation + Set(operationMembers.values.flatMap { $0 }).sorted(),
        "requirement": requirement + Set(requirementMembers.values.flatMap { $0 }).sorted(),
    ]
}
