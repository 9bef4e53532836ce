import LibCrypto
public import Posix
public import Reporting
import Values

extension TrustPolicy {
    /// The largest key file.
    private static let keyLimit: ByteCount = 16_384

    /// What is asked of a bundle, and warnings worth keeping in a receipt.
    public struct Loaded: Sendable {
        /// What is asked.
        public var policy: TrustPolicy
        /// What a later reader of the receipt should know.
        public var warnings: [Diagnostic]
    }

    /// Brings together what the site says and what a command line says.
    ///
    /// A policy that names keys is the whole list of them: options then name those of its keys that must have signed, and cannot add one
    /// (docs/decisions/0052). Without such a list the keys are those of the options, or else those of the site's folder.
    ///
    /// - Parameter bundle: The bundle to be verified, which must bring neither its own key nor its own policy.
    /// - Throws: ``TrustError`` for a key or policy that cannot be used.
    public static func load(
        _ request: TrustRequest, at site: TrustSite = .standard, bundle: FilePath
    ) throws(TrustError) -> Loaded {
        var warnings: [Diagnostic] = []
        var given: [Pin] = []
        for text in request.fingerprints { given.append(try pin(fingerprint: text)) }
        for path in request.keyFiles { given.append(try pin(keyFile: path, bundle: bundle, warnings: &warnings)) }
        let rules = try rules(request, at: site, bundle: bundle, warnings: &warnings)
        if let rules, !rules.keys.isEmpty || !rules.certificates.isEmpty {
            for pin in given where !rules.keys.contains(where: { $0.pin.digits.hasPrefix(pin.digits) }) {
                throw .keyNotInPolicy(origin: pin.origin, policy: rules.path, names: rules.keys.map(\.name))
            }
            return Loaded(
                policy: TrustPolicy(
                    pins: rules.keys.map(\.pin), threshold: rules.threshold, named: given, site: rules),
                warnings: warnings)
        }
        if let rules, let pin = rules.keyList {
            let recorded = try site.keyLists.flatMap(KeyListTrust.record)
            if let recorded, !recorded.contains(pin) { warnings.append(recorded.doesNotHave(pin)) }
            let lists = KeyListTrust(pin: pin, recorded: recorded)
            return Loaded(policy: TrustPolicy(pins: [], named: given, lists: lists, site: rules), warnings: warnings)
        }
        if given.isEmpty, let folder = site.keys {
            for path in try keyFiles(in: folder) {
                given.append(try pin(keyFile: path, bundle: bundle, warnings: &warnings))
            }
        }
        return Loaded(policy: TrustPolicy(pins: given, site: rules), warnings: warnings)
    }

    /// The policy that was named, or the site's own; never another one while the site's stands.
    private static func rules(
        _ request: TrustRequest, at site: TrustSite, bundle: FilePath, warnings: inout [Diagnostic]
    ) throws(TrustError) -> SitePolicy? {
        var own = site.policy
        if let path = own, try !exists(path) { own = nil }
        if let path = own, request.setsSiteAside {
            warnings.append(
                Diagnostic(
                    "the site's policy \(quoted(path.text)) was set aside with --without-policy", severity: .warning,
                    exitCode: .policy))
            own = nil
        }
        guard let named = request.policyFile else {
            return try own.map { (path) throws(TrustError) in try SitePolicy(at: path) }
        }
        if let own, try !isSame(own, named) { throw .anotherPolicy(named, site: own) }
        if try KeyPlacement.of(named, from: bundle) == .sameMedium { warnings.append(sameMedium("policy", named)) }
        return try SitePolicy(at: named)
    }

    private static func exists(_ path: FilePath) throws(TrustError) -> Bool {
        do throws(FileError) { return try Files.exists(path) } catch {
            guard error.errno == .notDirectory else { throw .file(error) }
            return false
        }
    }

    private static func isSame(_ left: FilePath, _ right: FilePath) throws(TrustError) -> Bool {
        do throws(FileError) { return try left.resolved() == right.resolved() } catch { throw .file(error) }
    }

    private static func pin(fingerprint text: String) throws(TrustError) -> Pin {
        guard let pin = Pin(fingerprint: text, origin: "--fingerprint \(text)") else { throw .noFingerprint(text) }
        return pin
    }

    private static func pin(
        keyFile path: FilePath, bundle: FilePath, warnings: inout [Diagnostic]
    ) throws(TrustError) -> Pin {
        if try KeyPlacement.of(path, from: bundle) == .sameMedium { warnings.append(sameMedium("key", path)) }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.read(path, limit: keyLimit) } catch { throw .file(error) }
        do throws(CryptoError) { return Pin(try PublicKey(pem: bytes), origin: path.text) } catch {
            throw .unusableKey(path: path, error)
        }
    }

    private static func sameMedium(_ what: String, _ path: FilePath) -> Diagnostic {
        Diagnostic(
            "the \(what) \(quoted(path.text)) is on the same medium as the bundle", severity: .warning,
            next: "keep the site's \(what) elsewhere: whoever can change the stick can change both",
            exitCode: .notTrusted)
    }

    /// The `*.pub` files of a folder, in byte order; none when there is no such folder.
    static func keyFiles(in folder: FilePath) throws(TrustError) -> [FilePath] {
        do throws(FileError) {
            return try DirectoryHandle.open(folder).entries().filter { $0.hasSuffix(".pub") }.map {
                folder.appending($0)
            }
        } catch {
            guard error.errno == .notFound else { throw .file(error) }
            return []
        }
    }
}
