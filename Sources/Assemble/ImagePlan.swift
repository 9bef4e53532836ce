import Definition
import Format
import Gather
import OCI
import Store
import Values

/// The archive of pulled images, and what the manifest says about it.
struct ImagePlan {
    /// The archive's members; `nil` when no image was pulled.
    let plan: ImageArchivePlan?
    /// The images under all their names, sorted by name.
    let bundled: [BundledImage]
    /// What the platform needs for them once they are imported.
    let requirements: [Requirement]

    /// The most that is read of one image document (oci-images: registries take 4 MiB).
    private static let documentLimit = ByteCount.mebibytes(4)
    /// Layers are compressed; imported, they stand once as they are and once unpacked. An estimate, and called so.
    private static let growthTenths = 25
    private static let growthBase = ByteCount.mebibytes(512)

    init(_ gathered: Gathered, store: Store) throws(AssembleError) {
        guard let folder = gathered.demand.release.imageFolder, !gathered.images.isEmpty else {
            (plan, bundled, requirements) = (nil, [], [])
            return
        }
        var images: [ImageArchivePlan.Image] = []
        for contents in gathered.images {
            images.append(ImageArchivePlan.Image(folder.sparse ? contents : try Self.alone(contents, store)))
        }
        do throws(OCIError) {
            plan = try ImageArchivePlan(of: images, naming: folder.names == .tagged ? .tagged : .taggedAndPinned)
        } catch { throw assembleError(error) }
        let archive = gathered.demand.layout.entries.first {
            if case .file(_, .images) = $0.kind { true } else { false }
        }
        bundled = images.flatMap { image in
            image.names.compactMap { name in
                archive.map {
                    BundledImage(
                        name: name.description, digest: image.contents.image.root.digest,
                        manifest: image.contents.image.manifest.digest, archive: $0.path)
                }
            }
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        requirements = [Self.growth(images, in: folder)]
    }

    /// The image without its index: for releases that refuse an index whose other platforms are missing.
    private static func alone(_ contents: ImageContents, _ store: Store) throws(AssembleError) -> ImageContents {
        let whole = contents.image
        guard whole.root != whole.manifest else { return contents }
        let single = PinnedImage(
            reference: whole.reference, root: whole.manifest, manifest: whole.manifest, platform: whole.platform,
            size: contents.layers.reduce(contents.config.size + whole.manifest.size) { $0 + $1.size })
        do { return try ImageContents(of: single) { try store.read($0.digest, limit: documentLimit) } } catch {
            throw assembleError(error)
        }
    }

    private static func growth(_ images: [ImageArchivePlan.Image], in folder: ImageFolder) -> Requirement {
        let layers = Set(images.flatMap(\.contents.layers)).reduce(ByteCount(0)) { $0 + $1.size }
        let estimate = ByteCount(layers.bytes / 10 * growthTenths) + growthBase
        return Requirement(
            id: "sealift.images.growth", rule: .growth(path: "/" + folder.destination.text, estimate: estimate),
            severity: .warn,
            reason: "an estimate: imported and unpacked, the images take about two and a half times their archive",
            fix: "give the file system more room", roles: folder.roles)
    }
}
