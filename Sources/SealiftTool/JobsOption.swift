import Arguments
import Posix

/// `--jobs N`: how many threads work; as many as there are CPUs unless said otherwise.
enum JobsOption {
    static func value(of invocation: Invocation) throws -> Int {
        try invocation.value("jobs", as: "a number from 1 to 64") {
            Int($0).flatMap { (1...64).contains($0) ? $0 : nil }
        }
            ?? Workers.processorCount
    }
}
