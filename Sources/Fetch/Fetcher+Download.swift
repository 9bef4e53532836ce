import Reporting
import Synchronization
public import Values

extension Fetcher {
    /// Downloads all `items` into `store`, in parallel, each checked against its digest and size.
    ///
    /// What the store has already is not fetched; what stands there twice is fetched once. The first error that tries do
    /// not help stops the rest and is thrown; what was complete by then stays in the store, and the parts of the
    /// others too, so that the next run goes on where this one ended.
    /// - Returns: One result for each item, in the same order.
    public func download(_ items: [DownloadItem], into store: any ContentStore) throws(FetchError) -> [Downloaded] {
        let plan = try DownloadPlan(items, store: store)
        guard !plan.jobs.isEmpty else { return plan.results([]) }
        let run = DownloadRun(plan, store: store, context: context)
        return plan.results(try run.run())
    }
}

/// Which items have to be fetched, each content once.
struct DownloadPlan {
    /// What is to be done, without repetitions.
    private(set) var jobs: [DownloadItem] = []
    /// For each item: its job, or what is in the store already.
    private var places: [Place] = []

    private enum Place {
        case job(Int)
        case present(Downloaded)
    }

    init(_ items: [DownloadItem], store: any ContentStore) throws(FetchError) {
        var jobOf: [SHA256Digest: Int] = [:]
        for item in items {
            if let digest = item.digest {
                if let job = jobOf[digest] {
                    places.append(.job(job))
                    continue
                }
                if try Self.contains(item, digest, store) {
                    places.append(.present(Downloaded(digest: digest, size: item.size, wasPresent: true)))
                    continue
                }
                jobOf[digest] = jobs.count
            }
            places.append(.job(jobs.count))
            jobs.append(item)
        }
    }

    private static func contains(
        _ item: DownloadItem, _ digest: SHA256Digest, _ store: any ContentStore
    ) throws(FetchError) -> Bool {
        do { return try store.contains(digest, size: item.size) } catch {
            throw .store(
                FetchSite(url: item.request.printableURL, host: item.request.origin.hostAndPort, tries: 0),
                FetchContext.diagnostic(of: error))
        }
    }

    /// All bytes to come; `nil` as long as one length is unknown.
    var total: Int? {
        jobs.reduce(0 as Int?) { sum, item in
            guard let sum, let size = item.size else { return nil }
            return sum + size.bytes
        }
    }

    /// One result for each item, from one for each job.
    func results(_ done: [Downloaded]) -> [Downloaded] {
        places.map { place in
            switch place {
            case .job(let number): done[number]
            case .present(let result): result
            }
        }
    }
}
