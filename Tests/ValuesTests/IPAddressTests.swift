import Testing
import Values

@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", [0, 0, 0, 0]), ("192.168.1.10", [192, 168, 1, 10]), ("255.255.255.255", [255, 255, 255, 255]),
            ("::", [UInt8](repeating: 0, count: 16)), ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("fe80::1", [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1::", [0, 1] + [UInt8](repeating: 0, count: 14)),
            ("1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]),
            ("::ffff:10.0.0.1", [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1]),
            ("FD00::A", [0xFD, 0] + [UInt8](repeating: 0, count: 13) + [0x0A]),
        ] as [(String, [UInt8])])
    func reads(text: String, bytes: [UInt8]) {
        #expect(IPAddress(text)?.bytes == bytes)
        #expect(IPAddress(text)?.isV4 == (bytes.count == 4))
    }

    @Test(arguments: [
        "", ".", ":", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "+1.2.3.4", "1.2.3.-4",
        "1.2.3.4 ", " 1.2.3.4",
        "1..2.3", "0x1.2.3.4", "1.2.3.4/24", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", ":1::2", "1::2:", "12345::", "g::", "+1::", "::1.2.3", "1.2.3.4::", "fe80::1%eth0",
        "[::1]",
        "::1.2.3.4:5", "١.2.3.4",
    ])
    func refuses(text: String) {
        #expect(IPAddress(text) == nil)
    }
}

@Suite struct IPNetworkTests {
    @Test(arguments: [
        ("10.42.0.0/16", 16), ("0.0.0.0/0", 0), ("10.0.0.1/32", 32), ("10.0.0.128/25", 25), ("fd00::/8", 8),
        ("::1/128", 128),
    ])
    func reads(text: String, prefix: Int) {
        #expect(IPNetwork(text)?.prefix == prefix)
    }

    @Test(arguments: [
        "", "/", "10.42.0.0", "10.42.0.0/", "/16", "10.42.0.0/33", "10.42.0.0/-1", "10.42.0.0/+8", "10.42.0.0/016",
        "10.42.0.1/16",
        "10.0.0.128/24", "10.42.0.0/16/8", "fd00::1/64", "::/129", "10.42.0.0 /16",
    ])
    func `refuses what is no network or has bits behind its prefix`(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
