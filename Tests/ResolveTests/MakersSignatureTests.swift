import Counting
import Definition
import Format
import Gather
import LibCrypto
import Posix
import Reporting
import Resolve
import SampleVendor
import Store
import Testing
import Values

private let now = Timestamp(seconds: 1_795_000_000)

/// The makers' own signature of a program: checked with a key of the profile, carried without one.
struct MakersSignatureTests {
    static let place = SampleVendor.path("k3s") + ".sig"

    /// K3s' profile with a signature that its makers do not publish, and their key where one is given.
    static func define(_ workshop: Workshop, key: PublicKey?) throws -> Definition {
        let source = FilePath(#filePath).parent.parent.parent.appending("profiles/k3s.yaml")
        let text = String(decoding: try Files.read(source, limit: .mebibytes(1)), as: UTF8.self)
        let pem = key.map { "      key: |\n" + $0.pem.split(separator: "\n").map { "        \($0)\n" }.joined() } ?? ""
        let place = "    path: /usr/local/bin/k3s\n    mode: \"0755\"\n"
        let signature = "    signature:\n      url: https://github.com\(Self.place)\n" + pem
        let own = text.replacing(place, with: signature + place, maxReplacements: 1)
        try #require(own != text)
        try workshop.write(own, to: "profiles/k3s.yaml")
        try workshop.define()
        return try Definition.load(workshop.path, profiles: [workshop.path.parent.appending("profiles")])
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] { Array(Base64.encode(bytes).utf8) }

    @Test func `a good signature is pinned with the key that it was checked with`() throws {
        let vendor = SampleVendor()
        let key = try PrivateKey.generate(.ecdsaP256)
        let signature = Self.base64(try key.sign(vendor.file(SampleVendor.path("k3s")))) + Array("\n".utf8)
        vendor.put(signature, at: Self.place)
        let workshop = try Workshop(vendor)
        let definition = try Self.define(workshop, key: key.publicKey)
        let lock = try workshop.resolver.resolve(definition, at: now)
        let locked = try #require(lock.artefacts.first { $0.name == "binary" }?.signature)
        #expect(locked.key == key.publicKey.fingerprint)
        #expect(locked.document.content == Content(of: signature))
        #expect(try Lock.parse(Array(lock.text.utf8), file: "l") == lock)
        let again = try workshop.gatherer.gather(lock, for: definition)
        #expect(
            try workshop.store.read(again.lock.artefacts[0].signature?.document.content.digest ?? .of([]), limit: 1_024)
                == signature)
    }

    @Test func `without a key it is carried, whatever it is`() throws {
        let vendor = SampleVendor()
        vendor.put(Array("keyless\n".utf8), at: Self.place)
        let workshop = try Workshop(vendor)
        let lock = try workshop.resolver.resolve(try Self.define(workshop, key: nil), at: now)
        let locked = try #require(lock.artefacts.first { $0.name == "binary" }?.signature)
        #expect(locked.key == nil && locked.document.content == Content(of: Array("keyless\n".utf8)))
    }

    @Test func `what is no signature of the program by that key ends the lock`() throws {
        let vendor = SampleVendor()
        let key = try PrivateKey.generate(.ecdsaP256)
        let other = try PrivateKey.generate(.ecdsaP256)
        let program = vendor.file(SampleVendor.path("k3s"))
        let good = try key.sign(program)
        let attacks: [(String, [UInt8])] = [
            ("of another program", Self.base64(try key.sign(program + [0]))),
            ("by another key", Self.base64(try other.sign(program))),
            ("cut", Self.base64(good.dropLast(1))), ("longer", Self.base64(good + [0])), ("not base64", good),
            ("empty", []), ("a page", Array("<html>not found</html>".utf8)),
            ("of the digest's text", Self.base64(try key.sign(Array(SHA256Digest.of(program).hex.utf8)))),
        ]
        var failed = 0
        for (name, bytes) in attacks {
            vendor.put(bytes, at: Self.place)
            let workshop = try Workshop(vendor)
            let error = try workshop.failure(try Self.define(workshop, key: key.publicKey))
            let wanted = ResolveError.signature(
                artefact: "binary", url: "https://github.com" + Self.place, key: key.publicKey.fingerprintText)
            #expect(error == wanted && error.diagnostic.exitCode == .gathering, "\(name): \(error)")
            failed += error == wanted ? 0 : 1
        }
        Tally.report("S1", "makers' signatures that do not verify", count: attacks.count, failing: failed)
    }
}
