public import Format
public import JSON
import LibCrypto
import Posix
public import Reporting
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

    /// Images of the receipt that the runtime does not have; `nil` where it cannot be asked.
    public let missingImages: [BundledImage]?
    /// The bundle that `rollback` would bring back.
    public let previous: Receipt.Bundle?
    let certificates: [EndingCertificate]

    /// Compares every file of the receipt, and asks the runtime and the units.
    public init(
        of receipt: Receipt, at target: TargetRoot, machine: any Machine, workers: Int, now: Timestamp
    ) throws {
        self.receipt = receipt
        let comparison = try ReceiptComparison(root: target.path, givesOwners: target.givesOwners)
        drift = try Workers.map(receipt.files, count: workers) { file in
            try comparison.drift(of: file).map { (file.path, $0) }
        }.compactMap(\.self)
        let root = try DirectoryHandle.open(target.path)
        missingImages = target.isRunning ? Self.missing(receipt, machine) : nil
        certificates = try EndingCertificate.find(receipt.operation, in: root, now: now)
        previous = try KeptState.read(receipt.bundle.name, in: root)?.receipt.bundle
        units = target.isRunning ? receipt.units.map { ($0, Self.state(of: $0, machine)) } : []
    }

    private static func state(of unit: String, _ machine: any Machine) -> String {
        let asked = Result { () throws(FileError) in
            try machine.run(["systemctl", "is-active", unit], timeLimit: 30)
        }
        guard case .success(let outcome) = asked else { return "unknown" }
        return String(outcome.outputText.prefix { $0 != "\n" })
    }

    private static func missing(_ receipt: Receipt, _ machine: any Machine) -> [BundledImage]? {
        for item in receipt.operation {
            guard case .imageRuntime(let list, _) = item.duty else { continue }
            let asked = Result { () throws(FileError) in try machine.run(list, timeLimit: 60) }
            guard case .success(let outcome) = asked, outcome.isSuccess else { return nil }
            return RuntimeImages(outcome.outputText).missing(of: receipt.images)
        }
        return nil
    }

    /// Has the runtime take in the laid archives of images that it lacks.
    ///
    /// - Returns: The archives that were taken in.
    /// - Throws: ``ApplyError/stepFailed(step:reason:output:)``.
    public func importMissing(_ machine: any Machine, progress: any ProgressReceiver) throws -> [MemberPath] {
        let steps = StepRunner(machine, progress: progress, isCancelled: { false })
        let archives = Set((missingImages ?? []).map(\.archive)).sorted()
        for item in receipt.operation {
            guard case .imageRuntime(_, let importing) = item.duty else { continue }
            for archive in archives {
                steps.say("importing /\(archive.text)")
                try steps.program(
                    importing + ["/" + archive.text], step: "importing /\(archive.text)", timeLimit: Self.importLimit)
            }
        }
        return archives
    }

    /// Seconds: several GB on a slow card.
    private static let importLimit = 3_600

    /// For a person, several lines.
    public var text: String {
        var rows = [
            ["bundle", "\(receipt.bundle.name) \(receipt.bundle.version), sequence \(receipt.bundle.sequence)"],
            [
                "platform",
                "\(receipt.target.profile) \(receipt.target.version), \(receipt.target.architecture.rawValue)",
            ],
            ["role", receipt.role], ["needs", receipt.needs.map(\.words).joined(separator: ", ")],
            ["installed", "\(receipt.installed) by sealift-install \(receipt.installer)"],
            ["signed by", receipt.keys.map { "SHA256:" + $0.hex }.joined(separator: ", ")],
            ["files", "\(receipt.files.count), \(drift.isEmpty ? "all as laid" : "\(drift.count) not as laid")"],
        ]
        rows.removeAll { $0 == ["needs", ""] }
        rows += drift.map { ["", "\($0.what.rawValue) /\($0.path.text)"] }
        rows += units.map { ["unit", "\($0.name) \($0.state)"] }
        if let missing = missingImages {
            let count = receipt.images.count
            rows.append([
                "images", missing.isEmpty ? "\(count), all in the runtime" : "\(missing.count) of \(count) missing",
            ])
            rows += missing.map { ["", "missing \($0.name)"] }
        }
        rows += certificates.map { ["certificate", "/\($0.path.text) ends \($0.end)"] }
        if let previous { rows.append(["rollback", "to \(previous.version), sequence \(previous.sequence)"]) }
        rows += receipt.warnings.map { ["warning", $0] }
        return TextTable.lines(rows).joined(separator: "\n") + "\n"
    }

    /// For a program: `bundle`, `role`, `installed`, `keys`, `files`, `drift`, `units`, `images`, `missingImages`, `certificates`,
    /// `previous`, `warnings`.
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
            "images": .integer(receipt.images.count),
            "missingImages": missingImages.map { .array($0.map { .string($0.name) }) } ?? .null,
            "certificates": .array(
                certificates.map { ["path": .string("/" + $0.path.text), "ends": .string($0.end.description)] }),
            "previous": previous.map {
                ["version": .string($0.version.description), "sequence": .integer($0.sequence)]
            }
                ?? .null,
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
        guard let path = try place(of: file), let found = try root.handle.information(of: path) else { return .missing }
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
                guard found.size == content.size, try files.digest(of: path) == content.digest else {
                    return .changed
                }
            }
            return isRight(permissions, found) ? nil : .attributes
        }
    }

    /// Where the file is: under its own name, or that which the platform gave it; `nil` when it is neither here nor there.
    func place(of file: Receipt.File) throws(FileError) -> MemberPath? {
        for path in [file.path, file.pathTaken].compactMap(\.self) {
            if try root.handle.information(of: path) != nil { return path }
        }
        return nil
    }

    private func isRight(_ permissions: Permissions, _ found: FileInformation) -> Bool {
        guard found.mode == permissions.mode.bits else { return false }
        guard givesOwners else { return true }
        let user = permissions.owner.user == "root" ? 0 : accounts.user(named: permissions.owner.user)?.id
        let group = permissions.owner.group == "root" ? 0 : accounts.group(named: permissions.owner.group)?.id
        return found.owner == user && found.group == group
    }
}
