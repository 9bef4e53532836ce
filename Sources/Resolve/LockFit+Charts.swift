import Definition
import Discover
import Format
import Reporting

extension LockFit {
    /// Charts that are asked for and not locked as they are asked for, or the other way round.
    var chartFault: String? {
        for request in definition.charts {
            guard let locked = lock.charts.first(where: { $0.name == request.name }) else {
                return "it has no chart \(quoted(request.name)), which the definition asks for"
            }
            if locked.from != request.origin {
                return "it takes the chart \(quoted(request.name)) from \(locked.from), not from \(request.origin)"
            }
            if let digest = request.digest, digest != locked.content.digest {
                return "it knows the chart \(quoted(request.name)) as \(locked.content.digest), not as \(digest)"
            }
            let version = ChartVersion(locked.version)
            if locked.requested != request.versions.description
                || version.flatMap({ request.versions.newest(of: [$0]) }) == nil
            {
                return "it says \(locked.version) of the chart \(quoted(request.name)), "
                    + "the definition asks for \(request.versions)"
            }
        }
        let surplus = lock.charts.first { chart in !definition.charts.contains { $0.name == chart.name } }
        return surplus.map { "it names the chart \(quoted($0.name)), which nothing asks for" }
    }
}

extension LockedChart {
    /// Why `archive`, which has the lock's digest, is not the chart that the lock says; `nil` when it is.
    func fault(_ archive: ChartArchive) -> String? {
        guard archive.name != chart || archive.version != version else { return nil }
        return "it knows the chart \(quoted(name)) as \(content.digest), which is \(archive.name) \(archive.version)"
    }
}
