public import Definition
import Fetch
public import Format
import LibCrypto
import Posix
public import Registry
import Store
import Values

extension Gatherer {
    /// The store that the snaps of a release come from.
    public func snapStore(_ snaps: ReleaseSnaps) -> SnapStore { SnapStore(snaps.common.store, fetcher: fetcher) }

    /// Brings a snap into the store whose SHA-256 nobody knows yet, and checks it by the digest that its store promised.
    public func content(of snap: FoundSnap, _ query: SnapQuery, from place: String) throws(GatherError) -> Content {
        if let known = try knownContent(snap) { return known }
        let item = FetchedItem("the snap \(snap.name)", promise: place)
        let content: Content
        do throws(FetchError) {
            let order = DownloadItem(try FetchRequest(url: snap.url), size: snap.size, name: item.name)
            let found = try fetcher.download([order], into: store)[0]
            content = Content(size: snap.size, digest: found.digest)
        } catch {
            throw .fetch(item, error)
        }
        try check(content, is: snap.digest, of: snap.name, promisedBy: place, origin: query.origin)
        return content
    }

    /// What is in the store already under the digest that the snap store tells.
    private func knownContent(_ snap: FoundSnap) throws(GatherError) -> Content? {
        let kept = try storing { () throws(StoreError) in
            try store.record(kind: Self.bySHA3, key: snap.digest.hex)
        }
        guard let kept, let digest = SHA256Digest(String(decoding: kept, as: UTF8.self)) else { return nil }
        let isThere = try storing { () throws(StoreError) in try store.contains(digest, size: snap.size) }
        return isThere ? Content(size: snap.size, digest: digest) : nil
    }

    /// A snap's SHA-256 by its SHA3-384.
    private static let bySHA3 = "sha3-384"

    /// Reads content once to compute the digest by which assertions know it, unless an earlier run did.
    private func check(
        _ content: Content, is digest: SHA3Digest, of name: String, promisedBy promise: String, origin: String?
    ) throws(GatherError) {
        let key = digest.hex
        let known = try storing { () throws(StoreError) in try store.record(kind: Self.bySHA3, key: key) }
        let words = Array(content.digest.description.utf8)
        guard known != words else { return }
        let found = try sha3(of: content)
        guard found == digest else {
            try storing { () throws(StoreError) in _ = try store.putAside(content.digest) }
            throw .registry(
                .snap(
                    SnapSite(name: name, store: promise, origin: origin),
                    .otherDigest(promised: digest, found: found, by: promise)))
        }
        try storing { () throws(StoreError) in try store.setRecord(words, kind: Self.bySHA3, key: key) }
    }

    /// 1 MiB: what is read at a time.
    private static let blockSize = 1 << 20

    private func sha3(of content: Content) throws(GatherError) -> SHA3Digest {
        let file = try storing { () throws(StoreError) in try store.open(content.digest) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 4_096)
        defer { unsafe block.deallocate() }
        var hash = DigestContext(.sha3_384)
        var plain = SHA256Context()
        var offset = 0
        do throws(FileError) {
            while true {
                let count = try unsafe file.readFully(into: block, at: offset)
                guard count > 0 else { break }
                unsafe hash.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
                unsafe plain.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
                offset += count
            }
        } catch { throw .file(error) }
        guard plain.finalize() == content.digest else {
            let place = try storing { () throws(StoreError) in try store.putAside(content.digest) }
            throw .store(.damaged(content.digest, movedTo: place))
        }
        guard let digest = SHA3Digest(bytes: hash.finalize()) else { preconditionFailure("a digest has its length") }
        return digest
    }
}

extension Gatherer {
    /// Keeps assertions that were fetched, one by one and as the stream for `snap ack`.
    public func keep(_ evidence: SnapEvidence) throws(GatherError) -> LockedAssertions {
        var parts: [LockedAssertions.Part] = []
        for part in evidence.parts {
            let document = LockedDocument(url: part.url, content: try kept(part.text))
            parts.append(LockedAssertions.Part(type: part.type.rawValue, document: document))
        }
        return LockedAssertions(content: try kept(evidence.stream), parts: parts)
    }

    private func kept(_ bytes: [UInt8]) throws(GatherError) -> Content {
        try storing { () throws(StoreError) in
            let stored = try store.ingest(bytes)
            return Content(size: stored.size, digest: stored.digest)
        }
    }

    /// Brings a snap into the store that a lock knows already.
    public func fetch(_ snap: LockedSnap) throws(GatherError) {
        try fetch([
            FetchOrder(
                FetchedItem("the snap \(snap.name)", promise: "the lock"), url: snap.url, digest: snap.content.digest,
                size: snap.content.size)
        ])
    }

    /// What the lock says of snaps, once more checked by what vouches for them; the streams for `snap ack` are made.
    func checkSnaps(_ lock: Lock, _ release: Release) throws(GatherError) {
        guard !lock.snaps.isEmpty else { return }
        guard let place = release.snaps else { throw .staleLock("it has snaps, the profile has none") }
        for snap in lock.snaps {
            try check(snap.content, is: snap.digest, of: snap.name, promisedBy: "the lock", origin: nil)
            let evidence = SnapEvidence(parts: try snap.assertions.parts.map(part))
            guard try kept(evidence.stream) == snap.assertions.content else {
                throw .staleLock("its assertions of the snap \(snap.name) do not make the file that it names")
            }
            do throws(RegistryError) {
                let query = SnapQuery(snap, architecture: lock.architecture)
                try snapStore(place).check(evidence, for: FoundSnap(snap), query, trusting: place.common.keys)
            } catch { throw .registry(error) }
        }
    }

    private func part(_ part: LockedAssertions.Part) throws(GatherError) -> SnapEvidence.Part {
        guard let type = AssertionType(rawValue: part.type) else {
            throw .staleLock("it has an assertion of the type \(part.type), which vouches for no snap")
        }
        let text = try storing { () throws(StoreError) in
            try store.read(part.document.content.digest, limit: Self.documentLimit)
        }
        return SnapEvidence.Part(type: type, url: part.document.url, text: text)
    }
}

extension Lock {
    /// Every snap and every assertion that is fetched.
    var snapOrders: [FetchOrder] {
        snaps.flatMap { snap in
            [
                FetchOrder(
                    FetchedItem("the snap \(snap.name)", promise: "the lock"), url: snap.url,
                    digest: snap.content.digest, size: snap.content.size)
            ]
                + snap.assertions.parts.map { part in
                    var order = FetchOrder(
                        FetchedItem("the \(part.type) of the snap \(snap.name)", promise: "the lock"),
                        url: part.document.url, digest: part.document.content.digest,
                        size: part.document.content.size)
                    order.accept = SnapStore.assertionType
                    return order
                }
        }
    }
}

extension SnapQuery {
    fileprivate init(_ snap: LockedSnap, architecture: Architecture) {
        guard let channel = SnapChannel(snap.channel) ?? SnapChannel("stable") else {
            preconditionFailure("stable is a channel")
        }
        self.init(snap.name, channel: channel, architecture: architecture, origin: nil)
    }
}

extension FoundSnap {
    fileprivate init(_ snap: LockedSnap) {
        self.init(
            name: snap.name, id: snap.id, revision: snap.revision, version: snap.version, channel: snap.channel,
            type: snap.type, base: snap.base, confinement: snap.confinement, url: snap.url, size: snap.content.size,
            digest: snap.digest)
    }
}
