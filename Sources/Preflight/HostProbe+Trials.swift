public import Format
import Posix
public import Values

/// Looks that do something for a moment: both leave nothing behind.
extension HostProbe {
    /// Has the port, then calls it.
    public func attempt(on port: UInt16, _ transport: PortRange.Transport) -> PortAttempt? {
        switch System.tryPort(port, isStream: transport == .tcp) {
        case .held: .held
        case .forbidden: nil
        case .free: transport == .tcp && System.answers(on: port) ? .answered : .free
        }
    }

    /// The trial that etcd's makers use (etcd docs, Hardware recommendations): 22 MiB in writes of 2 300 bytes, each made durable.
    private static let trial = (size: 22 << 20, write: 2_300, warmUp: 200, rounds: 3)
    /// A round on a slow disk ends after so many nanoseconds.
    private static let patience: UInt64 = 30_000_000_000

    /// Writes into a file without a name, so that nothing is left even when this process is killed.
    public func writeLatencies(in folder: MemberPath?) -> [[UInt64]]? {
        var next = folder
        while let missing = next, value({ () throws(FileError) in try open(missing).path }) == nil {
            next = missing.parent
        }
        return value { () throws(FileError) in
            let place = next.map { root.appending($0) } ?? root
            let file = try FileDescriptor.open(place, .writeOnly, options: .nameless, permissions: .secret)
            let block = try System.randomBytes(Self.trial.write)
            for index in 0..<Self.trial.warmUp {
                try file.write(block, at: index * block.count)
                try file.synchronizeData()
            }
            var rounds: [[UInt64]] = []
            for _ in 0..<Self.trial.rounds {
                try file.truncate(to: 0)
                rounds.append(try round(file, block))
            }
            return rounds
        }
    }

    private func round(_ file: borrowing FileDescriptor, _ block: [UInt8]) throws(FileError) -> [UInt64] {
        var times: [UInt64] = []
        let begin = System.monotonicNanoseconds()
        var before = begin
        for offset in stride(from: 0, to: Self.trial.size, by: block.count) where before - begin < Self.patience {
            before = System.monotonicNanoseconds()
            try file.write(block, at: offset)
            try file.synchronizeData()
            times.append(System.monotonicNanoseconds() - before)
        }
        return times
    }
}
