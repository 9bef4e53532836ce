import CLinux
import Glibc
import Values

/// One end of a pipe; closed when told so or when nobody refers to it any more.
final class PipeEnd {
    /// The descriptor; -1 when closed.
    private(set) var number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close() }

    func close() {
        // A pipe holds nothing that closing could fail to write.
        if number >= 0 { _ = CLinux.close(number) }
        number = -1
    }

    var isOpen: Bool { number >= 0 }

    /// A pipe (pipe2(2)), close-on-exec.
    static func pair() throws(Errno) -> (reading: PipeEnd, writing: PipeEnd) {
        var numbers: [Int32] = [-1, -1]
        _ = try restarting { unsafe pipe2(&numbers, O_CLOEXEC) }
        return (PipeEnd(owning: numbers[0]), PipeEnd(owning: numbers[1]))
    }
}

/// Feeds a program and listens to it on three pipes at once, so that neither waits for the other for ever.
final class Conversation {
    private let input: [UInt8]
    private var written = 0
    private let limit: ByteCount
    private let deadline: UInt64?
    private let inputPipe: (reading: PipeEnd, writing: PipeEnd)
    private let outputPipe: (reading: PipeEnd, writing: PipeEnd)
    private let errorsPipe: (reading: PipeEnd, writing: PipeEnd)
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []

    /// - Parameters:
    ///   - limit: The most that is taken from each pipe.
    ///   - deadline: When to give up, on the clock of ``System/monotonicNanoseconds()``.
    init(input: [UInt8], limit: ByteCount, deadline: UInt64?) throws(Errno) {
        self.input = input
        self.limit = limit
        self.deadline = deadline
        inputPipe = try PipeEnd.pair()
        outputPipe = try PipeEnd.pair()
        errorsPipe = try PipeEnd.pair()
        // Our ends only: the flag belongs to the open file description, and each end is one of its own.
        for end in [inputPipe.writing, outputPipe.reading, errorsPipe.reading] {
            _ = try restarting { sealift_set_nonblocking(end.number) }
        }
    }

    /// What the program gets as standard input, output and error.
    var farEnds: (input: Int32, output: Int32, errors: Int32) {
        (inputPipe.reading.number, outputPipe.writing.number, errorsPipe.writing.number)
    }

    /// Talks until the program has ended and what it wrote is read.
    func talk(toTheEndOf process: pid_t) throws(Errno) {
        for end in [inputPipe.reading, outputPipe.writing, errorsPipe.writing] { end.close() }
        if input.isEmpty { inputPipe.writing.close() }
        // -1 before Linux 5.3 and in narrow sandboxes: then the end of the pipes is the end of the program.
        let life = PipeEnd(owning: sealift_pidfd_open(process))
        while life.isOpen || outputPipe.reading.isOpen || errorsPipe.reading.isOpen {
            let hasEnded = try waitForNews(life)
            try feed()
            try listen(outputPipe.reading, &output)
            try listen(errorsPipe.reading, &errors)
            if hasEnded { return }
        }
    }

    /// Waits until a pipe is ready or the program has ended (poll(2)).
    ///
    /// - Returns: Whether it has ended.
    private func waitForNews(_ life: PipeEnd) throws(Errno) -> Bool {
        var watched = [
            pollfd(fd: inputPipe.writing.number, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outputPipe.reading.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorsPipe.reading.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: life.number, events: Int16(POLLIN), revents: 0),
        ]
        _ = try restarting { unsafe poll(&watched, nfds_t(watched.count), millisecondsLeft) }
        guard millisecondsLeft != 0 else { throw .timedOut }
        return watched[3].revents != 0
    }

    /// For poll(2): -1 for ever, 0 when the deadline has passed.
    private var millisecondsLeft: Int32 {
        guard let deadline else { return -1 }
        let now = System.monotonicNanoseconds()
        guard deadline > now else { return 0 }
        return Int32(min((deadline - now + 999_999) / 1_000_000, UInt64(Int32.max)))
    }

    private func feed() throws(Errno) {
        while inputPipe.writing.isOpen {
            do throws(Errno) {
                written += try withoutPipeSignal { () throws(Errno) in
                    try restarting {
                        unsafe input.withBytes { all in
                            let rest = unsafe UnsafeRawBufferPointer(rebasing: all[written...])
                            return unsafe write(inputPipe.writing.number, rest.baseAddress, rest.count)
                        }
                    }
                }
            } catch {
                switch error {
                case .wouldBlock: return
                case .brokenPipe: inputPipe.writing.close()  // it need not read all, or anything
                default: throw error
                }
            }
            if written == input.count { inputPipe.writing.close() }
        }
    }

    private func listen(_ end: PipeEnd, _ heard: inout [UInt8]) throws(Errno) {
        var block = [UInt8](repeating: 0, count: end.isOpen ? 1 << 16 : 0)
        while end.isOpen {
            do throws(Errno) {
                let count = try restarting { unsafe read(end.number, &block, block.count) }
                if count == 0 { end.close() }
                heard += block[..<count]
            } catch {
                guard error == .wouldBlock else { throw error }
                return
            }
            guard heard.count <= limit.bytes else { throw .tooLarge }
        }
    }
}

/// Runs `body` with SIGPIPE blocked in this thread, and takes away the one that it may have caused.
private func withoutPipeSignal<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
    var pipe = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    do throws(Errno) { return try body() } catch {
        if error == .brokenPipe {
            var atOnce = timespec()
            unsafe sigtimedwait(&pipe, nil, &atOnce)
        }
        throw error
    }
}
