import LibCrypto
public import Posix
public import Trust
import Values

extension DirectoryHandle {
    /// Goes forward through the key lists of a folder, number by number (docs/format.md §5.2).
    ///
    /// Opens the list where the reader stands, then the next, and the signatures of those whose word counts; nothing else. A chain that
    /// ends before what the site has recorded changes nothing: the recorded list counts.
    ///
    /// - Parameters:
    ///   - trust: Where the reader stands.
    ///   - prefix: Where the lists are below this folder: `signatures/`, or nothing.
    /// - Returns: The chain up to the newest list that is there.
    /// - Throws: ``VerifyError``; nothing of the chain must then be used, nor be recorded.
    public borrowing func followKeyLists(
        from trust: KeyListTrust, below prefix: String
    ) throws(VerifyError) -> KeyChain {
        let present = try keyListNumbers(below: prefix)
        guard var chain = try beginning(trust, below: prefix, present: present) else {
            throw .keyList(.absent(number: trust.pin.number))
        }
        while let next = chain.next {
            guard let bytes = try keyList(next, below: prefix) else {
                try believing { () throws(KeyListError) in try KeyChain.checkEnd(missing: next, present: present) }
                break
            }
            chain.append(try accept(bytes, after: chain.newest, below: prefix))
        }
        return chain
    }

    /// What the site has recorded, or else the pinned list; `nil` when that is not there.
    private borrowing func beginning(
        _ trust: KeyListTrust, below prefix: String, present: [Int]
    ) throws(VerifyError) -> KeyChain? {
        let number = trust.recorded?.newest.number ?? trust.pin.number
        guard let bytes = try keyList(number, below: prefix) else {
            try believing { () throws(KeyListError) in try KeyChain.checkEnd(missing: number, present: present) }
            return trust.recorded
        }
        if let recorded = trust.recorded {
            try believing { () throws(KeyListError) in try recorded.checkNewest(is: bytes) }
            return recorded
        }
        let candidate = try believing { () throws(KeyListError) in try KeyListCandidate(bytes, pinned: trust.pin) }
        let signatures = try signatures(of: number, by: candidate.list.roots, below: prefix)
        let list = try believing { () throws(KeyListError) in try candidate.accepted(by: signatures) }
        return KeyChain(beginning: list)
    }

    /// The list after `trusted`, signed under both.
    private borrowing func accept(
        _ bytes: [UInt8], after trusted: KeyList, below prefix: String
    ) throws(VerifyError) -> KeyList {
        let number = trusted.number + 1
        let before = try signatures(of: number, by: trusted.roots, below: prefix)
        let candidate = try believing { () throws(KeyListError) in
            try KeyListCandidate(bytes, after: trusted, signatures: before)
        }
        let own = try signatures(of: number, by: candidate.list.roots, below: prefix)
        return try believing { () throws(KeyListError) in try candidate.accepted(by: own) }
    }

    private borrowing func keyList(_ number: Int, below prefix: String) throws(VerifyError) -> [UInt8]? {
        try readRegular(prefix + KeyListFile.name(number), limit: KeyListFile.maximumSize)
    }

    private borrowing func signatures(
        of number: Int, by quorum: KeyList.Quorum, below prefix: String
    ) throws(VerifyError) -> KeyListCandidate.Signatures {
        var signatures: KeyListCandidate.Signatures = [:]
        for member in quorum.members {
            let id = member.key.keyID
            signatures[id] = try readRegular(
                prefix + KeyListFile.signatureName(number, by: id), limit: KeyListFile.maximumSignatureSize)
        }
        return signatures
    }

    /// The numbers of the lists that are there, by their names alone.
    private borrowing func keyListNumbers(below prefix: String) throws(VerifyError) -> [Int] {
        do throws(FileError) {
            let names = prefix.isEmpty ? try entries() : try open(folder(prefix)).entries()
            return names.compactMap(KeyListFile.number)
        } catch {
            guard error.errno == .notFound else { throw .file(error) }
            return []
        }
    }

    private func folder(_ prefix: String) -> MemberPath {
        do { return try MemberPath(validating: String(prefix.dropLast())) } catch {
            fatalError("a prefix is a folder's name and a slash: \(prefix)")
        }
    }
}

/// Runs `body` and passes its refusal on as ours.
private func believing<Value>(_ body: () throws(KeyListError) -> Value) throws(VerifyError) -> Value {
    do throws(KeyListError) { return try body() } catch { throw .keyList(error) }
}

extension VerifyError {
    fileprivate static func keyList(_ error: KeyListError) -> Self { .trust(.keyList(error)) }
}
