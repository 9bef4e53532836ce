import CLinux
import Glibc

/// Why a system call did not do its work (errno(3)).
public struct Errno: Error, Hashable, RawRepresentable, Sendable {
    /// The number, as in errno.h.
    public let rawValue: Int32

    /// Takes any number, known or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// What the last call of this thread left behind.
    static var current: Errno { Errno(rawValue: errno) }
}

extension Errno {
    /// No such file or directory (ENOENT).
    public static let notFound = Self(rawValue: ENOENT)
    /// The file exists (EEXIST).
    public static let exists = Self(rawValue: EEXIST)
    /// No space left on the device (ENOSPC).
    public static let noSpace = Self(rawValue: ENOSPC)
    /// The quota is used up (EDQUOT).
    public static let overQuota = Self(rawValue: EDQUOT)
    /// Permission denied (EACCES).
    public static let accessDenied = Self(rawValue: EACCES)
    /// Operation not permitted (EPERM).
    public static let notPermitted = Self(rawValue: EPERM)
    /// A signal came first (EINTR).
    public static let interrupted = Self(rawValue: EINTR)
    /// The device could not read or write (EIO).
    public static let inputOutput = Self(rawValue: EIO)
    /// The file system is mounted read-only (EROFS).
    public static let readOnly = Self(rawValue: EROFS)
    /// Something on the way is not a folder (ENOTDIR).
    public static let notDirectory = Self(rawValue: ENOTDIR)
    /// It is a folder (EISDIR).
    public static let isDirectory = Self(rawValue: EISDIR)
    /// The folder is not empty (ENOTEMPTY).
    public static let notEmpty = Self(rawValue: ENOTEMPTY)
    /// A symbolic link stands where none is allowed, or too many follow each other (ELOOP).
    public static let symbolicLink = Self(rawValue: ELOOP)
    /// Two paths are on different mounts, or the path leaves its root (EXDEV).
    public static let crossDevice = Self(rawValue: EXDEV)
    /// Device or resource busy (EBUSY).
    public static let busy = Self(rawValue: EBUSY)
    /// The program file is running (ETXTBSY).
    public static let textBusy = Self(rawValue: ETXTBSY)
    /// The call would have to wait (EAGAIN, EWOULDBLOCK).
    public static let wouldBlock = Self(rawValue: EAGAIN)
    /// An argument makes no sense to the kernel (EINVAL).
    public static let invalid = Self(rawValue: EINVAL)
    /// The file is larger than the limit (EFBIG).
    public static let tooLarge = Self(rawValue: EFBIG)
    /// A name is longer than the file system takes (ENAMETOOLONG).
    public static let nameTooLong = Self(rawValue: ENAMETOOLONG)
    /// Bytes that should be UTF-8 are not (EILSEQ).
    public static let notUTF8 = Self(rawValue: EILSEQ)
    /// This process has too many open files (EMFILE).
    public static let tooManyOpen = Self(rawValue: EMFILE)
    /// The system has too many open files (ENFILE).
    public static let tooManyOpenInSystem = Self(rawValue: ENFILE)
    /// The kernel does not have this call (ENOSYS).
    public static let noSuchCall = Self(rawValue: ENOSYS)
    /// The file system does not have this operation (EOPNOTSUPP).
    public static let notSupported = Self(rawValue: EOPNOTSUPP)
    /// The descriptor is a pipe or a socket (ESPIPE).
    public static let isPipe = Self(rawValue: ESPIPE)
    /// There is no such device (ENXIO).
    public static let noDevice = Self(rawValue: ENXIO)
    /// The device is gone (ENODEV).
    public static let deviceGone = Self(rawValue: ENODEV)
    /// There is no medium in the drive (ENOMEDIUM).
    public static let noMedium = Self(rawValue: ENOMEDIUM)
    /// There is no memory left (ENOMEM).
    public static let noMemory = Self(rawValue: ENOMEM)
    /// No such process (ESRCH).
    public static let noProcess = Self(rawValue: ESRCH)
    /// The other end of the pipe is closed (EPIPE).
    public static let brokenPipe = Self(rawValue: EPIPE)
    /// The person at the terminal said no (ECANCELED).
    public static let cancelled = Self(rawValue: ECANCELED)
    /// It took longer than allowed (ETIMEDOUT).
    public static let timedOut = Self(rawValue: ETIMEDOUT)
    /// The medium ended before what was promised (ENODATA).
    public static let noData = Self(rawValue: ENODATA)
}

extension Errno {
    /// Whether a medium that was pulled out answers so, as one does that is failing.
    public var isOfAMediumGone: Bool { [.inputOutput, .noDevice, .deviceGone, .noMedium].contains(self) }
}

extension Errno: CustomStringConvertible {
    /// `no such file or directory`: the C library's words in English, first letter lower case (strerrordesc_np(3)).
    public var text: String {
        guard let words = unsafe strerrordesc_np(rawValue) else { return "error \(rawValue)" }
        let text = unsafe String(cString: words)
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// `ENOENT`: the name as in errno.h (strerrorname_np(3)), for machines and logs.
    public var name: String {
        guard let name = unsafe strerrorname_np(rawValue) else { return "E\(rawValue)" }
        return unsafe String(cString: name)
    }

    /// The same words as ``text``.
    public var description: String { text }
}

/// Makes a call that returns -1 and sets errno, again as long as a signal interrupts it.
///
/// Right for calls that did nothing when they end with EINTR; never for close(2).
func restarting<Number: SignedInteger>(_ call: () -> Number) throws(Errno) -> Number {
    while true {
        let result = call()
        guard result == -1 else { return result }
        let error = Errno.current
        guard error == .interrupted else { throw error }
    }
}
