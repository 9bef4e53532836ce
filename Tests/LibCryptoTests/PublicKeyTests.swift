import LibCrypto
import Testing
import Values

@Suite struct PublicKeyTests {
    @Test func `the ECDSA key has the fingerprint that openssl and cosign compute`() throws {
        let key = try Vectors.key(.ecdsaP256)
        #expect(key.algorithm == .ecdsaP256)
        #expect(key.fingerprint.hex == Vectors.ecdsaFingerprint)
        #expect(key.fingerprintText == "SHA256:" + Vectors.ecdsaFingerprint)
        #expect(key.keyID.text == "0b24d1037194edde")
        #expect(key.pem == Vectors.ecdsaPEM)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `the vector verifies, any flipped bit does not`(algorithm: SignatureAlgorithm) throws {
        let key = try Vectors.key(algorithm)
        let signature = Vectors.signature(algorithm)
        #expect(key.verifies(signature, over: Vectors.message))
        // Ed25519 signs messages, not digests.
        let isOverDigests = algorithm == .ecdsaP256
        #expect(key.verifies(signature, overDigest: .of(Vectors.message)) == isOverDigests)
        #expect(!key.verifies(signature, overDigest: .of([])) && !key.verifies([], overDigest: .of(Vectors.message)))
        for index in signature.indices {
            var flipped = signature
            flipped[index] ^= 1
            #expect(!key.verifies(flipped, over: Vectors.message), "byte \(index)")
        }
        for index in Vectors.message.indices {
            var message = Vectors.message
            message[index] ^= 0x80
            #expect(!key.verifies(signature, over: message), "message byte \(index)")
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a signature cut, lengthened, empty or of zeros is refused`(algorithm: SignatureAlgorithm) throws {
        let key = try Vectors.key(algorithm)
        let signature = Vectors.signature(algorithm)
        let zeros = [UInt8](repeating: 0, count: signature.count)
        for wrong in [[], signature.dropLast(), signature + [0], zeros, Array(signature.dropFirst())] {
            #expect(!key.verifies(wrong, over: Vectors.message))
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test func `a signature of the other algorithm is refused`() throws {
        #expect(try !Vectors.key(.ecdsaP256).verifies(Vectors.ed25519Signature, over: Vectors.message))
        #expect(try !Vectors.key(.ed25519).verifies(Vectors.ecdsaSignature, over: Vectors.message))
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `every byte of the encoding counts`(algorithm: SignatureAlgorithm) throws {
        let spki = try Vectors.key(algorithm).spki
        for index in spki.indices {
            var flipped = spki
            flipped[index] ^= 1
            // A flipped bit of the key itself may be another key, or off the curve; it never is the same one.
            if let other = try? PublicKey(spki: flipped) { #expect(other.fingerprint != SHA256Digest.of(spki)) }
        }
        for length in 0..<spki.count {
            #expect(throws: CryptoError.malformedKey) { try PublicKey(spki: Array(spki[..<length])) }
        }
        #expect(throws: CryptoError.malformedKey) { try PublicKey(spki: spki + [0]) }
        #expect(ErrorQueue.isEmpty)
    }

    @Test func `a point that is not on the curve is refused`() throws {
        var spki = try Vectors.key(.ecdsaP256).spki
        spki[90] ^= 1
        #expect(throws: CryptoError.malformedKey) { try PublicKey(spki: spki) }
    }

    @Test(arguments: [
        ("", CryptoError.notPEM),
        ("hello\n", .notPEM),
        ("-----BEGIN PUBLIC KEY-----\nMFkw", .malformedPEM(label: "PUBLIC KEY")),
        ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PRIVATE KEY-----\n", .malformedPEM(label: "PUBLIC KEY")),
        ("-----BEGIN PUBLIC KEY-----\nMF*w\n-----END PUBLIC KEY-----\n", .malformedPEM(label: "PUBLIC KEY")),
        ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n", .malformedKey),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", .malformedKey),
        (
            "-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n",
            .unexpectedLabel(found: "CERTIFICATE", wanted: "PUBLIC KEY")
        ),
        (
            Vectors.ecdsaPEM + Vectors.ecdsaPEM,
            .severalBlocks(labels: ["PUBLIC KEY", "PUBLIC KEY"])
        ),
    ])
    func refuses(text: String, error: CryptoError) {
        #expect(throws: error) { try PublicKey(pem: Array(text.utf8)) }
    }

    @Test func `a file of 64 KiB and one byte is not looked at`() {
        let text = [UInt8](repeating: 0x20, count: 65_537)
        #expect(throws: CryptoError.tooLong(found: 65_537, limit: 65_536)) { try PublicKey(pem: text) }
    }

    @Test func `words around the block and Windows line ends are passed over`() throws {
        let windows =
            "key of line 7\r\n" + Vectors.ecdsaPEM.split(separator: "\n").joined(separator: "\r\n") + "\r\nend"
        #expect(try PublicKey(pem: Array(windows.utf8)) == Vectors.key(.ecdsaP256))
    }

    @Test(arguments: [
        "", "0B24D1037194EDDE", "0b24d1037194edd", "0b24d1037194eddee", "0b24d1037194edd/", "../../../../../..",
    ])
    func `a key id is 16 lower-case digits`(text: String) {
        #expect(KeyID(text) == nil)
    }
}
