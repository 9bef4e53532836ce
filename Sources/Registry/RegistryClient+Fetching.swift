import Fetch
import OCI
import Reporting
import Store
import Values

extension RegistryClient {
    /// A piece, and where it is asked for.
    typealias Placed = (piece: Piece, endpoint: RegistryEndpoint)

    /// Brings pieces into the store, each from the first of its registry's endpoints that has it.
    ///
    /// All pieces are asked for at once at their first endpoints; what an endpoint cannot give is asked of the next.
    func fetch(_ pieces: [Piece]) throws(RegistryError) {
        var rank = 0
        while true {
            var placed: [Placed] = []
            var isLast = true
            for piece in pieces {
                let endpoints = try hosts.endpoints(for: piece.task.reference.registry).filter(\.pulls)
                guard !endpoints.isEmpty else { throw piece.task.error(.incomplete(piece.descriptor), at: nil) }
                placed.append((piece, endpoints[min(rank, endpoints.count - 1)]))
                isLast = isLast && rank >= endpoints.count - 1
            }
            do throws(RegistryError) { return try download(placed) } catch {
                guard !isLast, error.letsOthersTry else { throw error }
                rank += 1
            }
        }
    }

    /// Brings pieces into the store from where they are said to be.
    func download(_ placed: [Placed]) throws(RegistryError) {
        var items: [DownloadItem] = []
        var places: [String: Placed] = [:]
        for place in placed {
            let item = try item(place.piece, at: place.endpoint)
            items.append(item)
            places[item.request.printableURL] = places[item.request.printableURL] ?? place
        }
        do throws(FetchError) { _ = try fetcher.download(items, into: store) } catch {
            guard let (piece, endpoint) = error.site.flatMap({ places[$0.url] }) ?? placed.first else { return }
            if case .refused(_, let response) = error, response.status == 404 {
                throw piece.task.error(.incomplete(piece.descriptor), at: endpoint)
            }
            throw piece.task.error(.fetch(error), at: endpoint)
        }
    }

    private func item(_ piece: Piece, at endpoint: RegistryEndpoint) throws(RegistryError) -> DownloadItem {
        let (digest, size) = (piece.descriptor.digest, piece.descriptor.size)
        do throws(FetchError) {
            let request = try request(
                endpoint, piece.task.reference.repository, piece.kind, digest.description)
            return DownloadItem(request, digest: digest, size: size, name: piece.task.reference.description)
        } catch {
            throw piece.task.error(.fetch(error), at: endpoint)
        }
    }

    // MARK: The store

    /// The bytes of a small piece that was fetched. What the store finds damaged is fetched once more.
    func read(_ piece: Piece) throws(RegistryError) -> [UInt8] {
        if let bytes = try stored(piece.descriptor.digest, piece.task) { return bytes }
        try fetch([piece])
        guard let bytes = try stored(piece.descriptor.digest, piece.task) else {
            throw piece.task.error(
                .store(StoreError.missing(piece.descriptor.digest).diagnostic), at: nil)
        }
        return bytes
    }

    /// The bytes of a small document that is in the store; `nil` when it is not, or was found damaged and put aside.
    func stored(_ digest: SHA256Digest, _ task: ImageTask) throws(RegistryError) -> [UInt8]? {
        do throws(StoreError) {
            return try store.read(digest, limit: ImageDocument.maximumSize)
        } catch {
            switch error {
            case .missing, .damaged: return nil
            case .file, .mismatch, .busy: throw task.error(.store(error.diagnostic), at: nil)
            }
        }
    }

    func keep(_ bytes: [UInt8], _ task: ImageTask) throws(RegistryError) {
        do throws(StoreError) { try store.ingest(bytes) } catch {
            throw task.error(.store(error.diagnostic), at: nil)
        }
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

    /// Whether another endpoint of the same registry may do better.
    var letsOthersTry: Bool {
        switch self {
        case .connection, .refused, .redirect, .encoded, .tooLarge, .otherSize, .otherContent, .authorization: true
        case .address, .store, .setup, .stopped: false
        }
    }
}
