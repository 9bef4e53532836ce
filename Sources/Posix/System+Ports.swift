import CLinux
import Glibc

extension System {
    /// What became of an attempt to have a port of all IPv4 addresses for a moment (bind(2)).
    public enum PortTrial: Hashable, Sendable {
        /// It was free.
        case free
        /// Somebody has it.
        case held
        /// This user may not try.
        case forbidden
    }

    /// Has a port for a moment.
    public static func tryPort(_ port: UInt16, isStream: Bool) -> PortTrial {
        let type = isStream ? SOCK_STREAM : SOCK_DGRAM
        return switch sealift_try_port(Int32(type.rawValue), port) {
        case 0: .free
        case EADDRINUSE: .held
        default: .forbidden
        }
    }

    /// Whether something takes a TCP connection on this port of 127.0.0.1.
    public static func answers(on port: UInt16) -> Bool { sealift_answers(port) != 0 }
}
