public import JSON

/// What a bundle gives to be signed.
public struct SignatureRequest: Sendable {
    /// SHA256SUMS, byte by byte.
    public let sums: [UInt8]
    /// The predicate of its provenance; `nil` for a bundle that carries none.
    public let predicate: JSONValue?

    /// Takes both as they are.
    public init(sums: [UInt8], predicate: JSONValue? = nil) {
        self.sums = sums
        self.predicate = predicate
    }
}
