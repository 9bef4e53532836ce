public import Values

/// When a try that failed is made again: exponential, with chance in it, so that many clients do not come back at once.
public struct RetryPolicy: Hashable, Sendable {
    /// Tries without progress before giving up; at least 1.
    public var tries = 5
    /// The first pause, in milliseconds; each next one is twice as long.
    public var firstDelayMilliseconds = 1_000
    /// The longest pause, in milliseconds.
    public var longestDelayMilliseconds = 30_000
    /// The longest pause that a server may ask for by `Retry-After`, in milliseconds.
    public var longestAskedMilliseconds = 120_000

    /// So many new bytes are progress, and the count of tries begins anew (containers/image, docker/body_reader.go).
    public var progress = ByteCount.mebibytes(1)

    /// 5 tries, pauses of about 1, 2, 4 and 8 seconds, at most 2 minutes when asked.
    public init() {}

    /// The pause after the `failure`th failure in a row, counted from 1, in milliseconds.
    ///
    /// - Parameters:
    ///   - asked: What the server asked for, in seconds.
    ///   - chance: From 0 to 1 000; the pause lies between half and all of what doubling gives.
    func delay(afterFailure failure: Int, asked: Int?, chance: Int) -> Int {
        if let asked { return min(max(asked, 0), longestAskedMilliseconds / 1_000) * 1_000 }
        let doubled = firstDelayMilliseconds << min(failure - 1, 20)
        let full = min(doubled, longestDelayMilliseconds)
        return full / 2 + full / 2 * chance / 1_000
    }
}
