/// Which versions of a chart will do: `6.5.1`, `6.5`, `6.x`, `^6.5.1`, `~6.5.1`, `>=6 <7`, `>=5, <6 || ^7`, `*`; the words of Helm's
/// `--version` (Masterminds/semver), without its hyphen ranges.
public struct ChartVersionRange: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    public let description: String
    private let alternatives: [[Bound]]

    /// From a version, inclusive or not, up to another.
    private struct Bound: Hashable, Sendable {
        var low: ChartVersion?
        var includesLow = true
        var high: ChartVersion?
        var includesHigh = false
        var namesPrerelease = false

        func holds(for version: ChartVersion) -> Bool {
            if let low {
                let order = ChartVersion.precedence(version, low)
                guard order > 0 || order == 0 && includesLow else { return false }
            }
            if let high {
                let order = ChartVersion.precedence(version, high)
                guard order < 0 || order == 0 && includesHigh else { return false }
            }
            return true
        }
    }

    /// Every version that is no pre-release.
    public static let all = ChartVersionRange(description: "*", alternatives: [[Bound()]])

    private init(description: String, alternatives: [[Bound]]) {
        self.description = description
        self.alternatives = alternatives
    }

    /// Takes the forms above; `nil` for anything else.
    public init?(_ text: String) {
        var alternatives: [[Bound]] = []
        for part in Self.split(text) {
            var bounds: [Bound] = []
            var comparison = ""
            for word in part.split(whereSeparator: { $0 == " " || $0 == "," }) {
                if word.allSatisfy({ "<>=^~".contains($0) }) {
                    guard comparison.isEmpty else { return nil }
                    comparison = String(word)
                    continue
                }
                guard let bound = Self.bound(comparison + word) else { return nil }
                bounds.append(bound)
                comparison = ""
            }
            guard !bounds.isEmpty, comparison.isEmpty else { return nil }
            alternatives.append(bounds)
        }
        guard !alternatives.isEmpty else { return nil }
        self.init(description: text, alternatives: alternatives)
    }

    /// Whether `version` will do. Of pre-releases only those of an alternative that names one itself.
    public func contains(_ version: ChartVersion) -> Bool {
        alternatives.contains { bounds in
            bounds.allSatisfy { $0.holds(for: version) }
                && (!version.isPrerelease || bounds.contains(where: \.namesPrerelease))
        }
    }

    /// The newest of `versions` that will do; a version that is written exactly so goes before.
    public func newest(of versions: [ChartVersion]) -> ChartVersion? {
        versions.first { $0.description == description } ?? versions.filter(contains).max()
    }

    /// The parts between `||`.
    private static func split(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text[...]
        while let bar = rest.firstIndex(of: "|") {
            let next = rest.index(after: bar)
            guard next < rest.endIndex, rest[next] == "|" else { return [] }
            parts.append(rest[..<bar])
            rest = rest[rest.index(after: next)...]
        }
        return parts + [rest]
    }

    private static func bound(_ text: String) -> Bound? {
        let comparison = text.prefix { "<>=^~".contains($0) }
        let word = text.dropFirst(comparison.count)
        let bare = word.hasPrefix("v") ? word.dropFirst() : word
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
        // `6.x`, `6.*` and `6` leave open what comes after.
        let known = parts.prefix { !["x", "X", "*"].contains($0) }
        guard parts.dropFirst(known.count).allSatisfy({ ["x", "X", "*"].contains($0) }) else { return nil }
        guard !known.isEmpty else { return comparison.isEmpty ? Bound() : nil }
        guard let version = ChartVersion(known.joined(separator: ".")) else { return nil }
        let given = min(3, known.count)
        var bound = bound(comparison, version, given: given)
        bound?.namesPrerelease = version.isPrerelease
        return bound
    }

    /// - Parameter given: How many numbers stand there.
    private static func bound(_ comparison: Substring, _ version: ChartVersion, given: Int) -> Bound? {
        switch comparison {
        case "", "=":
            return given == 3
                ? Bound(low: version, high: version, includesHigh: true)
                : Bound(low: version, high: next(version, after: given - 1))
        case ">=": return Bound(low: version)
        case ">":
            return given == 3 ? Bound(low: version, includesLow: false) : Bound(low: next(version, after: given - 1))
        case "<": return Bound(high: version)
        case "<=":
            return given == 3 ? Bound(high: version, includesHigh: true) : Bound(high: next(version, after: given - 1))
        case "~": return Bound(low: version, high: next(version, after: min(1, given - 1)))
        case "^":
            let significant = version.numbers.prefix(given).firstIndex { $0 != 0 } ?? given - 1
            return Bound(low: version, high: next(version, after: significant))
        default: return nil
        }
    }

    /// The version one higher at `place`, zeros behind.
    private static func next(_ version: ChartVersion, after place: Int) -> ChartVersion? {
        let numbers = version.numbers.enumerated().map { index, number in
            index < place ? number : index == place ? number + 1 : 0
        }
        return ChartVersion(numbers.map(String.init).joined(separator: "."))
    }
}
