public import LibCrypto
public import Posix
public import Trust
import Values

/// A folder in which an organisation keeps its key lists, from the first on, with the signatures of those who hold the root keys.
///
/// The newest list may lack signatures still; every other is complete, or the folder is refused.
public struct KeyListFolder: Sendable {
    /// A list and who has signed it.
    public struct Link: Sendable {
        /// The list.
        public let list: KeyList
        /// Signatures of root keys whose word counts, of this list or the one before; not checked.
        public fileprivate(set) var signatures: KeyListCandidate.Signatures
    }

    /// Where it is.
    public let path: FilePath
    /// The lists in order, the first is number 1.
    public private(set) var links: [Link] = []

    /// Reads every list from number 1 on, and the signatures that belong to them.
    ///
    /// - Throws: ``SignError``: a folder without lists, a list that is none, or one before the newest that is not signed enough.
    public init(at path: FilePath) throws(SignError) {
        self.path = path
        for number in KeyList.numbers {
            let file = path.appending(KeyListFile.name(number))
            guard try attempt({ () throws(FileError) in try Files.exists(file) }) else { break }
            let bytes = try Self.read(file, limit: KeyListFile.maximumSize)
            let list = try believing { () throws(KeyListError) in try KeyList(reading: bytes, number: number) }
            links.append(Link(list: list, signatures: [:]))
            try readSignatures()
            if links.count > 1 { _ = try chain(through: number - 1) }
        }
        guard !links.isEmpty else { throw .keyListFault(.noLists(path)) }
        if let last = links.last?.list, links.count > 1, last.previous != links[links.count - 2].list.digest {
            throw .keyList(.wrongPrevious(number: last.number))
        }
    }

    /// The newest list, signed or not.
    public var newest: Link { links[links.count - 1] }

    /// The list before number `number`.
    public func before(_ number: Int) -> KeyList? { number > 1 ? links[number - 2].list : nil }

    /// The root keys whose signatures list `number` may have: those of the list before, then its own, each once.
    public func voters(of number: Int) -> [KeyList.Member] {
        let before = before(number)?.roots.members ?? []
        return before
            + links[number - 1].list.roots.members.filter { member in !before.contains { $0.key == member.key } }
    }

    /// The chain up to list `last`, each list signed under the one before and under itself.
    ///
    /// - Throws: ``SignError/keyList(_:)`` for the first that is not.
    public func chain(through last: Int? = nil) throws(SignError) -> KeyChain {
        let first = links[0]
        return try believing { () throws(KeyListError) in
            let pin = KeyListPin(number: 1, digest: first.list.digest)
            var chain = KeyChain(
                beginning: try KeyListCandidate(first.list.canonical, pinned: pin).accepted(by: first.signatures))
            for link in links[1..<(last ?? links.count)] {
                let bytes = link.list.canonical
                chain.append(
                    try KeyListCandidate(bytes, after: chain.newest, signatures: link.signatures)
                        .accepted(by: link.signatures))
            }
            return chain
        }
    }

    /// What a bundle carries of it: every list, and the signatures of those whose word counts.
    ///
    /// - Throws: ``SignError/keyList(_:)`` when the newest list is not signed enough.
    public func files() throws(SignError) -> [SignatureFile] {
        _ = try chain()
        var files: [SignatureFile] = []
        for link in links {
            let number = link.list.number
            files.append(SignatureFile(KeyListFile.name(number), link.list.canonical))
            for (id, signature) in link.signatures.sorted(by: { $0.key < $1.key }) {
                files.append(SignatureFile(KeyListFile.signatureName(number, by: id), signature))
            }
        }
        return files
    }
}

extension KeyListFolder {
    /// Refuses a signing key that the sites of these lists would not take.
    ///
    /// - Throws: ``KeyListFault/notNamed(fingerprint:number:names:)``.
    public func check(_ signer: PublicKey) throws(SignError) {
        let list = newest.list
        guard !list.keys.contains(signer) else { return }
        throw .keyListFault(
            .notNamed(
                fingerprint: signer.fingerprintText, number: list.number, names: list.keys.members.map(\.name.text)))
    }

    private mutating func readSignatures() throws(SignError) {
        let number = links.count
        for member in voters(of: number) {
            let id = member.key.keyID
            let file = path.appending(KeyListFile.signatureName(number, by: id))
            guard try attempt({ () throws(FileError) in try Files.exists(file) }) else { continue }
            links[number - 1].signatures[id] = try Self.read(file, limit: KeyListFile.maximumSignatureSize)
        }
    }

    private static func read(_ file: FilePath, limit: ByteCount) throws(SignError) -> [UInt8] {
        try attempt { () throws(FileError) in try Files.read(file, limit: limit) }
    }

    /// Begins a folder with list 1.
    ///
    /// - Throws: ``KeyListFault/exists(_:)`` where there is one.
    public static func begin(at path: FilePath, with list: KeyList) throws(SignError) {
        try attempt { () throws(FileError) in try Files.makeDirectories(path) }
        try write(list, to: path)
    }

    /// Adds the list after ``newest``, which must be signed enough.
    ///
    /// - Throws: ``SignError``.
    public func add(_ list: KeyList) throws(SignError) {
        _ = try chain()
        try Self.write(list, to: path)
    }

    private static func write(_ list: KeyList, to folder: FilePath) throws(SignError) {
        let file = folder.appending(KeyListFile.name(list.number))
        guard try !attempt({ () throws(FileError) in try Files.exists(file) }) else {
            throw .keyListFault(.exists(file))
        }
        try attempt { () throws(FileError) in try Files.replace(file, with: list.canonical) }
    }

    /// Signs the newest list, and puts the signature beside it.
    ///
    /// - Returns: Where the signature is.
    /// - Throws: ``SignError``: a key that is no root key of this list nor of the one before would sign in vain.
    public mutating func sign(with key: borrowing PrivateKey, from origin: FilePath) throws(SignError) -> FilePath {
        let (list, publicKey) = (newest.list, key.publicKey)
        guard voters(of: list.number).contains(where: { $0.key == publicKey }) else {
            throw .keyListFault(.notARootKey(origin, number: list.number))
        }
        let signature: [UInt8]
        do throws(CryptoError) { signature = try key.sign(list.canonical) } catch { throw .key(error, origin) }
        let file = path.appending(KeyListFile.signatureName(list.number, by: publicKey.keyID))
        try attempt { () throws(FileError) in try Files.replace(file, with: signature) }
        links[links.count - 1].signatures[publicKey.keyID] = signature
        return file
    }
}

/// Lifts what is wrong with a list into this module's errors.
func believing<Result>(_ body: () throws(KeyListError) -> Result) throws(SignError) -> Result {
    do throws(KeyListError) { return try body() } catch { throw .keyList(error) }
}
