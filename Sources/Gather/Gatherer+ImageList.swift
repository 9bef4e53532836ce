public import Definition
import Format
public import OCI
import Store
import Values

extension Gatherer {
    /// The images in the makers' archive, by their list; none where each image is pulled by itself.
    ///
    /// - Throws: ``GatherError``; the list is fetched where the store does not have it.
    public func vendorImages(_ lock: Lock, _ demand: Demand) throws(GatherError) -> [ImageReference] {
        guard demand.imageArchive != nil, let list = lock.imageList, let form = demand.release.imageList?.form else {
            return []
        }
        try fetch([
            FetchOrder(
                FetchedItem("the image list", promise: "the lock"), url: list.url, digest: list.content.digest,
                size: list.content.size)
        ])
        let bytes = try storing { () throws(StoreError) in
            try store.read(list.content.digest, limit: Self.documentLimit)
        }
        return try ImageListFile.parse(bytes, form: form, url: list.url)
    }
}
