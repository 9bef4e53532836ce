import Definition
import Format
import Gather
import OCI
import Store
import Values

/// The archives of pulled images, and what the manifest says about them.
struct ImagePlan {
    /// An archive.
    struct Archive {
        /// Where it stands in the payload, and where it is laid.
        let path, destination: MemberPath
        /// What is in it.
        let plan: ImageArchivePlan
    }

    /// None when no image was pulled.
    let archives: [Archive]
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
        let laid = gathered.demand.layout.entries.first {
            if case .file(_, .images) = $0.kind { true } else { false }
        }
        guard let folder = gathered.demand.release.imageFolder, let laid, !gathered.images.isEmpty else {
            (archives, bundled, requirements) = ([], [], [])
            return
        }
        var images: [ImageArchivePlan.Image] = []
        for contents in gathered.images {
            images.append(ImageArchivePlan.Image(folder.sparse ? contents : try Self.alone(contents, store)))
        }
        let names = images.map(\.fileName)
        let groups = folder.split ? images.map { [$0] } : [images]
        var archives: [Archive] = []
        var bundled: [BundledImage] = []
        for (index, group) in groups.enumerated() {
            // Two names that come out the same have their digests behind them.
            let isAlone = names.count { $0 == names[index] } == 1
            let name = names[index] + (isAlone ? "" : "-" + group[0].contents.image.manifest.digest.hex.prefix(12))
            let archive = try Self.archive(group, laid, folder.split ? name + ".tar" : nil, folder.names)
            archives.append(archive)
            bundled += group.flatMap { $0.bundled(in: archive.path) }
        }
        self.archives = archives
        self.bundled = bundled.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        requirements = [Self.growth(images, in: folder)]
    }

    private static func archive(
        _ images: [ImageArchivePlan.Image], _ laid: LaidEntry, _ name: String?, _ names: ImageFolder.Names
    ) throws(AssembleError) -> Archive {
        let plan: ImageArchivePlan
        do throws(OCIError) {
            plan = try ImageArchivePlan(of: images, naming: names == .tagged ? .tagged : .taggedAndPinned)
        } catch { throw assembleError(error) }
        guard let name else { return Archive(path: laid.path, destination: laid.destination, plan: plan) }
        return Archive(
            path: MemberPath(own: (laid.path.parent.map { $0.text + "/" } ?? "") + name),
            destination: MemberPath(own: (laid.destination.parent.map { $0.text + "/" } ?? "") + name), plan: plan)
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

extension ImageArchivePlan.Image {
    /// The image under all its names.
    fileprivate func bundled(in archive: MemberPath) -> [BundledImage] {
        names.map { name in
            BundledImage(
                name: name.description, digest: contents.image.root.digest, manifest: contents.image.manifest.digest,
                archive: archive)
        }
    }

    /// A name for an archive of this image alone, which every file system takes: the end of its reference in lower case.
    fileprivate var fileName: String {
        let name = contents.image.reference.description.prefix { $0 != "@" }.lowercased().suffix(80)
        let taken = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return "image-" + String(decoding: taken, as: UTF8.self)
    }
}
