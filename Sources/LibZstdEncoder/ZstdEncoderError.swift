public import Reporting

/// Why bytes could not be compressed.
public enum ZstdEncoderError: Error, Hashable, Sendable {
    /// libzstd refused; with enough room for the frame, memory is the only reason left.
    case refused(reason: String)
}

extension ZstdEncoderError: Diagnosable {
    /// The words for it.
    public var diagnostic: Diagnostic {
        switch self {
        case .refused(let reason):
            Diagnostic(
                "cannot compress: \(quoted(reason))", next: "build with a lower level or fewer jobs",
                exitCode: .inputOutput)
        }
    }
}
