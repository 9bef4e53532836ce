/// A processor architecture by its Go and OCI name, the one used in definitions, bundle names and image platforms.
public enum Architecture: String, CaseIterable, Hashable, Sendable {
    case amd64
    case arm64

    /// What `uname -m` prints on such a machine.
    public var machineName: String {
        switch self {
        case .amd64: "x86_64"
        case .arm64: "aarch64"
        }
    }

    /// Takes what `uname -m` prints; `nil` for other machines.
    public init?(machineName: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.machineName == machineName }) else { return nil }
        self = match
    }
}
