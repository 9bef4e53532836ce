public import Values

/// What a machine must be to run an image, in the words of `GOOS` and `GOARCH`, normalised.
public struct Platform: Hashable, Sendable {
    /// `linux`, `windows`; empty when unstated.
    public let os: String
    /// `amd64`, `arm64`, `arm`, `386`; empty when unstated.
    public let architecture: String
    /// `v7`; empty for the baseline of an architecture.
    public let variant: String

    /// Normalises as `containerd/platforms` does (`database.go`), so that equal platforms compare equal.
    public init(os: String, architecture: String, variant: String = "") {
        self.os = os.lowercased() == "macos" ? "darwin" : os.lowercased()
        (self.architecture, self.variant) = Self.normalised(architecture.lowercased(), variant.lowercased())
    }

    /// Linux on one of sealift's architectures.
    public init(_ architecture: Architecture) {
        self.init(os: "linux", architecture: architecture.rawValue)
    }

    /// Whether an image for `image` is taken for this machine: equality after normalisation.
    ///
    /// Strict, not containerd's "loose" order: a 386 image on amd64 would run, and is not what anybody meant.
    public func accepts(_ image: Platform) -> Bool { self == image }

    /// Whether it says nothing about machines, as BuildKit writes on attestations (`unknown/unknown`).
    public var isUnknown: Bool { os == "unknown" || architecture == "unknown" }

    /// Whether neither system nor architecture is stated.
    public var isEmpty: Bool { os.isEmpty && architecture.isEmpty }

    private static func normalised(_ architecture: String, _ variant: String) -> (String, String) {
        switch (architecture, variant) {
        case ("i386", _): ("386", "")
        case ("x86_64", "v1"), ("x86-64", "v1"), ("amd64", "v1"): ("amd64", "")
        case ("x86_64", _), ("x86-64", _): ("amd64", variant)
        case ("aarch64", _), ("arm64", _): ("arm64", ["8", "v8", "v8.0"].contains(variant) ? "" : variant)
        case ("armhf", _), ("arm", ""), ("arm", "7"): ("arm", "v7")
        case ("armel", _): ("arm", "v6")
        case ("arm", "5"), ("arm", "6"), ("arm", "8"): ("arm", "v" + variant)
        default: (architecture, variant)
        }
    }
}

extension Platform: CustomStringConvertible {
    /// `linux/arm/v7`.
    public var description: String { os + "/" + architecture + (variant.isEmpty ? "" : "/" + variant) }
}
