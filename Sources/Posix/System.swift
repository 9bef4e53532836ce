import CLinux
import Glibc
public import Values

/// The machine around the process: time, chance, terminal, names. Called from the top storey, which hands values down.
public enum System {
    /// The time of day, in whole seconds (clock_gettime(2), CLOCK_REALTIME). May jump.
    public static func now() -> Timestamp { Timestamp(seconds: Int(time(of: CLOCK_REALTIME).tv_sec)) }

    /// Nanoseconds since some moment, the same for the life of the machine; never jumps (CLOCK_MONOTONIC).
    public static func monotonicNanoseconds() -> UInt64 {
        let time = time(of: CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func time(of clock: clockid_t) -> timespec {
        var time = timespec()
        let status = unsafe clock_gettime(clock, &time)
        precondition(status == 0, "Linux has both clocks")
        return time
    }

    /// `count` bytes that nobody can guess, from the kernel (getrandom(2)).
    public static func randomBytes(_ count: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        // The kernel never cuts short what is at most 256 bytes.
        var block = [UInt8](repeating: 0, count: 256)
        while bytes.count < count {
            let got = try doing("read", "/dev/urandom") { () throws(Errno) in
                try restarting { unsafe getrandom(&block, block.count, 0) }
            }
            bytes += block[..<min(got, count - bytes.count)]
        }
        return bytes
    }

    /// Sixteen hex digits for the name of a temporary file.
    public static func randomName() throws(FileError) -> String { Hex.encode(try randomBytes(8)) }

    /// The effective user's number; 0 is root.
    public static var userID: UInt32 { geteuid() }

    /// The effective group's number.
    public static var groupID: UInt32 { getegid() }

    /// The number of this process.
    public static var processID: Int32 { getpid() }

    /// The machine's name on the network (uname(2), nodename).
    public static var hostName: String {
        var names = uname()
        return text(of: &names.nodename)
    }

    /// The kind of processor: `x86_64`, `aarch64` (uname(2), machine).
    public static var machine: String {
        var names = uname()
        return text(of: &names.machine)
    }

    /// The kernel's version: `6.1.0-18-amd64` (uname(2), release).
    public static var kernelRelease: String {
        var names = uname()
        return text(of: &names.release)
    }

    private static func uname() -> utsname {
        var names = utsname()
        let status = unsafe Glibc.uname(&names)
        precondition(status == 0, "uname fails only for a bad address")
        return names
    }

    private static func text<Characters>(of characters: inout Characters) -> String {
        unsafe withUnsafeBytes(of: &characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
