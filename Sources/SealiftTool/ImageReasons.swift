import Definition
import Discover
import OCI
import Reporting
import Resolve

/// Where each image of a lock was asked for: the platform's list, a line of the definition, manifests and charts.
struct ImageReasons {
    private let definition: Definition
    private let lock: Lock
    private let discovery: Discovery

    init(_ definition: Definition, _ lock: Lock, _ discovery: Discovery) {
        self.definition = definition
        self.lock = lock
        self.discovery = discovery
    }

    /// The places, in words: who wants it in the bundle first, then who refers to it.
    func words(for image: LockedImage) -> [String] {
        image.reasons.flatMap { reason in words(for: reason, image) } + places(of: image)
    }

    private func words(for reason: String, _ image: LockedImage) -> [String] {
        switch reason {
        case "definition":
            let pulled = definition.images.filter { image.archive == nil && $0.reference == image.pinned.reference }
            let archived = definition.imageArchives.filter { $0.text == image.archive }
            let places = pulled.map { "\($0.location): images" } + archived.map { "\($0.location): images, \($0.text)" }
            return places.isEmpty ? [reason] : places
        case "image list": return [lock.imageList.map { "image list \($0.url)" } ?? reason]
        default: return [reason]
        }
    }

    private func places(of image: LockedImage) -> [String] {
        let pinned = image.pinned.reference.pinned(to: image.pinned.root.digest).kubeletName
        let names = [image.pinned.reference.tagged?.description, pinned]
        return discovery.images.filter { found in found.reference.map { names.contains($0.kubeletName) } ?? false }
            .map { ($0.certainty == .perhaps ? "perhaps " : "") + $0.place.description }
    }
}
