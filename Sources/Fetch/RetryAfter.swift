import Values

/// The `Retry-After` field: seconds, or a date in the form that servers must send (RFC 9110 §10.2.3, §5.6.7).
enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The seconds to wait from `now`, not below 0; `nil` when the value is neither, which counts as absent.
    static func seconds(_ value: String, now: Timestamp) -> Int? {
        if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A number too large for an Int is "very long", which the caller clamps.
            return Int(value) ?? Int.max
        }
        return date(value).map { max(0, $0.seconds - now.seconds) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. The obsolete forms (RFC 850, asctime) count as absent: servers must not send them.
    static func date(_ value: String) -> Timestamp? {
        let words = value.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", words[1].utf8.count == 2,
            let month = months.firstIndex(where: { $0 == words[2] })
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
