public import Definition
import Fetch
public import Gather
public import Posix
import Registry
public import Reporting
public import Store
import Synchronization
import Values

/// A machine that builds: a folder with a definition, a store, and the way to a ``SampleVendor``. Gone with it.
public final class Workshop: Sendable {
    /// The makers.
    public let vendor: SampleVendor
    /// The folder of the definition.
    public let folder: FilePath
    /// The store.
    public let store: Store
    /// Brings things into the store.
    public let gatherer: Gatherer
    /// What was said.
    public let notes: Notes
    private let root: FilePath

    /// A workshop with an empty store.
    public init(_ vendor: SampleVendor = SampleVendor()) throws {
        self.vendor = vendor
        root = FilePath("/tmp/sealift-workshop-" + Hex.encode(try System.randomBytes(8)))
        folder = root.appending("site")
        try Files.makeDirectories(folder)
        store = try Store(root: root.appending("store"))
        let notes = Notes()
        self.notes = notes
        var settings = FetchSettings(environment: [:])
        settings.retry.tries = 2
        settings.stallSeconds = 2
        settings.clock = FetchClock(now: { Timestamp(seconds: 0) }, sleep: { _ in }, chance: { 0 })
        for origin in ["https://github.com", "https://update.k3s.io", "https://registry-1.docker.io"] {
            settings.mirrors.append(try Mirror(from: origin, to: vendor.base))
        }
        let fetcher = try Fetcher(settings)
        let hosts = RegistryHosts(folders: .init(containerd: [], docker: []))
        let registry = RegistryClient(
            fetcher: fetcher, store: store, hosts: hosts, credentials: RegistryCredentials(environment: [:]),
            now: { Timestamp(seconds: 0) })
        gatherer = Gatherer(store: store, fetcher: fetcher, registry: registry, progress: notes)
    }

    deinit {
        do { try Files.removeTree(root) } catch { print("cannot remove \(root): \(error)") }
    }

    /// The definition's file.
    public var path: FilePath { folder.appending("line7.yaml") }

    /// Writes a definition of K3s with more lines after its three, and reads it.
    @discardableResult
    public func define(_ more: String = "", version: String = SampleVendor.version) throws -> Definition {
        let text = """
            name: line7
            version: 2026.11.0
            platform: {profile: k3s, version: \(version), arch: amd64}

            """
        try Files.replace(path, with: Array((text + more).utf8))
        return try Definition.load(path)
    }

    /// Writes a file beside the definition.
    public func write(_ text: String, to name: String) throws {
        let file = folder.appending(name)
        try Files.makeDirectories(file.parent)
        try Files.replace(file, with: Array(text.utf8))
    }
}

/// Keeps what is said.
public final class Notes: ProgressReceiver {
    private let said = Mutex<[Diagnostic]>([])
    /// All of it.
    public var all: [Diagnostic] { said.withLock { $0 } }

    /// Only their messages.
    public var messages: [String] { said.withLock { $0.map(\.message) } }
    /// Does nothing.
    public func report(_ progress: Progress) {}
    /// Keeps it.
    public func say(_ diagnostic: Diagnostic) { said.withLock { $0.append(diagnostic) } }
}
