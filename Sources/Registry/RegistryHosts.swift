public import Fetch
import OCI
public import Posix
import Synchronization
public import Values

/// Where each registry is asked, in plain http or TLS, and whom TLS believes: the site's `certs.d` folders.
///
/// - `<containerd folder>/<host[:port]>/hosts.toml`: mirrors and addresses, as containerd reads them.
/// - `<any folder>/<host:port>/`: `*.crt` are authorities, `*.cert` with `*.key` a client certificate, as docker reads
///   them.
///
/// Plain http is spoken only with registries named as insecure, or where a `hosts.toml` says `http://`.
public final class RegistryHosts: Sendable {
    /// Which folders are read. Missing ones are passed over.
    public struct Folders: Hashable, Sendable {
        /// Hold `hosts.toml` files, and certificates.
        public var containerd: [FilePath]
        /// Hold certificates.
        public var docker: [FilePath]

        /// These folders.
        public init(containerd: [FilePath], docker: [FilePath]) {
            self.containerd = containerd
            self.docker = docker
        }

        /// The usual places.
        public static let system = Folders(
            containerd: ["/etc/containerd/certs.d"], docker: ["/etc/docker/certs.d", "/etc/containers/certs.d"])
    }

    private let folders: Folders
    private let insecure: Set<String>
    private let state = Mutex(State())

    private struct State {
        var endpoints: [String: [RegistryEndpoint]] = [:]
        /// What `hosts.toml` files say about certificates.
        var trusts: [WebOrigin: HostTrust] = [:]
    }

    /// The longest `hosts.toml` and the longest certificate file that is read.
    private static let fileLimit = ByteCount.mebibytes(1)

    /// - Parameter insecure: Registries, as `host` or `host:port`, that are asked in plain http.
    public init(insecure: Set<String> = [], folders: Folders = .system) {
        self.insecure = Set(insecure.map { $0.lowercased() })
        self.folders = folders
    }

    /// What ``FetchSettings/trust`` asks: the certificates for one origin; `nil` for the usual.
    ///
    /// - Throws: ``RegistryError``.
    public func trust(for origin: WebOrigin) throws -> HostTrust? {
        var trust = state.withLock { $0.trusts[origin] } ?? HostTrust()
        for folder in folders.docker + folders.containerd {
            for name in Self.folderNames(of: origin) {
                try CertificateFolder.add(folder.appending(name), to: &trust)
            }
        }
        return trust == HostTrust() ? nil : trust
    }

    /// Where `registry` is asked, in the order to be tried.
    func endpoints(for registry: String) throws(RegistryError) -> [RegistryEndpoint] {
        if let known = state.withLock({ $0.endpoints[registry] }) { return known }
        let (endpoints, trusts) = try read(registry)
        state.withLock { state in
            state.endpoints[registry] = endpoints
            state.trusts.merge(trusts) { $1 }
        }
        return endpoints
    }

    private func read(
        _ registry: String
    ) throws(RegistryError) -> (endpoints: [RegistryEndpoint], trusts: [WebOrigin: HostTrust]) {
        let upstream = upstream(of: registry)
        guard let (path, bytes) = try hostsFile(of: registry) else {
            return ([try endpoint(HostsFile.Host(address: upstream), registry, nil)], [:])
        }
        let file: HostsFile
        do throws(TOMLSubset.Refusal) { file = try HostsFile(bytes, upstream: upstream) } catch {
            throw .configuration(path, line: error.line, reason: error.reason)
        }
        var endpoints: [RegistryEndpoint] = []
        var trusts: [WebOrigin: HostTrust] = [:]
        for host in file.mirrors + [file.server ?? HostsFile.Host(address: upstream)] {
            let endpoint = try endpoint(host, registry, path)
            if !endpoints.contains(where: { $0.base == endpoint.base }) { endpoints.append(endpoint) }
            if let trust = try Self.trust(of: host, folder: path.parent) { trusts[endpoint.origin] = trust }
        }
        return (endpoints, trusts)
    }

    private func upstream(of registry: String) -> String {
        let host = RegistryEndpoint.host(of: registry)
        let isInsecure = insecure.contains(registry.lowercased()) || insecure.contains(host.lowercased())
        return (isInsecure ? "http://" : "https://") + host
    }

    private func hostsFile(of registry: String) throws(RegistryError) -> (FilePath, [UInt8])? {
        let name = registry.lowercased()
        let (host, port) = Self.split(name)
        for folder in folders.containerd {
            for name in [port.map { "\(host)_\($0)_" }, name, "_default"].compactMap(\.self) {
                let path = folder.appending(name).appending("hosts.toml")
                if let bytes = try OptionalFile.read(path, limit: Self.fileLimit) { return (path, bytes) }
            }
        }
        return nil
    }

    private func endpoint(
        _ host: HostsFile.Host, _ registry: String, _ file: FilePath?
    ) throws(RegistryError) -> RegistryEndpoint {
        let refused = { (reason: String) in
            RegistryError.configuration(
                file ?? FilePath(host.address), line: nil, reason: "\"\(host.address)\" \(reason)")
        }
        guard !host.address.contains("@") else {
            throw refused("has a user in it: log in with docker or podman instead")
        }
        guard !host.address.contains(where: { "?#".contains($0) }) else { throw refused("has a query") }
        let request: FetchRequest
        do throws(FetchError) { request = try FetchRequest(url: host.address) } catch {
            throw refused("is no address of a registry")
        }
        var base = request.url
        while base.hasSuffix("/") { base.removeLast() }
        if !host.overridesPath, !base.hasSuffix("/v2") { base += "/v2" }
        return RegistryEndpoint(
            base: base, origin: request.origin, registry: registry, resolves: host.resolves, pulls: host.pulls)
    }

    private static func trust(of host: HostsFile.Host, folder: FilePath) throws(RegistryError) -> HostTrust? {
        var trust = HostTrust()
        for name in host.authorities {
            let path = FilePath(name)
            let file = path.isAbsolute ? path : folder.appending(name)
            do throws(FileError) { trust.authorities += try Files.read(file, limit: fileLimit) + [0x0A] } catch {
                throw .file(error)
            }
        }
        if let pair = host.client {
            let (certificate, key) = (FilePath(pair.certificate), FilePath(pair.key))
            trust.client = HostTrust.Client(
                certificate: certificate.isAbsolute ? certificate : folder.appending(pair.certificate),
                key: key.isAbsolute ? key : folder.appending(pair.key))
        }
        return trust == HostTrust() ? nil : trust
    }

    /// `host:port`, `host_port_` and, for the usual port, `host`.
    private static func folderNames(of origin: WebOrigin) -> [String] {
        let plain = origin.hostAndPort == origin.host ? [origin.host] : []
        return plain + [origin.authority, "\(origin.host)_\(origin.port)_"]
    }

    /// Host and port; the colons of an IPv6 address in brackets are not the port's.
    private static func split(_ name: String) -> (host: String, port: String?) {
        let head = name.prefix { $0 != "]" }
        let rest = head.count < name.count ? name.dropFirst(head.count) : name[...]
        guard let colon = rest.firstIndex(of: ":") else { return (name, nil) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }
}
