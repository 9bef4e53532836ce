import LibCrypto
import Testing
import Trust

/// What a person may type for a fingerprint.
struct PinTests {
    @Test(arguments: [
        "", "SHA256:", "SHA256:0123456789abcdef0123456789abcde", "zz", "SHA256:0123456789abcdeg0123456789abcdef",
        "SHA1:0123456789abcdef0123456789abcdef", String(repeating: "a", count: 65),
    ])
    func `too little of a fingerprint is none`(text: String) {
        #expect(Pin(fingerprint: text, origin: "test") == nil)
    }

    @Test(arguments: [
        "SHA256:0123456789abcdef0123456789abcdef", "0123 4567 89AB CDEF 0123 4567 89ab cdef",
        "sha256:01234567-89abcdef-01234567-89abcdef",
    ])
    func `groups, capitals and the word before it do not matter`(text: String) throws {
        let pin = try #require(Pin(fingerprint: text, origin: "test"))
        #expect(pin.trust == .fingerprint("0123456789abcdef0123456789abcdef"))
        #expect(pin.keyID?.text == "0123456789abcdef")
    }
}
