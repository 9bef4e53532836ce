import Definition
public import Format
public import Gather
import OCI
public import Posix
import Report
public import Store
import Values

/// What goes into the bundle of a definition whose needs are all in the store.
public struct BundlePlan: Sendable {
    /// The manifest without payload, the payload's items, the installer.
    public let contents: BundleContents

    /// Plans a bundle.
    ///
    /// - Parameters:
    ///   - store: Where the gathered content is; image documents are read from it.
    ///   - builder: What the manifest says about who wrote it.
    ///   - installer: The static installer for the target's architecture, where one travels with the bundle.
    /// - Throws: ``AssembleError``.
    public init(
        _ gathered: Gathered, store: Store, builder: Manifest.Builder, installer: FilePath?
    ) throws(AssembleError) {
        let images = try ImagePlan(gathered, store: store)
        var items: [PayloadItem] = []
        for entry in gathered.demand.layout.entries {
            items += try Self.items(entry, gathered, images, store)
        }
        let manifest = Self.manifest(gathered, images, builder)
        contents = BundleContents(
            manifest: manifest, payload: Payload(items), installer: installer, record: try BuildRecord(gathered, store),
            signatures: try Self.signatures(gathered.lock, store))
    }

    /// The payload's items for one thing that is laid: one, but of archives of images as many as there are.
    private static func items(
        _ laid: LaidEntry, _ gathered: Gathered, _ images: ImagePlan, _ store: Store
    ) throws(AssembleError) -> [PayloadItem] {
        guard case .file(let permissions, .images) = laid.kind else {
            return [try item(laid, gathered, store)]
        }
        return images.archives.map { archive in
            .archive(
                archive.path, permissions, archive.plan.members, destination: archive.destination,
                renamed: laid.renamed, roles: laid.roles)
        }
    }

    private static func item(
        _ laid: LaidEntry, _ gathered: Gathered, _ store: Store
    ) throws(AssembleError) -> PayloadItem {
        switch laid.kind {
        case .directory(let permissions):
            return .directory(laid.path, permissions, destination: laid.destination, roles: laid.roles)
        case .link(let target):
            return .link(laid.path, target: target, destination: laid.destination, roles: laid.roles)
        case .template(let permissions, let source, let format):
            let bytes = try text(of: source, gathered, store)
            do throws(FormatError) {
                return try .template(
                    laid.path, permissions, bytes, format: format, destination: laid.destination, roles: laid.roles)
            } catch { throw .contents(error) }
        case .file(let permissions, .bytes(let bytes)):
            return .literal(laid.path, permissions, bytes, destination: laid.destination, roles: laid.roles)
        case .file(let permissions, let source):
            return .stored(
                laid.path, permissions, content(of: source, gathered), destination: laid.destination, roles: laid.roles)
        }
    }

    /// The bytes of a template, which stand in the definition or in a local file.
    private static func text(
        of source: LaidEntry.Source, _ gathered: Gathered, _ store: Store
    ) throws(AssembleError) -> [UInt8] {
        if case .bytes(let bytes) = source { return bytes }
        let content = content(of: source, gathered)
        guard content.size.bytes <= Template.maximumSize else {
            throw .contents(.invalid(document: .template, place: "the text", reason: "is larger than 1 MiB"))
        }
        return try storing { () throws(StoreError) in try store.read(content.digest, limit: content.size) }
    }

    private static func content(of source: LaidEntry.Source, _ gathered: Gathered) -> Content {
        guard let content = gathered.content(of: source) else {
            preconditionFailure("gathering brings what is laid: \(source)")
        }
        return content
    }

    private static func manifest(_ gathered: Gathered, _ images: ImagePlan, _ builder: Manifest.Builder) -> Manifest {
        let (definition, lock, layout) = (gathered.definition, gathered.lock, gathered.demand.layout)
        return Manifest(
            name: definition.name, version: definition.version, sequence: lock.sequence, created: lock.created,
            expires: definition.expires, builder: builder,
            target: .init(
                profile: definition.profile.name, version: lock.version, os: definition.profile.os,
                architecture: lock.architecture),
            roles: layout.roles, requirements: layout.requirements + images.requirements, variables: layout.variables,
            users: layout.users, steps: layout.steps, operation: layout.operation, images: images.bundled,
            sources: sources(lock), needs: [definition.need].compactMap { $0 })
    }

    /// The makers' own signatures, as files of the bundle.
    private static func signatures(
        _ lock: Lock, _ store: Store
    ) throws(AssembleError) -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        for artefact in lock.artefacts {
            guard let content = artefact.signature?.document.content else { continue }
            let bytes = try storing { () throws(StoreError) in try store.read(content.digest, limit: content.size) }
            files.append((BundleFile.makersSignature(of: artefact.name), bytes))
        }
        return files
    }

    /// What was fetched as files, each URL once, sorted.
    private static func sources(_ lock: Lock) -> [Source] {
        var sources: [String: Source] = [:]
        for artefact in lock.artefacts {
            guard case .url(let url) = artefact.origin else { continue }
            let checksum = artefact.checksum.map { Source.Checksum(url: $0.url, digest: $0.content.digest) }
            sources[url] = Source(url: url, content: artefact.content, checksum: checksum)
            if let signature = artefact.signature?.document {
                sources[signature.url] = Source(url: signature.url, content: signature.content)
            }
        }
        for snap in lock.snaps {
            let revision = snap.assertions.parts.last?.document
            let checksum = revision.map { Source.Checksum(url: $0.url, digest: $0.content.digest) }
            sources[snap.url] = Source(url: snap.url, content: snap.content, checksum: checksum)
            for part in snap.assertions.parts {
                sources[part.document.url] = Source(url: part.document.url, content: part.document.content)
            }
        }
        for chart in lock.charts {
            guard case .url(let url) = chart.origin else { continue }
            sources[url] = Source(url: url, content: chart.content)
        }
        if let list = lock.imageList { sources[list.url] = Source(url: list.url, content: list.content) }
        return sources.values.sorted { $0.url.utf8.lexicographicallyPrecedes($1.url.utf8) }
    }
}
