import BundleFixture
import Counting
import Format
import KeyRing
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// Row S4, the part of a site's policy: whose signatures suffice, from the file to the verdict.
struct PolicyThresholdTests {
    private let folder: TemporaryFolder
    private let bundle: TinyBundle
    private let ring = KeyRing()

    init() throws {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder)
        // Only the keys of the ring sign here.
        for ending in ["sig", "pub"] { try Files.remove(signature(bundle.key, ending)) }
    }

    private func signature(_ key: PublicKey, _ ending: String = "sig") -> FilePath {
        bundle.path.appending("signatures/\(key.keyID).\(ending)")
    }

    /// One way to sign, to pin and to ask.
    struct Case: CustomTestStringConvertible {
        var pinned: [String] = ["builder", "approver", "reserve"]
        var threshold = 2
        var signed: [String]
        /// Keys of `--key`.
        var named: [String] = []
        /// What is done to the bundle afterwards.
        var attack = Attack.none
        /// Whether the policy gives fingerprints only.
        var byFingerprint = false
        /// The exit code that is wanted.
        var verdict: ExitCode

        var testDescription: String { "\(threshold) of \(pinned), signed by \(signed), named \(named), \(attack)" }
    }

    /// What an attacker does to signatures.
    enum Attack: String {
        /// Nothing.
        case none
        /// The builder's signature under the name of the approver's.
        case copied
        /// The same, and the builder's key under the name of the approver's.
        case copiedWithKey
        /// One bit of the approver's signature flipped.
        case flipped
        /// The approver's copy of the key taken away, or another key in its place.
        case withoutKey, otherKey
        /// The approver's signature over other bytes.
        case otherBytes
    }

    static let cases: [Case] = [
        Case(pinned: ["builder"], threshold: 1, signed: ["builder"], verdict: .done),
        Case(pinned: ["builder"], threshold: 1, signed: ["approver"], verdict: .notTrusted),
        Case(pinned: ["builder"], threshold: 1, signed: [], verdict: .notTrusted),
        Case(pinned: ["builder"], threshold: 1, signed: ["stranger", "builder"], verdict: .done),
        Case(pinned: ["builder", "approver"], threshold: 1, signed: ["approver"], verdict: .done),
        Case(pinned: ["builder", "approver"], threshold: 2, signed: ["builder"], verdict: .notTrusted),
        Case(pinned: ["builder", "approver"], threshold: 2, signed: ["builder", "approver"], verdict: .done),
        Case(signed: [], verdict: .notTrusted), Case(signed: ["builder"], verdict: .notTrusted),
        Case(signed: ["builder", "approver"], verdict: .done), Case(signed: ["approver", "reserve"], verdict: .done),
        Case(signed: ["builder", "reserve"], verdict: .done),
        Case(signed: ["builder", "approver", "reserve"], verdict: .done),
        Case(signed: ["builder", "stranger"], verdict: .notTrusted),
        Case(signed: ["stranger", "intruder"], verdict: .notTrusted),
        Case(threshold: 3, signed: ["builder", "approver"], verdict: .notTrusted),
        Case(threshold: 3, signed: ["builder", "approver", "reserve"], verdict: .done),
        Case(signed: ["builder"], attack: .copied, verdict: .notTrusted),
        Case(signed: ["builder"], attack: .copiedWithKey, byFingerprint: true, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], attack: .flipped, verdict: .notTrusted),
        Case(signed: ["builder", "approver", "reserve"], attack: .flipped, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], attack: .otherBytes, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], byFingerprint: true, verdict: .done),
        Case(signed: ["builder"], byFingerprint: true, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], attack: .withoutKey, verdict: .done),
        Case(signed: ["builder", "approver"], attack: .withoutKey, byFingerprint: true, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], attack: .otherKey, byFingerprint: true, verdict: .notTrusted),
        Case(signed: ["builder", "approver"], named: ["builder"], verdict: .done),
        Case(signed: ["builder", "approver"], named: ["builder", "approver"], verdict: .done),
        Case(signed: ["builder", "approver"], named: ["reserve"], verdict: .notTrusted),
        Case(signed: ["builder", "approver"], named: ["builder", "reserve"], verdict: .notTrusted),
        Case(signed: ["builder", "approver", "stranger"], named: ["stranger"], verdict: .notTrusted),
        Case(signed: ["builder"], named: ["builder"], verdict: .notTrusted),
        // Handing over: both, then only the new one; a key that is lost does not lock out.
        Case(pinned: ["old", "new"], threshold: 1, signed: ["old"], verdict: .done),
        Case(pinned: ["old", "new"], threshold: 1, signed: ["new"], verdict: .done),
        Case(pinned: ["old", "new"], threshold: 1, signed: ["old", "new"], verdict: .done),
        Case(pinned: ["new"], threshold: 1, signed: ["old"], verdict: .notTrusted),
        Case(pinned: ["new"], threshold: 1, signed: ["old", "new"], verdict: .done),
    ]

    @Test(arguments: cases)
    func `distinct keys of the policy count, and nothing else`(row: Case) throws {
        try sign(row.signed)
        try attack(row.attack)
        let site = TrustSite(policy: try policy(row))
        let request = TrustRequest(keyFiles: try row.named.map(keyFile))
        let found = verdict { try UntrustedBundle(opening: bundle.path).verified(under: load(request, site)) }
        #expect(found == row.verdict)
        Tally.report("S4", "thresholds of a site's policy", count: 1, failing: found == row.verdict ? 0 : 1)
    }

    private func load(_ request: TrustRequest, _ site: TrustSite) throws -> TrustPolicy {
        try TrustPolicy.load(request, at: site, bundle: bundle.path).policy
    }

    private func verdict(_ body: () throws -> VerifiedBundle) -> ExitCode {
        do { _ = try body() } catch let error as any Diagnosable {
            #expect(error.diagnostic.next?.isEmpty == false, "\(error.diagnostic)")
            return error.diagnostic.exitCode
        } catch {
            return .internalError
        }
        return .done
    }

    private func sign(_ names: [String]) throws {
        let root = try Files.read(bundle.path.appending(BundleFile.sums), limit: .mebibytes(1))
        for name in names {
            let key = try ring.publicKey(name)
            try Files.replace(signature(key), with: ring.sign(root, by: name))
            try Files.replace(signature(key, "pub"), with: Array(key.pem.utf8))
        }
    }

    private func attack(_ attack: Attack) throws {
        let (builder, approver) = (try ring.publicKey("builder"), try ring.publicKey("approver"))
        switch attack {
        case .none: break
        case .copied, .copiedWithKey:
            try Files.replace(signature(approver), with: Files.read(signature(builder), limit: .kibibytes(4)))
            guard attack == .copiedWithKey else { return }
            try Files.replace(signature(approver, "pub"), with: Array(builder.pem.utf8))
        case .flipped: try bundle.tamper("signatures/\(approver.keyID).sig") { $0[20] ^= 1 }
        case .withoutKey: try Files.remove(signature(approver, "pub"))
        case .otherKey: try Files.replace(signature(approver, "pub"), with: Array(builder.pem.utf8))
        case .otherBytes: try Files.replace(signature(approver), with: ring.sign([1, 2, 3], by: "approver"))
        }
    }

    private func keyFile(_ name: String) throws -> FilePath {
        let path = folder.path.appending("\(name).pub")
        try Files.replace(path, with: Array(try ring.publicKey(name).pem.utf8))
        return path
    }

    private func policy(_ row: Case, file: String = "policy.json") throws -> FilePath {
        let keys = try row.pinned.map { name in
            let key = try ring.publicKey(name)
            let pem = key.pem.split(separator: "\n").joined(separator: "\\n")
            return row.byFingerprint
                ? #"{"name": "\#(name)", "fingerprint": "\#(key.fingerprintText)"}"#
                : #"{"name": "\#(name)", "key": "\#(pem)\n"}"#
        }
        let text = #"{"policy": 1, "keys": [\#(keys.joined(separator: ", "))], "threshold": \#(row.threshold)}"#
        let path = folder.path.appending(file)
        try Files.replace(path, with: Array(text.utf8))
        return path
    }
}

