import Foundation
import JSON
import LibCrypto
import Posix
import Sign
import Testing
import Values

@Suite struct SignatureFileTests {
    private static let sums = Array(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest.json\n".utf8)

    @Test(arguments: [
        (SignatureAlgorithm.ecdsaP256, ["pub", "sig", "sigstore.json"]), (.ed25519, ["pub", "sig"]),
    ])
    func `the files are named by the key and stand in order`(algorithm: SignatureAlgorithm, suffixes: [String]) throws {
        let key = try PrivateKey.generate(algorithm)
        let files = try SignatureFile.signing(Self.sums, with: key)
        #expect(files.map(\.name) == suffixes.map { "signatures/\(key.publicKey.keyID).\($0)" })
        #expect(try PublicKey(pem: files[0].bytes) == key.publicKey)
        #expect(key.publicKey.verifies(files[1].bytes, over: Self.sums))
        #expect(files[1].bytes.count <= 1_024 && files[0].bytes.count <= 4_096)
    }

    @Test func `the sigstore bundle has the members that cosign reads`() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let files = try SignatureFile.signing(Self.sums, with: key)
        let bundle = try JSONValue.parse(files[2].bytes)
        #expect(bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json")
        let hint = bundle["verificationMaterial"]?["publicKey"]?["hint"]?.stringValue
        #expect(hint == Base64.encode(SHA256Digest.of(key.publicKey.spki).bytes))
        let signature = bundle["messageSignature"]
        #expect(signature?["messageDigest"]?["algorithm"] == "SHA2_256")
        let digest = signature?["messageDigest"]?["digest"]?.stringValue
        #expect(digest == Base64.encode(SHA256Digest.of(Self.sums).bytes))
        #expect(try Base64.decode(#require(signature?["signature"]?.stringValue)) == files[1].bytes)
        #expect(bundle.objectValue?.keys == ["mediaType", "verificationMaterial", "messageSignature"])
        #expect(signature?.objectValue?.keys == ["messageDigest", "signature"])
    }

    @Test(arguments: [
        (SignatureAlgorithm.ecdsaP256, "openssl dgst -sha256 -verify site.pub -signature sig SHA256SUMS"),
        (.ed25519, "openssl pkeyutl -verify -pubin -inkey site.pub -rawin -in SHA256SUMS -sigfile sig"),
    ])
    func `an auditor checks them with openssl alone`(algorithm: SignatureAlgorithm, line: String) throws {
        let folder = try KeyFolder()
        let pair = try KeyFile.generate(folder["site"], algorithm: algorithm, passphrase: passphrase)
        let key = try KeyFile.readPrivate(pair.privateFile, user: thisUser, passphrase: .prompt { _ in passphrase })
        try folder.write("SHA256SUMS", String(decoding: Self.sums, as: UTF8.self))
        let files = try SignatureFile.signing(Self.sums, with: key)
        try Data(files[1].bytes).write(to: URL(fileURLWithPath: folder["sig"].text))
        #expect(try folder.run(line) == 0)
        #expect(try folder.run("printf x >> SHA256SUMS; \(line)") != 0)
    }
}
