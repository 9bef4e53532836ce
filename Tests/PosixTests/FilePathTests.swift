import Posix
import Testing
import Values

struct FilePathTests {
    @Test(arguments: [
        ("/a/b", "b", "/a"), ("/a", "a", "/"), ("a", "a", "."), ("/", "/", "/"), ("a/b/", "b", "a"), ("///", "/", "/"),
    ])
    func `a path has a last component and a parent`(text: String, last: String, parent: String) {
        let path = FilePath(text)
        #expect(path.lastComponent == last)
        #expect(path.parent.text == parent)
    }

    @Test(arguments: [("/", "x", "/x"), ("a", "x", "a/x"), ("", "x", "x"), ("a/", "x/y", "a/x/y")])
    func `appending puts one slash between`(text: String, component: String, result: String) {
        #expect(FilePath(text).appending(component).text == result)
    }

    @Test func `a member path is appended as it is`() throws {
        #expect(FilePath("/r").appending(try MemberPath(validating: "a/b")).text == "/r/a/b")
    }

    @Test func `control bytes cannot forge a line of output`() {
        #expect("\(FilePath("a\n\"b\u{1B}"))" == "a\\n\\\"b\\u{1b}")
    }

    @Test func `a NUL inside a path is refused, not cut`() {
        #expect(throws: FileError("open", FilePath("/etc/passwd\0.txt"), .invalid)) {
            try FileDescriptor.open(FilePath("/etc/passwd\0.txt"), .readOnly).close()
        }
    }
}
