import LibCrypto
import Values

/// The public test vectors of docs/format.md: one message, one key of each kind, one signature of each.
enum Vectors {
    static let message = Array("sealift test vector\n".utf8)

    static let ecdsaPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELIrCfs4N7XvnpXFPqACi4V/WW5KP
        yOc1AXsTwH0kWWr7rtwtQ1FTC03MeByKo1MqmfBqermrF9SaRTTJRuieog==
        -----END PUBLIC KEY-----

        """
    static let ecdsaFingerprint = "0b24d1037194edded86dd2eec8c9db45f4d33883f448b587a02260266f401dfb"
    static let ecdsaSignature = decoded(
        "MEQCICN3UGdcESkI7F4YAYr3l3R4bVjy4Y3PmGxpCVYO4mmRAiBZNzm+ubPYkbT74F8dfZNHJv2wHzdxgVg37rdQjhr2wA==")

    static let ed25519SPKI = decoded("MCowBQYDK2VwAyEAn/I8JVdZwxUeo5WAKi9BHgFvpa/+3MUo0Q7Ln67ZsfY=")
    static let ed25519Signature = decoded(
        "8bw9x0eVWrk81jt3uqvkMdyU7ajwUd3VgBRskdFD6zaKCKBuBRmLIO9XlvLaDIjCcci1BNYsjqOC6wT0EuByAw==")

    static func key(_ algorithm: SignatureAlgorithm) throws -> PublicKey {
        switch algorithm {
        case .ecdsaP256: try PublicKey(pem: Array(ecdsaPEM.utf8))
        case .ed25519: try PublicKey(spki: ed25519SPKI)
        }
    }

    static func signature(_ algorithm: SignatureAlgorithm) -> [UInt8] {
        algorithm == .ecdsaP256 ? ecdsaSignature : ed25519Signature
    }

    private static func decoded(_ text: String) -> [UInt8] {
        guard let bytes = Base64.decode(text) else { fatalError("a vector is not Base64") }
        return bytes
    }
}
