import Definition
import Format
import Gather
import OCI
import Posix
import Reporting
import Store
import Values

/// A lock beside the definition and profile that it was made of. Where they say different things, somebody has edited the lock: what
/// it names is then no longer what anybody asked for, though every digest be right.
struct LockFit {
    let lock: Lock
    let definition: Definition
    let demand: Demand

    /// The first thing that does not follow from definition and profile; `nil` when all does. Looks at nothing else.
    var fault: String? { versionFault ?? artefactFault ?? snapFault ?? listFault ?? imageFault ?? chartFault }

    private var versionFault: String? {
        let asked = definition.platform
        if lock.requested != asked.version || lock.architecture != asked.architecture {
            return "it was made for \(lock.requested) on \(lock.architecture.rawValue), "
                + "the definition asks for \(asked.version) on \(asked.architecture.rawValue)"
        }
        guard definition.profile.versions.isExact(asked.version), lock.version.text != asked.version else { return nil }
        return "it says \(lock.version), the definition asks for \(asked.version)"
    }

    private var artefactFault: String? {
        for locked in lock.artefacts {
            let artefact = demand.artefacts.first { $0.name == locked.name }
            guard let artefact else { return "it names the artefact \(quoted(locked.name)), which nothing asks for" }
            let digest = definition.artefacts[locked.name]?.digest
            let pairs = [
                ("takes", "from", locked.place, definition.artefacts[locked.name]?.place ?? artefact.url),
                ("checks", "by", locked.checksum?.url, digest == nil ? artefact.checksum?.url : nil),
                (
                    "has signed", "at", locked.signature?.document.url,
                    isMakers(locked, artefact) ? artefact.signature?.url : nil
                ),
                (
                    "knows", "as", locked.content.digest.description,
                    digest?.description ?? locked.content.digest.description
                ),
            ]
            for (verb, word, found, expected) in pairs where found != expected {
                return
                    "it \(verb) the artefact \(quoted(locked.name)) \(word) \(found ?? "nothing"), not \(word) \(expected ?? "nothing")"
            }
        }
        return nil
    }

    /// Whether it is what the makers have at the profile's own address.
    private func isMakers(_ locked: LockedArtefact, _ artefact: ReleaseArtefact) -> Bool {
        locked.origin == artefact.url.map { .url($0) } && definition.artefacts[locked.name]?.digest == nil
    }

    private var listFault: String? {
        guard let found = lock.imageList?.url, found != demand.release.imageList?.url else { return nil }
        return "it takes the list of images from \(found), not from \(demand.release.imageList?.url ?? "nowhere")"
    }

    /// The definition's own images; those of the makers' list are compared once the list is there.
    private var imageFault: String? {
        for request in definition.images
        where !lock.images.contains(where: { $0.isFor(request.reference, request.platform) }) {
            return "it has no image \(request.reference) for \(request.platform), which the definition asks for"
        }
        for image in lock.images where image.reasons.isEmpty || image.reasons.contains("definition") {
            let asked =
                if let archive = image.archive { definition.imageArchives.contains { $0.text == archive } } else {
                    definition.images.contains { image.isFor($0.reference, $0.platform) }
                }
            guard asked else {
                return "it names the image \(image.pinned.reference), which the definition does not ask for"
            }
        }
        for request in definition.imageArchives where !lock.images.contains(where: { $0.archive == request.text }) {
            return "it has no image of \(request.text), which the definition asks for"
        }
        return nil
    }

    /// The same for what the makers' files say, which are in the store by the lock's own digests.
    func fault(by store: Store) throws(ResolveError) -> String? {
        if let fault = try checksumFault(store) { return fault }
        return try listedFault(store)
    }

    private func checksumFault(_ store: Store) throws(ResolveError) -> String? {
        for locked in lock.artefacts {
            guard let file = locked.checksum,
                let checksum = demand.artefacts.first(where: { $0.name == locked.name })?.checksum
            else { continue }
            let bytes = try read(file, store)
            let vouched: SHA256Digest
            do throws(ChecksumFault) {
                vouched = try ChecksumFile.digest(of: checksum.name, in: bytes, form: checksum.form)
            } catch {
                throw .checksum(url: checksum.url, name: checksum.name, error)
            }
            if vouched != locked.content.digest {
                return
                    "it knows the artefact \(quoted(locked.name)) as \(locked.content.digest), \(checksum.url) as \(vouched)"
            }
        }
        return nil
    }

    private func listedFault(_ store: Store) throws(ResolveError) -> String? {
        guard let list = demand.release.imageList, let locked = lock.imageList else { return nil }
        let bytes = try read(locked, store)
        let names = try gathering { () throws(GatherError) in
            try ImageListFile.parse(bytes, form: list.form, url: list.url)
        }
        let listed = lock.images.filter { $0.reasons.contains("image list") }
        if let surplus = listed.first(where: { !names.contains($0.pinned.reference) }) {
            return "it names the image \(surplus.pinned.reference), which does not stand in \(list.url)"
        }
        guard demand.takesImages, definition.imageSource == .registry else { return nil }
        let platform = Platform(demand.release.architecture)
        let missing = names.first { name in !listed.contains { $0.isFor(name, platform) } }
        return missing.map { "it has no image \($0), which stands in \(list.url)" }
    }

    private func read(_ document: LockedDocument, _ store: Store) throws(ResolveError) -> [UInt8] {
        do throws(StoreError) { return try store.read(document.content.digest, limit: Gatherer.documentLimit) } catch {
            throw .gather(.store(error))
        }
    }
}

extension LockedArtefact {
    fileprivate var place: String {
        switch origin {
        case .url(let url): url
        case .file(let path): path
        }
    }
}

extension ArtefactOverride {
    fileprivate var place: String {
        switch self {
        case .url(let url, _): url
        case .file(let path, _): path.text
        }
    }

    fileprivate var digest: SHA256Digest? {
        switch self {
        case .url(_, let digest), .file(_, let digest): digest
        }
    }
}

extension LockedImage {
    fileprivate func isFor(_ reference: ImageReference, _ platform: Platform) -> Bool {
        pinned.reference == reference && pinned.platform == platform
    }
}

extension Resolver {
    /// Refuses a lock that does not follow from `definition`, before anything is fetched.
    func check(_ lock: Lock, at path: FilePath, for definition: Definition) throws(ResolveError) {
        let demand = try gathering { () throws(GatherError) in try Demand(lock, for: definition) }
        if let fault = LockFit(lock: lock, definition: definition, demand: demand).fault {
            throw .editedLock(path, fault)
        }
    }

    /// Refuses a lock that does not follow from the makers' files that it names, once they are here.
    func check(_ gathered: Gathered, at path: FilePath) throws(ResolveError) {
        let fit = LockFit(lock: gathered.lock, definition: gathered.definition, demand: gathered.demand)
        if let fault = try fit.fault(by: gatherer.store) { throw .editedLock(path, fault) }
        if let fault = try fit.memberFault(gatherer) { throw .editedLock(path, fault) }
    }
}
