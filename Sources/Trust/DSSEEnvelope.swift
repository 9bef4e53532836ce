public import JSON
public import LibCrypto
import Values

/// A signed text with its type: DSSE v1 (secure-systems-lab/dsse, envelope.md and protocol.md).
///
/// Read in the one safe order: take the envelope apart, verify over the pre-authentication encoding, look at the type, and only then
/// read the same bytes that were verified. The key ids in it are hints of nobody, and are not looked at.
public struct DSSEEnvelope: Sendable {
    /// The most signatures of one envelope.
    public static let mostSignatures = 16
    /// The type of an in-toto statement.
    public static let statementType = "application/vnd.in-toto+json"
    /// Depth is that of an envelope with room for members that others add; size is the caller's matter.
    private static let limits = JSONLimits(depth: 8)

    /// What the payload says it is; unverified until ``keys(signingWith:)`` names one.
    public let payloadType: String
    /// The bytes that were signed; unverified likewise.
    public let payload: [UInt8]
    private let signatures: [[UInt8]]

    /// Takes an envelope apart. Members that DSSE does not know are passed over, as it demands.
    ///
    /// - Throws: ``JSONError`` for what is no envelope: other JSON, a member twice, other base64, too many signatures.
    public init(reading bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue.parse(bytes, limits: Self.limits, dialect: .foreign)
        let reader = try JSONReader(value, dialect: .foreign)
        payloadType = try reader.string("payloadType")
        payload = try reader.parsed("payload", as: "base64", Self.decode)
        let items = try reader.items("signatures")
        guard (1...Self.mostSignatures).contains(items.count) else {
            throw .invalid(
                path: "signatures", expected: "1 to \(Self.mostSignatures) signatures", found: String(items.count))
        }
        var signatures: [[UInt8]] = []
        for item in items { signatures.append(try item.object().parsed("sig", as: "base64", Self.decode)) }
        self.signatures = signatures
    }

    /// Those of `keys` that have signed this envelope, each once.
    public func keys(signingWith keys: [PublicKey]) -> [PublicKey] {
        let message = Self.preAuthenticationEncoding(payloadType, payload)
        return keys.filter { key in signatures.contains { key.verifies($0, over: message) } }
    }

    /// What is signed: `DSSEv1 LEN(type) type LEN(body) body`, lengths in bytes, in decimal (protocol.md, PAE).
    public static func preAuthenticationEncoding(_ type: String, _ body: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
    }

    /// Padded base64 in the standard or the URL-safe alphabet: producers may use either.
    private static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        let standard = text.utf8.lazy.map { character in
            switch character {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: character
            }
        }
        return Base64.decode(standard) { bytes.append($0) } ? bytes : nil
    }
}
