import LibCrypto
import Testing
import Values

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("sealift test vector\n", "c142f12df819fee0863e42117f0b7a9a1c37a68118c89170ea088ed755967777"),
    ])
    func `the vectors of FIPS 180-4 and our own`(text: String, hex: String) {
        #expect(SHA256Digest.of(Array(text.utf8)).hex == hex)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 200])
    func `the cut between updates does not matter`(cut: Int) {
        let message = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var context = SHA256Context()
        context.update(Array(message[..<cut]))
        context.update(Array(message[cut...]))
        let whole = message.withUnsafeBytes { SHA256Digest.of($0) }
        #expect(context.finalize() == whole)
    }

}
