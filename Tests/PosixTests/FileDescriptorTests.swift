import Glibc
import Posix
import Reporting
import Testing
import Values

struct FileDescriptorTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test func `what is written is read`() throws {
        let file = try FileDescriptor.open(scratch["f"], .readWrite, options: [.create, .exclusive])
        try file.write([1, 2, 3])
        try file.write([9], at: 1)
        try file.synchronize()
        try file.seek(to: 0)
        #expect(try file.readToEnd(limit: 3) == [1, 9, 3])
        #expect(try file.information().size == 3)
        #expect(try file.information().kind == .file)
        try file.close()
    }

    @Test(arguments: [(0, 3), (1, 2), (3, 0), (7, 0)])
    func `reading ends short at the end of the file`(offset: Int, count: Int) throws {
        try Files.replace(scratch["f"], with: [1, 2, 3])
        let file = try FileDescriptor.open(scratch["f"], .readOnly)
        var bytes = [UInt8](repeating: 0, count: 5)
        let read = try bytes.withUnsafeMutableBytes { try file.readFully(into: $0, at: offset) }
        #expect(read == count)
        #expect(bytes[..<read].elementsEqual([1, 2, 3].dropFirst(offset)))
    }

    @Test func `a pipe that gives little at a time is read to its end`() throws {
        try scratch.shell("mkfifo p; (printf ab; sleep 0.05; printf cd) > p &")
        let pipe = try FileDescriptor.open(scratch["p"], .readOnly)
        #expect(try pipe.readToEnd(limit: 10) == Array("abcd".utf8))
    }

    @Test func `a file above the limit is refused`() throws {
        try Files.replace(scratch["f"], with: [1, 2, 3, 4])
        let refusal = FileError("read", scratch["f"], .tooLarge, detail: "more than 3 bytes")
        #expect(throws: refusal) { try Files.read(scratch["f"], limit: 3) }
        #expect(try Files.read(scratch["f"], limit: 4) == [1, 2, 3, 4])
    }

    @Test func `exclusive creation refuses a taken name, be it a dangling link`() throws {
        try scratch.shell("touch f; ln -s nowhere l")
        for name in ["f", "l"] {
            #expect(throws: FileError("open", scratch[name], .exists)) {
                try FileDescriptor.open(scratch[name], .writeOnly, options: [.create, .exclusive]).close()
            }
        }
        #expect(try !Files.exists(scratch["nowhere"]))
    }

    @Test func `a last link is refused on request`() throws {
        try scratch.shell("touch f; ln -s f l")
        #expect(throws: FileError("open", scratch["l"], .symbolicLink)) {
            try FileDescriptor.open(scratch["l"], .readOnly, options: .noFollow).close()
        }
    }

    @Test func `the mode is set whatever the umask`() throws {
        let file = try FileDescriptor.open(scratch["f"], .writeOnly, options: .create)
        try file.setMode(try #require(FileMode(bits: 0o777)))
        #expect(try file.information().mode == 0o777)
        try file.setMode(bits: 0o4711)
        #expect(try file.information().mode == 0o4711)
    }

    @Test func `a lock is busy for the second and free after close`() throws {
        let first = try FileDescriptor.open(scratch["lock"], .writeOnly, options: .create)
        let second = try FileDescriptor.open(scratch["lock"], .writeOnly)
        #expect(try first.tryLock())
        #expect(try !second.tryLock())
        try first.close()
        #expect(try second.tryLock())
    }

    @Test func `room is set aside without changing the length`() throws {
        let file = try FileDescriptor.open(scratch["f"], .writeOnly, options: .create)
        try file.reserve(.mebibytes(1))
        try file.reserve(0)
        #expect(try file.information().size == 0)
        try file.write([1])
        try file.startWriteback(from: 0, count: 1)
        try file.synchronizeData()
        try file.dropCache()
        try file.adviseSequential()
        try file.truncate(to: 0)
        #expect(try file.information().size == 0)
    }

    @Test func `a descriptor is closed when its owner goes`() throws {
        var number: Int32 = -1
        do {
            let file = try FileDescriptor.open("/dev/null", .readOnly)
            number = file.rawValue
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
        // Another test may have been given the number meanwhile; then it is no longer /dev/null.
        let file = FileInformation.probe(number)
        #expect(file != FileInformation.probe(path: "/dev/null"))
    }

    @Test func `a full disk is said with what to do`() throws {
        let file = try FileDescriptor.open("/dev/full", .writeOnly)
        let error = try #require(throws: FileError.self) { try file.write([1]) }
        #expect(error == FileError("write to", "/dev/full", .noSpace))
        #expect(error.diagnostic.message == "cannot write to \"/dev/full\": no space left on device")
        #expect(error.diagnostic.next == "free some space on that file system, then run again")
        #expect(error.diagnostic.exitCode == .inputOutput)
    }
}

extension FileInformation {
    /// Device and inode behind a descriptor number or a path; `nil` when there is none.
    fileprivate static func probe(_ number: Int32) -> UInt64? {
        var status = stat()
        return fstat(number, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    fileprivate static func probe(path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
