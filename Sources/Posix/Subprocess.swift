import CLinux
import Glibc
public import Values

/// Runs other programs, never through a shell (posix_spawn(3)).
public enum Subprocess {
    /// How a program ended and what it said.
    public struct Outcome: Hashable, Sendable {
        /// What it exited with; 128 and the signal's number when a signal ended it, as shells count.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: [UInt8]
        /// What it wrote to standard error.
        public let errors: [UInt8]

        /// Whether it exited with 0.
        public var isSuccess: Bool { status == 0 }
        /// Standard error as text, bytes that are not UTF-8 replaced by U+FFFD.
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
        /// Standard output as text, bytes that are not UTF-8 replaced by U+FFFD.
        public var outputText: String { String(decoding: output, as: UTF8.self) }

        /// An outcome as such, for tests of those who look at one.
        public init(status: Int32, output: [UInt8] = [], errors: [UInt8] = []) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// Runs a program to its end.
    ///
    /// It gets no open file of ours but its three pipes, and default signal handling. Children that it leaves behind with
    /// those pipes open are not waited for (Linux 5.3).
    ///
    /// - Parameters:
    ///   - executable: A path, or a name that is looked for in this process's PATH.
    ///   - arguments: What follows the program's name.
    ///   - environment: All it gets; `nil` for the environment of this process.
    ///   - input: What it reads from standard input; it need not read it.
    ///   - timeLimit: Seconds after which it is killed; `nil` for no limit.
    ///   - outputLimit: The most that it may write to each pipe before it is killed.
    /// - Throws: ``FileError`` on the executable: ``Errno/notFound``, ``Errno/timedOut``, ``Errno/tooLarge`` …. A program
    ///   that exits with an error throws nothing; see ``Outcome/status``.
    public static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil, input: [UInt8] = [],
        timeLimit: Int? = nil, outputLimit: ByteCount = .mebibytes(64)
    ) throws(FileError) -> Outcome {
        try doing("run", FilePath(executable)) { () throws(Errno) in
            let deadline = timeLimit.map { System.monotonicNanoseconds() + UInt64(max(0, $0)) * 1_000_000_000 }
            let conversation = try Conversation(input: input, limit: outputLimit, deadline: deadline)
            let process = try spawn(executable, arguments, environment, with: conversation.farEnds)
            do throws(Errno) { try conversation.talk(toTheEndOf: process) } catch {
                _ = kill(process, SIGKILL)
                _ = try wait(for: process)
                throw error
            }
            return Outcome(
                status: try wait(for: process), output: conversation.output, errors: conversation.errors)
        }
    }

    private static func wait(for process: pid_t) throws(Errno) -> Int32 {
        var status: Int32 = 0
        _ = try restarting { unsafe waitpid(process, &status, 0) }
        let signal = status & 0x7F  // WTERMSIG; 0 when it exited by itself
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

extension Subprocess {
    /// Starts the program with `ends` as its standard input, output and error.
    private static func spawn(
        _ executable: String, _ arguments: [String], _ environment: [String: String]?,
        with ends: (input: Int32, output: Int32, errors: Int32)
    ) throws(Errno) -> pid_t {
        let argv = try CStrings([executable] + arguments)
        let envp = try environment.map { variables throws(Errno) in
            try CStrings(variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        }
        let setup = try SpawnSetup(input: ends.input, output: ends.output, errors: ends.errors)
        var process: pid_t = 0
        let status = unsafe setup.withPointers { actions, attributes in
            unsafe posix_spawnp(
                &process, executable, actions, attributes, argv.pointers, envp?.pointers ?? sealift_environment())
        }
        guard status == 0 else { throw Errno(rawValue: status) }
        return process
    }
}

/// Strings for C: NUL-terminated, in an array that ends with NULL.
@safe private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) throws(Errno) {
        guard !strings.contains(where: { $0.utf8.contains(0) }) else { throw .invalid }
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        unsafe pointers.initialize(repeating: nil, count: count + 1)
        for (index, string) in strings.enumerated() {
            unsafe pointers[index] = strdup(string)
            guard unsafe pointers[index] != nil else { throw .noMemory }
        }
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}

/// What is to happen between fork and exec: the three pipes in their places, signals as a new program expects them.
@safe private final class SpawnSetup {
    private let actions = UnsafeMutablePointer<posix_spawn_file_actions_t>.allocate(capacity: 1)
    private let attributes = UnsafeMutablePointer<posix_spawnattr_t>.allocate(capacity: 1)

    init(input: Int32, output: Int32, errors: Int32) throws(Errno) {
        try check(unsafe posix_spawn_file_actions_init(actions))
        try check(unsafe posix_spawnattr_init(attributes))
        for (number, place) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
            try check(unsafe posix_spawn_file_actions_adddup2(actions, number, place))
        }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&all)
        unsafe sigaddset(&all, SIGPIPE)
        try check(unsafe posix_spawnattr_setsigmask(attributes, &none))
        try check(unsafe posix_spawnattr_setsigdefault(attributes, &all))
        try check(
            unsafe posix_spawnattr_setflags(attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)))
    }

    deinit {
        unsafe posix_spawn_file_actions_destroy(actions)
        unsafe posix_spawnattr_destroy(attributes)
        unsafe actions.deallocate()
        unsafe attributes.deallocate()
    }

    func withPointers<Result>(
        _ body: (
            UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafeMutablePointer<posix_spawnattr_t>
        ) -> Result
    ) -> Result { unsafe body(actions, attributes) }

    /// These calls return the error instead of setting errno.
    private func check(_ status: Int32) throws(Errno) {
        guard status == 0 else { throw Errno(rawValue: status) }
    }
}
