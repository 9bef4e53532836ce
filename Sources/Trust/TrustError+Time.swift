import Posix
import Reporting
import Values

extension TrustError {
    /// The words for what has its time, and for jumps in the order of bundles.
    var refusalOfTime: Diagnostic {
        switch self {
        case .expired(let expires, let clock):
            let advice =
                clock.isFarAhead
                ? "the clock is hardly right: \(SiteClock.remedy)" : "get a newer bundle; if the clock is wrong, set it"
            return Diagnostic(
                clock.now == clock.earliest
                    ? "the bundle expired at \(expires), and the clock says \(clock.now)"
                    : "the bundle expired at \(expires), and it is \(clock.known) at least",
                details: clock.details,
                next: "\(advice); to install it on purpose, run again with --allow-expired: the receipt will say so",
                exitCode: .policy)
        case .weakClock(let expires, let clock):
            return Diagnostic(
                "cannot tell whether the bundle has expired: the clock says \(clock.now), and it is \(clock.known) at least",
                details: clock.details + [.init("expires", expires.description)],
                next:
                    "\(SiteClock.remedy); to install it all the same, run again with --allow-expired: the receipt will say so",
                exitCode: .policy)
        case .sequenceStep(let offered, let base, let maximum, let policy):
            return Diagnostic(
                "the bundle's sequence \(offered) is too far above \(base), the highest that was installed here",
                details: [.init("policy", "\(policy.text), maximumSequenceStep \(maximum)")],
                next: "show this to who built it: such a sequence would lock out all later bundles; "
                    + "if it is right, have who keeps the policy raise the step",
                exitCode: .policy)
        default: fatalError("not a refusal because of time or order")
        }
    }
}
