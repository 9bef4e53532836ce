import Glibc
public import Posix
import Values

/// The machine that this program runs on.
public struct HostMachine: Machine {
    /// There is only one.
    public init() {}

    /// Runs a program of the host, found in its usual folders.
    public func run(_ arguments: [String], timeLimit: Int) throws(FileError) -> Subprocess.Outcome {
        guard let program = arguments.first else { throw FileError("run", "", .invalid) }
        var environment = System.environment
        // Under sudo and cron the folders of the administrator's programs may be missing.
        let path = [environment["PATH"], "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        environment["PATH"] = path.compactMap(\.self).joined(separator: ":")
        environment["LC_ALL"] = "C"
        return try Subprocess.run(
            try Self.locate(program), Array(arguments.dropFirst()), environment: environment, timeLimit: timeLimit)
    }

    /// posix_spawnp looks in the PATH of this process, which may lack the administrator's folders.
    private static func locate(_ program: String) throws(FileError) -> String {
        guard !program.contains("/") else { return program }
        for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"] {
            let path = FilePath(folder).appending(program)
            if try Files.exists(path) { return path.text }
        }
        return program
    }

    /// Reads it below /proc/sys.
    public func parameter(_ key: String) throws(FileError) -> String {
        let text = String(decoding: try Files.read(Self.path(key), limit: .kibibytes(64)), as: UTF8.self)
        return String(text.prefix { $0 != "\n" })
    }

    /// Writes it below /proc/sys.
    public func setParameter(_ key: String, to value: String) throws(FileError) {
        try FileDescriptor.open(Self.path(key), .writeOnly).write(Array((value + "\n").utf8))
    }

    /// Dots part names; a dot that belongs to a name is written as a slash (sysctl(8)).
    private static func path(_ key: String) -> FilePath {
        FilePath("/proc/sys/" + String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 }))
    }

    /// Whether the kernel shows SELinux's own file system.
    public var hasSELinux: Bool {
        do throws(FileError) { return try Files.exists("/sys/fs/selinux/enforce") } catch { return false }
    }

    /// Sleeps (nanosleep(2)).
    public func pause(milliseconds: Int) { usleep(UInt32(min(milliseconds, 60_000)) * 1_000) }

    /// CLOCK_MONOTONIC.
    public var nanoseconds: UInt64 { System.monotonicNanoseconds() }
}
