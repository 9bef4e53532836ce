import Arguments
import Discover
import Fetch
import Gather
import Posix
import Registry
import Reporting
import Resolve
import Store
import Values

/// What resolving and gathering need, wired together from the command line and the environment.
struct Workshop {
    let store: Store
    let resolver: Resolver

    /// The options of every command that may use the network.
    static let options: [Option] = [
        .values("mirror", "FROM=TO", "ask TO for URLs that begin with FROM"),
        .values("insecure-registry", "HOST", "speak plain http with this registry, host or host:port"),
        .value(
            "cache", "DIR", "where fetched and compressed content is kept; ~/.cache/sealift without it",
            completing: .directory),
        .value("jobs", letter: "j", "N", "so many threads, and twice as many transfers"),
        .values("profiles", "DIR", "a folder of profiles that go before the compiled-in ones", completing: .directory),
    ]

    init(_ invocation: Invocation, _ console: Console) throws {
        store = try Store(root: try CacheFolder.path(invocation))
        let hosts = RegistryHosts(insecure: Set(invocation.values("insecure-registry")))
        var settings = FetchSettings(environment: System.environment)
        settings.mirrors = try invocation.values("mirror").map { try Mirror(parsing: $0) }
        settings.trust = { try hosts.trust(for: $0) }
        if invocation.value("jobs") != nil {
            settings.parallel = 2 * (try JobsOption.value(of: invocation))
            settings.parallelPerHost = settings.parallel
        }
        let fetcher = try Fetcher(settings, progress: console.progress)
        let registry = RegistryClient(
            fetcher: fetcher, store: store, hosts: hosts,
            credentials: RegistryCredentials(environment: System.environment),
            progress: console.progress, now: System.now)
        resolver = Resolver(
            Gatherer(store: store, fetcher: fetcher, registry: registry, progress: console.progress),
            helm: try HelmProgram.find(in: System.environment("PATH") ?? ""))
    }
}

/// Where the cache is: `--cache`, else the XDG base directory specification's place.
enum CacheFolder {
    static func path(_ invocation: Invocation) throws(Diagnostic) -> FilePath {
        if let given = invocation.value("cache") { return FilePath(given) }
        if let base = System.environment("XDG_CACHE_HOME"), base.hasPrefix("/") {
            return FilePath(base).appending("sealift")
        }
        if let home = System.environment("HOME"), home.hasPrefix("/") {
            return FilePath(home).appending(".cache/sealift")
        }
        throw Diagnostic(
            "cannot tell where to keep the cache: HOME is not set", next: "give --cache DIR", exitCode: .usage)
    }
}
