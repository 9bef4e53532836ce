import Definition
import Format
import Gather
import LibCrypto
import OCI
import Registry
import Reporting
import Values

extension Resolution {
    /// The published list of images.
    struct List {
        let references: [ImageReference]
        let locked: LockedDocument
    }

    /// Fetches and reads the list of `release`; `nil` when it has none.
    func imageList(_ release: Release, _ documents: inout Documents) throws(ResolveError) -> List? {
        guard let list = release.imageList else { return nil }
        let document = try documents.document(
            list.url, called: "the image list", kept: pins.imageList(of: release, url: list.url))
        if let checksum = list.checksum {
            let vouched = try vouched(checksum, "the image list", &documents)
            let found = document.locked.content.digest
            guard found == vouched.digest else {
                throw .otherContent(
                    item: "the image list", file: list.url, promise: checksum.url, expected: vouched.digest,
                    found: found)
            }
        }
        return try gathering { () throws(GatherError) in
            let references = try ImageListFile.parse(document.bytes, form: list.form, url: list.url)
            return List(references: references, locked: document.locked)
        }
    }

    /// The makers' archive is fetched now: only its content tells whether it holds what the list names.
    func check(_ demand: Demand, _ artefacts: [LockedArtefact], _ list: List?) throws(ResolveError) {
        guard let list, let archive = artefacts.first(where: { $0.name == demand.imageArchive?.name }) else { return }
        try gathering { () throws(GatherError) in
            if case .url(let url) = archive.origin {
                let item = FetchedItem(artefact: archive.name, checksum: archive.checksum?.url)
                try gatherer.fetch([
                    FetchOrder(item, url: url, digest: archive.content.digest, size: archive.content.size)
                ])
            } else {
                try take(archive)
            }
            try gatherer.check(archive, against: list.references, list: list.locked.url)
        }
    }

    /// Brings a local file into the store.
    private func take(_ artefact: LockedArtefact) throws(GatherError) {
        guard case .file(let path, _)? = definition.artefacts[artefact.name] else { return }
        try gatherer.take(path.path, artefact.content)
    }

    /// Pins every image that is pulled.
    func images(
        _ demand: Demand, _ list: List?, _ members: [(reference: ImageReference, place: String)]
    ) throws(ResolveError) -> [LockedImage] {
        guard demand.takesImages else { return [] }
        var wanted: [Wanted: Reasons] = [:]
        if definition.imageSource == .registry, let list {
            let platform = Platform(demand.release.architecture)
            for reference in list.references {
                wanted[Wanted(reference: reference, platform: platform), default: Reasons(origin: list.locked.url)]
                    .words.insert("image list")
            }
        }
        if definition.imageSource == .registry {
            let platform = Platform(demand.release.architecture)
            for (reference, place) in members {
                wanted[Wanted(reference: reference, platform: platform), default: Reasons(origin: place)].words
                    .insert(place)
            }
        }
        for request in definition.images {
            let key = Wanted(reference: request.reference, platform: request.platform)
            wanted[key, default: Reasons(origin: request.location.description)].words.insert("definition")
            if request.reference.isFloating { warn(request.reference, request.location) }
        }
        let archived = try archivedImages(replacing: &wanted)
        return archived
            + (try pinned(wanted).map { LockedImage($0.value, reasons: Array(wanted[$0.key]?.words ?? [])) })
    }

    /// The images that come from files; they go before those of the same name in registries.
    private func archivedImages(replacing wanted: inout [Wanted: Reasons]) throws(ResolveError) -> [LockedImage] {
        var archived: [Wanted: LockedImage] = [:]
        for request in definition.imageArchives {
            let images = try gathering { () throws(GatherError) in try gatherer.images(of: request) }
            for image in images {
                let key = Wanted(reference: image.reference, platform: image.platform)
                if let other = archived[key], other.pinned.root.digest != image.root.digest {
                    throw .gather(
                        .imageArchive(
                            request,
                            .image(
                                image.reference.description,
                                .nameClash(
                                    name: image.reference.description, other.pinned.root.digest, image.root.digest))))
                }
                let reasons = (wanted.removeValue(forKey: key)?.words ?? []).union(["definition"])
                archived[key] = LockedImage(image, archive: request.text, reasons: Array(reasons))
                if image.reference.isFloating { warn(image.reference, request.location) }
            }
        }
        return Array(archived.values)
    }

    /// An image that is wanted for a machine.
    private struct Wanted: Hashable {
        let reference: ImageReference
        let platform: Platform
    }

    /// Who wants it.
    private struct Reasons {
        /// The first place where it is asked for, for messages.
        let origin: String
        var words: Set<String> = []
    }

    private func pinned(_ wanted: [Wanted: Reasons]) throws(ResolveError) -> [Wanted: PinnedImage] {
        var found: [Wanted: PinnedImage] = [:]
        var open: [Platform: [Wanted]] = [:]
        for image in wanted.keys {
            found[image] = pins.image(image.reference, image.platform)
            if found[image] == nil { open[image.platform, default: []].append(image) }
        }
        for platform in open.keys.sorted(by: { $0.description < $1.description }) {
            let images = (open[platform] ?? []).sorted { $0.reference.description < $1.reference.description }
            let queries = images.map { ImageQuery($0.reference, origin: wanted[$0]?.origin) }
            for (image, pinned) in zip(images, try ask(queries, for: platform)) { found[image] = pinned.asLocked }
        }
        return found
    }

    private func ask(_ queries: [ImageQuery], for platform: Platform) throws(ResolveError) -> [PinnedImage] {
        do { return try gatherer.registry.resolve(queries, for: platform) } catch let error as RegistryError {
            throw .gather(.registry(error))
        } catch {
            preconditionFailure("a registry client throws its own errors only")
        }
    }

    private func warn(_ reference: ImageReference, _ location: SourceLocation) {
        say(
            "the image \(quoted(reference.description)) follows the tag latest", .warning, at: location,
            next: "pods with that tag ask the registry at each start unless imagePullPolicy is IfNotPresent: name a tag"
        )
    }
}

extension PinnedImage {
    /// The same with no more than a lock writes, so that what is read back is equal.
    fileprivate var asLocked: PinnedImage {
        PinnedImage(
            reference: reference, root: root.asLocked, manifest: manifest.asLocked, platform: platform, size: size)
    }
}

extension Descriptor {
    fileprivate var asLocked: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: size) }
}
