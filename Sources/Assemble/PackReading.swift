import Format
import Posix
import Store
import Values

/// The first stage: fills buffers with the plain bytes of one chunk after the other. For one thread.
struct PackReading: ~Copyable {
    private let plan: PackPlan
    private var next = 0
    private var reader: ContentReader
    private let buffers: BufferPool

    init(_ plan: PackPlan, store: Store, inFlight: Int) {
        self.plan = plan
        reader = ContentReader(store)
        buffers = BufferPool(count: inFlight, capacity: Chunk.maximumPlainSize.bytes)
    }

    /// The next chunk that something must be done for; `nil` after the last, all content checked.
    mutating func nextJob() throws(AssembleError) -> PackWork.Job? {
        while next < plan.steps.count {
            let step = plan.steps[next]
            next += 1
            if case .linked = step.way, !step.needsPlain { continue }
            return PackWork.Job(
                index: next - 1, way: step.way, plain: step.needsPlain ? try plain(step.cut.range) : nil)
        }
        try reader.finish()
        return nil
    }

    private mutating func plain(_ range: Range<Int>) throws(AssembleError) -> Buffer {
        let buffer = buffers.take()
        buffer.count = 0
        for segment in plan.payload.segments(in: range) {
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer.bytes[buffer.count..<buffer.count + segment.count])
            switch segment {
            case .literal(let bytes): unsafe part.copyBytes(from: bytes)
            case .content(let reference, let offset, _): try unsafe reader.read(reference, offset: offset, into: part)
            }
            buffer.count += segment.count
        }
        return buffer
    }
}
