import Apply
import Arguments
import Format
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
        .flag("yes", letter: "y", "do not ask"),
        .flag("remember-key", "trust the bundle's key from now on: keep it in /etc/sealift/trusted-keys"),
        .values("ignore", "RULE", "take the failure of this check as a warning; kept in the receipt"),
        .flag("verbose", letter: "v", "show the checks that hold, too"),
        .flag("allow-downgrade", "install although something newer is installed"),
    ]

    /// A values file is typed by hand.
    private static let limit = ByteCount.mebibytes(1)

    /// What was chosen for one machine.
    struct Choice {
        let role: String
        /// Empty where they were not asked for.
        let values: SiteValues
        /// Everything that is installed.
        let receipts: [Receipt]
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
            sources.append(try .file(path, Files.read(FilePath(path), limit: limit)))
        }
        if target.isRunning, let file = try siteFile(beside: opened.path) { sources.append(file) }
        if let previous { sources.append(.receipt(previous)) }
        let asks = invocation.flag("yes") ? nil : conversation
        let role = try role(invocation, manifest, receipts, asks)
        let values = try SiteValues(
            for: role, of: manifest, from: sources, asking: asks.map { person in { try person.value(of: $0) } })
        return Choice(role: role, values: values, receipts: receipts)
    }

    /// The role asked for, or that of the last installation, or the only one, or what a person says.
    static func role(
        _ invocation: Invocation, _ manifest: Manifest, _ receipts: [Receipt], _ person: Conversation?
    ) throws -> String {
        var asked = invocation.value("role")
        let previous = receipts.first { $0.bundle.name == manifest.name }
        let installed = previous.flatMap { receipt in manifest.roles.first { $0.name == receipt.role }?.name }
        if asked == nil { asked = installed }
        if asked == nil, manifest.roles.count > 1, let person { asked = try person.role(of: manifest) }
        return try Planner.role(asked, of: manifest)
    }

    /// `sites/<serial or host name>.env` beside the bundle's folder, the serial number first.
    private static func siteFile(beside bundle: FilePath) throws -> ValueSource? {
        let sites = try bundle.resolved().parent.appending("sites")
        for name in [serialNumber, System.hostName].compactMap(\.self) {
            guard Result(catching: { try MemberPath(validating: name) }).isSuccess, !name.contains("/") else {
                continue
            }
            let path = sites.appending(name + ".env")
            guard try Files.exists(path) else { continue }
            return try .file(path.text, Files.read(path, limit: limit))
        }
        return nil
    }

    /// What the maker of the machine engraved (sysfs, readable by root only); `nil` when it is not told.
    private static var serialNumber: String? {
        let read = Result { () throws(FileError) in
            try Files.read("/sys/class/dmi/id/product_serial", limit: .kibibytes(4))
        }
        guard case .success(let bytes) = read else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" && $0 != " " }
        return text.isEmpty ? nil : text
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
