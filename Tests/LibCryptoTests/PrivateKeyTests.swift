import LibCrypto
import Testing
import Values

@Suite struct PrivateKeyTests {
    private static let passphrase = SecretBytes(copying: Array("correct horse".utf8))

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a new key signs, and survives its own text`(algorithm: SignatureAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let pem = try key.pem(encryptedWith: nil)
        let again = try PrivateKey(pem: pem) { nil }
        #expect(again.publicKey == key.publicKey)
        #expect(try !PrivateKey.isEncrypted(pem: pem))
        let signature = try again.sign(Vectors.message)
        #expect(key.publicKey.verifies(signature, over: Vectors.message))
        #expect(!key.publicKey.verifies(signature, over: Vectors.message + [0]))
        #expect(ErrorQueue.isEmpty)
    }

    @Test func `Ed25519 signatures repeat, ECDSA ones do not`() throws {
        let edwards = try PrivateKey.generate(.ed25519)
        #expect(try edwards.sign([1]) == edwards.sign([1]))
        let curve = try PrivateKey.generate(.ecdsaP256)
        #expect(try curve.sign([1]) != curve.sign([1]))
    }

    @Test func `two new keys differ`() throws {
        let first = try PrivateKey.generate(.ed25519).publicKey
        #expect(try PrivateKey.generate(.ed25519).publicKey != first)
    }

    @Test func `an encrypted key opens with its passphrase only`() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let pem = try key.pem(encryptedWith: Self.passphrase)
        #expect(try PrivateKey.isEncrypted(pem: pem))
        let again = try PrivateKey(pem: pem) { Self.passphrase }
        #expect(again.publicKey == key.publicKey)
        expect(.passphraseNeeded) { _ = try PrivateKey(pem: pem) { nil } }
        for wrong in ["", "correct horsf", "correct horse\n"] {
            expect(.wrongPassphrase) { _ = try PrivateKey(pem: pem) { SecretBytes(copying: Array(wrong.utf8)) } }
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test func `an unencrypted key asks for nothing`() throws {
        let pem = try PrivateKey.generate(.ed25519).pem(encryptedWith: nil)
        var questions = 0
        _ = try PrivateKey(pem: pem) {
            questions += 1
            return nil
        }
        #expect(questions == 0)
    }

    @Test(arguments: [
        ("", CryptoError.notPEM),
        (Vectors.ecdsaPEM, .unexpectedLabel(found: "PUBLIC KEY", wanted: "PRIVATE KEY")),
        ("-----BEGIN PRIVATE KEY-----\nMFkw\n-----END PRIVATE KEY-----\n", .malformedKey),
        ("-----BEGIN EC PRIVATE KEY-----\nMFkw\n-----END EC PRIVATE KEY-----\n", .malformedKey),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMFkw\n-----END ENCRYPTED PRIVATE KEY-----\n", .malformedKey),
        (
            "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJr\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
            .unexpectedLabel(found: "ENCRYPTED SIGSTORE PRIVATE KEY", wanted: "PRIVATE KEY")
        ),
    ])
    func refuses(text: String, error: CryptoError) {
        expect(error) { _ = try PrivateKey(pem: Array(text.utf8)) { Self.passphrase } }
        #expect(ErrorQueue.isEmpty)
    }

    @Test func `every prefix of a key file is refused without a crash`() throws {
        let pem = try PrivateKey.generate(.ecdsaP256).pem(encryptedWith: nil)
        let text = pem.withUnsafeBytes { Array($0) }
        for length in 0..<(text.count - 1) {
            #expect(throws: CryptoError.self) { _ = try PrivateKey(pem: Array(text[..<length])) { nil } }
        }
    }

    @Test func `surplus bytes behind the key are refused`() throws {
        let text = try PrivateKey.generate(.ed25519).pem(encryptedWith: nil).withUnsafeBytes { Array($0) }
        let body = String(decoding: text, as: UTF8.self).split(separator: "\n")[1]
        var der = try #require(Base64.decode(body))
        der.append(0)
        let longer = "-----BEGIN PRIVATE KEY-----\n\(Base64.encode(der))\n-----END PRIVATE KEY-----\n"
        expect(.malformedKey) { _ = try PrivateKey(pem: Array(longer.utf8)) { nil } }
    }

    /// A P-256 key whose stored public half is another key's (SEC1 inside PKCS#8).
    @Test func `a key whose halves do not belong together is refused`() throws {
        var first = try Self.der(of: PrivateKey.generate(.ecdsaP256))
        let second = try Self.der(of: PrivateKey.generate(.ecdsaP256))
        #expect(first.count == 138)
        first.replaceSubrange(73..., with: second[73...])
        let pem = "-----BEGIN PRIVATE KEY-----\n\(Base64.encode(first))\n-----END PRIVATE KEY-----\n"
        #expect(throws: CryptoError.inconsistentKey) {
            try PrivateKey(pem: Array(pem.utf8)) { nil }.sign([1])
        }
    }

    private static func der(of key: consuming PrivateKey) throws -> [UInt8] {
        let text = try key.pem(encryptedWith: nil).withUnsafeBytes { Array($0) }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().dropLast()
        return try #require(Base64.decode(lines.joined()))
    }

    private func expect(
        _ error: CryptoError, from body: () throws -> Void, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: error, sourceLocation: location) { try body() }
    }
}
