import Apply
import BundleFixture
import FaultInjection
import Format
import Glibc
import LibCrypto
import Posix
import Reporting
import Transaction
import Trust
import Values
import Verify

/// A signed bundle on a medium, and the root of an image to lay it into.
final class PlantSite {
    let folder: TemporaryFolder
    let root: FilePath
    private(set) var bundle: TinyBundle
    /// The key lists that the site goes by; `nil` where it pins the bundle's own key.
    var lists: KeyListTrust?
    /// So many runs there were; each has a name of its own.
    private var runs = 0
    static let secret = "s3cret\"token"

    init(
        sequence: Int = 1_763_627_400, text: String = "binary", change: (inout Manifest) throws -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        root = folder.path.appending("root")
        try Files.makeDirectories(root.appending("var/lib"))
        try Files.makeDirectories(root.appending("etc"))
        bundle = try Self.bundle(at: folder.path, name: "first", sequence: sequence, text: text, change)
    }

    /// Builds another bundle on the same medium, as the next version would be.
    func replaceBundle(
        name: String, sequence: Int, text: String = "binary", installer: String = "the installer\n",
        change: (inout Manifest) throws -> Void = { _ in }
    ) throws {
        bundle = try Self.bundle(
            at: folder.path, name: name, sequence: sequence, text: text, installer: installer, change)
    }

    /// Puts another bundle of this medium to use.
    func use(_ other: TinyBundle) { bundle = other }

    static let unit = """
        [Unit]
        Description=a platform
        [Service]
        ExecStart=/usr/local/bin/k3s server
        [Install]
        WantedBy=multi-user.target

        """

    static func contents(_ text: String) -> TinyBundle.Contents {
        [
            "usr/local/bin/k3s": Array(String(repeating: text + "\n", count: 700).utf8),
            "etc/rancher/k3s/config.yaml.d/00-sealift.yaml": Array("node-ip: ${NODE_IP}\nserver: ${K3S_URL}\n".utf8),
            "etc/systemd/system/k3s.service.env": Array("K3S_TOKEN=${K3S_TOKEN}\n".utf8),
            "etc/systemd/system/k3s.service": Array(unit.utf8),
            "etc/systemd/system/k3s-agent.service": Array(unit.utf8),
            "var/lib/rancher/k3s/agent/images/images.tar": (0..<9_000).map { UInt8(truncatingIfNeeded: $0 / 7) },
            "var/lib/rancher/k3s/agent/images/.cache.json": [],
        ]
    }

    private static func template(
        _ path: String, _ bytes: [UInt8], mode: FileMode, format: TemplateFormat, _ variables: [String]
    ) throws -> Entry {
        let content = Content(of: bytes)
        return Entry(
            path: try Sample.path(path),
            kind: .template(Permissions(mode: mode), content, format: format, variables: variables))
    }

    private static func bundle(
        at folder: FilePath, name: String, sequence: Int, text: String, installer: String = "the installer\n",
        _ change: (inout Manifest) throws -> Void
    ) throws -> TinyBundle {
        let contents = contents(text)
        func bytes(_ path: String) -> [UInt8] { contents[path] ?? [] }
        let config = "etc/rancher/k3s/config.yaml.d/00-sealift.yaml"
        let environment = "etc/systemd/system/k3s.service.env"
        let entries = [
            try Sample.directory("etc/rancher/k3s"), try Sample.directory("var/lib/rancher", mode: .secretDirectory),
            try Sample.file("usr/local/bin/k3s", bytes("usr/local/bin/k3s"), mode: .executable),
            try template(config, bytes(config), mode: .secret, format: .yaml, ["K3S_URL", "NODE_IP"]),
            try template(environment, bytes(environment), mode: .secret, format: .env, ["K3S_TOKEN"]),
            try Sample.file("etc/systemd/system/k3s.service", Array(unit.utf8), roles: ["server"]),
            try Sample.file("etc/systemd/system/k3s-agent.service", Array(unit.utf8), roles: ["agent"]),
            try Sample.file(
                "var/lib/rancher/k3s/agent/images/images.tar", bytes("var/lib/rancher/k3s/agent/images/images.tar")),
            try Sample.file("var/lib/rancher/k3s/agent/images/.cache.json", []),
            try Sample.link("usr/local/bin/kubectl", to: "k3s"),
        ]
        var skeleton = try Sample.skeleton(entries)
        skeleton.sequence = sequence
        skeleton.variables = [
            Variable(name: "NODE_IP", type: .ip, ask: "address", required: false),
            Variable(name: "K3S_URL", type: .url, ask: "server", required: true, roles: RoleScope(["agent"])),
            Variable(name: "K3S_URL", type: .url, ask: "server", required: false, roles: RoleScope(["server"])),
            Variable(name: "K3S_TOKEN", type: .secret, ask: "token", required: true),
        ]
        skeleton.steps = [
            Step(.sysctl(key: "vm.panic_on_oom", value: "0")), Step(.module(name: "overlay")),
            Step(.unit(name: "k3s.service", enable: true, start: true, timeout: 60), roles: RoleScope(["server"])),
            Step(.unit(name: "k3s-agent.service", enable: true, start: true, timeout: 60), roles: RoleScope(["agent"])),
        ]
        try change(&skeleton)
        return try TinyBundle(
            at: folder, name: name, skeleton: skeleton, contents: contents, installer: Array(installer.utf8))
    }
}

