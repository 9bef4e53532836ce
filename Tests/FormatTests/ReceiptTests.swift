import LibCrypto
import Testing
import Values

@testable import Format

struct ReceiptTests {
    private func sample() throws -> Receipt {
        let content = Sample.content([1])
        return Receipt(
            bundle: .init(
                name: try #require(BundleName("line7")), version: try #require(BundleVersion("1")), sequence: 3,
                created: Timestamp(seconds: 0), digest: content.digest),
            target: .init(profile: "k3s", version: Version("v1"), architecture: .arm64), role: "server",
            installed: Timestamp(seconds: 1), installer: "0.1.0", keys: [content.digest],
            files: [
                .init(path: try Sample.path("etc"), kind: .directory(Permissions(mode: .executable))),
                .init(path: try Sample.path("etc/a"), kind: .file(Permissions(mode: .file), content)),
                .init(path: try Sample.path("etc/secret"), kind: .file(Permissions(mode: .secret), nil)),
                .init(path: try Sample.path("etc/l"), kind: .link(target: "a")),
            ], units: ["k3s.service"], values: [("NODE_IP", "10.0.0.1"), ("A", "b")], warnings: ["w"])
    }

    @Test func `what is written is read back the same`() throws {
        let receipt = try sample()
        let again = try Receipt(reading: receipt.canonical())
        #expect(again.canonical() == receipt.canonical())
        #expect(again.values.map(\.name) == ["A", "NODE_IP"])
        #expect(again.files == receipt.files)
    }

    @Test func `a byte more or another format is refused`() throws {
        let bytes = try sample().canonical()
        #expect(throws: FormatError.self) { try Receipt(reading: bytes + [10]) }
        let newer = String(decoding: bytes, as: UTF8.self).replacing("\"format\": 1", with: "\"format\": 9")
        #expect(throws: FormatError.unsupportedFormat(document: .receipt, found: 9)) {
            try Receipt(reading: Array(newer.utf8))
        }
    }
}