extension PolicyThresholdTests {
    private static let strict = Case(pinned: ["builder"], threshold: 1, signed: ["approver"], verdict: .notTrusted)
    private static let loose = Case(pinned: ["approver"], threshold: 1, signed: ["approver"], verdict: .done)

    private func open(_ request: TrustRequest, _ site: TrustSite) -> ExitCode {
        verdict { try UntrustedBundle(opening: bundle.path).verified(under: load(request, site)) }
    }

    @Test func `a policy with keys is all whom the site trusts`() throws {
        try sign(["approver"])
        let keys = folder.path.appending("keys")
        try Files.makeDirectories(keys)
        try Files.rename(keyFile("approver"), to: keys.appending("approver.pub"))
        #expect(open(TrustRequest(), TrustSite(keys: keys)) == .done)
        #expect(open(TrustRequest(), TrustSite(keys: keys, policy: try policy(Self.strict))) == .notTrusted)
        let silent = folder.path.appending("silent.json")
        try Files.replace(silent, with: Array(#"{"policy": 1}"#.utf8))
        #expect(open(TrustRequest(), TrustSite(keys: keys, policy: silent)) == .done)
    }

    @Test func `another policy counts only when the site's is set aside, and that is said`() throws {
        try sign(["approver"])
        let (site, other) = (try policy(Self.strict), try policy(Self.loose, file: "other.json"))
        #expect(throws: TrustError.anotherPolicy(other, site: site)) {
            try load(TrustRequest(policyFile: other), TrustSite(policy: site))
        }
        #expect(open(TrustRequest(policyFile: other), TrustSite(policy: site)) == .policy)
        #expect(open(TrustRequest(policyFile: other), TrustSite(policy: folder.path.appending("absent"))) == .done)
        #expect(open(TrustRequest(policyFile: site), TrustSite(policy: site)) == .notTrusted)
        let aside = TrustRequest(policyFile: other, setsSiteAside: true)
        let loaded = try TrustPolicy.load(aside, at: TrustSite(policy: site), bundle: bundle.path)
        #expect(loaded.warnings.map(\.message).contains { $0.contains("was set aside with --without-policy") })
        #expect(open(aside, TrustSite(policy: site)) == .done)
        let typed = TrustRequest(keyFiles: [try keyFile("approver")], setsSiteAside: true)
        #expect(open(typed, TrustSite(policy: site)) == .done)
        typed.keyFiles.forEach { #expect($0.lastComponent == "approver.pub") }
    }

    @Test func `a policy that the bundle brings is refused`() throws {
        try sign(["approver"])
        let inside = bundle.path.appending("policy.json")
        try Files.rename(policy(Self.loose), to: inside)
        #expect(throws: TrustError.keyInsideBundle(key: inside, bundle: bundle.path)) {
            try load(TrustRequest(policyFile: inside), TrustSite())
        }
    }

    @Test func `on first use the one key that has signed is taken, and no other one later`() throws {
        try sign(["approver"])
        let key = try UntrustedBundle(opening: bundle.path).keyForFirstUse()
        #expect(key == (try ring.publicKey("approver")))
        let nobody = TrustPolicy(pins: [])
        try FirstUse.check(key, under: nobody, knowing: [])
        try FirstUse.check(key, under: nobody, knowing: [key.fingerprint])
        let before = try ring.publicKey("builder").fingerprint
        #expect(throws: TrustError.anotherKeyBefore(key, before: [before])) {
            try FirstUse.check(key, under: nobody, knowing: [before])
        }
        let site = try SitePolicy(reading: Array(#"{"policy": 1}"#.utf8), at: "policy.json")
        #expect(throws: TrustError.firstUseUnderPolicy("policy.json")) {
            try FirstUse.check(key, under: TrustPolicy(pins: [], site: site), knowing: [])
        }
    }

    @Test func `on first use several signers are nobody, and a key under another's name is none`() throws {
        #expect(throws: VerifyError.notOneKey(bundle: bundle.path, present: [])) {
            try UntrustedBundle(opening: bundle.path).keyForFirstUse()
        }
        try sign(["approver"])
        let approver = try ring.publicKey("approver")
        try Files.replace(signature(approver, "pub"), with: Array(try ring.publicKey("builder").pem.utf8))
        #expect(throws: VerifyError.badKeyCopy(bundle: bundle.path, key: approver.keyID)) {
            try UntrustedBundle(opening: bundle.path).keyForFirstUse()
        }
        try sign(["approver", "builder"])
        let error = #expect(throws: VerifyError.self) { try UntrustedBundle(opening: bundle.path).keyForFirstUse() }
        #expect(error?.diagnostic.exitCode == .notTrusted)
    }
}
