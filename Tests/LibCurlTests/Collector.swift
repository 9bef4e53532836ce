import LibCurl

/// Keeps a response, or stops it where told.
final class Collector: TransferReceiver {
    var head: ResponseHead?
    var body: [UInt8] = []
    var stopsAtHead = false
    var bodyLimit = Int.max

    func receive(_ head: ResponseHead) -> Bool {
        self.head = head
        return !stopsAtHead
    }

    func receive(_ body: UnsafeRawBufferPointer) -> Bool {
        self.body += body
        return self.body.count <= bodyLimit
    }
}

/// Runs `request` to its end on this thread.
func run(_ request: TransferRequest, into collector: Collector) throws -> TransferFailure? {
    let loop = try TransferLoop()
    let id = try loop.start(request, receiver: collector)
    while true {
        for completion in try loop.turn(waitingUpTo: 1_000) where completion.id == id { return completion.failure }
    }
}
