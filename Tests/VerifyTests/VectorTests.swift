import Counting
import Format
import Foundation
import JSON
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// Bundles that were stored once, with the verdict that they must have for good (Tests/Vectors/README.md).
struct VectorTests {
    @Test func `every stored bundle has its verdict`() throws {
        let vectors = try Vector.stored()
        #expect(vectors.count >= 100)
        var failing = 0
        for vector in vectors {
            let verdict = try vector.verdict()
            if verdict != vector.exit { failing += 1 }
            #expect(verdict == vector.exit, "\(vector.name): \(vector.what)")
        }
        Tally.report("M1", "stored bundles judged as they always were", count: vectors.count, failing: failing)
    }

    @Test func `a vector with an unknown field is refused`() throws {
        let good = try Vector.text(of: "ecdsa")
        _ = try Vector(name: "ecdsa", reading: good)
        let surplus = Array(
            String(decoding: good, as: UTF8.self).replacing("{\n", with: "{\n  \"later\": 1,\n", maxReplacements: 1)
                .utf8)
        #expect(throws: JSONError.unknownKeys(["later"], path: "$")) { try Vector(name: "ecdsa", reading: surplus) }
    }
}

/// One stored bundle, and what is asked of it.
struct Vector {
    let name, what: String
    let exit: Int
    let warnings: [String]
    private let keys: [String]
    private let threshold: Int

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    init(name: String, reading bytes: [UInt8]) throws {
        let reader = try JSONReader(JSONValue.parse(bytes))
        self.name = name
        what = try reader.string("what")
        _ = try reader.string("format")
        _ = try reader.string("verdict")
        exit = try reader.integer("exit", in: 0...11)
        keys = try reader.strings("keys")
        threshold = try reader.integer("threshold", in: 1...16)
        warnings = try reader.strings("warnings")
        try reader.finish()
    }

    static func text(of name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: "\(name)/vector.json")))
    }

    /// All of them, by their names.
    static func stored() throws -> [Vector] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { FileManager.default.fileExists(atPath: folder.appending(path: "\($0)/vector.json").path) }
        return try names.sorted().map { try Vector(name: $0, reading: text(of: $0)) }
    }

    /// The exit status that a command would end with.
    func verdict() throws -> Int {
        let path = FilePath(Self.folder.appending(path: "\(name)/bundle").path)
        do {
            let policy = TrustPolicy(pins: try keys.map(Self.pin), threshold: threshold)
            let bundle = try UntrustedBundle(opening: path).verified(under: policy)
            try bundle.verifyPayload(deep: true, workers: 1, progress: SilentProgress())
            let found = try bundle.verifyFiles().map(\.diagnostic.message)
            #expect(
                found.count == warnings.count && zip(found, warnings).allSatisfy { $0.contains($1) },
                "\(name): \(found)")
            return 0
        } catch let error as VerifyError {
            return Int(error.diagnostic.exitCode.rawValue)
        }
    }

    /// `first` for a whole key of Tests/Vectors/keys, `SHA256:first:32` for so many digits of its fingerprint.
    private static func pin(_ text: String) throws -> Pin {
        let parts = text.split(separator: ":").map(String.init)
        let file = folder.appending(path: "keys/test-only-\(parts.count == 3 ? parts[1] : text).pub")
        let key = try PublicKey(pem: Array(Data(contentsOf: file)))
        guard parts.count == 3, let digits = Int(parts[2]) else { return Pin(key, origin: text) }
        return try #require(Pin(fingerprint: String(key.fingerprint.hex.prefix(digits)), origin: text))
    }
}
