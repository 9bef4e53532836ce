import Definition
import JSON
import Posix
import Testing
import Values

/// What `sealift profiles NAME` shows. scripts/update-docs renews Tests/Golden/profiles; read the difference.
struct ProfileSheetTests {
    private static let golden = FilePath(String(#filePath)).parent.parent.appending("Golden/profiles")

    /// Every profile whose sheet is kept; Tests/Lab/test_docs.py says when one is not.
    private static var names: [String] {
        get throws { try ProfileLibrary().names().filter { try Files.exists(golden.appending($0 + ".txt")) } }
    }

    private func golden(_ name: String) throws -> [UInt8] {
        try Files.read(Self.golden.appending(name), limit: .mebibytes(1))
    }

    private func sheet(_ name: String, version: String? = nil) throws -> ProfileSheet {
        let profile = try ProfileLibrary().profile(named: name)
        return try #require(ProfileSheet(profile, version: version.map { Version($0) }))
    }

    @Test(arguments: try names)
    func `a person reads the golden sheet`(name: String) throws {
        #expect(try sheet(name).text + "\n" == String(decoding: golden(name + ".txt"), as: UTF8.self))
    }

    @Test(arguments: try names)
    func `a program reads the golden sheet`(name: String) throws {
        let expected = try JSONValue.parse(golden(name + ".json"), limits: JSONLimits(size: .mebibytes(1)))
        #expect(try sheet(name).json.canonical() == expected.canonical())
    }

    @Test func `the sheet is for the version asked for`() throws {
        let (old, new) = (
            try sheet("k0s", version: "v1.35.1+k0s.0").text, try sheet("k0s", version: "v1.36.3+k0s.2").text
        )
        #expect(old.contains("k0s-airgap-bundle-v1.35.1%2Bk0s.0-amd64"))
        #expect(old.contains("/airgap-images-list.txt"))
        #expect(new.contains("k0s-airgap-bundle-v1.36.3%2Bk0s.2-linux-amd64.tar"))
        #expect(new.contains("/airgap-images-linux-amd64.txt"))
        #expect(new.contains("shown here     v1.36.3+k0s.2 for amd64"))
    }

    @Test func `a sheet needs an architecture of the profile`() throws {
        var profile = try k3s()
        profile.architectures[.amd64] = nil
        #expect(ProfileSheet(profile, architecture: .amd64) == nil)
        #expect(ProfileSheet(profile)?.text.contains("shown here     v1.31.4+k3s1 for arm64") == true)
    }
}
