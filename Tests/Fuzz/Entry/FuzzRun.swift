import FuzzTargets
import Glibc

/// What one process of a fuzzer runs.
enum FuzzRun {
    /// Set once, before the first input; libFuzzer calls back on the same thread.
    nonisolated(unsafe) static var target = FuzzTarget.all[0]

    /// Runs libFuzzer to its end, with the arguments behind the target's name.
    static func start() -> Never {
        // The target's name takes the place of the program's: libFuzzer starts no copy of itself with one job.
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
        exit(runDriver(&count, &arguments, testOneInput))
    }
}

/// One input. A broken promise ends the process, as a crash does.
private func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(BrokenProperty) { _ = try FuzzRun.target.check(bytes) } catch { fatalError(error.description) }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
