import BundleFixture
import Format
import KeyRing
import LibCrypto
import Posix
import Testing
import Trust
import Values

@testable import Verify

/// A site that goes by key lists, and the bundle that is brought to it.
final class KeyListSite {
    let folder: TemporaryFolder
    let bundle: TinyBundle
    let ring = KeyRing()
    /// The lists that were made by ``extend(signedBy:roots:needing:keys:threshold:expires:)``, first to newest.
    private(set) var lists: [KeyList] = []
    /// What a person names with `--key`.
    var named: [FilePath] = []

    /// A bundle that nobody has signed yet, and a site without a policy.
    init() throws {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder)
        try Files.remove(signatures.appending("\(bundle.key.keyID).sig"))
        try Files.remove(signatures.appending("\(bundle.key.keyID).pub"))
    }

    var signatures: FilePath { bundle.path.appending(BundleFile.signatures) }
    var policy: FilePath { folder.path.appending("policy.json") }
    var record: FilePath { folder.path.appending("key-lists.json") }

    /// Makes the next list and puts it and these signatures into the bundle.
    @discardableResult
    func extend(
        signedBy signers: [String], roots: [String] = ["anna"], needing rootThreshold: Int = 1,
        keys: [String] = ["builder"], threshold: Int = 1, expires: Timestamp? = nil
    ) throws -> KeyList {
        let list = try ring.list(
            after: lists.last, roots: roots, needing: rootThreshold, keys: keys, threshold: threshold, expires: expires)
        lists.append(list)
        try put(list.canonical, number: list.number, signedBy: signers)
        return list
    }

    /// The usual beginning: one root, one key, one list, pinned, and a bundle that is signed.
    func begin() throws {
        try extend(signedBy: ["anna"])
        try pin(1)
        try sign(by: ["builder"])
    }

    /// Puts any bytes where a list should be.
    func put(_ bytes: [UInt8], number: Int, signedBy signers: [String]) throws {
        try Files.replace(signatures.appending(KeyListFile.name(number)), with: bytes)
        for signer in signers { try putSignature(ring.sign(bytes, by: signer), number: number, of: signer) }
    }

    /// The last list with its text changed, signed all the same.
    func putChanged(_ from: String, _ to: String, signedBy signers: [String]) throws {
        let last = try #require(lists.last)
        let text = String(decoding: last.canonical, as: UTF8.self)
        let changed = text.replacing(from, with: to)
        try #require(changed != text)
        try put(Array(changed.utf8), number: last.number, signedBy: signers)
    }

    func putSignature(_ bytes: [UInt8], number: Int, of signer: String) throws {
        let name = KeyListFile.signatureName(number, by: try ring.publicKey(signer).keyID)
        try Files.replace(signatures.appending(name), with: bytes)
    }

    func remove(_ number: Int) throws { try Files.remove(signatures.appending(KeyListFile.name(number))) }

    /// Has the site pin list `number` of those that were made.
    func pin(_ number: Int) throws {
        try writePolicy(
            #"{"policy": 1, "keyList": {"number": \#(number), "digest": "SHA256:\#(lists[number - 1].digest.hex)"}}"#)
    }

    func writePolicy(_ text: String) throws { try Files.replace(policy, with: Array(text.utf8)) }

    /// Has the site know the lists up to `number`.
    func remember(_ number: Int) throws {
        var chain = KeyChain(beginning: lists[0])
        for list in lists[1..<number] { chain.append(list) }
        try Files.replace(record, with: chain.record)
    }

    func sign(by names: [String]) throws {
        let sums = try Files.read(bundle.path.appending(BundleFile.sums), limit: .kibibytes(64))
        for name in names {
            let id = try ring.publicKey(name).keyID
            try Files.replace(signatures.appending("\(id).sig"), with: ring.sign(sums, by: name))
        }
    }

    /// A file with the public key called `name`.
    func keyFile(_ name: String) throws -> FilePath {
        let path = folder.path.appending(name + ".pub")
        try Files.replace(path, with: Array(ring.publicKey(name).pem.utf8))
        return path
    }

    /// What the installer does with the bundle.
    func open() throws -> VerifiedBundle {
        let site = TrustSite(policy: policy, keyLists: record)
        let loaded = try TrustPolicy.load(TrustRequest(keyFiles: named), at: site, bundle: bundle.path)
        return try UntrustedBundle(opening: bundle.path).verified(under: loaded.policy)
    }

    /// All files of the site and their bytes.
    func state() throws -> [String: [UInt8]] {
        var state: [String: [UInt8]] = [:]
        for name in try DirectoryHandle.open(folder.path).entries() {
            let path = folder.path.appending(name)
            guard try Files.information(path)?.kind == .file else { continue }
            state[name] = try Files.read(path, limit: .mebibytes(1))
        }
        return state
    }
}
