public import JSON
public import LibCrypto
public import Values

/// Why a key list, or a chain of them, was not believed. Every case names the list by its number.
public enum KeyListError: Error, Hashable, Sendable {
    /// Not JSON as docs/format.md §3 has it, or not a list's members.
    case unreadable(number: Int, JSONError)
    /// A `format` that this code does not know.
    case unsupportedFormat(number: Int, found: Int)
    /// Right in content, but not in the one spelling.
    case notCanonical(number: Int)
    /// The file called after number `file` holds another list.
    case wrongNumber(file: Int, found: Int)
    /// Against a rule of lists.
    case invalid(number: Int, KeyList.Refusal)
    /// The list at the pinned number is not the pinned one.
    case notPinned(number: Int, pinned: SHA256Digest, found: SHA256Digest)
    /// The pinned list is not there.
    case absent(number: Int)
    /// A list is missing below one that is there.
    case gap(missing: Int, present: Int)
    /// Too few keys of `list` have signed list `number`: of the list before, or of itself.
    case notSigned(number: Int, under: Int, found: Int, needed: Int)
    /// The signature of a key that counts is there and does not verify.
    case badSignature(number: Int, name: KeyName, key: KeyID)
    /// The list names another list before it than the one that is trusted.
    case wrongPrevious(number: Int)
    /// This list is not the one of this number that the site has recorded: there are two chains.
    case fork(number: Int, recorded: SHA256Digest, found: SHA256Digest)
    /// The newest list has expired.
    case expired(number: Int, at: Timestamp, SiteClock)
    /// The clock is too wrong to tell whether the newest list has expired.
    case weakClock(number: Int, expires: Timestamp, SiteClock)
    /// What the site has recorded of its chain is damaged.
    case unreadableRecord(reason: String)
}
