public import Reporting
import Values

extension ZstdError: Diagnosable {
    /// The words for each case. Which chunk it was is added by who read it.
    public var diagnostic: Diagnostic {
        guard self != .outOfMemory else {
            return Diagnostic(
                "cannot decompress: out of memory", next: "stop other programs, or run with fewer jobs",
                exitCode: .inputOutput)
        }
        return Diagnostic(
            "cannot decompress: \(reason)",
            next: "copy the bundle to the medium again, and check it with sealift verify",
            exitCode: .damaged)
    }

    private var reason: String {
        switch self {
        case .notAFrame: "this is not a zstd frame"
        case .skippable: "this is a skippable frame, where a compressed one is wanted"
        case .truncated: "the frame is cut short"
        case .surplus(let count): "\(count) follow the frame"
        case .dictionary(let id): "the frame wants dictionary \(id)"
        case .contentSizeMissing: "the frame does not state its content size"
        case .contentSizeDiffers(let stated, let wanted): "the frame states \(stated) bytes, signed were \(wanted)"
        case .windowTooLarge(let size, let limit): "the frame wants a window of \(size) bytes, the limit is \(limit)"
        case .corrupt(let reason): quoted(reason)
        case .outOfMemory: "out of memory"
        }
    }
}
