/// What a command ends with (design §5). Scripts rely on the numbers; they never change their meaning.
public enum ExitCode: Int32, CaseIterable, Hashable, Sendable {
    /// Done.
    case done = 0
    /// A mistake inside sealift itself.
    case internalError = 1
    /// Usage, or a definition or profile error.
    case usage = 2
    /// No pinned key, or its signature does not verify.
    case notTrusted = 3
    /// This machine does not meet the requirements.
    case requirements = 4
    /// Network, registry or upstream checksum.
    case gathering = 5
    /// Applying failed, the machine is as it was.
    case restored = 6
    /// Applying failed, `recover` is needed.
    case recoverNeeded = 7
    /// Refused by policy: older, wrong target, expired, unknown format.
    case policy = 8
    /// Another run holds the lock.
    case busy = 9
    /// Disk full, medium unreadable.
    case inputOutput = 10
    /// The signature is good, the content is not what was signed.
    case damaged = 11
    /// So far done: reboot and run again.
    case reboot = 12
}

extension ExitCode {
    /// What the number says, for man pages and help.
    public var meaning: String {
        switch self {
        case .done: "done"
        case .internalError: "internal error"
        case .usage: "usage, or an error in a definition or profile, with file, line and column"
        case .notTrusted: "not trusted: no pinned key, or its signature does not verify"
        case .requirements: "this machine does not meet the requirements"
        case .gathering: "gathering failed: network, registry or checksum"
        case .restored: "applying failed, the machine is as it was"
        case .recoverNeeded: "applying failed, recover is needed"
        case .policy: "refused by policy: older, wrong target, expired or unknown format"
        case .busy: "busy: another run holds the lock"
        case .inputOutput: "input or output: disk full, medium unreadable"
        case .damaged: "damaged: the signature is good, the content is not what was signed"
        case .reboot: "so far done: reboot and run again"
        }
    }
}
