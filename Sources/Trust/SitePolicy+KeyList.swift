import JSON
public import Reporting
import Values

extension SitePolicy {
    /// `keyList`: the list of keys that this site begins with. From there it goes forward by itself, so it names neither keys nor a threshold.
    mutating func readKeyList(_ reader: JSONReader) throws(JSONError) {
        guard let item = reader.optional("keyList") else { return }
        let members = try item.object()
        let number = try members.integer("number", in: KeyList.numbers)
        let digest = try members.parsed("digest", as: "SHA256: and all 64 lower-case hexadecimal digits") { text in
            text.hasPrefix("SHA256:") ? SHA256Digest(hex: text.dropFirst(7)) : nil
        }
        try members.finish()
        guard keys.isEmpty, certificates.isEmpty else {
            throw item.invalid("left out where keys or certificates are named, or named instead of them", found: "both")
        }
        keyList = KeyListPin(number: number, digest: digest)
    }
}

extension SitePolicy {
    /// Refuses a bundle under a key list whose time is over, and one of which a wrong clock cannot tell; as for the bundle's own time.
    ///
    /// - Parameters:
    ///   - list: The newest list.
    ///   - site: The site's policy.
    ///   - override: Why the bundle is taken all the same, if it is.
    /// - Returns: What the receipt should say.
    public static func checkTime(
        _ clock: SiteClock, of list: KeyList, under site: SitePolicy?, override: String?
    ) throws(TrustError) -> [Diagnostic] {
        guard let expires = list.expires else { return [] }
        if expires < clock.earliest {
            return try take(
                .keyList(.expired(number: list.number, at: expires, clock)), site?.expiry ?? .refuse, override)
        }
        guard clock.isBehind else { return [] }
        return try take(
            .keyList(.weakClock(number: list.number, expires: expires, clock)), site?.weakClock ?? .refuse, override)
    }
}
