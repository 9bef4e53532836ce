import Glibc
import Testing
import Values

@testable import Posix

/// Every test runs both ways: with openat2 and with the walk that stands in for it.
@Suite struct DirectoryHandleTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    static let ways = [DirectoryHandle.Resolution.kernel, .walk]

    func root(_ way: DirectoryHandle.Resolution) throws -> DirectoryHandle {
        try scratch.shell("mkdir -p root outside; echo secret > outside/f")
        return try DirectoryHandle.open(scratch["root"], resolution: way)
    }

    func member(_ text: String) throws -> MemberPath { try MemberPath(validating: text) }

    @Test func `the two ways differ here, for this kernel has openat2`() throws {
        let proc = try DirectoryHandle.open("/proc")
        close(try proc.openBeneath(member("version"), O_RDONLY, nil))
        #expect(throws: Errno.symbolicLink) { try proc.openBeneath(member("self/fd"), O_RDONLY, nil) }
    }

    @Test(arguments: ways) func `a file below is made, written and read`(way: DirectoryHandle.Resolution) throws {
        let root = try root(way)
        try root.makeDirectories(member("a/b"))
        let file = try root.openFile(member("a/b/f"), .writeOnly, options: [.create, .exclusive])
        try file.write([1, 2])
        try file.close()
        #expect(try root.read(member("a/b/f"), limit: 2) == [1, 2])
        #expect(try root.open(member("a")).read(member("b/f"), limit: 2) == [1, 2])
        #expect(try root.information(of: member("a/b/f"))?.size == 2)
        #expect(try root.information(of: member("a/x/f")) == nil)
    }

    @Test(arguments: ways) func `a link in the last place is refused`(way: DirectoryHandle.Resolution) throws {
        let root = try root(way)
        try scratch.shell("ln -s ../outside/f root/l; ln -s ../outside root/d; ln -s /etc/passwd root/abs")
        for name in ["l", "d", "abs"] {
            #expect(throws: FileError("open", scratch["root/\(name)"], .symbolicLink)) {
                try root.openFile(member(name), .readOnly).close()
            }
        }
        #expect(throws: FileError("open the folder", scratch["root/d"], .symbolicLink)) {
            _ = try root.open(member("d"))
        }
    }

    enum Verb: CaseIterable {
        case read, write, open, information, readLink, makeDirectory, makeDirectories, renameFrom, renameTo, exchange
        case link, makeSymbolicLink, remove, removeDirectory, removeTree, setMode, setOwner, mountID

        func attempt(on path: MemberPath, in root: borrowing DirectoryHandle, with mine: MemberPath) throws {
            switch self {
            case .read: try root.openFile(path, .readOnly).close()
            case .write: try root.openFile(path, .writeOnly, options: [.create, .truncate]).close()
            case .open: _ = try root.open(path)
            case .information: _ = try root.information(of: path)
            case .readLink: _ = try root.readLink(path)
            case .makeDirectory: try root.makeDirectory(path)
            case .makeDirectories: try root.makeDirectories(path)
            case .renameFrom: try root.rename(path, to: mine)
            case .renameTo: try root.rename(mine, to: path)
            case .exchange: try root.exchange(path, mine)
            case .link: try root.link(mine, to: path)
            case .makeSymbolicLink: try root.makeSymbolicLink(path, target: "x")
            case .remove: try root.remove(path)
            case .removeDirectory: try root.removeDirectory(path)
            case .removeTree: try root.removeTree(path)
            case .setMode: try root.setMode(of: path, bits: 0o777)
            case .setOwner: try root.setOwner(of: path, 0, group: 0)
            case .mountID: _ = try root.mountID(of: path)
            }
        }
    }

    @Test(arguments: ways, Verb.allCases)
    func `a path through a link is refused by every verb`(way: DirectoryHandle.Resolution, verb: Verb) throws {
        let root = try root(way)
        try scratch.shell("ln -s ../outside root/d; mkdir root/in; ln -s in root/inward; touch root/mine")
        for parent in ["d", "inward"] {
            do {
                try verb.attempt(on: member("\(parent)/f"), in: root, with: member("mine"))
                Issue.record("\(verb) went through \(parent)")
            } catch let error as FileError {
                #expect(error.errno == .symbolicLink)
            }
        }
        try scratch.shell(
            "test \"$(cat outside/f)\" = secret; test \"$(ls root | tr '\\n' ' ')\" = 'd in inward mine '")
    }

    @Test(arguments: ways) func `a magic link is refused`(way: DirectoryHandle.Resolution) throws {
        let proc = try DirectoryHandle.open("/proc", resolution: way)
        let path = try MemberPath(validating: "\(getpid())/root/etc")
        #expect(throws: FileError("open the folder", FilePath("/proc").appending(path), .symbolicLink)) {
            _ = try proc.open(path)
        }
    }

    @Test(arguments: ways)
    func `a folder swapped for a link while it is used lets nothing out`(way: DirectoryHandle.Resolution) throws {
        let root = try root(way)
        try scratch.shell("mkdir root/d root/real; ln -s ../outside root/link")
        let swapping = try DirectoryHandle.open(scratch["root"])
        let (folder, link) = try (member("d"), member("link"))
        let path = try member("d/victim")
        try Workers.forEach([true, false], count: 2) { swaps in
            for _ in 0..<300 {
                if swaps {
                    try swapping.exchange(folder, link)
                } else {
                    do throws(FileError) {
                        try root.openFile(path, .writeOnly, options: .create).close()
                    } catch {
                        guard error.errno == .symbolicLink || error.errno == .notDirectory else { throw error }
                    }
                }
            }
        }
        try scratch.shell("test ! -e outside/victim")
    }

    @Test(arguments: ways) func `exclusive creation refuses a dangling link`(way: DirectoryHandle.Resolution) throws {
        let root = try root(way)
        try scratch.shell("ln -s ../outside/new root/l")
        #expect(throws: FileError("open", scratch["root/l"], .exists)) {
            try root.openFile(member("l"), .writeOnly, options: [.create, .exclusive]).close()
        }
        try scratch.shell("test ! -e outside/new")
    }

    @Test(arguments: ways) func `a FIFO or a folder is no file, and nobody waits`(way: DirectoryHandle.Resolution)
        throws
    {
        let root = try root(way)
        try scratch.shell("mkfifo root/p; mkdir root/d")
        let noFile = FileError("open", scratch["root/p"], .invalid, detail: "it is not a regular file")
        #expect(throws: noFile) { try root.openFile(member("p"), .readOnly).close() }
        #expect(throws: FileError("open", scratch["root/p"], .noDevice)) {
            try root.openFile(member("p"), .writeOnly).close()
        }
        #expect(throws: FileError("open", scratch["root/d"], .isDirectory)) {
            try root.openFile(member("d"), .readOnly).close()
        }
    }
}

