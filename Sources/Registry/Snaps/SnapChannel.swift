/// A channel of the snap store: `track/risk`, or `track/risk/branch` (snapd, snap/channel/channel.go).
public struct SnapChannel: Hashable, Sendable, CustomStringConvertible {
    /// Track, risk and branch, complete.
    public let description: String

    private static let risks = ["stable", "candidate", "beta", "edge"]

    /// Completes `text`: `1.34` is `1.34/stable`, `edge` is `latest/edge`; `nil` when it is no channel.
    public init?(_ text: some StringProtocol) {
        var parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isWordByte) })
        else { return nil }
        if Self.risks.contains(parts[0]), parts.count < 3 { parts.insert("latest", at: 0) }
        if parts.count == 1 { parts.append("stable") }
        guard Self.risks.contains(parts[1]) else { return nil }
        description = parts.joined(separator: "/")
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether it is a stable channel of a track, or a branch of one.
    var isStable: Bool { description.split(separator: "/")[1] == "stable" }
}

/// What a channel holds for one architecture now.
public struct SnapRelease: Hashable, Sendable {
    /// The channel.
    public let channel: SnapChannel
    /// dpkg's name of the architecture.
    public let architecture: String
    /// The revision and the maker's version of it.
    public let revision: Int
    /// The maker's version.
    public let version: String
}
