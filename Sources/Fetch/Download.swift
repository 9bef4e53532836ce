import Reporting
import Values

/// One item on its way into the store.
struct Download {
    private let item: DownloadItem
    private let store: any ContentStore
    private let context: FetchContext
    private let meter: ProgressMeter
    private let stop: StopFlag

    init(
        _ item: DownloadItem, store: any ContentStore, context: FetchContext, meter: ProgressMeter, stop: StopFlag
    ) {
        self.item = item
        self.store = store
        self.context = context
        self.meter = meter
        self.stop = stop
    }

    func run() throws(FetchError) -> Downloaded {
        let sink = try begin()
        let target = StoreTarget(sink, meter: meter, name: item.name)
        defer { target.letGo() }
        do throws(FetchError) {
            let stored = try fetch(into: target)
            return Downloaded(digest: stored.digest, size: stored.size, wasPresent: false)
        } catch {
            if error.leavesNothingOfUse { sink.discard() }
            throw error
        }
    }

    private func begin() throws(FetchError) -> any ContentSink {
        do { return try store.receive(digest: item.digest, size: item.size) } catch {
            throw .store(site(tries: 0), FetchContext.diagnostic(of: error))
        }
    }

    private func fetch(into target: StoreTarget, isRepeated: Bool = false) throws(FetchError) -> StoredContent {
        let hadPart = target.received > 0
        var retrieval = Retrieval(
            item.request, into: target, size: item.size?.bytes, limit: item.size?.bytes ?? item.limit.bytes,
            isChecked: item.digest != nil, context: context, stop: stop)
        // A part from an earlier run may be all there is to have.
        if item.size?.bytes != target.received || target.received == 0 { _ = try retrieval.run() }
        do { return try target.sink.finish() } catch let mismatch as ContentMismatch {
            // Parts of different answers, or a part that was damaged on disk: from the beginning, once.
            guard !isRepeated, hadPart || retrieval.wasResumed else { throw error(mismatch, retrieval.site) }
            try retrieval.restart()
            return try fetch(into: target, isRepeated: true)
        } catch {
            throw .store(retrieval.site, FetchContext.diagnostic(of: error))
        }
    }

    private func error(_ mismatch: ContentMismatch, _ site: FetchSite) -> FetchError {
        switch mismatch {
        case .size(let expected, let found): .otherSize(site, expected: expected, found: found)
        case .digest(let expected, let found): .otherContent(site, expected: expected, found: found)
        }
    }

    private func site(tries: Int) -> FetchSite {
        FetchSite(url: item.request.printableURL, host: item.request.origin.hostAndPort, tries: tries)
    }
}

extension FetchError {
    /// Whether what has arrived is wrong, and must not be gone on with.
    fileprivate var leavesNothingOfUse: Bool {
        switch self {
        case .otherContent, .otherSize, .tooLarge, .encoded: true
        case .address, .connection, .refused, .redirect, .store, .authorization, .setup, .stopped: false
        }
    }
}
