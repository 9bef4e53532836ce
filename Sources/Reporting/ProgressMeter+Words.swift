internal import Values

extension ProgressMeter {
    /// `412.0 MiB / 1.1 GiB`, with `separator` between the two; only the first while the total is unknown.
    func amount(separator: String) -> String {
        let done = ByteCount(max(done, 0)).formatted
        return total.map { done + separator + ByteCount(max($0, 0)).formatted } ?? done
    }

    /// `96.2 MiB/s`.
    var rateText: String? { rate.map { ByteCount(max($0, 0)).formatted + "/s" } }

    /// `0:07 left`.
    var timeLeftText: String? { timeLeft.map { clockText(seconds: $0) + " left" } }

    /// `1.1 GiB in 0:12`.
    var result: String { "\(ByteCount(max(done, 0)).formatted) in \(clockText(seconds: elapsed))" }
}
