import JSON
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
        guard keys.isEmpty else {
            throw item.invalid("left out where keys are named, or named instead of them", found: "both")
        }
        keyList = KeyListPin(number: number, digest: digest)
    }
}