extension PlantSite {
    static let values = ["NODE_IP=10.0.0.7", "K3S_TOKEN=\(secret)"]

    func verified(under policy: SitePolicy? = nil) throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(
            under: TrustPolicy(
                pins: lists == nil ? [Pin(bundle.key, origin: "--key site.pub")] : [], lists: lists, site: policy))
    }

    var target: TargetRoot { TargetRoot(path: root, isRunning: false, givesOwners: getuid() == 0) }

    /// The same folder, treated as the running machine: steps are done on a machine that is played.
    var runningTarget: TargetRoot { TargetRoot(path: root, isRunning: true, givesOwners: getuid() == 0) }

    /// Opens the bundle and asks policy alone; what the receipt should say.
    func checkPolicy(now: Timestamp, allowing: Allowances, under policy: SitePolicy?) throws -> [Diagnostic] {
        let planner = try Planner(
            verified(under: policy), for: target, role: "server", values: SiteValues(),
            receipts: InstalledBundles.receipts(root: root), workers: 1)
        return try planner.checkPolicy(now: now, allowing: allowing, under: policy)
    }

    struct Prepared {
        let bundle: VerifiedBundle
        let plan: Plan
        let values: SiteValues
        let warnings: [Diagnostic]
    }

    @discardableResult
    func prepare(
        role: String = "server", values: [String] = PlantSite.values, on target: TargetRoot? = nil,
        now: Timestamp = Timestamp(seconds: 1_763_700_000), allowing: Allowances = [], under policy: SitePolicy? = nil
    ) throws -> Prepared {
        let bundle = try verified(under: policy)
        let receipts = try InstalledBundles.receipts(root: root)
        let source = try ValueSource.file("site.env", Array(values.joined(separator: "\n").utf8))
        let chosen = try SiteValues(for: role, of: bundle.manifest, from: [source], asking: nil)
        let planner = try Planner(
            bundle, for: target ?? self.target, role: role, values: chosen, receipts: receipts, workers: 2)
        let warnings = try planner.checkPolicy(now: now, allowing: allowing, under: policy)
        return Prepared(bundle: bundle, plan: try planner.plan(), values: chosen, warnings: warnings)
    }

    @discardableResult
    func install(
        role: String = "server", values: [String] = PlantSite.values, on target: TargetRoot? = nil,
        machine: any Machine = PlayedMachine(), effects: any FileEffects = SystemFileEffects(),
        now: Timestamp = Timestamp(seconds: 1_763_700_000), allowing: Allowances = [],
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Installation.Outcome {
        let prepared = try prepare(role: role, values: values, on: target, now: now, allowing: allowing)
        let environment = Installation.Environment(
            now: now, runName: nextRunName(), installer: "0.0.1", workers: 2,
            trustsFileSystemSync: false, effects: effects, machine: machine, isCancelled: isCancelled)
        return try Installation.run(prepared.plan, of: prepared.bundle, values: prepared.values, in: environment)
    }

    func nextRunName() -> String {
        runs += 1
        return "run-\(runs)"
    }

    func environment(
        _ machine: any Machine = PlayedMachine(), _ effects: any FileEffects = SystemFileEffects()
    ) -> Installation.Environment {
        Installation.Environment(
            now: Timestamp(seconds: 1_763_700_000), runName: nextRunName(), installer: "0.0.1", workers: 2,
            trustsFileSystemSync: false, effects: effects, machine: machine)
    }

    func read(_ path: String) throws -> String {
        String(decoding: try Files.read(root.appending(path), limit: .mebibytes(1)), as: UTF8.self)
    }

    func mode(_ path: String) throws -> String? {
        try Files.information(root.appending(path)).map { String($0.mode, radix: 8) }
    }

    /// Every path below the root with type, mode, owner, and content or target.
    func tree() throws -> [String] { try Self.lines(of: DirectoryHandle.open(root), prefix: "") }

    private static func lines(of folder: borrowing DirectoryHandle, prefix: String) throws -> [String] {
        var lines: [String] = []
        for name in try folder.entries() {
            let path = try Sample.path(name)
            guard let found = try folder.information(of: path) else { continue }
            let facts = "\(prefix)/\(name) \(String(found.mode, radix: 8)) \(found.owner):\(found.group)"
            switch found.kind {
            case .directory:
                lines.append(facts)
                let inner = try folder.open(path)
                lines += try Self.lines(of: inner, prefix: prefix + "/" + name)
            case .link: lines.append("\(prefix)/\(name) -> " + (try folder.readLink(path)))
            case .file, .other:
                lines.append(facts + " " + SHA256Digest.of(try folder.read(path, limit: .mebibytes(1))).hex)
            }
        }
        return lines
    }
}
