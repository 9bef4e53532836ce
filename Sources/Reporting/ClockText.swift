/// Whole seconds as a person reads them on a clock: `0:07`, `12:30`, `1:02:03`.
public func clockText(seconds: Int) -> String {
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    let end = ":" + two(seconds % 60)
    return hours > 0 ? "\(hours):\(two(minutes))" + end : "\(minutes)" + end
}
