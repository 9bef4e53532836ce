import Format
import LibCrypto
import Posix
import Reporting
import Sign
import Testing
import Trust
import Values
import Verify

@testable import Assemble

/// Bundles of plain files, as Windows takes them (docs/format.md §8.3).
@Suite struct PlainWriterTests {
    let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    private func contents(change: String = "") throws -> BundleContents {
        var manifest = try fixture.manifest()
        manifest.target = .init(
            profile: "aks-edge", version: Version("1.11.247.0+k3s"), os: .windows, architecture: .amd64)
        let permissions = Permissions(mode: .file)
        let large = try fixture.pack.store.add(noise(2_300_000, seed: 1))
        let layer = try fixture.pack.store.add(noise(1_100_000, seed: 2))
        let config = try fixture.pack.store.add(noise(700, seed: 3))
        let items: [PayloadItem] = [
            .directory(path("images"), Permissions(mode: .executable)),
            .stored(path("setup.msi"), permissions, large),
            .literal(path("roles/server/empty"), permissions, [], destination: path("empty")),
            try .template(
                path("config.json"), permissions, Array("{\"ip\": ${NODE_IP}\(change)}\n".utf8), format: .json),
            .archive(path("images/images.tar"), permissions, PackFixture.archive(layer: layer, config: config)),
        ]
        return BundleContents(manifest: manifest, payload: Payload(items), installer: nil)
    }

    @discardableResult
    private func write(
        _ contents: BundleContents, to output: BundleOutput? = nil
    ) throws -> (BundleWriter.Written, PublicKey) {
        let packing = Packer.Options(builder: PackFixture.builder, jobs: 2)
        let writer = BundleWriter(
            store: fixture.pack.store, cache: fixture.pack.cache, options: .init(packing: packing),
            progress: SilentProgress())
        let key = try PrivateKey.generate(.ecdsaP256)
        let written = try writer.write(contents, to: output ?? .folder(fixture.output)) { (sums) throws(CryptoError) in
            try SignatureFile.signing(sums, with: key)
        }
        return (written, key.publicKey)
    }

    private var bundle: FilePath { fixture.output.appending("line7-2026.11.0-aks-edge-amd64") }

    @Test func `every file stands below payload, is named in SHA256SUMS, and is what the manifest says`() throws {
        let (written, key) = try write(contents())
        #expect(written.path == bundle)
        let files = try shell("find . -type f ! -path './signatures/*' -printf '%P\\n' | LC_ALL=C sort", in: bundle)
            .text
        #expect(
            files.split(separator: "\n") == [
                "README.txt", "SHA256SUMS", "install.ps1", "manifest.json", "payload/config.json",
                "payload/images/images.tar", "payload/roles/server/empty", "payload/setup.msi", "report.html",
                "sbom.cdx.json", "sbom.spdx.json",
            ])
        #expect(try shell("sha256sum -c --strict --quiet SHA256SUMS", in: bundle).status == 0)
        #expect(try shell("tar -tf payload/images/images.tar | wc -l", in: bundle).text == "3\n")
        let opened = try UntrustedBundle(opening: bundle).verified(under: TrustPolicy(pins: [Pin(key, origin: "t")]))
        #expect(try opened.verifyFiles() == [])
        try opened.verifyPayload(deep: true, workers: 2, progress: SilentProgress())
        #expect(try opened.unnamedVolumes() == [])
        #expect(opened.manifest == written.manifest)
    }

    @Test func `the same content gives the same bytes`() throws {
        try write(contents())
        let first = try shell("sha256sum SHA256SUMS", in: bundle).text
        try write(contents())
        #expect(try shell("sha256sum SHA256SUMS", in: bundle).text == first)
        try write(contents(change: " "))
        #expect(try shell("sha256sum SHA256SUMS", in: bundle).text != first)
        #expect(try DirectoryHandle.open(fixture.output).entries() == ["line7-2026.11.0-aks-edge-amd64"])
    }

    @Test func `different bundles carry the same install script`() throws {
        try write(contents())
        let script = try Files.read(bundle.appending("install.ps1"), limit: .mebibytes(1))
        var other = try contents(change: "  ")
        other.manifest.name = try #require(BundleName("line8"))
        other.manifest.target.profile = "other"
        let (written, _) = try write(other)
        #expect(try Files.read(written.path.appending("install.ps1"), limit: .mebibytes(1)) == script)
        #expect(script == WindowsScript.bytes)
        #expect(script.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    }

    @Test func `as one tar it has all folders and files`() throws {
        try write(contents(), to: .tar(fixture.output.appending("line7.tar")))
        try shell("tar -xf line7.tar", in: fixture.output)
        #expect(try shell("sha256sum -c --strict --quiet SHA256SUMS", in: bundle).status == 0)
        let names = try shell("tar -tf line7.tar", in: fixture.output).text
        #expect(names.split(separator: "\n").contains("line7-2026.11.0-aks-edge-amd64/payload/images/"))
    }

    @Test func `names that Windows does not take are refused before anything is written`() throws {
        var contents = try contents()
        contents.payload = Payload([.literal(path("aux.txt"), Permissions(mode: .file), [1])])
        #expect {
            try write(contents)
        } throws: { error in
            guard case AssembleError.contents(.invalid(_, let place, _)) = error else { return false }
            return place == "entry aux.txt"
        }
        #expect(try DirectoryHandle.open(fixture.output).entries() == [])
    }
}
