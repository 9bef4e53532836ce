import LibCrypto
import Testing
import Values

@Suite struct DigestTests {
    /// FIPS 180-4 and FIPS 202, NIST's example values for "abc".
    @Test(arguments: [
        (DigestAlgorithm.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            .sha3_384,
            "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
                + "98d88cea927ac7f539f1edf228376d25"
        ),
    ])
    func `the published values`(algorithm: DigestAlgorithm, hex: String) {
        var context = DigestContext(algorithm)
        for byte in "abc".utf8 { context.update([byte].span) }
        let digest = context.finalize()
        #expect(Hex.encode(digest) == hex)
        #expect(digest.count == algorithm.byteCount)
    }
}
