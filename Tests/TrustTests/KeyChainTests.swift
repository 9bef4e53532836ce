import KeyRing
import LibCrypto
import Reporting
import Testing
import Trust
import Values

/// Going from list to list, and what a site keeps of it.
struct KeyChainTests {
    private let ring = KeyRing()

    /// The list as a reader that trusts `last` takes it, with these signatures.
    private func accept(_ list: KeyList, after last: KeyList, signedBy names: [String]) throws -> KeyList {
        let signatures = try ring.signatures(over: list.canonical, by: names)
        return try KeyListCandidate(list.canonical, after: last, signatures: signatures).accepted(by: signatures)
    }

    @Test func `a pinned list begins a chain, and its own roots must have signed it`() throws {
        let list = try ring.list(roots: ["anna", "ben"], needing: 2, keys: ["builder"])
        let candidate = try KeyListCandidate(list.canonical, pinned: KeyListPin(number: 1, digest: list.digest))
        let good = try ring.signatures(over: list.canonical, by: ["anna", "ben"])
        #expect(try candidate.accepted(by: good) == list)
        #expect(throws: KeyListError.notSigned(number: 1, under: 1, found: 1, needed: 2)) {
            _ = try candidate.accepted(by: ring.signatures(over: list.canonical, by: ["ben", "eve"]))
        }
    }

    @Test func `another list than the pinned one is not even parsed`() throws {
        let pinned = SHA256Digest.of([])
        let bytes = Array("no list at all".utf8)
        #expect(throws: KeyListError.notPinned(number: 1, pinned: pinned, found: SHA256Digest.of(bytes))) {
            _ = try KeyListCandidate(bytes, pinned: KeyListPin(number: 1, digest: pinned))
        }
    }

    @Test func `a list that the roots before have not signed is not even parsed`() throws {
        let first = try ring.list(roots: ["anna"], keys: ["builder"])
        #expect(throws: KeyListError.notSigned(number: 2, under: 1, found: 0, needed: 1)) {
            _ = try KeyListCandidate(Array("no list at all".utf8), after: first, signatures: [:])
        }
    }

    @Test func `roots hand over when old and new ones sign`() throws {
        let first = try ring.list(roots: ["anna"], keys: ["builder"])
        let second = try ring.list(after: first, roots: ["ben"], keys: ["builder"])
        #expect(try accept(second, after: first, signedBy: ["anna", "ben"]) == second)
        #expect(throws: KeyListError.notSigned(number: 2, under: 2, found: 0, needed: 1)) {
            _ = try accept(second, after: first, signedBy: ["anna"])
        }
        #expect(throws: KeyListError.notSigned(number: 2, under: 1, found: 0, needed: 1)) {
            _ = try accept(second, after: first, signedBy: ["ben"])
        }
    }

    @Test func `a list signed for another list before it does not follow`() throws {
        let first = try ring.list(roots: ["anna"], keys: ["builder"])
        let other = try ring.list(roots: ["anna"], keys: ["other"])
        let second = try ring.list(after: other, roots: ["anna"], keys: ["other"])
        #expect(throws: KeyListError.wrongPrevious(number: 2)) {
            _ = try accept(second, after: first, signedBy: ["anna"])
        }
    }

    @Test func `what a site keeps is read again, and knows every list that it went through`() throws {
        let first = try ring.list(roots: ["anna"], keys: ["builder"])
        let second = try ring.list(after: first, roots: ["anna"], keys: ["other"], expires: Timestamp(seconds: 1))
        var chain = KeyChain(beginning: first)
        chain.append(second)
        let read = try KeyChain(reading: chain.record)
        #expect(read == chain)
        #expect(read.newest == second)
        #expect(read.contains(KeyListPin(number: 1, digest: first.digest)))
        #expect(read.contains(KeyListPin(number: 2, digest: second.digest)))
        #expect(!read.contains(KeyListPin(number: 2, digest: first.digest)))
        #expect(!read.contains(KeyListPin(number: 3, digest: second.digest)))
        #expect(throws: KeyListError.fork(number: 2, recorded: second.digest, found: first.digest)) {
            try read.checkNewest(is: first.canonical)
        }
    }

    @Test func `a record with any bit changed, cut or added to is no record, or another one`() throws {
        var chain = KeyChain(beginning: try ring.list(roots: ["anna"], keys: ["builder"]))
        chain.append(try ring.list(after: chain.newest, roots: ["anna"], keys: ["other"]))
        let record = chain.record
        for index in stride(from: 0, to: record.count, by: 3) {
            var changed = record
            changed[index] ^= 1
            // The digests of lists before the newest only tell whether a pin is one of them; nothing in the record says them twice.
            if let other = read(changed) { #expect(other.newest == chain.newest && other != chain) }
            #expect(read(Array(record[..<index])) == nil)
        }
        #expect(read(record + [10]) == nil)
    }

    /// `nil` when it is refused as it should.
    private func read(_ record: [UInt8]) -> KeyChain? {
        do throws(KeyListError) { return try KeyChain(reading: record) } catch {
            guard case .unreadableRecord = error, error.diagnostic.exitCode == .notTrusted else {
                Issue.record(error)
                return nil
            }
            return nil
        }
    }

    @Test func `a list beyond a missing one is not passed over`() throws {
        #expect(throws: KeyListError.gap(missing: 3, present: 5)) {
            try KeyChain.checkEnd(missing: 3, present: [1, 2, 7, 5])
        }
        try KeyChain.checkEnd(missing: 3, present: [1, 2])
    }

    @Test func `a chain ends at number 1024`() throws {
        let ring = KeyRing()
        let quorum = try ring.quorum(["r"], needing: 1)
        let last = try KeyList(
            number: 1_024, roots: quorum, keys: ring.quorum(["k"], needing: 1), previous: SHA256Digest.of([]),
            expires: nil)
        #expect(KeyChain(beginning: last).next == nil)
    }
}
