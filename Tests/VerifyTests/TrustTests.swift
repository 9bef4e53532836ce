import BundleFixture
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// The order of trust: pinned key, signature, manifest.
struct TrustTests {
    let folder: TemporaryFolder
    let bundle: TinyBundle

    init() throws {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder)
    }

    private func verified(_ pins: [Pin], threshold: Int = 1) throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(under: TrustPolicy(pins: pins, threshold: threshold))
    }

    /// The exit code that the refusal of `body` has; `nil` when nothing was refused.
    private func refusal(_ body: () throws -> Void) -> ExitCode? {
        do { try body() } catch let error as any Diagnosable { return error.diagnostic.exitCode } catch {
            return .internalError
        }
        return nil
    }

    @Test func `a pinned key opens the bundle`() throws {
        let opened = try verified([Pin(bundle.key, origin: "test")])
        #expect(opened.manifest == bundle.manifest)
        #expect(opened.keys == [bundle.key])
        #expect(try opened.verifyFiles().isEmpty)
    }

    @Test(arguments: ["SHA256:%", "%", "sha256:%", "SHA256:^"])
    func `a fingerprint opens it, however it is typed`(form: String) throws {
        let digits = bundle.key.fingerprint.hex.prefix(32)
        let text = form.replacing("%", with: digits).replacing("^", with: digits.uppercased())
        #expect(try verified([try #require(Pin(fingerprint: text, origin: "test"))]).keys == [bundle.key])
    }

    @Test func `without a pin nothing is trusted`() {
        #expect(throws: VerifyError.noPins(bundle: bundle.path)) { _ = try verified([]) }
    }

    @Test func `another key is not trusted, and the refusal says who signed`() throws {
        let other = try PrivateKey.generate(.ed25519).publicKey
        #expect(
            throws: VerifyError.notSigned(
                bundle: bundle.path, by: ["other"], present: [bundle.key.keyID.text], found: 0, needed: 1)
        ) { _ = try verified([Pin(other, origin: "other")]) }
    }

    @Test func `one key does not count twice`() throws {
        let twice = [
            Pin(bundle.key, origin: "a"), try #require(Pin(fingerprint: bundle.key.fingerprint.hex, origin: "b")),
        ]
        #expect(refusal { _ = try verified(twice, threshold: 2) } == .notTrusted)
    }

    @Test func `a copy of the key that is another key is not used`() throws {
        let other = try PrivateKey.generate(.ecdsaP256)
        try bundle.tamper("signatures/\(bundle.key.keyID).pub") { $0 = Array(other.publicKey.pem.utf8) }
        let pin = try #require(Pin(fingerprint: bundle.key.fingerprint.hex, origin: "t"))
        #expect(throws: VerifyError.badKeyCopy(bundle: bundle.path, key: bundle.key.keyID)) { _ = try verified([pin]) }
    }

    @Test func `every bit of SHA256SUMS flipped is refused before it is parsed`() throws {
        let original = try Files.read(bundle.path.appending("SHA256SUMS"), limit: 4_096)
        for index in original.indices {
            try bundle.tamper("SHA256SUMS") {
                $0 = original; $0[index] ^= 1 << UInt8(index % 8)
            }
            #expect(
                throws: VerifyError.badSignature(bundle: bundle.path, key: bundle.key.keyID, origin: "t"),
                "byte \(index)"
            ) { _ = try verified([Pin(bundle.key, origin: "t")]) }
        }
        print("SHA256SUMS bytes flipped and refused: \(original.count)")
    }

    @Test func `a folder that is no bundle is not trusted`() throws {
        try Files.remove(bundle.path.appending("SHA256SUMS"))
        #expect(throws: VerifyError.noRoot(bundle: bundle.path)) { _ = try verified([Pin(bundle.key, origin: "t")]) }
    }

    @Test func `a key inside the bundle is refused, also by another way to write its path`() throws {
        let inside = bundle.path.appending("signatures/\(bundle.key.keyID).pub")
        let winding = bundle.path.appending("signatures/../signatures/\(bundle.key.keyID).pub")
        for path in [inside, winding] {
            #expect(throws: TrustError.keyInsideBundle(key: path, bundle: bundle.path)) {
                _ = try TrustPolicy.load(TrustRequest(keyFiles: [path]), at: TrustSite(), bundle: bundle.path)
            }
        }
    }

    @Test func `keys of the site's folder are used when nothing else is given`() throws {
        let keys = folder.path.appending("keys")
        try Files.makeDirectories(keys)
        try Files.replace(keys.appending("site.pub"), with: Array(bundle.key.pem.utf8))
        let loaded = try TrustPolicy.load(TrustRequest(), at: TrustSite(keys: keys), bundle: bundle.path)
        #expect(try verified(loaded.policy.pins).keys == [bundle.key])
        #expect(loaded.warnings.isEmpty)
        let absent = TrustSite(keys: folder.path.appending("absent"), policy: folder.path.appending("none"))
        #expect(try TrustPolicy.load(TrustRequest(), at: absent, bundle: bundle.path).policy.pins.isEmpty)
    }
}
