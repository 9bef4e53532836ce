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
