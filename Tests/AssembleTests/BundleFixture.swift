import Assemble
import Format
import LibCrypto
import Posix
import Reporting
import Sign
import Testing
import Values

/// A writer of small bundles, and a stand-in for the installer.
struct BundleFixture {
    let pack: PackFixture
    let output: FilePath
    let installer: FilePath

    init() throws {
        pack = try PackFixture()
        output = try pack.scratch.folder("media")
        installer = pack.scratch.path.appending("sealift-install")
        // Says what it was called with, and ends with 7 when asked to.
        let script = """
            #!/bin/sh
            [ "$1" = --version ] && exit 0
            printf '%s\\n' "$0" "$@"
            for word; do [ "$word" = fail ] && exit 7; done
            exit 0

            """
        try Files.replace(installer, with: Array(script.utf8), mode: .executable)
    }

    var name: String { "line7-2026.11.0-k3s-amd64" }
    var bundle: FilePath { output.appending(name) }

    func manifest(version: String = "2026.11.0") throws -> Manifest {
        Manifest(
            name: try #require(BundleName("line7")), version: try #require(BundleVersion(version)),
            sequence: 1_790_000_000,
            created: Timestamp(seconds: 1_790_000_000), builder: PackFixture.builder,
            target: .init(profile: "k3s", version: Version("v1.31.4+k3s1"), architecture: .amd64),
            roles: [Role(name: "server", summary: "runs the control plane")],
            variables: [Variable(name: "NODE_IP", type: .ipv4, ask: "address of this node")])
    }

    /// Writes a bundle of the usual items.
    @discardableResult
    func write(
        to output: BundleOutput? = nil, change: String = "", readsBack: Bool = true,
        signing sign: (SignatureRequest) throws(CryptoError) -> [SignatureFile] = { (_) throws(CryptoError) in [] }
    ) throws -> BundleWriter.Written {
        let packing = Packer.Options(builder: PackFixture.builder, volumeSize: .mebibytes(16), jobs: 2)
        let writer = BundleWriter(
            store: pack.store, cache: pack.cache, options: .init(packing: packing, readsBack: readsBack),
            progress: SilentProgress())
        let contents = BundleContents(
            manifest: try manifest(), payload: Payload(try pack.items(change: change)), installer: installer)
        return try writer.write(contents, to: output ?? .folder(self.output), signing: sign)
    }

    /// Writes a signed bundle, and gives the file with the public key.
    func writeSigned(_ algorithm: SignatureAlgorithm) throws -> FilePath {
        let key = try PrivateKey.generate(algorithm)
        try write { (sums) throws(CryptoError) in try SignatureFile.signing(sums, with: key) }
        let file = pack.scratch.path.appending("site.pub")
        try Files.replace(file, with: Array(key.publicKey.pem.utf8))
        return file
    }

    /// Everything below a folder: path, mode, digest.
    func tree(_ folder: FilePath) throws -> String {
        try shell(
            "find . -mindepth 1 -printf '%P %M\\n' | sort; find . -type f | sort | xargs -r sha256sum", in: folder
        ).text
    }
}
