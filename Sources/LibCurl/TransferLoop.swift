import CLibCurl

/// Owns one `curl_multi` handle and runs any number of transfers over it, on the one thread that calls ``turn(waitingUpTo:)``.
///
/// Not `Sendable`: made, driven and given up on the same thread. Other threads hold its ``waker`` only.
@safe public final class TransferLoop {
    /// Names one transfer for as long as it runs.
    public struct TransferID: Hashable, Sendable { fileprivate let number: Int }

    /// How one transfer ended.
    public struct Completion: Sendable {
        /// Which one.
        public let id: TransferID
        /// `nil`: the whole response was delivered.
        public let failure: TransferFailure?
    }

    /// Ends the wait of ``turn(waitingUpTo:)`` from any thread.
    public let waker: TransferWaker
    private let multi: UnsafeMutableRawPointer
    private var running: [TransferID: Transfer] = [:]
    private var lastNumber = 0

    /// Makes the handle, with libcurl set up if it was not.
    public init() throws(TransferFailure) {
        guard CurlLibrary.isReady else { throw TransferFailure(.library, "curl_global_init refused") }
        guard let multi = unsafe curl_multi_init() else { throw TransferFailure(.library, "no multi handle") }
        unsafe self.multi = multi
        waker = unsafe TransferWaker(multi: multi)
    }

    deinit {
        for transfer in running.values { _ = unsafe curl_multi_remove_handle(multi, transfer.easy) }
    }

    /// How many transfers run.
    public var count: Int { running.count }

    /// Begins a transfer. `receiver` is kept until it completes or is cancelled.
    public func start(
        _ request: TransferRequest, receiver: any TransferReceiver
    ) throws(TransferFailure) -> TransferID {
        let transfer = try Transfer(request, receiver: receiver)
        let code = unsafe curl_multi_add_handle(multi, transfer.easy)
        guard code == CURLM_OK else { throw TransferFailure(multi: code) }
        lastNumber += 1
        let id = TransferID(number: lastNumber)
        running[id] = transfer
        return id
    }

    /// Drops a transfer; it will not be heard of again. Nothing happens when it is over already.
    public func cancel(_ id: TransferID) {
        guard let transfer = running.removeValue(forKey: id) else { return }
        _ = unsafe curl_multi_remove_handle(multi, transfer.easy)
    }

    /// Waits for the network or the ``waker``, at most `milliseconds`, then moves bytes, and tells what ended.
    public func turn(waitingUpTo milliseconds: Int) throws(TransferFailure) -> [Completion] {
        var code = unsafe curl_multi_poll(multi, nil, 0, Int32(clamping: milliseconds), nil)
        guard code == CURLM_OK else { throw TransferFailure(multi: code) }
        var stillRunning: Int32 = 0
        code = unsafe curl_multi_perform(multi, &stillRunning)
        guard code == CURLM_OK else { throw TransferFailure(multi: code) }
        return collect()
    }

    private func collect() -> [Completion] {
        var ended: [Completion] = []
        var waiting: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &waiting) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle,
                let (id, transfer) = running.first(where: { unsafe $0.value.easy == easy })
            else { continue }
            // The message is gone once its handle is removed: read first.
            let code = unsafe sealift_curl_message_result(message)
            let failure = code == CURLE_OK ? nil : TransferFailure(code: code, text: transfer.errorMessage)
            cancel(id)
            ended.append(Completion(id: id, failure: failure))
        }
        return ended
    }
}

/// Wakes a ``TransferLoop`` from another thread. Keeps the handle alive, so that a late call is harmless.
@safe public final class TransferWaker: @unchecked Sendable {
    // Right to share: the only call made from other threads is curl_multi_wakeup, which its manual page declares
    // thread-safe; the handle is freed when the last owner is gone, and the loop removes its transfers before.
    private let multi: UnsafeMutableRawPointer

    fileprivate init(multi: UnsafeMutableRawPointer) { unsafe self.multi = multi }

    deinit { _ = unsafe curl_multi_cleanup(multi) }

    /// Lets the current or the next wait return at once.
    public func wake() { _ = unsafe curl_multi_wakeup(multi) }
}

extension TransferFailure {
    fileprivate init(multi code: CURLMcode) {
        self.init(.library, unsafe String(cString: curl_multi_strerror(code)))
    }
}
