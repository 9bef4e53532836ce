import LibCurl
import Reporting
import Values

extension Retrieval {
    /// What an answer, or its absence, means for the request.
    mutating func judge(
        _ receiver: BodyReceiver, _ failure: TransferFailure?, _ hop: Hop
    ) throws(FetchError) -> Outcome {
        if let stop = receiver.stop { return try judge(stop) }
        guard let head = receiver.head else {
            return try judge(failure ?? TransferFailure(.response, "the server sent no header"))
        }
        guard receiver.isWanted else { return try judge(status: head, body: receiver.failureBody, hop) }
        forgetChallenge()
        if head.status == 200 { validator = Self.strongTag(head.headers) }
        if let failure { return try judge(failure) }
        if let total = size ?? receiver.total, target.received < total, !isHead {
            return .later(.connection(site, .cut, words: "only part of it arrived"), after: nil)
        }
        return .complete(head, url: hop.address.text)
    }

    private var isHead: Bool { request.method == .head }

    /// RFC 9110 §8.8.3: a weak tag does not vouch for bytes.
    private static func strongTag(_ headers: HTTPHeaders) -> String? {
        headers["ETag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
    }

    private mutating func judge(_ stop: BodyReceiver.Stop) throws(FetchError) -> Outcome {
        switch stop {
        case .encoded(let encoding): throw .encoded(site, encoding: encoding)
        case .tooLarge: throw .tooLarge(site, limit: ByteCount(limit))
        case .otherSize(let found): throw .otherSize(site, expected: ByteCount(size ?? limit), found: ByteCount(found))
        case .target(let error): throw .store(site, FetchContext.diagnostic(of: error))
        case .badRange(let range):
            try restart()
            let words = "it sent another part than was asked for, \(quoted(range))"
            return .later(.connection(site, .answer, words: words), after: nil)
        }
    }

    private func judge(_ failure: TransferFailure) throws(FetchError) -> Outcome {
        let trouble: ConnectionTrouble
        switch failure.kind {
        case .nameResolution: trouble = .name
        case .connection, .proxy: trouble = .connect
        case .timeout: trouble = .timeout
        case .cut, .stopped: trouble = .cut
        case .tls: trouble = .tls
        case .certificate: throw .connection(site, .certificate, words: failure.words)
        case .response: throw .connection(site, .answer, words: failure.words)
        case .request: throw .address(site.url, reason: failure.words)
        case .library: throw .setup(failure.words)
        }
        return .later(.connection(site, trouble, words: failure.words), after: nil)
    }

    private mutating func judge(
        status head: ResponseHead, body: [UInt8], _ hop: Hop
    ) throws(FetchError) -> Outcome {
        let refused = FetchError.refused(
            site, FailedResponse(status: head.status, headers: head.headers, body: sent.hidden(in: body)))
        if head.status == 401, let answered = try answer(head, hop) {
            answer = answered
            return .atOnce
        }
        forgetChallenge()
        if head.status == 416, target.received > 0 { return try judgeRange(head, refused, hop) }
        guard Self.isPassing(head.status) else { throw refused }
        let asked = head.headers["Retry-After"].flatMap {
            RetryAfter.seconds($0, now: context.settings.clock.now())
        }
        return .later(refused, after: asked)
    }

    /// Statuses that may be another one next time. 501 and 505 will not change.
    private static func isPassing(_ status: Int) -> Bool {
        status == 408 || status == 429 || (500...599).contains(status) && status != 501 && status != 505
    }

    /// `bytes */N` with N bytes held: all was there already, which a partial of an earlier run can be.
    private func judgeRange(_ head: ResponseHead, _ refused: FetchError, _ hop: Hop) throws(FetchError) -> Outcome {
        if let text = head.headers["Content-Range"], ContentRange(text) == .unsatisfied(total: target.received),
            size == nil || size == target.received
        {
            return .complete(head, url: hop.address.text)
        }
        try restart()
        return .later(refused, after: nil)
    }

    // MARK: Authorization

    private mutating func forgetChallenge() {
        answer = nil
        wasChallenged = false
    }

    private mutating func answer(_ head: ResponseHead, _ hop: Hop) throws(FetchError) -> String? {
        guard hop.isTrusted, !wasChallenged, let authorizer = request.authorizer else { return nil }
        wasChallenged = true
        let challenges = head.headers.values(of: "WWW-Authenticate")
        return try asking { try authorizer.authorization(for: authorizationTarget(hop.address), answering: challenges) }
    }

    // MARK: Trying again

    func restart() throws(FetchError) {
        do { try target.restart() } catch { throw .store(site, FetchContext.diagnostic(of: error)) }
    }

    /// Waits before the next try, or throws `error` when there have been enough.
    mutating func pause(after error: FetchError, asked seconds: Int?) throws(FetchError) {
        let policy = context.settings.retry
        if target.received >= highWater + policy.progress.bytes { failures = 0 }
        highWater = max(highWater, target.received)
        failures += 1
        guard failures < policy.tries else { throw error }
        let clock = context.settings.clock
        var rest = policy.delay(afterFailure: failures, asked: seconds, chance: clock.chance())
        context.noteRetry(error, milliseconds: rest)
        while rest > 0, !stop.isSet {
            let piece = min(rest, Self.pauseStep)
            clock.sleep(piece)
            rest -= piece
        }
    }

    /// How long a pause goes on after everything was stopped, at most, in milliseconds.
    private static var pauseStep: Int { 200 }
}

extension TransferFailure {
    /// curl's words with a small letter in front.
    fileprivate var words: String { text.prefix(1).lowercased() + text.dropFirst() }
}

extension WebAddress {
    /// The credentials of the URL as a Basic authorization (RFC 7617).
    var basicAuthorization: String? {
        credentials.map { "Basic " + Base64.encode("\($0.user):\($0.password)".utf8) }
    }
}
