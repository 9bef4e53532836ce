public import Posix

/// The running machine as steps see it: its programs, its kernel's parameters, its clock. Passed in, so that tests need none.
public protocol Machine: Sendable {
    /// Runs a program to its end, or for so many seconds.
    func run(_ arguments: [String], timeLimit: Int) throws(FileError) -> Subprocess.Outcome
    /// The value of a kernel parameter such as `net.ipv4.ip_forward` (proc_sys(5)).
    func parameter(_ key: String) throws(FileError) -> String
    /// Sets a kernel parameter.
    func setParameter(_ key: String, to value: String) throws(FileError)
    /// Whether SELinux is on, so that labels matter.
    var hasSELinux: Bool { get }
    /// Waits.
    func pause(milliseconds: Int)
    /// Nanoseconds of a clock that never jumps.
    var nanoseconds: UInt64 { get }
}
