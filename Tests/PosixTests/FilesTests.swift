import Posix
import Testing
import Values

struct FilesTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test func `replacing leaves the new content, its mode and nothing else`() throws {
        try Files.replace(scratch["f"], with: [1], mode: .file)
        try Files.replace(scratch["f"], with: [2, 3], mode: .secret)
        #expect(try Files.read(scratch["f"], limit: 10) == [2, 3])
        #expect(try Files.information(scratch["f"])?.mode == 0o600)
        try scratch.shell("test \"$(ls -A)\" = f")
    }

    @Test func `a replacement that fails leaves the old and no temporary`() throws {
        try scratch.shell("mkdir f; touch f/inside")
        #expect(throws: FileError.self) { try Files.replace(scratch["f"], with: [1]) }
        try scratch.shell("test \"$(ls -A)\" = f; test -e f/inside")
    }

    @Test func `folders are made as deep as needed, twice without harm`() throws {
        try Files.makeDirectories(scratch["a/b/c"])
        try Files.makeDirectories(scratch["a/b/c"])
        #expect(try Files.information(scratch["a/b/c"])?.kind == .directory)
    }

    @Test func `a file in the way of a folder is named`() throws {
        try scratch.shell("touch a")
        #expect(throws: FileError("open", scratch["a"], .notDirectory)) { try Files.makeDirectories(scratch["a"]) }
        #expect(throws: FileError("make the folder", scratch["a/b"], .notDirectory)) {
            try Files.makeDirectories(scratch["a/b"])
        }
    }

    @Test func `nothing is information nil, a dangling link is a link`() throws {
        try scratch.shell("ln -s nowhere l")
        #expect(try Files.information(scratch["none"]) == nil)
        #expect(try Files.information(scratch["l"])?.kind == .link)
        #expect(try Files.exists(scratch["l"]))
    }
}
