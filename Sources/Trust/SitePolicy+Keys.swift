import JSON
import LibCrypto
import Reporting
import Values

extension SitePolicy {
    /// A key that the site trusts, with the name that people know it by.
    public struct NamedKey: Hashable, Sendable {
        /// Whose it is: `builder`, `approver 2`.
        public var name: String
        /// The key, or its whole fingerprint.
        public var pin: Pin

        /// Takes both as they are.
        public init(name: String, pin: Pin) {
            self.name = name
            self.pin = pin
        }
    }

    /// The longest name of a key, in bytes: it stands in one line of a message.
    private static let maximumNameLength = 64

    /// `keys` and `threshold`.
    mutating func readKeys(_ reader: JSONReader) throws(JSONError) {
        let items =
            try reader.distinct("keys") { (item) throws(JSONError) in item.value } == nil ? [] : reader.items("keys")
        for item in items {
            let (key, place) = try Self.key(item)
            if let twin = keys.first(where: { $0.name == key.name }) {
                throw item.invalid("a key with a name that no other key has", found: twin.name)
            }
            if let twin = keys.first(where: { $0.pin.digits == key.pin.digits }) {
                throw place.invalid(
                    "another key than that of \(twin.name): one key counts once, whatever its names", found: key.name)
            }
            keys.append(key)
        }
        guard let item = reader.optional("threshold") else { return }
        threshold = try item.integer()
        // Below a CA nobody knows how many keys there are, but no more signatures are looked for than these.
        let most = keys.count + certificates.count * CertificateAuthority.maximumSignatures
        guard most > 0 else {
            throw item.invalid("left out where no keys are named", found: String(threshold))
        }
        guard (1...most).contains(threshold) else {
            throw item.invalid("from 1 to the number of keys, which is \(most)", found: String(threshold))
        }
    }

    /// What people call a key or a CA.
    static func name(_ reader: JSONReader) throws(JSONError) -> String {
        try reader.parsed("name", as: "1 to \(maximumNameLength) printable characters") { text in
            let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
            return isPrintable && (1...maximumNameLength).contains(text.utf8.count) ? text : nil
        }
    }

    /// One key: `name`, and either `key` or `fingerprint`.
    private static func key(_ item: JSONItem) throws(JSONError) -> (NamedKey, place: JSONItem) {
        let reader = try item.object()
        let name = try Self.name(reader)
        let place: JSONItem
        let pin: Pin
        if let whole = reader.optional("key") {
            place = whole
            pin = Pin(try publicKey(whole), origin: name)
            guard reader.optional("fingerprint") == nil else {
                throw item.invalid("a key with its text or its fingerprint, not both", found: name)
            }
        } else {
            place = try reader.item("fingerprint")
            pin = try place.parsed(as: "SHA256: and all 64 lower-case hexadecimal digits") { text in
                guard text.hasPrefix("SHA256:"), SHA256Digest(hex: text.dropFirst(7)) != nil else { return nil }
                return Pin(fingerprint: text, origin: name)
            }
        }
        try reader.finish()
        return (NamedKey(name: name, pin: pin), place)
    }

    private static func publicKey(_ item: JSONItem) throws(JSONError) -> PublicKey {
        let text = try item.string()
        do throws(CryptoError) { return try PublicKey(pem: Array(text.utf8)) } catch {
            let firstLine = text.prefix { $0 != "\n" }.prefix(40)
            throw item.invalid("the PEM text of a public key (\(error.diagnostic.message))", found: String(firstLine))
        }
    }
}
