import Glibc
import Posix

/// One connection: request, reply, request, … until one side closes.
struct Conversation {
    let shared: ScriptedServer.Shared
    let connection: Int32

    func run() {
        var held: [UInt8] = []
        while let request = readRequest(&held) {
            shared.state.withLock { state in
                state.requests.append(request)
                state.inHand += 1
                state.peak = max(state.peak, state.inHand)
            }
            let reply = shared.script(request)
            let isOpen = send(reply, to: request)
            shared.state.withLock { $0.inHand -= 1 }
            guard isOpen else { return }
        }
    }

    // MARK: Reading

    private func readRequest(_ held: inout [UInt8]) -> HTTPRequest? {
        let end: [UInt8] = [13, 10, 13, 10]
        var headEnd: Int?
        while true {
            headEnd = held.indices.first { held[$0...].starts(with: end) }
            if headEnd != nil { break }
            // Anything but a method, a TLS greeting for instance, is answered as servers do: by hanging up.
            guard receive(&held), let first = held.first, (0x41...0x5A).contains(first) else { return nil }
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: held[..<headEnd], as: UTF8.self).split(separator: "\r\n").map(String.init)
        held.removeFirst(headEnd + 4)
        let words = lines[0].split(separator: " ")
        let fields = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return HTTPRequest.Field(
                name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        let count = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        while held.count < count { guard receive(&held) else { return nil } }
        let body = Array(held.prefix(count))
        held.removeFirst(count)
        return HTTPRequest(method: String(words[0]), target: String(words[1]), fields: Array(fields), body: body)
    }

    private func receive(_ held: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        held += buffer[..<count]
        return true
    }

    // MARK: Writing

    /// Whether the connection can carry another request.
    private func send(_ reply: HTTPReply, to request: HTTPRequest) -> Bool {
        guard !reply.isSilent else { return false }
        var head = "HTTP/1.1 \(reply.status) Scripted\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        if let length = reply.statedLength {
            head += "Content-Length: \(length)\r\n"
        } else {
            head += "Connection: close\r\n"
        }
        guard write(Array((head + "\r\n").utf8)) else { return false }
        guard request.method != "HEAD" else { return true }
        if reply.isEndless {
            while write(reply.body) {}
            return false
        }
        let count = min(reply.cutAfter ?? reply.body.count, reply.stallAfter ?? reply.body.count, reply.body.count)
        guard write(Array(reply.body[..<count])) else { return false }
        if reply.stallAfter != nil { waitForClient() }
        return reply.statedLength == reply.body.count && count == reply.body.count
    }

    private func waitForClient() {
        var ignored: [UInt8] = []
        while receive(&ignored) {}
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let rest = bytes[sent...]
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, rest.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
