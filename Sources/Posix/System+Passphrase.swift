import CLinux
import Glibc

extension System {
    /// Asks for a passphrase on the terminal, without showing it.
    ///
    /// - Parameters:
    ///   - prompt: What the person reads, such as `passphrase of site.key: `.
    ///   - terminal: Where to ask; not standard input, which may be a file.
    /// - Returns: The bytes before the end of the line. The caller wipes them.
    /// - Throws: ``Errno/cancelled`` after Ctrl-C or Ctrl-D, the open's errno where there is no terminal.
    public static func readPassphrase(
        _ prompt: String, terminal: FilePath = "/dev/tty"
    ) throws(FileError) -> [UInt8] {
        let terminal = try FileDescriptor.open(terminal, .readWrite)
        var before = termios()
        _ = try doing("ask on", terminal.path) { () throws(Errno) in
            try restarting { unsafe tcgetattr(terminal.rawValue, &before) }
        }
        var silent = before
        // Without ISIG a Ctrl-C comes as a byte, so that we can put the terminal right before we go.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        try terminal.apply(&silent)
        do throws(FileError) {
            try terminal.write(Array(prompt.utf8))
            let line = try readLine(from: terminal)
            try terminal.write([UInt8(ascii: "\n")])
            try terminal.apply(&before)
            return line
        } catch {
            try? terminal.apply(&before)  // the first error is the one to tell
            throw error
        }
    }

    /// The longest passphrase, in bytes; what goes beyond is not taken.
    private static let longestPassphrase = 1_024

    private static func readLine(from terminal: borrowing FileDescriptor) throws(FileError) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(longestPassphrase)  // no copies left behind by growing
        while true {
            switch try terminal.readByte() {
            case nil, 0x03, 0x04: throw FileError("ask on", terminal.path, .cancelled)
            case 0x0A, 0x0D: return line
            case 0x15: line.removeAll(keepingCapacity: true)  // Ctrl-U
            case 0x08, 0x7F: line.removeLastCharacter()
            case .some(let byte): if line.count < longestPassphrase { line.append(byte) }
            }
        }
    }
}

extension FileDescriptor {
    fileprivate func readByte() throws(FileError) -> UInt8? {
        var byte: UInt8 = 0
        let count = try doing("read", path) { () throws(Errno) in
            try restarting { unsafe CLinux.read(rawValue, &byte, 1) }
        }
        return count == 1 ? byte : nil
    }

    fileprivate func apply(_ settings: inout termios) throws(FileError) {
        _ = try doing("ask on", path) { () throws(Errno) in
            try restarting { unsafe tcsetattr(rawValue, TCSAFLUSH, &settings) }
        }
    }
}

extension [UInt8] {
    /// Takes back one UTF-8 character: its continuation bytes (10xxxxxx) and the byte that leads them.
    fileprivate mutating func removeLastCharacter() {
        while let byte = popLast(), byte & 0xC0 == 0x80 {}
    }
}
