import FaultInjection
import Posix
import Testing
import Values

struct FileEffectsTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    func member(_ text: String) throws -> MemberPath { try MemberPath(validating: text) }

    /// Every effect once, two folders in one call.
    func exercise(_ effects: some FileEffects) throws {
        let root = try DirectoryHandle.open(scratch.path)
        try effects.makeDirectories(member("a/b"), in: root, mode: .executable, "folders")
        let file = try effects.createFile(member("a/f"), in: root, "new.create")
        try effects.reserve(100, for: file, "new.reserve")
        try effects.write([1, 2, 3, 4], to: file, "new.write")
        try [UInt8](repeating: 9, count: 1).withUnsafeBytes { try effects.write($0, to: file, at: 1, "new.patch") }
        try effects.truncate(file, to: 3, "new.truncate")
        try effects.setOwner(of: file, System.userID, group: System.groupID, "new.owner")
        try effects.setMode(of: file, bits: 0o644, "new.mode")
        try effects.synchronize(file, "new.sync")
        try effects.close(file, "new.close")
        try effects.rename(member("a/f"), to: member("a/g"), in: root, "rename")
        try effects.makeSymbolicLink(member("l"), in: root, target: "a/g", "symlink")
        try effects.link(member("a/g"), in: root, to: member("h"), in: root, "link")
        try effects.exchange(member("l"), in: root, with: member("h"), in: root, "exchange")
        try effects.setMode(of: member("a/b"), in: root, bits: 0o700, "mode")
        try effects.setOwner(of: member("h"), in: root, System.userID, group: System.groupID, "owner")
        try effects.removeDirectory(member("a/b"), in: root, "rmdir")
        try effects.remove(member("h"), in: root, "unlink")
        try effects.makeDirectories(member("t/u"), in: root, mode: .executable, "tree")
        try effects.removeTree(member("t"), in: root, "tree.remove")
        try effects.synchronizeDirectory(nil, in: root, "sync.root")
        try effects.synchronizeDirectory(member("a"), in: root, "sync.folder")
        try effects.synchronizeFileSystem(of: root, "sync.all")
    }

    @Test func `the real effects do what they say`() throws {
        try exercise(SystemFileEffects())
        try scratch.shell("test \"$(ls -A . a | tr '\\n' ' ')\" = '.: a l  a: g '")
        #expect(try Files.read(scratch["l"], limit: 9) == [1, 9, 3])
        #expect(try Files.information(scratch["l"])?.mode == 0o644)
    }

    @Test func `a run without a fault counts every call`() throws {
        let effects = FaultyFileEffects()
        try exercise(effects)
        #expect(effects.calls.count == 25)
        #expect(effects.calls.map(\.number) == Array(1...25))
        #expect(effects.calls[5].tag == "new.patch" && effects.calls[5].path == scratch["a/f"])
        #expect(!effects.hasStruck)
    }

    @Test(arguments: 1...25) func `each call can be made to fail, or to be the last`(number: Int) throws {
        for kind in [Fault.Kind.error(.noSpace), .lateError(.noSpace), .stopBefore, .stopAfter] {
            try scratch.shell("rm -rf a l h t")
            let effects = FaultyFileEffects(Fault(.number(number), kind))
            let error = try #require(throws: FileError.self) { try exercise(effects) }
            let isStop = kind == .stopBefore || kind == .stopAfter
            #expect(error.errno == (isStop ? Fault.stopped : .noSpace))
            #expect(effects.calls.count == number && effects.hasStruck)
            let root = try DirectoryHandle.open(scratch.path)
            if isStop {
                #expect(throws: FileError.self) {
                    try effects.makeDirectory(MemberPath(validating: "x"), in: root, mode: .executable, "x")
                }
            }
            #expect(try !Files.exists(scratch["x"]))
        }
    }

    @Test func `a stop before leaves the call undone, a stop after leaves it done`() throws {
        for (kind, exists) in [(Fault.Kind.stopBefore, false), (.stopAfter, true)] {
            #expect(throws: FileError.self) { try exercise(FaultyFileEffects(Fault(.tag("folders", 1), kind))) }
            #expect(try Files.exists(scratch["a"]) == exists)
        }
    }

    @Test func `a torn write leaves its first bytes`() throws {
        let fault = try #require(Fault(parsing: "new.write:torn:2"))
        #expect(throws: FileError.self) { try exercise(FaultyFileEffects(fault)) }
        #expect(try Files.read(scratch["a/f"], limit: 9) == [1, 2])
    }

    @Test(arguments: [
        ("12:kill-before", Fault(.number(12), .killBefore)), ("a.b:EIO", Fault(.tag("a.b", 1), .error(.inputOutput))),
        ("a.b#3:torn:512", Fault(.tag("a.b", 3), .torn(512))),
        ("1:late-EIO", Fault(.number(1), .lateError(.inputOutput))),
    ])
    func `a fault is read from text`(text: String, fault: Fault) { #expect(Fault(parsing: text) == fault) }

    @Test(arguments: ["", "12", "12:", "x:EWHAT", "x:torn:-1", "x#y:EIO", "x#1#2:EIO"])
    func `what is no fault is none`(text: String) { #expect(Fault(parsing: text) == nil) }
}
