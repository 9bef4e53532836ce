import Posix
import Values

extension HostProbe {
    /// Looks through the open files of all processes: a socket is a link to `socket:[inode]` (proc_pid_fd(5)).
    public func holders(of sockets: Set<UInt64>) -> [UInt64: String] {
        let wanted = Dictionary(sockets.map { ("socket:[\($0)]", $0) }) { first, _ in first }
        var found: [UInt64: String] = [:]
        for process in names(in: "/proc") ?? [] where decimal(process) != nil {
            for target in openFiles(of: process) {
                guard let socket = wanted[target], found[socket] == nil else { continue }
                let name = text("/proc/\(process)/comm")?.split(separator: "\n").first ?? "process"
                found[socket] = "\(name) (\(process))"
            }
            if found.count == wanted.count { break }
        }
        return found
    }

    /// Where the open files of a process lead to; none when it has ended meanwhile or is somebody else's.
    private func openFiles(of process: String) -> [String] {
        let path = FilePath("/proc/\(process)/fd")
        return (names(in: path.text) ?? []).compactMap { name in
            value { () throws(FileError) in
                try memberPath(name).map { name throws(FileError) in try DirectoryHandle.open(path).readLink(name) }
            } ?? nil
        }
    }
}
