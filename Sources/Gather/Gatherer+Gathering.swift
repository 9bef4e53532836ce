public import Definition
public import Format
import OCI
public import Posix
import Registry
import Store
import Values

extension Gatherer {
    /// Brings everything that `lock` names into the store, and checks that it fits `definition`.
    ///
    /// What is there is not fetched again; with everything there, nothing is asked of the network.
    ///
    /// - Parameter locals: The local files as they were found, when the caller has read them already.
    /// - Throws: ``GatherError``. What arrived before stays in the store, so that the next run goes on from there.
    public func gather(
        _ lock: Lock, for definition: Definition, locals: LocalFiles? = nil
    ) throws(GatherError) -> Gathered {
        let demand = try Demand(lock, for: definition)
        let files: LocalFiles
        if let locals { files = locals } else { files = try LocalFiles(demand, of: definition) }
        let changes = files.changes(since: lock)
        guard changes.isEmpty else { throw .changedFiles(changes) }
        for file in files.files { try take(file.path, file.content) }
        try gatherArtefacts(lock, demand, files)
        try checkArchive(lock, demand)
        try checkSnaps(lock, demand.release)
        return Gathered(
            definition: definition, lock: lock, demand: demand, files: files.contents,
            images: try contents(lock, of: definition))
    }

    private func gatherArtefacts(_ lock: Lock, _ demand: Demand, _ files: LocalFiles) throws(GatherError) {
        for name in demand.artefacts.map(\.name) where !lock.artefacts.contains(where: { $0.name == name }) {
            throw .staleLock("it has no artefact \"\(name)\", which the profile lays")
        }
        for artefact in lock.artefacts {
            guard case .file = artefact.origin else { continue }
            guard let file = files.artefacts[artefact.name] else {
                throw .staleLock("it takes the artefact \"\(artefact.name)\" from a file, the definition does not")
            }
            try take(file.path, artefact.content)
        }
        try fetch(lock.orders + lock.snapOrders)
    }

    /// Copies a local file into the store, which must be what `content` says.
    public func take(_ path: FilePath, _ content: Content) throws(GatherError) {
        try storing { () throws(StoreError) in
            guard try !store.contains(content.digest, size: content.size) else { return }
            try store.ingest(fileAt: path, digest: content.digest)
        }
    }

    private func checkArchive(_ lock: Lock, _ demand: Demand) throws(GatherError) {
        guard let archive = demand.imageArchive, let list = lock.imageList, let form = demand.release.imageList?.form,
            let locked = lock.artefacts.first(where: { $0.name == archive.name })
        else { return }
        let bytes = try storing { () throws(StoreError) in
            try store.read(list.content.digest, limit: Self.documentLimit)
        }
        try check(locked, against: ImageListFile.parse(bytes, form: form, url: list.url), list: list.url)
    }
}

extension Demand {
    /// What `definition` needs at the release that `lock` names.
    public init(_ lock: Lock, for definition: Definition) throws(GatherError) {
        guard lock.isCurrent(for: definition),
            let release = definition.profile.release(lock.version, lock.architecture)
        else { throw .staleLock("definition or profile have changed since it was made") }
        do throws(DefinitionError) {
            try self.init(definition, release, snaps: lock.snaps, charts: lock.charts)
        } catch {
            throw .definition(error)
        }
    }

    /// The makers' archive of their images, when it is wanted.
    public var imageArchive: ReleaseArtefact? { artefacts.first { $0.name == release.imageArchive?.name } }
}
