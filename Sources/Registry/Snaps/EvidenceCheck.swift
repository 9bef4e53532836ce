import Values

/// Checks the assertions of one snap: what they are about, and that signatures lead to a trusted key (snapd,
/// asserts/snapasserts/snapasserts.go, asserts/database.go).
///
/// The time of day plays no part: how long keys are good for is for the machine that acks them.
struct EvidenceCheck {
    private let assertions: [Assertion]
    private let trusted: [String]
    private let keys: [String: (key: AssertionKey, assertion: Assertion)]

    init(_ stream: [UInt8], trusted: [String]) throws(SnapTrouble) {
        do throws(AssertionFault) { assertions = try Assertion.parseStream(stream) } catch {
            throw .malformed("assertions", error)
        }
        self.trusted = trusted
        var keys: [String: (key: AssertionKey, assertion: Assertion)] = [:]
        for assertion in assertions where assertion.type == AssertionType.accountKey.rawValue {
            let id = assertion["public-key-sha3-384"]
            guard let key = AssertionKey(assertion.body) else {
                throw .malformed(assertion.type, AssertionFault(line: 1, reason: "its body is no RSA key of OpenPGP"))
            }
            guard key.id.base64URL == id else {
                throw .otherSubject(
                    assertion.type, header: "public-key-sha3-384", expected: key.id.base64URL, found: id)
            }
            keys[id] = (key, assertion)
        }
        self.keys = keys
    }

    func check(_ snap: FoundSnap) throws(SnapTrouble) {
        let revision = try only(.snapRevision)
        try expect(revision, "snap-sha3-384", snap.digest.base64URL)
        try expect(revision, "snap-id", snap.id)
        try expect(revision, "snap-size", String(snap.size.bytes))
        try expect(revision, "snap-revision", String(snap.revision))
        let declaration = try only(.snapDeclaration)
        try expect(declaration, "series", SnapStore.series)
        try expect(declaration, "snap-id", snap.id)
        // A snap that was taken out of the store has a declaration without a name.
        guard !declaration["snap-name"].isEmpty else { throw .revoked }
        try expect(declaration, "snap-name", snap.name)
        for assertion in assertions {
            try checkFormat(assertion)
            if !isTrustedKey(assertion) { try checkSignature(assertion) }
        }
    }

    private func only(_ type: AssertionType) throws(SnapTrouble) -> Assertion {
        let found = assertions.filter { $0.type == type.rawValue }
        guard found.count == 1 else { throw .noAssertion(type.rawValue) }
        return found[0]
    }

    private func expect(_ assertion: Assertion, _ header: String, _ value: String) throws(SnapTrouble) {
        guard assertion[header] == value else {
            throw .otherSubject(assertion.type, header: header, expected: value, found: assertion[header])
        }
    }

    private func checkFormat(_ assertion: Assertion) throws(SnapTrouble) {
        guard let type = AssertionType(rawValue: assertion.type) else {
            throw .malformed(
                assertion.type, AssertionFault(line: 1, reason: "assertions of this type do not vouch for snaps"))
        }
        guard let format = assertion.headers["format"] else { return }
        guard let number = Int(format), (0...type.newestFormat).contains(number) else {
            throw .format(assertion.type, found: format, newest: type.newestFormat)
        }
    }

    private func isTrustedKey(_ assertion: Assertion) -> Bool {
        assertion.type == AssertionType.accountKey.rawValue && trusted.contains(assertion["public-key-sha3-384"])
    }

    /// The signature fits, and so do those of the keys below it, down to a trusted one.
    private func checkSignature(_ assertion: Assertion) throws(SnapTrouble) {
        guard let (key, account) = keys[assertion.signKey], account != assertion else {
            throw .untrusted(assertion.type, key: assertion.signKey, trusted: trusted)
        }
        guard account["account-id"] == assertion.authority else {
            throw .otherAuthority(
                assertion.type, authority: assertion.authority, account: account["account-id"])
        }
        guard key.signed(assertion) else { throw .signature(assertion.type) }
        try checkTrust(account, of: assertion, depth: 0)
    }

    private func checkTrust(_ key: Assertion, of assertion: Assertion, depth: Int) throws(SnapTrouble) {
        guard !isTrustedKey(key) else { return }
        guard depth < keys.count, let next = keys[key.signKey]?.assertion, next != key else {
            throw .untrusted(assertion.type, key: key.signKey, trusted: trusted)
        }
        try checkTrust(next, of: assertion, depth: depth + 1)
    }
}
