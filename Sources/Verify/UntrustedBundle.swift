import Format
import LibCrypto
public import Posix
import Reporting
public import Trust
import Values

/// A bundle's folder before anything in it is believed.
///
/// Only ``verified(under:)`` leads on, along the order of trust: pinned key → signature over SHA256SUMS → manifest.json's digest → the rest.
/// Nothing is parsed before the step on its left has passed (design §4).
public struct UntrustedBundle: ~Copyable {
    let folder: DirectoryHandle

    /// Opens the folder and reads nothing.
    public init(opening path: FilePath) throws(VerifyError) {
        do throws(FileError) { folder = try DirectoryHandle.open(path) } catch { throw .file(error) }
    }

    /// Where it is.
    public var path: FilePath { folder.path }

    /// Checks signatures, then SHA256SUMS, then the manifest, then what else the site asks for.
    ///
    /// The payload is not read yet: ``VerifiedBundle`` checks each chunk when it is read.
    ///
    /// - Throws: ``VerifyError``; nothing of the bundle must then be used.
    public consuming func verified(under policy: TrustPolicy) throws(VerifyError) -> VerifiedBundle {
        let (policy, chain) = try followingKeyLists(policy)
        guard !policy.pins.isEmpty || !policy.authorities.isEmpty else { throw .noPins(bundle: path) }
        guard let root = try read(BundleFile.sums, limit: SHA256Sums.maximumSize) else { throw .noRoot(bundle: path) }
        let certified = try certifiedSigners(of: root, under: policy)
        let keys = try keysVouching(for: root, under: policy, beside: certified)
        let (sums, manifest, size) = try understand(root)
        try checkCertificates(of: certified.signers, at: manifest.created)
        try admit(manifest, under: policy)
        let bundle = VerifiedBundle(
            folder: folder, rootDigest: SHA256Digest.of(root), keys: keys, signers: certified.signers, sums: sums,
            manifest: manifest, manifestSize: size, keyChain: chain)
        if let demanded = policy.site?.evidence, !demanded.isEmpty { _ = try bundle.evidence(demanding: demanded) }
        return bundle
    }

    /// The policy with the keys of the newest list, and the way there, where the site goes by key lists.
    private borrowing func followingKeyLists(
        _ policy: TrustPolicy
    ) throws(VerifyError) -> (TrustPolicy, KeyChain?) {
        guard let lists = policy.lists else { return (policy, nil) }
        let chain = try folder.followKeyLists(from: lists, below: BundleFile.signatures + "/")
        do throws(TrustError) { return (try policy.settled(by: chain), chain) } catch { throw .trust(error) }
    }

    /// Parses SHA256SUMS, then the manifest once its digest is right.
    private borrowing func understand(_ root: [UInt8]) throws(VerifyError) -> (SHA256Sums, Manifest, ByteCount) {
        let sums = try parsing { () throws(FormatError) in try SHA256Sums(reading: root) }
        guard let promised = sums.digest(of: BundleFile.manifest) else { throw .missing(name: BundleFile.manifest) }
        guard let bytes = try read(BundleFile.manifest, limit: Manifest.maximumSize) else {
            throw .missing(name: BundleFile.manifest)
        }
        guard SHA256Digest.of(bytes) == promised else { throw .wrongDigest(name: BundleFile.manifest) }
        let manifest = try parsing { () throws(FormatError) in try Manifest(reading: bytes) }
        try checkVolumeNames(sums, manifest)
        try checkPlainFiles(sums, manifest)
        return (sums, manifest, ByteCount(bytes.count))
    }

    /// Whether the site takes such a bundle at all.
    private borrowing func admit(_ manifest: Manifest, under policy: TrustPolicy) throws(VerifyError) {
        do throws(TrustError) {
            try policy.site?.admit(
                name: manifest.name.description, profile: manifest.target.profile,
                architecture: manifest.target.architecture)
        } catch {
            throw .trust(error)
        }
    }

    /// Every volume is named in SHA256SUMS, and everything named like one is a volume.
    private borrowing func checkVolumeNames(_ sums: SHA256Sums, _ manifest: Manifest) throws(VerifyError) {
        let volumes = Set(manifest.volumes.map(\.name))
        for line in sums.lines where BundleFile.looksLikeVolume(line.name) && !volumes.contains(line.name) {
            throw .surplusVolume(name: line.name)
        }
        for volume in manifest.volumes where sums.digest(of: volume.name) == nil { throw .missing(name: volume.name) }
    }

    /// Of plain files, every one is named in SHA256SUMS with the digest that the manifest promises, and no other is; a payload in volumes
    /// has none.
    private borrowing func checkPlainFiles(_ sums: SHA256Sums, _ manifest: Manifest) throws(VerifyError) {
        var promised: [String: SHA256Digest] = [:]
        if manifest.target.os.takesPlainFiles {
            for entry in manifest.entries { promised[PlainFile.name(of: entry.path)] = entry.content?.digest }
        }
        for line in sums.lines where PlainFile.isName(line.name) {
            guard let digest = promised.removeValue(forKey: line.name) else { throw .surplusVolume(name: line.name) }
            guard digest == line.digest else { throw .contradiction(name: line.name) }
        }
        if let name = promised.keys.min() { throw .missing(name: name) }
    }

    /// A small file, read whole; `nil` when it is not there.
    borrowing func read(_ name: String, limit: ByteCount) throws(VerifyError) -> [UInt8]? {
        try folder.readRegular(name, limit: limit)
    }
}

/// Runs `body` and passes its refusal on as ours.
private func parsing<Value>(_ body: () throws(FormatError) -> Value) throws(VerifyError) -> Value {
    do throws(FormatError) { return try body() } catch { throw .format(error) }
}
