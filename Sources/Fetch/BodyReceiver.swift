import LibCurl
import Values

/// Takes one answer in, on the network thread: decides at its head whether the body is wanted, and holds it to its limits.
final class BodyReceiver: TransferReceiver {
    /// What the answer must be.
    struct Expectation {
        /// The first byte that was asked for by `Range`; 0 without one.
        var offset = 0
        /// The length of the whole, when it is known.
        var size: Int?
        /// The most bytes that are taken.
        var limit: Int
        /// Whether only 200 and 206 are answers: any other 2xx has no content to speak of.
        var isDownload = false
    }

    /// Why the transfer was stopped from here.
    enum Stop {
        case encoded(String)
        case tooLarge
        case otherSize(found: Int)
        case badRange(String)
        case target(any Error)
    }

    private let expectation: Expectation
    private let target: any BodyTarget
    private(set) var head: ResponseHead?
    private(set) var stop: Stop?
    /// The first bytes of a body that nobody asked for.
    private(set) var failureBody: [UInt8] = []
    /// Whether the body is the content that was asked for, and not the words of an error or a redirect.
    private(set) var isWanted = false
    /// The length of the whole, as a `Content-Range` states it.
    private(set) var total: Int?

    /// What is kept of an error's body: registries answer with a few hundred bytes of JSON.
    static let failureLimit = 64 << 10

    init(_ expectation: Expectation, into target: any BodyTarget) {
        self.expectation = expectation
        self.target = target
    }

    func receive(_ head: ResponseHead) -> Bool {
        self.head = head
        isWanted = (200..<300).contains(head.status) && (!expectation.isDownload || [200, 206].contains(head.status))
        guard isWanted else { return true }
        stop = reasonToStop(head)
        return stop == nil
    }

    func receive(_ body: UnsafeRawBufferPointer) -> Bool {
        guard isWanted else { return unsafe keepFailure(body) }
        guard target.received + body.count <= expectation.limit else {
            stop = .tooLarge
            return false
        }
        do { try unsafe target.append(body) } catch {
            stop = .target(error)
            return false
        }
        return true
    }

    /// Past the limit the transfer is stopped: the status says enough.
    private func keepFailure(_ body: UnsafeRawBufferPointer) -> Bool {
        let room = Self.failureLimit - failureBody.count
        unsafe failureBody.append(contentsOf: body.prefix(room))
        return body.count <= room
    }

    private func reasonToStop(_ head: ResponseHead) -> Stop? {
        let encodings = head.headers.values(of: "Content-Encoding").filter {
            $0.lowercased() != "identity" && !$0.isEmpty
        }
        if let encoding = encodings.first { return .encoded(encoding) }
        if let stop = reasonToStop(range: head) { return stop }
        guard let text = head.headers["Content-Length"], let length = Int(text) else { return nil }
        let whole = target.received.addingReportingOverflow(length)
        if let size = expectation.size, whole.overflow || whole.partialValue != size {
            return .otherSize(found: whole.overflow ? Int.max : whole.partialValue)
        }
        return whole.overflow || whole.partialValue > expectation.limit ? .tooLarge : nil
    }

    /// RFC 9110 §15.3.7: a 206 must say which part it is; a 200 to a `Range` is the whole.
    private func reasonToStop(range head: ResponseHead) -> Stop? {
        guard head.status == 206 else { return restart() }
        let texts = head.headers.values(of: "Content-Range")
        let shown = texts.joined(separator: ", ")
        guard expectation.offset > 0, texts.count == 1,
            case .bytes(let first, let last, let total)? = ContentRange(shown), first == expectation.offset
        else { return .badRange(shown) }
        self.total = total
        if let total {
            guard last == total - 1 else { return .badRange(shown) }
            if let size = expectation.size, total != size { return .otherSize(found: total) }
            if total > expectation.limit { return .tooLarge }
        }
        return nil
    }

    private func restart() -> Stop? {
        guard target.received > 0 else { return nil }
        do { try target.restart() } catch { return .target(error) }
        return nil
    }
}
