import Reporting
import Values

/// Where the body of one request goes.
protocol BodyTarget: AnyObject {
    /// How many bytes it holds.
    var received: Int { get }
    /// Whether a second try may go on where the first one ended.
    var isResumable: Bool { get }
    func append(_ bytes: UnsafeRawBufferPointer) throws
    func restart() throws
}

/// Keeps a small document.
final class MemoryTarget: BodyTarget {
    private(set) var bytes: [UInt8] = []
    var received: Int { bytes.count }
    let isResumable = false

    func append(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes.append(contentsOf: bytes) }
    func restart() { bytes = [] }
}

/// Passes a download on to the store, and counts it.
final class StoreTarget: BodyTarget {
    private var held: (any ContentSink)?
    private let meter: ProgressMeter
    private let name: String
    let isResumable = true

    init(_ sink: any ContentSink, meter: ProgressMeter, name: String) {
        held = sink
        self.meter = meter
        self.name = name
        meter.add(sink.received.bytes, item: name)
    }

    /// Where the bytes go, until ``letGo()``.
    var sink: any ContentSink {
        guard let held else { preconditionFailure("a download that is over takes no more bytes") }
        return held
    }

    /// Gives the sink up, and with it the store's lock. The network thread may hold on to this target a moment longer.
    func letGo() { held = nil }

    var received: Int { sink.received.bytes }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try unsafe sink.append(bytes)
        meter.add(bytes.count, item: name)
    }

    func restart() throws {
        meter.add(-received, item: name)
        try sink.restart()
    }
}
