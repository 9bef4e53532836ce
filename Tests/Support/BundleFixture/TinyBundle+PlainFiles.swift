public import Format
import LibCrypto
public import Posix
import Values

extension TinyBundle {
    /// A bundle of plain files, made by hand.
    ///
    /// - Parameters:
    ///   - skeleton: The manifest; its target takes plain files.
    ///   - lines: A last change to the names and bytes of all files that SHA256SUMS names, to make it lie.
    public init(
        plainAt parent: FilePath, skeleton: Manifest, contents: Contents,
        lines: (inout [(name: String, bytes: [UInt8])]) -> Void = { _ in }
    ) throws {
        let signer = try PrivateKey.generate(.ecdsaP256)
        self.init(path: parent.appending("bundle"), key: signer.publicKey, manifest: skeleton)
        try Files.makeDirectories(path.appending(BundleFile.signatures))
        var files = contents.map { (name: "payload/" + $0.key, bytes: $0.value) }
        files.append((BundleFile.manifest, skeleton.canonical()))
        files.append((BundleFile.windowsScript, Array("exit 1\n".utf8)))
        for (name, bytes) in files {
            try Files.makeDirectories(path.appending(name).parent)
            try Files.replace(path.appending(name), with: bytes)
        }
        lines(&files)
        let sums = try SHA256Sums(files.map { (name: $0.name, digest: SHA256Digest.of($0.bytes)) })
        try write(sums: sums.bytes, signedBy: signer)
    }
}
