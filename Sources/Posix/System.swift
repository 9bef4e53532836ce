import CLinux
import Glibc
import Values

/// The machine around the process: time, chance, terminal, names.
public enum System {
    /// `count` bytes that nobody can guess, from the kernel (getrandom(2)).
    public static func randomBytes(_ count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result: Result<Int, Errno> = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                do throws(Errno) {
                    return .success(try restarting { unsafe getrandom(rest.baseAddress, rest.count, 0) })
                } catch { return .failure(error) }
            }
            done += try doing("read", "/dev/urandom") { () throws(Errno) in try result.get() }
        }
        return bytes
    }

    /// Sixteen hex digits for the name of a temporary file.
    static func randomName() throws(FileError) -> String { Hex.encode(try randomBytes(8)) }
}
