import Values

/// What a request carried to prove who asks. A server may repeat it in the body of a refusal, and refusals are shown.
struct SentSecret {
    /// The credentials as sent, and the password in them.
    private let texts: [[UInt8]]

    /// Takes the value of an `Authorization` field, or nothing.
    init(_ authorization: String?) {
        guard let authorization, let space = authorization.utf8.firstIndex(of: 0x20) else {
            texts = []
            return
        }
        let credentials = authorization[authorization.utf8.index(after: space)...]
        let pair = Base64.decode(credentials) ?? []
        let password = pair.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        texts = [Array(credentials.utf8), Array(password)].filter { !$0.isEmpty }
    }

    /// `body`, or nothing when the secret stands in it.
    func hidden(in body: [UInt8]) -> [UInt8] {
        texts.contains { Self.contains($0, in: body) } ? [] : body
    }

    private static func contains(_ text: [UInt8], in body: [UInt8]) -> Bool {
        guard text.count <= body.count else { return false }
        return (0...(body.count - text.count)).contains { body[$0] == text[0] && body[$0...].starts(with: text) }
    }
}
