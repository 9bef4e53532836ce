import Definition
import Discover
import Format
import Gather
import LibCrypto
import OCI
import Report
import Reporting
import Store
import Values

extension BuildRecord {
    /// What `gathered` was resolved from, and everything that it names.
    ///
    /// - Throws: ``AssembleError`` when what is in the store cannot be read.
    init(_ gathered: Gathered, _ store: Store) throws(AssembleError) {
        let lock = gathered.lock
        let charts = try Self.charts(lock, store)
        let snaps = try Self.snaps(lock, store)
        self.init(
            definition: Text(name: lock.definition.name, digest: lock.definition.digest),
            profile: Text(name: lock.profile.name, digest: lock.profile.digest),
            lock: .of(Array(lock.text.utf8)), requested: lock.requested,
            materials: Self.artefacts(lock, gathered.demand.artefacts) + snaps + charts + Self.images(gathered)
                + Self.files(lock))
    }

    private static func artefacts(_ lock: Lock, _ known: [ReleaseArtefact]) -> [Material] {
        var materials: [Material] = []
        for artefact in lock.artefacts {
            let release = known.first { $0.name == artefact.name }
            let isMakers = artefact.origin.url != nil && artefact.origin.url == release?.url
            materials.append(
                Material(
                    .artefact, artefact.name, url: artefact.origin.url, digest: artefact.content.digest,
                    version: isMakers ? lock.version.text : nil, licence: isMakers ? release?.licence : nil,
                    supplier: isMakers ? release?.supplier : nil, vouched: artefact.vouched))
            if let signature = artefact.signature {
                let document = signature.document
                materials.append(
                    .init(
                        .signature, artefact.name, url: document.url, digest: document.content.digest,
                        vouched: signature.key == nil ? "carried, and not checked: no key is pinned" : nil))
            }
            if let list = artefact.checksum {
                materials.append(.init(.checksum, artefact.name, url: list.url, digest: list.content.digest))
            }
        }
        if let list = lock.imageList {
            materials.append(.init(.imageList, "images", url: list.url, digest: list.content.digest))
        }
        return materials
    }

    private static func snaps(_ lock: Lock, _ store: Store) throws(AssembleError) -> [Material] {
        var materials: [Material] = []
        for snap in lock.snaps {
            materials.append(
                Material(
                    .snap, snap.name, url: snap.url, digest: snap.content.digest, version: snap.version,
                    supplier: try publisher(of: snap, store),
                    vouched: "assertions down to a key that the profile names"))
            for part in snap.assertions.parts {
                let document = part.document
                materials.append(
                    .init(
                        .assertion, "\(snap.name) \(part.type)", url: document.url, digest: document.content.digest))
            }
        }
        return materials
    }

    /// The name of the account that publishes the snap, by its assertions, which were checked; of Canonical's own account there is none.
    private static func publisher(of snap: LockedSnap, _ store: Store) throws(AssembleError) -> String? {
        for part in snap.assertions.parts where part.type == "account" {
            let content = part.document.content
            let bytes = try storing { () throws(StoreError) in try store.read(content.digest, limit: content.size) }
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let text = String(decoding: line, as: UTF8.self)
                if text.hasPrefix("display-name: ") { return String(text.dropFirst("display-name: ".count)) }
            }
        }
        return nil
    }

    private static func charts(_ lock: Lock, _ store: Store) throws(AssembleError) -> [Material] {
        var materials: [Material] = []
        for chart in lock.charts {
            let bytes = try storing { () throws(StoreError) in
                try store.read(chart.content.digest, limit: ChartArchive.maximumSize)
            }
            let archive: ChartArchive
            do throws(DiscoverError) { archive = try ChartArchive(bytes, label: chart.fileName) } catch {
                throw .other(error.diagnostic)
            }
            materials.append(
                Material(
                    .chart, chart.name, url: chart.origin.url, digest: chart.content.digest, version: chart.version,
                    licence: archive.licence))
        }
        return materials
    }

    private static func images(_ gathered: Gathered) -> [Material] {
        gathered.images.map { contents in
            let image = contents.image
            return Material(
                .image, image.reference.description, digest: image.root.digest,
                manifest: image.manifest.digest, licence: contents.labels.licences,
                supplier: contents.labels.vendor)
        }
    }

    private static func files(_ lock: Lock) -> [Material] {
        lock.files.map { Material(.file, $0.path, digest: $0.content.digest) }
    }
}

extension LockedArtefact {
    /// What vouches for it besides the lock, in words.
    fileprivate var vouched: String? {
        let words = [
            checksum.map { "the makers' checksum file \($0.url)" },
            signature?.key.map { "the makers' signature by the key SHA256:\($0.hex)" },
        ].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

extension LockedArtefact.Origin {
    /// The address; `nil` for a file.
    fileprivate var url: String? { if case .url(let url) = self { url } else { nil } }
}
