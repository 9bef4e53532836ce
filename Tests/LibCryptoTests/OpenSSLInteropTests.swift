import LibCrypto
import StockTools
import Testing
import Values

/// Both directions with the `openssl` program: what it writes we read, what we write it reads.
@Suite struct OpenSSLInteropTests {
    private static let passphrase = SecretBytes(copying: Array("pw".utf8))

    private static func check(_ algorithm: SignatureAlgorithm) -> String {
        switch algorithm {
        case .ecdsaP256: "openssl dgst -sha256 -verify key.pub -signature sig message"
        case .ed25519: "openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in message -sigfile sig"
        }
    }

    private static func sign(_ algorithm: SignatureAlgorithm) -> String {
        switch algorithm {
        case .ecdsaP256: "openssl dgst -sha256 -sign key.pem -passin pass:pw -out sig message"
        case .ed25519: "openssl pkeyutl -sign -inkey key.pem -passin pass:pw -rawin -in message -out sig"
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases, [false, true])
    func `openssl reads our key, signs with it, and takes our signature`(
        algorithm: SignatureAlgorithm, isEncrypted: Bool
    ) throws {
        let folder = try CommandFolder()
        let key = try PrivateKey.generate(algorithm)
        let pem = try key.pem(encryptedWith: isEncrypted ? Self.passphrase : nil)
        try folder.write("key.pem", pem.withUnsafeBytes { Array($0) })
        try folder.write("message", Vectors.message)
        try folder.write("sig", key.sign(Vectors.message))
        try #require(try folder.run("openssl pkey -in key.pem -passin pass:pw -pubout -out key.pub") == 0)
        #expect(try folder.read("key.pub") == Array(key.publicKey.pem.utf8))
        #expect(try folder.run(Self.check(algorithm)) == 0)
        #expect(try folder.run("openssl asn1parse -in key.pem -noout") == 0)

        try #require(try folder.run(Self.sign(algorithm)) == 0)
        #expect(try key.publicKey.verifies(folder.read("sig"), over: Vectors.message))
        try folder.write("message", Vectors.message + [1])
        #expect(try folder.run(Self.check(algorithm)) != 0)
    }

    @Test func `our encrypted key is PBES2 with PBKDF2, HMAC-SHA256, 600 000 rounds and AES-256-CBC`() throws {
        let folder = try CommandFolder()
        let pem = try PrivateKey.generate(.ed25519).pem(encryptedWith: Self.passphrase)
        try folder.write("key.pem", pem.withUnsafeBytes { Array($0) })
        try #require(try folder.run("openssl asn1parse -in key.pem > found") == 0)
        let found = String(decoding: try folder.read("found"), as: UTF8.self)
        for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"] {
            #expect(found.contains(part), "\(part)")
        }
    }

    @Test(arguments: [
        (
            "EC PKCS#8", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            SignatureAlgorithm.ecdsaP256
        ),
        ("EC SEC1 with parameters", "openssl ecparam -name prime256v1 -genkey -out key.pem", .ecdsaP256),
        (
            "EC SEC1 with a compressed point",
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -conv_form compressed -out key.pem",
            .ecdsaP256
        ),
        (
            "EC without its public key",
            "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -no_public -out key.pem", .ecdsaP256
        ),
        ("Ed25519", "openssl genpkey -algorithm ED25519 -out key.pem", .ed25519),
        (
            "PBKDF2",
            "openssl genpkey -algorithm ED25519 | openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000"
                + " -passout pass:pw -out key.pem", .ed25519
        ),
        (
            "openssl's own 2048 rounds",
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-128-cbc -pass pass:pw -out key.pem",
            .ecdsaP256
        ),
        (
            "scrypt", "openssl genpkey -algorithm ED25519 | openssl pkcs8 -topk8 -scrypt -passout pass:pw -out key.pem",
            .ed25519
        ),
    ])
    func `openssl's key signs here, and openssl takes the signature`(
        name: String, making line: String, algorithm: SignatureAlgorithm
    ) throws {
        let folder = try CommandFolder()
        try #require(try folder.run(line) == 0)
        let publishing = algorithm == .ecdsaP256 ? "ec -conv_form uncompressed" : "pkey"
        try #require(try folder.run("openssl \(publishing) -in key.pem -passin pass:pw -pubout -out key.pub") == 0)
        let key = try PrivateKey(pem: folder.read("key.pem")) { Self.passphrase }
        #expect(key.publicKey.algorithm == algorithm)
        #expect(try PublicKey(pem: folder.read("key.pub")) == key.publicKey)
        try folder.write("message", Vectors.message)
        try folder.write("sig", key.sign(Vectors.message))
        #expect(try folder.run(Self.check(algorithm)) == 0)
        #expect(ErrorQueue.isEmpty)
    }

