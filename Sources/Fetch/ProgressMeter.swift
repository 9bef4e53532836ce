import Posix
import Reporting

/// Adds up what all transfers of one download have brought, and tells it now and then.
final class ProgressMeter: Sendable {
    private let receiver: any ProgressReceiver
    private let total: Int?
    private let state = Monitor<(done: Int, told: Int)>((0, 0))

    /// Told at least this often, in bytes: at 100 MB/s some 400 times a second.
    private static let step = 256 << 10

    init(_ receiver: any ProgressReceiver, total: Int?) {
        self.receiver = receiver
        self.total = total
        receiver.report(Progress(.download, done: 0, total: total))
    }

    /// Counts `bytes` more, or fewer when a transfer begins anew.
    func add(_ bytes: Int, item: String) {
        let done: Int? = state.withLock { state in
            state.done += bytes
            guard abs(state.done - state.told) >= Self.step || state.done == total else { return nil }
            state.told = state.done
            return state.done
        }
        if let done { receiver.report(Progress(.download, done: done, total: total, item: item)) }
    }
}
