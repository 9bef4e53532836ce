public import Definition
public import Discover
import Gather
import OCI
import Reporting
import Values

/// What the images of a bundle leave open of what its manifests and charts refer to.
public struct ClosedSet: Sendable {
    /// Images that will be asked for and are not carried, each with its places; in the order found.
    public let missing: [MissingImage]
    /// The same for what only reads like an image.
    public let perhapsMissing: [MissingImage]
    /// Entries of `allow-missing` that allowed nothing.
    public let unusedExceptions: [AllowedImage]

    /// Compares `discovery` with what `carried` has.
    init(_ discovery: Discovery, carried: CarriedImages, allowed: [AllowedImage]) {
        var (missing, perhaps) = (Collector(), Collector())
        var unused = allowed
        for image in discovery.images {
            if let exception = allowed.first(where: { $0.allows(image.reference, text: image.text) }) {
                unused.removeAll { $0 == exception }
                continue
            }
            guard let reference = image.reference, !carried.has(reference) else { continue }
            if image.certainty == .used { missing.add(image) } else { perhaps.add(image) }
        }
        self.missing = missing.images
        perhapsMissing = perhaps.images.filter { image in !missing.images.contains { $0.name == image.name } }
        unusedExceptions = unused
    }
}

/// An image that is referred to and not carried.
public struct MissingImage: Hashable, Sendable {
    /// The completed name.
    public let name: String
    /// Where it is referred to.
    public internal(set) var found: [FoundImage]
}

/// Collects places by image.
private struct Collector {
    private(set) var images: [MissingImage] = []

    mutating func add(_ image: FoundImage) {
        let name = image.reference?.description ?? image.text
        if let index = images.firstIndex(where: { $0.name == name }) {
            images[index].found.append(image)
        } else {
            images.append(MissingImage(name: name, found: [image]))
        }
    }
}

/// The names under which a node will find images.
struct CarriedImages {
    private var names: Set<String> = []

    /// - Parameters:
    ///   - vendor: What the makers' archive has.
    ///   - isWhole: Whether images keep their index; otherwise the platform's manifest is what a digest means.
    init(_ lock: Lock, vendor: [ImageReference], isWhole: Bool) {
        for image in lock.images.map(\.pinned) {
            let digest = isWhole ? image.root.digest : image.manifest.digest
            names.insert(image.reference.name + "@" + digest.description)
            if let tagged = image.reference.tagged { names.insert(tagged.description) }
        }
        names.formUnion(vendor.map(\.kubeletName))
    }

    /// Whether the kubelet will find `reference`: by its digest where it has one, else by its tag.
    func has(_ reference: ImageReference) -> Bool { names.contains(reference.kubeletName) }
}

extension Resolver {
    /// What the images that `lock` names leave open of what `discovery` found.
    public func closedSet(
        _ discovery: Discovery, _ lock: Lock, for definition: Definition
    ) throws(ResolveError) -> ClosedSet {
        try gathering { () throws(GatherError) in
            let demand = try Demand(lock, for: definition)
            let carried = CarriedImages(
                lock, vendor: try gatherer.vendorImages(lock, demand),
                isWhole: demand.release.imageFolder?.sparse ?? true)
            return ClosedSet(discovery, carried: carried, allowed: definition.allowedMissing)
        }
    }

    /// Makes sure that nothing which the bundle applies will ask for an image that it does not carry.
    ///
    /// - Throws: ``ResolveError/notClosed(_:definition:)``.
    func close(_ lock: Lock, for definition: Definition) throws(ResolveError) {
        let discovery = try discover(lock, for: definition)
        let set = try closedSet(discovery, lock, for: definition)
        guard set.missing.isEmpty else { throw .notClosed(set.missing, definition: definition.path) }
        for warning in discovery.warnings + set.warnings { gatherer.progress.say(warning) }
    }
}
