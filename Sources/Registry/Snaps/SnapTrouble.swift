public import Fetch
public import Values

/// Which snap, from where, and who wants it.
public struct SnapSite: Hashable, Sendable {
    /// The snap's name.
    public let name: String
    /// The store, or the file that was given instead.
    public let store: String
    /// Who asks for it.
    public let origin: String?

    /// Takes all three as they are.
    public init(name: String, store: String, origin: String?) {
        self.name = name
        self.store = store
        self.origin = origin
    }
}

/// What went wrong with one snap.
public enum SnapTrouble: Error, Hashable, Sendable {
    /// The store has no snap of that name.
    case unknown
    /// The store has it for other architectures only.
    case architecture(String, available: [String])
    /// The store has no such channel for the architecture; those that it has, with their versions.
    case channel(String, available: [String])
    /// No channel has this version; those that there are, with their versions.
    case version(String, available: [String])
    /// The channel's version changed between two questions.
    case moved(channel: String, version: String, expected: String)
    /// It could not be fetched: what, and why.
    case fetch(String, FetchError)
    /// The store's answer is not what snapd would take.
    case answer(String)
    /// The content is not that of the digest, and who promised it.
    case otherDigest(promised: SHA3Digest, found: SHA3Digest, by: String)
    /// An assertion is not to be had.
    case noAssertion(String)
    /// An assertion, by its type, is not well-formed.
    case malformed(String, AssertionFault)
    /// An assertion, by its type, is of a format that an old snapd refuses.
    case format(String, found: String, newest: Int)
    /// An assertion, by its type, is about something else: the header, what it should be, what it is.
    case otherSubject(String, header: String, expected: String, found: String)
    /// The snap was taken out of the store.
    case revoked
    /// The signature of an assertion, by its type, does not fit.
    case signature(String)
    /// Nothing leads from the key that signed an assertion, by its type, to one that the profile trusts.
    case untrusted(String, key: String, trusted: [String])
    /// A key's account is not the one that its assertion was signed for.
    case otherAuthority(String, authority: String, account: String)
}
