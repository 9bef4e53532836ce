import Definition
import Fetch
import Format
import Gather
import LibCrypto
import Store
import Values

/// The small documents of one release, each fetched once and kept in the store.
struct Documents {
    let resolution: Resolution
    let release: Release
    private var fetched: [String: Document] = [:]

    /// A document, and how the lock writes it.
    struct Document {
        let bytes: [UInt8]
        let locked: LockedDocument
    }

    init(resolution: Resolution, release: Release) {
        self.resolution = resolution
        self.release = release
    }

    /// The document at `url`.
    ///
    /// - Parameter kept: What it was before, and must still be.
    mutating func document(
        _ url: String, called name: String, kept: LockedDocument? = nil
    ) throws(ResolveError) -> Document {
        if let document = fetched[url] { return document }
        do throws(GatherError) {
            let bytes = if let kept { try again(kept, name) } else { try first(url, name) }
            let content = Content(size: ByteCount(bytes.count), digest: .of(bytes))
            let document = Document(bytes: bytes, locked: LockedDocument(url: url, content: content))
            fetched[url] = document
            return document
        } catch {
            throw resolution.error(error, about: release)
        }
    }

    private func first(_ url: String, _ name: String) throws(GatherError) -> [UInt8] {
        let gatherer = resolution.gatherer
        let bytes: [UInt8]
        do throws(FetchError) {
            bytes = try gatherer.fetcher.document(FetchRequest(url: url), limit: Gatherer.documentLimit).bytes
        } catch {
            throw .fetch(FetchedItem(name, promise: "nobody"), error)
        }
        do throws(StoreError) { try gatherer.store.ingest(bytes) } catch { throw .store(error) }
        return bytes
    }

    private func again(_ kept: LockedDocument, _ name: String) throws(GatherError) -> [UInt8] {
        let gatherer = resolution.gatherer
        try gatherer.fetch([
            FetchOrder(
                FetchedItem(name, promise: "the lock"), url: kept.url, digest: kept.content.digest,
                size: kept.content.size)
        ])
        do throws(StoreError) {
            return try gatherer.store.read(kept.content.digest, limit: Gatherer.documentLimit)
        } catch { throw .store(error) }
    }
}
