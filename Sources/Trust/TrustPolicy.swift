/// Whose signatures are asked for, and how many.
public struct TrustPolicy: Hashable, Sendable {
    /// The keys that are trusted.
    public var pins: [Pin]
    /// How many distinct keys must have signed.
    public var threshold: Int

    /// Pins, and how many of them must have signed; at least one.
    public init(pins: [Pin], threshold: Int = 1) {
        self.pins = pins
        self.threshold = max(1, threshold)
    }
}
