import Apply
import Arguments
import Format
import JSON
import Posix
import Reporting
import Values
import Verify

/// The options that say what this machine is and what its values are.
enum SiteOptions {
    static let table: [Option] = [
        .value("role", "R", "what this machine is in the cluster"),
        .values("set", "NAME=value", "a value of this site; secrets are refused here"),
        .values("values", "FILE", "a file of NAME=value lines", completing: .file),
        .value("site", "NAME", "take the values of sites/NAME.env beside the bundle, whatever this machine is called"),
        .flag("yes", letter: "y", "do not ask"),
        .flag("remember-key", "trust the bundle's key from now on: keep it in /etc/sealift/trusted-keys"),
        .values("ignore", "RULE", "take the failure of this check as a warning; kept in the receipt"),
        .flag("verbose", letter: "v", "show the checks that hold, too"),
        .flag("allow-downgrade", "install although something newer is installed"),
        .flag("allow-expired", "install although the bundle's time is over, or the clock too wrong to tell"),
    ]

    /// What a person has said to be meant.
    static func allowances(_ invocation: Invocation) -> Allowances {
        var allowances: Allowances = []
        if invocation.flag("allow-downgrade") { allowances.insert(.downgrade) }
        if invocation.flag("allow-expired") { allowances.insert(.expired) }
        return allowances
    }

    /// What was chosen for one machine.
    struct Choice {
        let role: String
        /// Empty where they were not asked for.
        let values: SiteValues
        /// Everything that is installed.
        let receipts: [Receipt]
        /// The file beside the bundle that is this machine's.
        var site: SiteFile?
        /// What a later reader of the receipt should know.
        var warnings: [Diagnostic] = []
    }

    /// Finds role and values: options first, then the site's file, then the last installation, then a person.
    static func choose(
        _ invocation: Invocation, _ opened: BundleOptions.Opened, _ target: TargetRoot, _ conversation: Conversation?
    ) throws -> Choice {
        let manifest = opened.bundle.manifest
        let receipts = try InstalledBundles.receipts(root: target.path)
        let previous = receipts.first { $0.bundle.name == manifest.name }
        var sources = [try ValueSource.commandLine(invocation.values("set"))]
        for path in invocation.values("values").reversed() {
            sources.append(try .file(path, Files.read(FilePath(path), limit: SiteFile.maximumSize)))
        }
        let (site, missing) = try siteFile(invocation, opened, target)
        let outgrown = Needs.outgrown(by: manifest, among: receipts)
        if let site { sources.append(site.source) }
        let warnings =
            outgrown + (site?.warnings ?? missing) + (try sources.compactMap { try $0.exposure(in: manifest) })
        if let previous { sources.append(.receipt(previous)) }
        let asks = invocation.flag("yes") ? nil : conversation
        let role = try role(invocation, manifest, receipts, site, asks)
        let values = try SiteValues(
            for: role, of: manifest, from: sources, asking: asks.map { person in { try person.value(of: $0) } })
        return Choice(role: role, values: values, receipts: receipts, site: site, warnings: warnings)
    }

    /// The role asked for, or that of the site's file, or that of the last installation, or the only one, or what a person says.
    static func role(
        _ invocation: Invocation, _ manifest: Manifest, _ receipts: [Receipt], _ site: SiteFile?,
        _ person: Conversation?
    ) throws -> String {
        var asked = invocation.value("role") ?? site?.role
        let previous = receipts.first { $0.bundle.name == manifest.name }
        let installed = previous.flatMap { receipt in manifest.roles.first { $0.name == receipt.role }?.name }
        if asked == nil { asked = installed ?? Needs.role(of: manifest, on: receipts) }
        if asked == nil, manifest.roles.count > 1, let person { asked = try person.role(of: manifest) }
        return try Planner.role(asked, of: manifest)
    }

    /// The file of this machine in `sites` beside the bundle's folder, or a word that there is none in a folder that is there.
    ///
    /// Below another root nobody can tell which machine it will be: there `--site` says so.
    static func siteFile(
        _ invocation: Invocation, _ opened: BundleOptions.Opened, _ target: TargetRoot
    ) throws -> (SiteFile?, warnings: [Diagnostic]) {
        let name = opened.bundle.manifest.name
        if let site = invocation.value("site") { return (try .named(site, beside: opened.path, of: name), []) }
        guard target.isRunning, let folder = try SiteFile.folder(beside: opened.path, of: name) else {
            return (nil, [])
        }
        let machine = MachineNames(root: "/", hostName: System.hostName)
        if let file = try SiteFile.find(beside: opened.path, of: name, for: machine) { return (file, []) }
        return (nil, [nobody(machine, folder)])
    }

    private static func nobody(_ machine: MachineNames, _ folder: FilePath) -> Diagnostic {
        Diagnostic(
            "no file in \(quoted(folder.text)) is for this machine", severity: .warning,
            details: machine.all.map { .init($0.kind, $0.text + ".env") },
            next: "give one of these names to the file that is meant, or name it with --site", exitCode: .done)
    }
}

extension SiteOptions.Choice {
    /// The file that was chosen and every value with who gave it; for a person.
    var text: String {
        let file = site.map { "site\n  \($0.source.name), by \($0.reason)\n\n" } ?? ""
        return file + values.text + (values.rows.isEmpty ? "" : "\n")
    }

    /// The same for a program: `file`, `by`, `values`.
    var json: JSONValue {
        [
            "file": site.map { .string($0.source.name) } ?? .null, "by": site.map { .string($0.reason) } ?? .null,
            "values": values.json,
        ]
    }
}
