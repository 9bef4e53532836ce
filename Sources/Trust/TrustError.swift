public import JSON
public import LibCrypto
public import Posix
public import Values

/// Why nobody can be believed, or why a bundle is not for this site.
public enum TrustError: Error, Hashable, Sendable {
    /// The key or policy to verify with lies in the bundle it should vouch for.
    case keyInsideBundle(key: FilePath, bundle: FilePath)
    /// A key file that cannot be used.
    case unusableKey(path: FilePath, CryptoError)
    /// What was typed as a fingerprint is none.
    case noFingerprint(String)
    /// A key that was named, and that the policy does not know; `names` are those it knows.
    case keyNotInPolicy(origin: String, policy: FilePath, names: [String])
    /// A key that was named, and that the newest key list does not have among its signing keys; `names` are those it has.
    case keyNotInList(origin: String, number: Int, names: [String])
    /// A key list, a chain of them, or what the site has recorded of it is not believed.
    case keyList(KeyListError)
    /// A policy was named while the site has one of its own.
    case anotherPolicy(FilePath, site: FilePath)
    /// The policy is not a file that only its owner can change.
    case unguardedPolicy(FilePath, Unguarded)
    /// The policy is not understood.
    case unreadablePolicy(FilePath, JSONError)
    /// The policy does not admit bundles of this name.
    case bundleNotAdmitted(String, admitted: [String], policy: FilePath)
    /// The policy does not admit bundles for this target, `profile/arch`.
    case targetNotAdmitted(String, admitted: [String], policy: FilePath)
    /// The policy does not let anything be laid below this root.
    case rootNotAdmitted(FilePath, admitted: [String], policy: FilePath)
    /// The bundle's time is over.
    case expired(Timestamp, SiteClock)
    /// The bundle expires some day, and the clock is so wrong that nobody can tell whether it has.
    case weakClock(expires: Timestamp, SiteClock)
    /// The policy does not take a bundle so far above the highest sequence that was installed here.
    case sequenceStep(Int, above: Int, maximum: Int, policy: FilePath)
    /// Trust on first use where a policy says whom to trust.
    case firstUseUnderPolicy(FilePath)
    /// Trust on first use where another key was used before.
    case anotherKeyBefore(PublicKey, before: [SHA256Digest])
    /// The file system failed.
    case file(FileError)

    /// What is wrong with the file of a policy.
    public enum Unguarded: Hashable, Sendable {
        /// It is a folder, link, device or pipe.
        case notRegular
        /// It belongs to this user.
        case owner(UInt32)
        /// Others than its owner can write it; these are its mode bits.
        case writable(UInt16)
    }
}