@Suite struct DirectoryHandleChangeTests {
    let scratch: Scratch
    let root: FilePath
    init() throws {
        scratch = try Scratch()
        root = scratch.path
    }

    func member(_ text: String) throws -> MemberPath { try MemberPath(validating: text) }

    @Test func `a folder has the mode asked for whatever the umask`() throws {
        let root = try DirectoryHandle.open(root)
        try root.makeDirectory(member("d"), mode: try #require(FileMode(bits: 0o777)))
        #expect(try root.information(of: member("d"))?.mode == 0o777)
        #expect(throws: FileError("make the folder", scratch["d"], .exists)) { try root.makeDirectory(member("d")) }
    }

    @Test func `makeDirectories tells what it made and refuses a file in the way`() throws {
        let root = try DirectoryHandle.open(root)
        try scratch.shell("mkdir a; touch a/f")
        #expect(try root.makeDirectories(member("a/b/c")) == [member("a/b"), member("a/b/c")])
        #expect(try root.makeDirectories(member("a/b/c")) == [])
        #expect(throws: FileError("open the folder", scratch["a/f"], .notDirectory)) {
            try root.makeDirectories(member("a/f"))
        }
        #expect(throws: FileError("make the folder", scratch["a/f/x"], .notDirectory)) {
            try root.makeDirectories(member("a/f/x"))
        }
    }

    @Test func `rename replaces, unless told not to`() throws {
        let root = try DirectoryHandle.open(root)
        try scratch.shell("echo 1 > a; echo 2 > b")
        let taken = try #require(throws: FileError.self) {
            try root.rename(member("a"), to: member("b"), in: root, replacing: false)
        }
        #expect(taken.errno == .exists)
        try root.rename(member("a"), to: member("b"))
        try scratch.shell("test ! -e a; test $(cat b) = 1")
    }

    @Test func `exchange swaps two names, be one a link and one a folder`() throws {
        let root = try DirectoryHandle.open(root)
        try scratch.shell("mkdir -p x/d; echo 1 > x/d/f; mkdir y; ln -s nowhere y/l")
        try root.open(member("x")).exchange(member("d"), with: member("l"), in: root.open(member("y")))
        #expect(try root.readLink(member("x/d")) == "nowhere")
        #expect(try root.read(member("y/l/f"), limit: 9) == Array("1\n".utf8))
        let absent = try #require(throws: FileError.self) { try root.exchange(member("x"), member("none")) }
        #expect(absent.errno == .notFound)
    }

    @Test func `links are made, read and owned as links`() throws {
        let root = try DirectoryHandle.open(root)
        try root.makeSymbolicLink(member("l"), target: "/some/where")
        #expect(try root.readLink(member("l")) == "/some/where")
        #expect(try root.information(of: member("l"))?.kind == .link)
        #expect(throws: FileError("set the mode of", scratch["l"], .notSupported)) {
            try root.setMode(of: member("l"), bits: 0o600)
        }
        try root.setOwner(of: member("l"), getuid(), group: getgid())
        try root.link(member("l"), to: member("m"))
        #expect(try root.information(of: member("m"))?.linkCount == 2)
        try scratch.shell("printf x > f; ln -s \"$(printf 'a\\377')\" bad")
        #expect(throws: FileError("read the link", scratch["f"], .invalid)) { try root.readLink(member("f")) }
        #expect(throws: FileError("read the link", scratch["bad"], .notUTF8)) { try root.readLink(member("bad")) }
    }

    @Test func `names are listed in byte order, all of many`() throws {
        let root = try DirectoryHandle.open(root)
        try scratch.shell("touch .h Z a 'ä'; mkdir many; cd many; seq -f 'name-%04g' 3000 | xargs touch")
        #expect(try root.entries() == [".h", "Z", "a", "many", "ä"])
        #expect(try root.entries() == [".h", "Z", "a", "many", "ä"])
        let many = try root.open(member("many")).entries()
        #expect(many.count == 3_000 && many.first == "name-0001" && many.last == "name-3000")
    }

    @Test func `a tree goes, what its links point to stays`() throws {
        try scratch.shell("mkdir -p t/a/b keep; touch keep/f t/a/b/f; ln -s ../keep t/k; ln -s /etc t/a/e")
        try scratch.shell("touch \"t/$(printf 'x\\377')\"; mkdir t/a/closed")
        let root = try DirectoryHandle.open(root)
        try root.removeTree(member("t"))
        try root.removeTree(member("t"))
        try scratch.shell("test ! -e t; test -e keep/f; test -d /etc")
        try Files.removeTree(scratch["keep"])
        try Files.removeTree(scratch["keep"])
        try Files.removeTree(scratch["nor/this"])
        #expect(try root.entries() == [])
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a tree with a mount in it is refused and the mount untouched`() throws {
        try scratch.shell("mkdir -p t/m other; touch other/f; mount --bind other t/m")
        defer { system("umount '\(scratch["t/m"].text)'") }
        let root = try DirectoryHandle.open(root)
        #expect(throws: FileError("remove the tree", scratch["t"], .crossDevice)) { try root.removeTree(member("t")) }
        #expect(throws: FileError("remove the tree", scratch["t/m"], .crossDevice)) {
            try Files.removeTree(scratch["t/m"])
        }
        #expect(try root.mountID(of: member("t/m")) != root.mountID())
        #expect(try root.mountID(of: member("t")) == root.mountID())
        try scratch.shell("test -e other/f")
    }

    @Test func `both sources of the mount's number agree`() throws {
        let root = try DirectoryHandle.open(root)
        #expect(try mountNumber(fromInformationOn: root.rawValue) == root.mountID())
    }

    @Test func `the file system tells its kind and room`() throws {
        let proc = try DirectoryHandle.open("/proc").statistics()
        #expect(proc.type == "proc")
        let here = try DirectoryHandle.open(root).statistics()
        #expect(here.total >= here.available && here.total > 0)
        #expect(!here.isReadOnly)
    }

    @Test func `a folder is made durable`() throws {
        let root = try DirectoryHandle.open(root)
        try root.synchronize()
        try root.synchronizeFileSystem()
        #expect(try root.duplicate().information() == root.information())
    }
}
