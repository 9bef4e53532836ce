import Glibc
import Posix

/// An HTTP/1.1 server on 127.0.0.1 that answers by script, one pthread a connection. For tests only.
///
/// The port is free when it starts. ``stop()`` or the end of the last reference closes everything.
public final class ScriptedServer: Sendable {
    /// Decides the answer. Called on the connection's thread, several at once.
    public typealias Script = @Sendable (HTTPRequest) -> HTTPReply

    /// Where it listens.
    public let port: Int
    /// `http://127.0.0.1:PORT`.
    public var base: String { "http://127.0.0.1:\(port)" }
    private let shared: Shared

    /// What the threads share with the server; outlives it until they are gone.
    final class Shared: Sendable {
        let listener: Int32
        let script: Script
        let state = Monitor(State())

        struct State {
            var requests: [HTTPRequest] = []
            var connections: Set<Int32> = []
            var peak = 0
            var inHand = 0
            var isStopped = false
        }

        init(listener: Int32, script: @escaping Script) {
            self.listener = listener
            self.script = script
        }
    }

    /// Listens, and answers by `script` from now on.
    public init(_ script: @escaping Script) {
        // A client that leaves early must not end the test run.
        signal(SIGPIPE, SIG_IGN)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(listener >= 0, "no socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        precondition(bound, "no free port on loopback")
        port = Int(UInt16(bigEndian: address.sin_port))
        shared = Shared(listener: listener, script: script)
        startThread { [shared] in acceptConnections(shared) }
    }

    deinit { stop() }

    /// All requests so far, in the order they came.
    public var requests: [HTTPRequest] { shared.state.withLock { $0.requests } }

    /// The most requests that were answered at one time.
    public var peak: Int { shared.state.withLock { $0.peak } }

    /// Closes the port and every connection.
    public func stop() {
        shared.state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
            shutdown(shared.listener, Int32(SHUT_RDWR))
        }
    }
}

/// A port of 127.0.0.1 where nobody listens.
public func closedPort() -> Int {
    let server = ScriptedServer { _ in HTTPReply(500) }
    defer { server.stop() }
    return server.port
}

private func acceptConnections(_ shared: ScriptedServer.Shared) {
    while true {
        let connection = accept(shared.listener, nil, nil)
        guard connection >= 0 else { break }
        // Head and body go out in two pieces: Nagle's algorithm would hold the second for 40 ms.
        var flag: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
        let isWelcome = shared.state.withLock { state in
            if !state.isStopped { state.connections.insert(connection) }
            return !state.isStopped
        }
        guard isWelcome else {
            close(connection)
            break
        }
        startThread {
            Conversation(shared: shared, connection: connection).run()
            _ = shared.state.withLock { $0.connections.remove(connection) }
            close(connection)
        }
    }
    close(shared.listener)
}

/// A detached pthread that runs `body`.
private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(status == 0, "no thread")
    pthread_detach(thread)
}
