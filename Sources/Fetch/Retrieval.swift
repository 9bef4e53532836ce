import LibCurl
import Reporting
import Values

/// Gets one request answered: tries, redirects, authorization, resumption. Runs on the thread that wants the answer.
struct Retrieval {
    let context: FetchContext
    let request: FetchRequest
    let target: any BodyTarget
    let size: Int?
    let limit: Int
    let stop: StopFlag

    private var tries = 0
    /// Failures since there was progress.
    var failures = 0
    /// The most bytes that were ever held: only beyond them is there progress.
    var highWater = 0
    private var asked = ""
    /// Given after a 401, for the next try only.
    var answer: String?
    var wasChallenged = false
    /// What the last request carried, so that no message repeats it.
    var sent = SentSecret(nil)
    /// A strong `ETag`, which makes `Range` safe where no digest checks the result (RFC 9110 §13.1.5).
    var validator: String?

    /// Whether a `Range` was ever asked for.
    private(set) var wasResumed = false

    /// How one try ended.
    enum Outcome {
        case complete(ResponseHead, url: String)
        case atOnce
        case later(FetchError, after: Int?)
    }

    /// Whether a digest checks the result, so that parts from different answers may be joined.
    let isChecked: Bool

    init(
        _ request: FetchRequest, into target: any BodyTarget, size: Int?, limit: Int, isChecked: Bool,
        context: FetchContext, stop: StopFlag
    ) {
        self.request = request
        self.target = target
        self.size = size
        self.limit = limit
        self.isChecked = isChecked
        self.context = context
        self.stop = stop
        highWater = target.received
    }

    /// The place as it now is, for messages.
    var site: FetchSite { FetchSite(url: request.printableURL, host: asked, tries: tries) }

    /// Tries until the whole answer is in the target.
    mutating func run() throws(FetchError) -> (head: ResponseHead, url: String) {
        while true {
            guard !stop.isSet else { throw .stopped }
            switch try attempt() {
            case .complete(let head, let url): return (head, url)
            case .atOnce: continue
            case .later(let error, let seconds): try pause(after: error, asked: seconds)
            }
        }
    }

    /// One try, with the redirects it leads over.
    private mutating func attempt() throws(FetchError) -> Outcome {
        tries += 1
        var hop = try firstHop()
        for _ in 0...Redirects.limit {
            asked = hop.address.origin.hostAndPort
            let exchange = try exchange(for: hop)
            let failure = context.network.run(exchange)
            guard !stop.isSet else { throw .stopped }
            let receiver = exchange.receiver
            if let head = receiver.head, Redirects.statuses.contains(head.status), isRedirectable {
                hop = try Redirects.next(after: hop, head, site: site)
                continue
            }
            return try judge(receiver, failure, hop)
        }
        throw .redirect(site, .tooMany)
    }

    private var isRedirectable: Bool {
        if case .post = request.method { false } else { request.followsRedirects }
    }

    // MARK: Asking

    private func firstHop() throws(FetchError) -> Hop {
        let mirrored = try context.settings.mirrors.rewrite(request.address)
        let address = mirrored ?? request.address
        let isForeign = address.origin != request.origin
        return Hop(
            address: address, headers: isForeign ? request.headers.only(Redirects.harmless) : request.headers,
            isTrusted: true)
    }

    private mutating func exchange(for hop: Hop) throws(FetchError) -> Exchange {
        var transfer = TransferRequest(hop.address)
        switch request.method {
        case .get: transfer.method = .get
        case .head: transfer.method = .head
        case .post(let body, let contentType): transfer.method = .post(body: body, contentType: contentType)
        }
        transfer.headers = hop.headers
        transfer.headers.set("Accept-Encoding", "identity")
        if hop.isTrusted, let authorization = try authorization(for: hop.address) {
            transfer.headers.set("Authorization", authorization)
        }
        sent = SentSecret(transfer.headers["Authorization"])
        let offset = try prepareRange(&transfer.headers)
        try context.complete(&transfer, site: site)
        let expectation = BodyReceiver.Expectation(
            offset: offset, size: size, limit: limit, isDownload: target.isResumable)
        return Exchange(transfer, receiver: BodyReceiver(expectation, into: target), stop: stop)
    }

    /// Asks for the rest, when there is a first part that may be continued; otherwise begins anew.
    private mutating func prepareRange(_ headers: inout HTTPHeaders) throws(FetchError) -> Int {
        let held = target.received
        guard held > 0 else { return 0 }
        guard target.isResumable, isChecked || validator != nil, held < size ?? Int.max else {
            try restart()
            return 0
        }
        wasResumed = true
        headers.set("Range", "bytes=\(held)-")
        if !isChecked, let validator { headers.set("If-Range", validator) }
        return held
    }

    private func authorization(for address: WebAddress) throws(FetchError) -> String? {
        if let answer { return answer }
        guard let authorizer = request.authorizer else { return address.basicAuthorization ?? ownBasic(address) }
        return try asking { try authorizer.authorization(for: authorizationTarget(address)) }
    }

    /// What stood in the request's own URL goes to its own origin only, never to a mirror.
    private func ownBasic(_ address: WebAddress) -> String? {
        address.origin == request.origin ? request.address.basicAuthorization : nil
    }

    func authorizationTarget(_ address: WebAddress) -> AuthorizationTarget {
        AuthorizationTarget(
            origin: address.origin, url: address.text, isMirror: address.origin != request.origin)
    }

    func asking(_ body: () throws -> String?) throws(FetchError) -> String? {
        do { return try body() } catch {
            throw .authorization(site, FetchContext.diagnostic(of: error))
        }
    }
}
