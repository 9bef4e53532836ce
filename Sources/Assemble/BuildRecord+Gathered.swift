import Definition
import Format
import Gather
import LibCrypto
import OCI
import Report
import Values

extension BuildRecord {
    /// What `gathered` was resolved from, and everything that it names.
    init(_ gathered: Gathered) {
        let lock = gathered.lock
        self.init(
            definition: Text(name: lock.definition.name, digest: lock.definition.digest),
            profile: Text(name: lock.profile.name, digest: lock.profile.digest),
            lock: .of(Array(lock.text.utf8)), requested: lock.requested,
            materials: Self.artefacts(lock) + Self.snaps(lock) + Self.charts(lock) + Self.images(gathered)
                + Self.files(lock))
    }

    private static func artefacts(_ lock: Lock) -> [Material] {
        var materials: [Material] = []
        for artefact in lock.artefacts {
            let list = artefact.checksum.map { "the makers' checksum file \($0.url)" }
            materials.append(
                Material(
                    .artefact, artefact.name, url: artefact.origin.url, digest: artefact.content.digest,
                    version: lock.version.text, vouched: list))
            if let list = artefact.checksum {
                materials.append(.init(.checksum, artefact.name, url: list.url, digest: list.content.digest))
            }
        }
        if let list = lock.imageList {
            materials.append(.init(.imageList, "images", url: list.url, digest: list.content.digest))
        }
        return materials
    }

    private static func snaps(_ lock: Lock) -> [Material] {
        var materials: [Material] = []
        for snap in lock.snaps {
            materials.append(
                Material(
                    .snap, snap.name, url: snap.url, digest: snap.content.digest, version: snap.version,
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

    private static func charts(_ lock: Lock) -> [Material] {
        lock.charts.map {
            Material(
                .chart, $0.name, url: $0.origin.url, digest: $0.content.digest, version: $0.version)
        }
    }

    private static func images(_ gathered: Gathered) -> [Material] {
        gathered.images.map { contents in
            let image = contents.image
            return Material(.image, image.reference.description, digest: image.root.digest)
        }
    }

    private static func files(_ lock: Lock) -> [Material] {
        lock.files.map { Material(.file, $0.path, digest: $0.content.digest) }
    }
}

extension LockedArtefact.Origin {
    /// The address; `nil` for a file.
    fileprivate var url: String? { if case .url(let url) = self { url } else { nil } }
}
