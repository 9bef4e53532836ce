import CLibCurl
import Values

/// Takes a response in while it arrives. Called on the thread that drives the ``TransferLoop``; must not block for long.
public protocol TransferReceiver: AnyObject {
    /// Status and headers are complete. `false` stops the transfer.
    func receive(_ head: ResponseHead) -> Bool
    /// The next bytes of the body, valid during the call. `false` stops the transfer.
    func receive(_ body: UnsafeRawBufferPointer) -> Bool
}

/// Owns one easy handle and all that curl points at while the transfer runs.
@safe final class Transfer {
    let easy: UnsafeMutableRawPointer
    let receiver: any TransferReceiver
    private var reader = HeadReader()
    var headerList: UnsafeMutablePointer<curl_slist>?
    let errorText: UnsafeMutablePointer<CChar>

    init(_ request: TransferRequest, receiver: any TransferReceiver) throws(TransferFailure) {
        guard let easy = unsafe curl_easy_init() else { throw TransferFailure(.library, "no easy handle") }
        unsafe self.easy = easy
        self.receiver = receiver
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setHeaders(request.headers)
        try configure(request)
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
        unsafe errorText.deallocate()
    }

    /// What curl wrote about the last trouble, or nothing.
    var errorMessage: String { unsafe String(cString: errorText) }

    func take(header line: UnsafeRawBufferPointer) -> Bool {
        switch unsafe reader.take(line) {
        case .more: true
        case .complete(let head): receiver.receive(head)
        case .tooLong: false
        }
    }

    func setHeaders(_ headers: HTTPHeaders) throws(TransferFailure) {
        for field in headers.fields {
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            guard !field.name.isEmpty, !line.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                throw TransferFailure(.request, "a header field holds a control byte")
            }
            guard let list = unsafe curl_slist_append(headerList, line) else {
                throw TransferFailure(.library, "out of memory for headers")
            }
            unsafe headerList = list
        }
    }
}
