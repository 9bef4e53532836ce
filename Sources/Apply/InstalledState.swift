public import Format
public import JSON
import LibCrypto
import Posix
import Reporting
public import Values

/// One installed bundle, compared with what is there now.
public struct InstalledState: Sendable {
    /// What happened to a file since it was laid.
    public enum Drift: String, Hashable, Sendable { case missing, changed, attributes }

    /// What was installed.
    public let receipt: Receipt
    /// Files that are not as they were laid.
    public let drift: [(path: MemberPath, what: Drift)]
    /// Units by name, with what systemd says of each; empty for an image.
    public let units: [(name: String, state: String)]

    /// Compares every file of the receipt.
    public init(of receipt: Receipt, at target: TargetRoot, machine: any Machine, workers: Int) throws {
        self.receipt = receipt
        let comparison = try ReceiptComparison(root: target.path, givesOwners: target.givesOwners)
        drift = try Workers.map(receipt.files, count: workers) { file in
            try comparison.drift(of: file).map { (file.path, $0) }
        }.compactMap(\.self)
        units = target.isRunning ? receipt.units.map { ($0, Self.state(of: $0, machine)) } : []
    }

    private static func state(of unit: String, _ machine: any Machine) -> String {
        let asked = Result { () throws(FileError) in
            try machine.run(["systemctl", "is-active", unit], timeLimit: 30)
        }
        guard case .success(let outcome) = asked else { return "unknown" }
        return String(outcome.outputText.prefix { $0 != "\n" })
    }

    /// For a person, several lines.
    public var text: String {
        var rows = [
            ["bundle", "\(receipt.bundle.name) \(receipt.bundle.version), sequence \(receipt.bundle.sequence)"],
            [
                "platform",
                "\(receipt.target.profile) \(receipt.target.version), \(receipt.target.architecture.rawValue)",
            ],
            ["role", receipt.role], ["installed", "\(receipt.installed) by sealift-install \(receipt.installer)"],
            ["signed by", receipt.keys.map { "SHA256:" + $0.hex }.joined(separator: ", ")],
            ["files", "\(receipt.files.count), \(drift.isEmpty ? "all as laid" : "\(drift.count) not as laid")"],
        ]
        rows += drift.map { ["", "\($0.what.rawValue) /\($0.path.text)"] }
        rows += units.map { ["unit", "\($0.name) \($0.state)"] }
        rows += receipt.warnings.map { ["warning", $0] }
        return TextTable.lines(rows).joined(separator: "\n") + "\n"
    }

    /// For a program: `bundle`, `role`, `installed`, `keys`, `files`, `drift`, `units`, `warnings`.
    public var json: JSONValue {
        [
            "bundle": [
                "name": .string(receipt.bundle.name.description),
                "version": .string(receipt.bundle.version.description),
                "sequence": .integer(receipt.bundle.sequence), "sha256": .string(receipt.bundle.digest.hex),
            ],
            "role": .string(receipt.role), "installed": .string(receipt.installed.description),
            "keys": .array(receipt.keys.map { .string("SHA256:" + $0.hex) }), "files": .integer(receipt.files.count),
            "drift": .array(
                drift.map { ["path": .string("/" + $0.path.text), "what": .string($0.what.rawValue)] }),
            "units": .array(units.map { ["name": .string($0.name), "state": .string($0.state)] }),
            "warnings": .array(receipt.warnings.map { .string($0) }),
        ]
    }
}

/// Compares files of a receipt with what is there. Used by many threads.
struct ReceiptComparison: Sendable {
    private final class Holder: Sendable {
        let handle: DirectoryHandle
        init(_ handle: consuming DirectoryHandle) { self.handle = handle }
    }

    private let root: Holder
    private let files: HashedFolder
    private let accounts: Accounts
    private let givesOwners: Bool

    init(root: FilePath, givesOwners: Bool) throws {
        self.root = Holder(try DirectoryHandle.open(root))
        files = HashedFolder(try DirectoryHandle.open(root))
        accounts = try Accounts(root: root)
        self.givesOwners = givesOwners
    }

    /// `nil` when the file is as it was laid. Of one that holds a secret only mode and owner are known.
    func drift(of file: Receipt.File) throws(FileError) -> InstalledState.Drift? {
        guard let found = try root.handle.information(of: file.path) else { return .missing }
        switch file.kind {
        case .directory(let permissions):
            guard found.kind == .directory else { return .changed }
            return isRight(permissions, found) ? nil : .attributes
        case .link(let target):
            guard found.kind == .link, try root.handle.readLink(file.path) == target else { return .changed }
            return nil
        case .file(let permissions, let content):
            guard found.kind == .file else { return .changed }
            if let content {
                guard found.size == content.size, try files.digest(of: file.path) == content.digest else {
                    return .changed
                }
            }
            return isRight(permissions, found) ? nil : .attributes
        }
    }

    private func isRight(_ permissions: Permissions, _ found: FileInformation) -> Bool {
        guard found.mode == permissions.mode.bits else { return false }
        guard givesOwners else { return true }
        let user = permissions.owner.user == "root" ? 0 : accounts.user(named: permissions.owner.user)?.id
        let group = permissions.owner.group == "root" ? 0 : accounts.group(named: permissions.owner.group)?.id
        return found.owner == user && found.group == group
    }
}
