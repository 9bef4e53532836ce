import LibCurl
import Posix
import Values

/// One request and its answer, made by the thread that wants it and run on the network thread.
final class Exchange: @unchecked Sendable {
    // Right to share: all is set before the exchange is handed to the network thread; only that thread touches `receiver`
    // until `ended` is given, and only the waiting thread afterwards.
    let request: TransferRequest
    let receiver: BodyReceiver
    let stop: StopFlag
    private let ended = Monitor<End?>(nil)

    /// How it ended.
    private struct End { let failure: TransferFailure? }

    init(_ request: TransferRequest, receiver: BodyReceiver, stop: StopFlag) {
        self.request = request
        self.receiver = receiver
        self.stop = stop
    }

    /// The host whose limit counts.
    var host: String { request.url.origin.hostAndPort }

    func end(_ failure: TransferFailure?) { ended.withLock { $0 = End(failure: failure) } }

    func waitForEnd() -> TransferFailure? { ended.wait { $0 }.failure }
}
