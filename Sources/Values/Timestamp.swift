/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z (POSIX time, no leap seconds).
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Seconds since the epoch.
    public let seconds: Int

    /// A moment by its distance from the epoch; negative before it.
    public init(seconds: Int) { self.seconds = seconds }

    /// Whether `left` is earlier.
    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC: `2026-11-20T08:30:00Z`.
    public var description: String {
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let (year, month, day) = Self.civil(fromDays: days)
        let rest = seconds - days * 86_400
        let date = "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
        return date + "T\(Self.pad(rest / 3_600, 2)):\(Self.pad(rest / 60 % 60, 2)):\(Self.pad(rest % 60, 2))Z"
    }

    /// Takes exactly the spelling of ``description``, years 0000 to 9999; `nil` for any other text or a date that does not exist.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 20 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            let digits = characters[range]
            guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        self.init(seconds: Self.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
        guard description == String(text) else { return nil }
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Days since the epoch of a date in the proleptic Gregorian calendar, counting years from March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
