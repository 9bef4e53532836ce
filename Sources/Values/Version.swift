/// A release tag such as `v1.31.4+k3s1`, ordered as its makers order it.
///
/// Grammar: optional `v`, numbers joined by `.`, optional `-` pre-release, optional `+` build. Numbers compare by value; a
/// pre-release sorts below the release; builds compare part by part with numbers by value, so `+k3s2` < `+k3s10`. (Plain
/// SemVer ignores the build, which K3s and k0s use for re-releases.)
public struct Version: Hashable, Sendable {
    /// The text as written.
    public let text: String

    /// Takes any text; what follows no grammar compares by what can be made of it.
    public init(_ text: String) { self.text = text }

    /// Major, minor, patch and so on; empty when the text starts otherwise.
    public var numbers: [Int] { core.split(separator: ".").compactMap { Int($0) } }

    /// `v1.31` for `v1.31.4+k3s1`; `nil` with fewer than two numbers.
    public var minorLine: String? {
        let parts = numbers
        guard parts.count >= 2 else { return nil }
        return "\(text.hasPrefix("v") ? "v" : "")\(parts[0]).\(parts[1])"
    }

    /// Whether a `-` suffix stands before any `+`.
    public var isPrerelease: Bool { prerelease != nil }

    private var body: Substring { text.hasPrefix("v") ? text.dropFirst() : text[...] }
    private var build: Substring { body.split(separator: "+", maxSplits: 1).dropFirst().first ?? "" }
    private var beforeBuild: Substring { body.split(separator: "+", maxSplits: 1).first ?? "" }
    private var core: Substring { beforeBuild.split(separator: "-", maxSplits: 1).first ?? "" }
    private var prerelease: Substring? { beforeBuild.split(separator: "-", maxSplits: 1).dropFirst().first }
}

extension Version: CustomStringConvertible {
    /// The text as written.
    public var description: String { text }
}

extension Version: Comparable {
    /// Whether `left` is the older one.
    public static func < (left: Self, right: Self) -> Bool {
        let (a, b) = (left.numbers, right.numbers)
        for index in 0..<max(a.count, b.count) {
            let (x, y) = (index < a.count ? a[index] : 0, index < b.count ? b[index] : 0)
            if x != y { return x < y }
        }
        switch (left.prerelease, right.prerelease) {
        case (.some, nil): return true
        case (nil, .some): return false
        case (let x?, let y?) where x != y: return naturallyPrecedes(x, y)
        default: return naturallyPrecedes(left.build, right.build)
        }
    }

    /// Runs of digits compare as numbers, everything else by bytes.
    private static func naturallyPrecedes(_ left: Substring, _ right: Substring) -> Bool {
        let (a, b) = (runs(left), runs(right))
        for (x, y) in zip(a, b) where x != y {
            if let m = Int(x), let n = Int(y), m != n { return m < n }
            return x.utf8.lexicographicallyPrecedes(y.utf8)
        }
        return a.count < b.count
    }

    private static func runs(_ text: Substring) -> [Substring] {
        var found: [Substring] = []
        var rest = text
        while let first = rest.first {
            let run = rest.prefix { $0.isNumber == first.isNumber }
            found.append(run)
            rest = rest.dropFirst(run.count)
        }
        return found
    }
}
