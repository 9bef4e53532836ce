import BundleFixture
import Counting
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// A small good bundle, its signer at hand, and what verifying says of it after each attack.
final class Victim {
    let folder: TemporaryFolder
    let bundle: TinyBundle
    let signer: PrivateKey
    /// The bytes of SHA256SUMS, and their signature.
    let root: [UInt8]
    let signature: [UInt8]

    /// - Parameters:
    ///   - prefersRare: An ECDSA signature whose r needs a zero in front and whose s does not: both spellings are then at hand.
    ///   - noise: Bytes of a file that zstd cannot make smaller.
    ///   - step: Plain bytes in a chunk.
    init(
        _ algorithm: SignatureAlgorithm = .ecdsaP256, prefersRare: Bool = false, noise: Int = 0, step: Int = 1_000,
        sequence: Int = 1
    )
        throws
    {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder, noise: noise, step: step) { $0.sequence = sequence }
        root = try Files.read(bundle.path.appending(BundleFile.sums), limit: .mebibytes(1))
        signer = try PrivateKey.generate(algorithm)
        try bundle.write(sums: root, signedBy: signer)
        var made = try signer.sign(root)
        while prefersRare, made[3] != 33 || made[3 + 33 + 2] != 32 { made = try signer.sign(root) }
        signature = made
    }

    var name: String { "signatures/\(signer.publicKey.keyID).sig" }
    var keyName: String { "signatures/\(signer.publicKey.keyID).pub" }

    /// Pins the whole key.
    var policy: TrustPolicy { TrustPolicy(pins: [Pin(signer.publicKey, origin: "the site")]) }

    /// Pins what a work order would name.
    func fingerprintPolicy() throws -> TrustPolicy {
        TrustPolicy(pins: [try #require(Pin(fingerprint: signer.publicKey.fingerprint.hex, origin: "the order"))])
    }

    func put(_ name: String, _ bytes: [UInt8]) throws {
        try Files.replace(bundle.path.appending(name), with: bytes)
    }

    /// Overwrites a file in place: quicker than `put`, which makes it durable.
    func overwrite(_ name: String, _ bytes: [UInt8]) throws {
        try FileDescriptor.open(bundle.path.appending(name), .writeOnly, options: .truncate).write(bytes)
    }

    /// The exit code of verifying, as both programs end with it; the payload too where `deep`.
    func verdict(_ policy: TrustPolicy? = nil, payload: Bool = false) -> ExitCode {
        do throws(VerifyError) {
            let opened = try UntrustedBundle(opening: bundle.path).verified(under: policy ?? self.policy)
            guard payload else { return .done }
            _ = try opened.verifyFiles()
            try opened.verifyPayload(deep: false, workers: 1, progress: SilentProgress())
            return .done
        } catch {
            // A refusal without a way on would be no refusal of ours.
            return error.diagnostic.next == nil ? .internalError : error.diagnostic.exitCode
        }
    }
}

/// Counts what a row tried and what went wrong, and reports both at its end.
struct Row {
    let row: String
    let what: String
    private var count = 0
    private var wrong: [String] = []

    init(_ row: String, _ what: String) {
        self.row = row
        self.what = what
    }

    mutating func judge(_ name: @autoclosure () -> String, _ found: ExitCode, _ wanted: ExitCode) {
        count += 1
        if found != wanted { wrong.append("\(name()): \(found), not \(wanted)") }
    }

    /// Prints the count, and fails with what was not as wanted.
    func report(atLeast least: Int) {
        Tally.report(row, what, count: count, failing: wrong.count)
        #expect(wrong == [])
        #expect(count >= least)
    }
}
