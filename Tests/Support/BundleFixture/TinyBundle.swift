public import Format
public import LibCrypto
import LibZstdEncoder
public import Posix
import Values

/// A bundle made by hand for tests: small chunks, several volumes, written without Assemble, so that readers are tested against the document
/// and not against our own writer.
public struct TinyBundle {
    /// Where the folder is.
    public let path: FilePath
    /// The key that signed it.
    public let key: PublicKey
    /// What its manifest says.
    public var manifest: Manifest

    /// The files of an entry list: path → bytes of files and templates.
    public typealias Contents = [String: [UInt8]]

    /// Writes a bundle into a new folder `name` below `parent`.
    ///
    /// - Parameters:
    ///   - skeleton: Everything of the manifest but chunks and volumes, which are computed.
    ///   - step: Plain bytes in a chunk; `perVolume` chunks in a volume.
    ///   - change: A last change to the manifest, to make it lie.
    public init(
        at parent: FilePath, name: String = "bundle", skeleton: Manifest, contents: Contents, step: Int = 1_000,
        perVolume: Int = 2, installer: [UInt8]? = nil,
        change: (inout Manifest) -> Void = { _ in }
    ) throws {
        path = parent.appending(name)
        try Files.makeDirectories(path.appending(BundleFile.signatures))
        let payload = try Payload(of: skeleton.entries, contents: contents, step: step, perVolume: perVolume)
        var manifest = skeleton
        manifest.chunks = payload.chunks
        manifest.volumes = payload.volumes.enumerated().map { Volume(number: $0 + 1, size: ByteCount($1.count)) }
        change(&manifest)
        self.manifest = manifest
        let signer = try PrivateKey.generate(.ecdsaP256)
        key = signer.publicKey
        var files = payload.volumes.enumerated().map { (Volume.name($0 + 1), $1) }
        files.append((BundleFile.manifest, manifest.canonical()))
        files.append((BundleFile.readme, Array("how to check\n".utf8)))
        files.append((BundleFile.installScript, Array("#!/bin/sh\n".utf8)))
        if let installer { files.append((BundleFile.installer, installer)) }
        for (name, bytes) in files { try Files.replace(path.appending(name), with: bytes) }
        let sums = try SHA256Sums(files.map { (name: $0.0, digest: SHA256Digest.of($0.1)) })
        try write(sums: sums.bytes, signedBy: signer)
    }

    init(path: FilePath, key: PublicKey, manifest: Manifest) {
        self.path = path
        self.key = key
        self.manifest = manifest
    }

    /// Writes SHA256SUMS and its signature.
    public func write(sums: [UInt8], signedBy signer: borrowing PrivateKey) throws {
        try Files.replace(path.appending(BundleFile.sums), with: sums)
        let base = path.appending(BundleFile.signatures)
        try Files.replace(base.appending("\(signer.publicKey.keyID).sig"), with: signer.sign(sums))
        try Files.replace(base.appending("\(signer.publicKey.keyID).pub"), with: Array(signer.publicKey.pem.utf8))
    }

    /// Reads a file of the bundle, changes it and writes it back, as damage or an attacker would.
    public func tamper(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try Files.read(path.appending(name), limit: .mebibytes(64))
        change(&bytes)
        try FileDescriptor.open(path.appending(name), .writeOnly, options: .truncate).write(bytes)
    }
}

/// The compressed payload of an entry list.
struct Payload {
    var chunks: [Chunk] = []
    var volumes: [[UInt8]] = []

    init(of entries: [Entry], contents: TinyBundle.Contents, step: Int, perVolume: Int) throws {
        let stream = TarLayout(entries: entries).bytes(contents: contents)
        var encoder = FrameEncoder(level: 3)
        for start in stride(from: 0, to: stream.count, by: step) {
            let plain = Array(stream[start..<min(stream.count, start + step)])
            let stored = try encoder.frame(of: plain)
            if chunks.count.isMultiple(of: perVolume) { volumes.append([]) }
            volumes[volumes.count - 1] += stored
            chunks.append(Chunk(stored: Content(of: stored), plain: Content(of: plain), volume: volumes.count))
        }
    }
}

extension FrameEncoder {
    /// One frame as an array.
    mutating func frame(of plain: [UInt8]) throws -> [UInt8] {
        var stored = [UInt8](repeating: 0, count: FrameEncoder.bound(plain.count))
        let count = try plain.withUnsafeBytes { source in
            try stored.withUnsafeMutableBytes { try encode(source, into: $0) }
        }
        return Array(stored[..<count])
    }
}

extension TarLayout {
    /// The whole stream, with the content of files taken from `contents`.
    public func bytes(contents: TinyBundle.Contents) -> [UInt8] {
        pieces(in: 0..<length).flatMap { piece -> [UInt8] in
            switch piece {
            case .literal(let bytes): bytes
            case .content(let entry, let offset, let count):
                Array(contents[entries[entry].path.text, default: []][offset..<offset + count])
            }
        }
    }
}

extension Content {
    /// Size and digest of `bytes`.
    public init(of bytes: [UInt8]) { self.init(size: ByteCount(bytes.count), digest: SHA256Digest.of(bytes)) }
}
