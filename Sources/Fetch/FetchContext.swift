import LibCurl
import Posix
import Reporting
import Values

/// What all retrievals of one fetcher share.
final class FetchContext: Sendable {
    let settings: FetchSettings
    let network: NetworkThread
    let progress: any ProgressReceiver
    private let rules: EnvironmentRules
    private let trusts = Monitor<[WebOrigin: TLSTrust]>([:])

    init(_ settings: FetchSettings, progress: any ProgressReceiver) throws(FetchError) {
        self.settings = settings
        self.progress = progress
        rules = EnvironmentRules(environment: settings.environment)
        network = try NetworkThread(total: settings.parallel, perHost: settings.parallelPerHost)
    }

    /// Puts timeouts, proxy and trust into a request.
    func complete(_ transfer: inout TransferRequest, site: FetchSite) throws(FetchError) {
        transfer.timeouts.connectMilliseconds = settings.connectTimeoutMilliseconds
        transfer.timeouts.lowSpeedSeconds = settings.stallSeconds
        transfer.timeouts.lowSpeedBytes = settings.stallBytesPerSecond
        transfer.proxy = rules.proxy(for: transfer.url.origin.scheme)
        if transfer.url.origin.scheme == .https { transfer.trust = try trust(for: transfer.url.origin, site) }
    }

    /// Tells the person in front of the machine why nothing moves.
    func noteRetry(_ error: FetchError, milliseconds: Int) {
        let seconds = (milliseconds + 999) / 1_000
        var note = error.diagnostic
        note.severity = .note
        note.next = "nothing to do: the next try is in \(seconds) s"
        progress.say(note)
    }

    /// The words of an error from a store or an authorizer.
    static func diagnostic(of error: any Error) -> Diagnostic {
        (error as? any Diagnosable)?.diagnostic ?? Diagnostic("\(error)", exitCode: .internalError)
    }

    private func trust(for origin: WebOrigin, _ site: FetchSite) throws(FetchError) -> TLSTrust {
        if let known = trusts.withLock({ $0[origin] }) { return known }
        let made = try makeTrust(for: origin, site)
        trusts.withLock { $0[origin] = made }
        return made
    }

    private func makeTrust(for origin: WebOrigin, _ site: FetchSite) throws(FetchError) -> TLSTrust {
        var trust = TLSTrust()
        trust.authorityFile = rules.authorityFile
        trust.authorityDirectory = rules.authorityDirectory
        do {
            guard let extra = try settings.trust(origin) else { return trust }
            if !extra.authorities.isEmpty { trust.authorities = try usualAuthorities() + [0x0A] + extra.authorities }
            trust.client = extra.client.map {
                .init(certificateFile: $0.certificate.text, keyFile: $0.key.text)
            }
        } catch {
            throw .authorization(site, Self.diagnostic(of: error))
        }
        return trust
    }

    /// 16 MiB: a bundle of authorities has some 200 KiB.
    private static let authoritiesLimit = ByteCount.mebibytes(16)

    /// curl takes either a file or bytes of authorities, so extra ones are put behind the bytes of the file.
    private func usualAuthorities() throws(FileError) -> [UInt8] {
        guard let file = rules.authorityFile ?? CurlLibrary.defaultAuthorityFile else { return [] }
        guard try Files.exists(FilePath(file)) else { return [] }
        return try Files.read(FilePath(file), limit: Self.authoritiesLimit)
    }
}
