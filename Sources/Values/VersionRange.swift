/// Which versions something is for: alternatives of bounds that must all hold, such as `>=v1.33.14 <v1.34` or `*+k3s`.
///
/// Bounds compare as ``Version`` does: `<v1.37` takes in the pre-releases of v1.37.0, and `>=v1.36.2` takes in v1.36.2+k3s1.
public struct VersionRange: Hashable, Sendable {
    private enum Comparison: String, CaseIterable {
        case atLeast = ">=", atMost = "<=", above = ">", below = "<", equal = "="
        /// The text ends so: `*+k3s`, for makers who publish variants of one version.
        case ending = "*"
    }

    private struct Bound: Hashable, Sendable {
        let comparison: Comparison
        let version: Version

        func holds(for other: Version) -> Bool {
            switch comparison {
            case .atLeast: other >= version
            case .atMost: other <= version
            case .above: other > version
            case .below: other < version
            case .equal: other == version
            case .ending: other.text.hasSuffix(version.text)
            }
        }
    }

    private let alternatives: [[Bound]]

    /// Every version.
    public static let all = VersionRange(alternatives: [])

    /// Takes the alternatives, each bounds separated by single spaces; `nil` when one is no bound.
    public init?(_ texts: [String]) {
        var alternatives: [[Bound]] = []
        for text in texts {
            let bounds = text.split(separator: " ", omittingEmptySubsequences: false).map(Self.bound)
            guard !bounds.isEmpty, bounds.allSatisfy({ $0 != nil }) else { return nil }
            alternatives.append(bounds.compactMap { $0 })
        }
        guard !alternatives.isEmpty else { return nil }
        self.alternatives = alternatives
    }

    private init(alternatives: [[Bound]]) { self.alternatives = alternatives }

    /// Whether `version` is in the range.
    public func contains(_ version: Version) -> Bool {
        alternatives.isEmpty || alternatives.contains { $0.allSatisfy { $0.holds(for: version) } }
    }

    private static func bound(_ text: Substring) -> Bound? {
        guard let comparison = Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let version = Version(String(text.dropFirst(comparison.rawValue.count)))
        let isBound = comparison == .ending ? !version.text.isEmpty : !version.numbers.isEmpty
        return !isBound ? nil : Bound(comparison: comparison, version: version)
    }
}

extension VersionRange {
    /// The alternatives as ``init(_:)`` takes them; none for ``all``.
    public var texts: [String] {
        alternatives.map { $0.map { $0.comparison.rawValue + $0.version.text }.joined(separator: " ") }
    }
}

extension VersionRange: CustomStringConvertible {
    /// The range as it is written, alternatives joined by ` or `; `every version` for ``all``.
    public var description: String {
        guard !alternatives.isEmpty else { return "every version" }
        return texts.joined(separator: " or ")
    }
}
