public import Definition
import Fetch
import Format
public import OCI
import Store
public import Values

/// Something to fetch whose digest is known.
public struct FetchOrder: Sendable {
    /// What it is, and who says so.
    public let item: FetchedItem
    /// Where from.
    public let url: String
    /// What it must be.
    public let digest: SHA256Digest
    /// How long it must be; `nil` where nobody said.
    public let size: ByteCount?
    /// The media type that is asked for; `nil` where the place has one form only.
    public var accept: String?

    /// An order by its facts.
    public init(_ item: FetchedItem, url: String, digest: SHA256Digest, size: ByteCount? = nil) {
        self.item = item
        self.url = url
        self.digest = digest
        self.size = size
    }
}

extension Gatherer {
    /// The longest checksum file or image list that is read.
    public static let documentLimit = ByteCount.mebibytes(1)

    /// Brings all `orders` into the store, in parallel. What is there is not fetched.
    public func fetch(_ orders: [FetchOrder]) throws(GatherError) {
        var items: [DownloadItem] = []
        var ordered: [String: FetchedItem] = [:]
        for order in orders {
            do throws(FetchError) {
                var request = try FetchRequest(url: order.url)
                if let accept = order.accept { request.headers.set("Accept", accept) }
                ordered[request.printableURL] = ordered[request.printableURL] ?? order.item
                items.append(
                    DownloadItem(request, digest: order.digest, size: order.size, name: order.item.name))
            } catch {
                throw .fetch(order.item, error)
            }
        }
        do throws(FetchError) { _ = try fetcher.download(items, into: store) } catch {
            let item = error.site.flatMap { ordered[$0.url] } ?? orders.first?.item
            throw .fetch(item ?? FetchedItem("nothing", promise: "nobody"), error)
        }
    }

    /// Compares the names in the makers' image archive, which must be in the store, with their list.
    public func check(
        _ archive: LockedArtefact, against references: [ImageReference], list: String
    ) throws(GatherError) {
        let found = try ArchiveNames(archive: archive.name, store: store).names(in: archive.content.digest)
        let listed = Set(references.map(\.description))
        let missing = listed.subtracting(found)
        let surplus = found.filter { !listed.contains($0) && !Self.isAlias($0, of: references) }
        guard missing.isEmpty, surplus.isEmpty else {
            throw .otherImages(archive: archive.name, list: list, missing: missing.sorted(), surplus: surplus)
        }
    }

    /// Whether `name` is a second name, by digest, of an image that is listed by its tag.
    private static func isAlias(_ name: String, of references: [ImageReference]) -> Bool {
        do throws(OCIError) {
            let reference = try ImageReference(name)
            return reference.tag == nil && references.contains { $0.name == reference.name }
        } catch {
            return false
        }
    }
}

extension Lock {
    /// Every file that is fetched by URL: artefacts, the checksum files and signatures that vouch for them, the image list.
    var orders: [FetchOrder] {
        let files = artefacts.compactMap { artefact -> FetchOrder? in
            guard case .url(let url) = artefact.origin else { return nil }
            return FetchOrder(
                FetchedItem(artefact: artefact.name, checksum: artefact.checksum?.url), url: url,
                digest: artefact.content.digest, size: artefact.content.size)
        }
        let sums = artefacts.compactMap { artefact in
            artefact.checksum.map { FetchOrder($0, "the checksum file of \(artefact.name)") }
        }
        let signatures = artefacts.compactMap { artefact in
            artefact.signature.map { FetchOrder($0.document, "the signature of \(artefact.name)") }
        }
        return files + sums + signatures + [imageList.map { FetchOrder($0, "the image list") }].compactMap(\.self)
    }
}

extension FetchedItem {
    /// An artefact of the profile, vouched for by the checksum file at `checksum` if there is one, and by the lock.
    public init(artefact name: String, checksum: String?) {
        self.init("the artefact \(name)", promise: checksum ?? "the lock")
    }
}

extension FetchOrder {
    fileprivate init(_ document: LockedDocument, _ name: String) {
        self.init(
            FetchedItem(name, promise: "the lock"), url: document.url, digest: document.content.digest,
            size: document.content.size)
    }
}

extension FetchError {
    /// Where it happened; `nil` for what is not about one request.
    var site: FetchSite? {
        switch self {
        case .connection(let site, _, _), .refused(let site, _), .redirect(let site, _), .encoded(let site, _),
            .tooLarge(let site, _), .otherSize(let site, _, _), .otherContent(let site, _, _), .store(let site, _),
            .authorization(let site, _):
            site
        case .address, .setup, .stopped: nil
        }
    }
}
