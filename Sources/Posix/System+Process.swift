import CLinux
import Glibc

extension System {
    /// A variable of the environment; `nil` when it is not set. Bytes that are not UTF-8 are replaced by U+FFFD.
    public static func environment(_ name: String) -> String? { environment[name] }

    /// All variables of the environment. Of a name that is set twice the first counts, as for getenv(3).
    public static var environment: [String: String] {
        var variables: [String: String] = [:]
        guard var next = unsafe sealift_environment() else { return variables }
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if variables[String(name)] == nil { variables[String(name)] = String(text.dropFirst(name.count + 1)) }
            unsafe next += 1
        }
        return variables
    }

    /// Sets a variable for this process and what it loads (setenv(3)). Before there are threads: the environment has no lock.
    public static func setEnvironment(_ name: String, to value: String) {
        precondition(unsafe setenv(name, value, 1) == 0, "a variable of the environment is a name without =")
    }

    /// Whether a person sits at the other end of a descriptor (isatty(3)).
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// How many columns the terminal behind a descriptor has; `nil` when there is none or it does not tell.
    public static func terminalWidth(_ descriptor: Int32) -> Int? {
        let width = Int(sealift_terminal_width(descriptor))
        return width > 0 ? width : nil
    }

    /// Opens /dev/null in the place of standard input, output and error where they are closed.
    ///
    /// To be called first: otherwise the next file that is opened becomes standard error, and messages end in it.
    public static func ensureStandardDescriptors() throws(FileError) {
        for number: Int32 in 0...2 where sealift_is_open(number) == 0 {
            // open(2) gives the lowest free number, and all below are open by now. Not close-on-exec, hence not ours to own.
            _ = try doing("open", "/dev/null") { () throws(Errno) in
                try restarting { unsafe sealift_open(AT_FDCWD, "/dev/null", O_RDWR, 0) }
            }
        }
    }

    /// From now on a write to a closed pipe is an error, ``Errno/brokenPipe``, and not the end of this process.
    public static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
