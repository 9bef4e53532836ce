import JSON
import LibCrypto
public import Reporting
import Values

extension KeyListError: Diagnosable {
    /// The words for each refusal. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let number, let error):
            return refusal(number, "cannot be understood: \(error.reason)", Self.makeAnew)
        case .unsupportedFormat(let number, let found):
            return Diagnostic(
                "cannot trust \(Self.file(number)): it has format \(found), this program knows \(KeyList.format)",
                next: "use a newer program", exitCode: .policy)
        case .notCanonical(let number):
            return refusal(
                number, "is not in its one spelling", "sign the file as `sealift keys` wrote it, byte for byte")
        case .wrongNumber(let file, let found):
            return refusal(file, "holds list \(found)", "give each list its own name: \(KeyListFile.name(found))")
        case .invalid(let number, let refusal):
            return self.refusal(number, refusal.words, Self.makeAnew)
        case .notPinned(let number, let pinned, let found):
            return refusal(
                number, "is not the list that this site pins",
                "if the keys were made anew, pin the new list by hand, with its digest by another road than the bundle",
                [.init("pinned", Self.digest(pinned)), .init("found", Self.digest(found))])
        case .absent(let number):
            return refusal(
                number, "is the list that this site pins, and it is not there",
                "have the bundle built or signed with --keys and the folder of all lists")
        case .gap(let missing, let present):
            return refusal(
                missing, "is missing, and \(Self.file(present)) is there",
                "copy the whole folder of signatures again; a bundle carries every list from the first")
        case .notSigned(let number, let under, let found, let needed):
            let whose = under == number ? "its own root keys" : "the root keys of list \(under)"
            return refusal(
                number, "is signed by \(found) of \(needed) needed of \(whose)",
                "have it signed with `sealift keys sign` by those who hold them, and copy the signatures beside it")
        case .badSignature(let number, let name, let key):
            return refusal(
                number, "the signature of \(name), key \(key), does not verify",
                "the list or the signature was changed or damaged: get both again from who signed")
        case .wrongPrevious(let number):
            return refusal(
                number, "does not follow the list before it that is trusted here",
                "get the lists again from who keeps them; if there are two chains, find out why before you trust either"
            )
        case .fork(let number, let recorded, let found):
            return refusal(
                number, "is not the list of this number that this site has recorded",
                "somebody has signed two lists of one number: find out who and why before you trust either",
                [.init("recorded", Self.digest(recorded)), .init("found", Self.digest(found))])
        case .expired(let number, let end, let clock):
            return Diagnostic(
                "cannot trust the keys of \(Self.file(number)): the list expired at \(end)", details: clock.details,
                next: "get a bundle with a newer list; if the clock is wrong, \(SiteClock.remedy)", exitCode: .policy)
        case .weakClock(let number, let expires, let clock):
            return Diagnostic(
                "cannot tell whether \(Self.file(number)) has expired: the clock says \(clock.now), and it is \(clock.known) at least",
                details: clock.details + [.init("expires", expires.description)], next: SiteClock.remedy,
                exitCode: .policy)
        case .unreadableRecord(let reason):
            return Diagnostic(
                "cannot read what this site has recorded of its key lists: \(reason)",
                next: "put it back from a backup; without it, older lists would be taken", exitCode: .notTrusted)
        }
    }

    private static let makeAnew = "make the list again with `sealift keys next` and have it signed again"

    private static func file(_ number: Int) -> String {
        KeyList.numbers.contains(number) ? quoted(KeyListFile.name(number)) : "key list \(number)"
    }

    private static func digest(_ digest: SHA256Digest) -> String { "SHA256:" + digest.hex }

    private func refusal(
        _ number: Int, _ what: String, _ next: String, _ details: [Diagnostic.Detail] = []
    ) -> Diagnostic {
        Diagnostic(
            "cannot trust the key lists: \(Self.file(number)) \(what)", details: details, next: next,
            exitCode: .notTrusted)
    }
}

extension KeyList.Refusal {
    /// What is wrong, after the list's name.
    public var words: String {
        switch self {
        case .number: "has a number beyond 1 to \(KeyList.numbers.upperBound)"
        case .previous: "must name the list before it unless it is the first, and the first must name none"
        case .tooManyKeys(let count): "has \(count) keys, at most \(KeyList.maximumKeys) are allowed"
        case .threshold(.roots, let threshold, let count):
            "needs the signatures of \(threshold) root keys and names \(count)"
        case .threshold(.keys, let threshold, let count):
            "needs the signatures of \(threshold) signing keys and names \(count)"
        case .repeatedName(let name): "calls two keys \(name)"
        case .repeatedKey(let first, let second): "gives one key two names, \(first) and \(second)"
        }
    }
}
