/// One step of a long piece of work, as the one who does it sees it.
public struct Progress: Hashable, Sendable {
    /// A kind of work. The raw value is what `--json` and plain lines print.
    public enum Phase: String, Hashable, Sendable { case resolve, download, pack, copy, verify, apply }

    /// What is being done.
    public let phase: Phase
    /// Bytes done so far.
    public let done: Int
    /// Bytes in all; `nil` while unknown.
    public let total: Int?
    /// The item now at work, such as a file or an image.
    public let item: String?

    /// Takes all four as they are.
    public init(_ phase: Phase, done: Int, total: Int?, item: String? = nil) {
        self.phase = phase
        self.done = done
        self.total = total
        self.item = item
    }
}

/// Where work tells how far it is. Called from worker threads; must not block for long.
public protocol ProgressReceiver: Sendable {
    /// A step was done.
    func report(_ progress: Progress)
    /// A sentence for the person in front of the machine: a warning, or a note on what was decided.
    func say(_ diagnostic: Diagnostic)
}

/// Swallows everything. For tests and for callers that show nothing.
public struct SilentProgress: ProgressReceiver {
    /// A receiver of nothing.
    public init() {}
    /// Does nothing.
    public func report(_ progress: Progress) {}
    /// Does nothing.
    public func say(_ diagnostic: Diagnostic) {}
}
