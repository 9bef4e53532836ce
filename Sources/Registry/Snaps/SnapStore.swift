public import Fetch
import JSON
import Values

/// Asks a snap store, as `snap download` does (snapd, store/store_action.go and store/store_asserts.go). No login: public snaps only.
///
/// Its methods block the calling thread.
public struct SnapStore: Sendable {
    private let fetcher: Fetcher
    /// The store's address without a slash at its end.
    private let base: String

    /// The longest answer that is taken; the channels of a snap with many tracks come to about 1 MiB.
    private static let limit = ByteCount.mebibytes(8)
    /// The fields of a snap that are asked for.
    private static let fields = [
        "base", "confinement", "download", "name", "revision", "snap-id", "type", "version",
    ]
    /// What the store knows every snap by, on all releases of Ubuntu and elsewhere.
    static let series = "16"

    /// The store at `base`.
    public init(_ base: String, fetcher: Fetcher) {
        self.base = String(base.reversed().drop { $0 == "/" }.reversed())
        self.fetcher = fetcher
    }

    /// The snap that a channel holds now.
    public func find(_ query: SnapQuery) throws(RegistryError) -> FoundSnap {
        let answer = try post(query)
        do throws(SnapTrouble) { return try SnapAnswer.found(answer, query) } catch {
            throw self.error(query, try explained(error, query))
        }
    }

    /// What all channels of a snap hold now; those of one architecture where one is named.
    public func releases(of query: SnapQuery, everywhere: Bool = false) throws(RegistryError) -> [SnapRelease] {
        var url = "\(base)/v2/snaps/info/\(query.name)?fields=channel-map,revision,version"
        if !everywhere { url += "&architecture=\(query.architecture)" }
        let bytes = try document(url, query, called: "its channels") { $0.isAbsence ? .unknown : nil }
        do throws(SnapTrouble) { return try SnapAnswer.releases(bytes) } catch { throw self.error(query, error) }
    }

    /// Where the assertion of this type with this primary key is.
    public func assertionURL(_ type: AssertionType, _ key: [String]) -> String {
        "\(base)/v2/assertions/\(type.rawValue)/\(key.joined(separator: "/"))?max-format=\(type.newestFormat)"
    }

    /// The text of the assertion at `url`.
    public func assertion(_ url: String, _ type: AssertionType, for query: SnapQuery) throws(RegistryError) -> [UInt8] {
        try document(url, query, called: "its \(type.rawValue)", accept: Self.assertionType) {
            $0.isAbsence ? .noAssertion(type.rawValue) : nil
        }
    }

    /// What an assertion is asked for as.
    public static let assertionType = "application/x.ubuntu.assertion"

    func error(_ query: SnapQuery, _ trouble: SnapTrouble) -> RegistryError {
        .snap(SnapSite(name: query.name, store: base, origin: query.origin), trouble)
    }

    // MARK: Asking

    private func post(_ query: SnapQuery) throws(RegistryError) -> [UInt8] {
        let action: JSONValue = [
            "action": "download", "instance-key": "download-1", "name": .string(query.name),
            "channel": .string(query.channel.description), "epoch": .null,
        ]
        let body: JSONValue = [
            "context": [], "actions": [action], "fields": .array(Self.fields.map { .string($0) }),
        ]
        return try document("\(base)/v2/snaps/refresh", query, called: "what its channel holds", body: body.compact()) {
            _ in nil
        }
    }

    private func document(
        _ url: String, _ query: SnapQuery, called name: String, accept: String = "application/json",
        body: [UInt8]? = nil, _ meaning: (FetchError) -> SnapTrouble?
    ) throws(RegistryError) -> [UInt8] {
        do throws(FetchError) {
            var request = try FetchRequest(url: url)
            request.headers.set("Accept", accept)
            request.headers.set("Snap-Device-Series", Self.series)
            request.headers.set("Snap-Device-Architecture", query.architecture)
            if let body { request.method = .post(body: body, contentType: "application/json") }
            return try fetcher.document(request, limit: Self.limit).bytes
        } catch {
            throw self.error(query, meaning(error) ?? .fetch(name, error))
        }
    }

    /// A channel that is not there, explained by those that are. Where they cannot be had either, the first error is the one to tell.
    private func explained(_ trouble: SnapTrouble, _ query: SnapQuery) throws(RegistryError) -> SnapTrouble {
        guard case .channel(let channel, _) = trouble else { return trouble }
        let all = try releases(of: query, everywhere: true)
        let architectures = Set(all.map(\.architecture)).sorted()
        guard architectures.contains(query.architecture) else {
            return .architecture(query.architecture, available: architectures)
        }
        return .channel(channel, available: all.filter { $0.architecture == query.architecture }.words)
    }
}

extension [SnapRelease] {
    /// Each channel with its version, the newest track first.
    public var words: [String] {
        sorted { left, right in
            let tracks = [left, right].map { Version(String($0.channel.description.prefix { $0 != "/" })) }
            return tracks[0] == tracks[1]
                ? left.channel.description < right.channel.description : tracks[1] < tracks[0]
        }.map { "\($0.channel) (\($0.version))" }
    }
}

extension FetchError {
    /// 404 Not Found.
    fileprivate var isAbsence: Bool {
        if case .refused(_, let response) = self { response.status == 404 } else { false }
    }
}
