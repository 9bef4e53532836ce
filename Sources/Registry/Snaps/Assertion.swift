/// One assertion: a signed text by which the snap store vouches for something (snapd, asserts/asserts.go).
///
/// What was parsed is well-formed, no more: ``SnapEvidence`` checks signatures and what they are about.
public struct Assertion: Hashable, Sendable {
    /// `snap-revision`, `account-key` …
    public let type: String
    /// The headers that are one line of text, by name.
    public let headers: [String: String]
    /// What stands between headers and signature; empty for most types.
    public let body: [UInt8]
    /// Headers and body: what is signed.
    let content: [UInt8]
    /// What stands behind the content, decoded.
    let signature: [UInt8]

    init(type: String, headers: [String: String], body: [UInt8], content: [UInt8], signature: [UInt8]) {
        self.type = type
        self.headers = headers
        self.body = body
        self.content = content
        self.signature = signature
    }

    /// The header called `name`; empty when there is none.
    subscript(_ name: String) -> String { headers[name] ?? "" }

    /// Who signed it.
    var authority: String { self["authority-id"] }
    /// The key that signed it.
    var signKey: String { self["sign-key-sha3-384"] }
}

/// Why a text is no assertion: the line, counted from 1, and what is wrong there.
public struct AssertionFault: Error, Hashable, Sendable {
    /// The line.
    public let line: Int
    /// What is wrong there, in words.
    public let reason: String
}

/// The types of assertion that vouch for a snap, with what their addresses are made of and the newest format that is asked for.
public enum AssertionType: String, CaseIterable, Hashable, Sendable {
    case accountKey = "account-key"
    case account
    case snapDeclaration = "snap-declaration"
    case snapRevision = "snap-revision"

    /// The headers of the primary key, in the order of the address.
    var keyHeaders: [String] {
        switch self {
        case .accountKey: ["public-key-sha3-384"]
        case .account: ["account-id"]
        case .snapDeclaration: ["series", "snap-id"]
        case .snapRevision: ["snap-sha3-384"]
        }
    }

    /// The newest format that is asked for.
    ///
    /// `snap ack` of an older snapd refuses a newer one, and the assertions of snapd itself are acked by the snapd that the
    /// machine has: format 5 of snap-declaration is understood since snapd 2.54.
    var newestFormat: Int {
        switch self {
        case .account, .snapRevision: 0
        case .accountKey: 1
        case .snapDeclaration: 5
        }
    }
}