    @Test(arguments: [
        ("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem", "RSA, 2048 bits"),
        ("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem", "EC secp384r1"),
        ("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key.pem", "EC secp256k1"),
        ("openssl genpkey -algorithm ED448 -out key.pem", "ED448, 456 bits"),
        ("openssl genpkey -algorithm X25519 -out key.pem", "X25519, 253 bits"),
        ("openssl ecparam -name secp521r1 -genkey -noout -out key.pem", "EC secp521r1"),
    ])
    func `other keys are refused by name`(making line: String, name: String) throws {
        let folder = try CommandFolder()
        try #require(try folder.run("\(line) && openssl pkey -in key.pem -pubout -out key.pub") == 0)
        #expect(throws: CryptoError.unsupportedKey(name: name)) { try PublicKey(pem: folder.read("key.pub")) }
        #expect(throws: CryptoError.unsupportedKey(name: name)) {
            _ = try PrivateKey(pem: folder.read("key.pem")) { nil }
        }
        #expect(ErrorQueue.isEmpty)
    }

    @Test(arguments: [
        ("-conv_form compressed", CryptoError.unusualEncoding(.ecdsaP256)),
        ("-param_enc explicit", .unusualEncoding(.ecdsaP256)),
    ])
    func `unusual encodings of the right key are refused`(option: String, error: CryptoError) throws {
        let folder = try CommandFolder()
        let line = "openssl ecparam -name prime256v1 -genkey -noout | openssl ec \(option) -pubout -out key.pub"
        try #require(try folder.run(line) == 0)
        #expect(throws: error) { try PublicKey(pem: folder.read("key.pub")) }
    }

    @Test func `PEM encryption of OpenSSL 0.9 is refused by name`() throws {
        let folder = try CommandFolder()
        let line = "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes256 -passout pass:pw -out key.pem"
        try #require(try folder.run(line) == 0)
        #expect {
            _ = try PrivateKey(pem: folder.read("key.pem")) { Self.passphrase }
        } throws: { error in
            guard case .unsupportedEncryption(let name) = error as? CryptoError else { return false }
            return name.hasPrefix("PEM with AES-256-CBC,")
        }
    }

    @Test func `a cipher that we do not have is told apart from a wrong passphrase`() throws {
        let folder = try CommandFolder()
        let line = "openssl genpkey -algorithm ED25519 | openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy"
        try #require(try folder.run(line + " -provider default -passout pass:pw -out key.pem") == 0)
        #expect(throws: CryptoError.unsupportedEncryption(name: "pbeWithMD5AndDES-CBC")) {
            _ = try PrivateKey(pem: folder.read("key.pem")) { Self.passphrase }
        }
        #expect(ErrorQueue.isEmpty)
    }

    /// 128 · N · r is 266 MB here, over the limit of 32 MiB (EVP_KDF-SCRYPT(7), "maxmem_bytes").
    @Test func `scrypt that wants too much memory is told apart from a wrong passphrase`() throws {
        let folder = try CommandFolder()
        let line =
            "openssl genpkey -algorithm ED25519 | openssl pkcs8 -topk8 -scrypt -passout pass:pw -outform DER -out key.der"
        try #require(try folder.run(line) == 0)
        var der = try folder.read("key.der")
        let parameters: [UInt8] = [0x02, 0x02, 0x40, 0x00, 0x02, 0x01, 0x08, 0x02, 0x01, 0x01]  // N 16384, r 8, p 1
        let start = try #require(der.indices.first { der[$0...].starts(with: parameters) })
        der[start + 6] = 127
        let pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\(Base64.encode(der))\n-----END ENCRYPTED PRIVATE KEY-----\n"
        #expect(throws: CryptoError.unsupportedEncryption(name: "PBES2")) {
            _ = try PrivateKey(pem: Array(pem.utf8)) { Self.passphrase }
        }
    }
}
