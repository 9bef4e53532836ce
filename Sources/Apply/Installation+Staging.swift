import Format
import LibCrypto
import Posix
import Reporting
import Transaction
import Values
import Verify

/// What was really laid, gathered on the way for the receipt.
struct InstallationRecord {
    /// By path; folders that were there before any installation of ours are left out.
    private(set) var files: [MemberPath: Receipt.File] = [:]
    /// Folders of the bundle, with what they should have.
    let folders: [MemberPath: Permissions]

    init(_ entries: [Entry]) {
        var folders: [MemberPath: Permissions] = [:]
        for entry in entries {
            if case .directory(let permissions) = entry.kind { folders[entry.place] = permissions }
        }
        self.folders = folders
    }

    mutating func add(_ file: Receipt.File) { files[file.path] = file }
}

extension Installation {
    /// Prepares everything but the receipt: declares, reads the medium once, renders, adds users and links.
    func stage() throws {
        // A folder that an earlier installation of this bundle made stays in the receipt as long as it is there.
        for file in plan.previous?.files ?? [] where file.isDirectory {
            if try root.information(of: file.path)?.kind == .directory { record.add(file) }
        }
        let (files, templates) = try declare()
        let pass = PayloadPass(bundle, files: files, templates: templates)
        if !plan.chunks.isEmpty {
            try pass.run(
                plan.chunks, workers: environment.workers, progress: environment.progress,
                isCancelled: environment.isCancelled)
        }
        let rendered = try pass.rendered(with: values)
        for index in templates { try stageTemplate(index, rendered[index] ?? []) }
        for item in plan.items where item.action == .remove { try transaction.stageRemoval(item.path) }
        let accounts = AccountFiles(owners.newUsers, now: environment.now)
        for file in try accounts.changed(in: root, givesOwners: plan.root.givesOwners) {
            try transaction.stageFile(file.path, file.attributes, content: file.content)
        }
        try enableUnits(files, rendered)
        try stageKeys()
    }

    /// Announces folders, files and links; returns where the content of files goes, and the templates to be rendered.
    private func declare() throws -> (files: [Int: StagedFile], templates: [Int]) {
        var files: [Int: StagedFile] = [:]
        var templates: [Int] = []
        for item in plan.items {
            guard let index = item.entry else { continue }
            let entry = bundle.manifest.entries[index]
            switch entry.kind {
            case .directory(let permissions):
                try recordFolders(
                    transaction.stageDirectory(item.path, owners.attributes(permissions, for: item.path)))
            case .link(let target):
                record.add(.init(path: item.path, kind: .link(target: target)))
                guard item.action != .unchanged else { continue }
                try recordParents(of: item.path)
                try transaction.stageLink(item.path, target: target, owner: plan.root.givesOwners ? .root : nil)
            case .file(let permissions, let content):
                record.add(.init(path: item.path, kind: .file(permissions, content)))
                let place = item.placeBeside ?? item.path
                record.add(.init(path: place, kind: .file(permissions, content), renamed: entry.renamed))
                guard item.action != .unchanged, item.action != .keep else { continue }
                try recordParents(of: place)
                let attributes = try owners.attributes(permissions, for: item.path)
                files[index] = try transaction.stageFile(place, attributes, size: content.size)
            case .template(let permissions, _, _, _):
                if item.action == .unchanged || item.action == .keep {
                    try recordUnchanged(item, index, permissions)
                } else {
                    places[index] = item.placeBeside
                    templates.append(index)
                }
            }
        }
        return (files, templates)
    }

    private func stageTemplate(_ index: Int, _ text: [UInt8]) throws {
        let entry = bundle.manifest.entries[index]
        guard let permissions = entry.permissions else { return }
        let content = Content(size: ByteCount(text.count), digest: SHA256Digest.of(text))
        let place = places[index] ?? entry.place
        for path in [entry.place, place] {
            record.add(.init(path: path, kind: .file(permissions, holdsSecret(entry) ? nil : content)))
        }
        try recordParents(of: place)
        try transaction.stageFile(place, owners.attributes(permissions, for: entry.place), content: text)
    }

    private func recordUnchanged(_ item: Plan.Item, _ index: Int, _ permissions: Permissions) throws {
        let entry = bundle.manifest.entries[index]
        let place = item.placeBeside ?? item.path
        let text = try root.read(place, limit: ByteCount(2 * Template.maximumSize))
        let content = Content(size: ByteCount(text.count), digest: SHA256Digest.of(text))
        for path in [item.path, place] {
            record.add(.init(path: path, kind: .file(permissions, holdsSecret(entry) ? nil : content)))
        }
    }

    private func holdsSecret(_ entry: Entry) -> Bool {
        guard case .template(_, _, _, let variables) = entry.kind else { return false }
        return variables.contains { values.isSecret($0) }
    }

    /// Makes the folders above `path` as part of the transaction, and notes them.
    func recordParents(of path: MemberPath) throws {
        guard let parent = path.parent else { return }
        let owner: Attributes.Owner? = plan.root.givesOwners ? .root : nil
        try recordFolders(transaction.stageDirectory(parent, Attributes(mode: .executable, owner: owner)))
    }

    private func recordFolders(_ made: [MemberPath]) throws {
        for folder in made {
            let permissions = record.folders[folder] ?? Permissions(mode: .executable)
            record.add(.init(path: folder, kind: .directory(permissions)))
        }
    }
}

extension Installation {
    /// Makes the links that `systemctl enable` would make, as part of the transaction: a cut leaves none of them over.
    private func enableUnits(_ files: [Int: StagedFile], _ rendered: [Int: [UInt8]]) throws {
        for step in plan.steps {
            guard case .unit(let name, true, _, _) = step.action else { continue }
            try keepLinks(of: name)
            guard let (place, text) = try unitText(name, files, rendered) else { continue }
            for link in UnitFile(name: name, text: text).links {
                let path = try MemberPath(validating: link)
                record.add(.init(path: path, kind: .link(target: "/" + place)))
                if try root.information(of: path)?.kind == .link, try root.readLink(path) == "/" + place { continue }
                try recordParents(of: path)
                try transaction.stageLink(path, target: "/" + place, owner: plan.root.givesOwners ? .root : nil)
            }
        }
    }

    /// Links that an earlier installation made stay ours, whatever a person has made of the unit's text.
    private func keepLinks(of unit: String) throws {
        for file in plan.previous?.files ?? [] {
            guard case .link(let target) = file.kind, target.hasSuffix("/" + unit),
                try root.information(of: file.path)?.kind == .link, try root.readLink(file.path) == target
            else { continue }
            record.add(file)
        }
    }

    /// The text of a unit, staged, rendered or already there, and its place below the root.
    private func unitText(
        _ name: String, _ files: [Int: StagedFile], _ rendered: [Int: [UInt8]]
    ) throws -> (place: String, text: [UInt8])? {
        let limit = ByteCount(Template.maximumSize)
        for folder in UnitFile.folders {
            let place = try MemberPath(validating: folder + "/" + name)
            let entry = plan.items.first { $0.path == place && $0.placeBeside == nil }?.entry
            if let entry, let text = rendered[entry] { return (place.text, text) }
            if let entry, let file = files[entry] { return (place.text, try file.read(limit: limit)) }
            if try root.information(of: place)?.kind == .file {
                return (place.text, try root.read(place, limit: limit))
            }
        }
        return nil
    }
}
