import OCI
import Reporting
import Testing
import Values

private let hex = String(repeating: "0123456789abcdef", count: 4)
private let digest = "sha256:" + hex
private let upper = "sha256:" + hex.uppercased()
private let sha512 = "sha512:" + hex + hex
private let longTag = String(repeating: "a", count: 129)

@Suite struct ImageReferenceTests {
    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1", "docker.io/library/nginx:1"),
        ("nginx@\(digest)", "docker.io/library/nginx@\(digest)"),
        ("nginx:1.27@\(digest)", "docker.io/library/nginx:1.27@\(digest)"),
        ("org/x", "docker.io/org/x:latest"),
        ("docker.io/foo", "docker.io/library/foo:latest"),
        ("docker.io/foo/bar:2", "docker.io/foo/bar:2"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("registry-1.docker.io/nginx", "registry-1.docker.io/nginx:latest"),
        ("localhost/x", "localhost/x:latest"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("localhost", "docker.io/library/localhost:latest"),
        ("localhost:5000", "docker.io/library/localhost:5000"),
        ("example.com", "docker.io/library/example.com:latest"),
        ("host/x", "docker.io/host/x:latest"),
        ("HOST/x", "HOST/x:latest"),
        ("upper.example:80/a/b/c:v1", "upper.example:80/a/b/c:v1"),
        ("a.b/x", "a.b/x:latest"),
        ("127.0.0.1:5600/t/app:multi", "127.0.0.1:5600/t/app:multi"),
        ("[::1]:5000/x", "[::1]:5000/x:latest"),
        ("[fe80::1]/x:1", "[fe80::1]/x:1"),
        ("a--b__c/d.e/f_g", "docker.io/a--b__c/d.e/f_g:latest"),
        ("rancher/mirrored-pause:3.6", "docker.io/rancher/mirrored-pause:3.6"),
        ("x:_Weird.Tag-1", "docker.io/library/x:_Weird.Tag-1"),
    ])
    func `is completed as containerd completes it`(text: String, complete: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.description == complete)
        #expect(try ImageReference(complete) == reference)
    }

    private static let refusals: [(String, ImageReference.Refusal)] = [
        ("", .empty),
        ("nginx ", .notPlainASCII),
        ("nginx\n", .notPlainASCII),
        ("ngïnx", .notPlainASCII),
        ("nɡinx", .notPlainASCII),
        (hex, .imageID),
        ("upper/X", .upperCase("upper/X")),
        ("UPPER", .upperCase("library/UPPER")),
        ("a.b/C:1", .upperCase("C")),
        ("-x", .repository("library/-x")),
        ("x-", .repository("library/x-")),
        ("a..b", .repository("library/a..b")),
        ("a/../b", .repository("a/../b")),
        ("a___b", .repository("library/a___b")),
        ("a._b", .repository("library/a._b")),
        ("org//x", .repository("org//x")),
        ("a.b/", .repository("")),
        (":1", .repository("library/")),
        ("/x", .repository("/x")),
        ("https://a.b/x", .registry("https:")),
        ("a.b:/x", .registry("a.b:")),
        ("a.b:0/x", .registry("a.b:0")),
        ("a.b:65536/x", .registry("a.b:65536")),
        ("a_b.c/x", .registry("a_b.c")),
        ("-a.b/x", .registry("-a.b")),
        (".a/x", .registry(".a")),
        ("user@a.b/x", .digest("a.b/x", .malformed)),
        ("[::1/x", .registry("[::1")),
        ("[]:5/x", .registry("[]:5")),
        ("[::1]5/x", .registry("[::1]5")),
        ("x:", .tag("")),
        ("x:.a", .tag(".a")),
        ("x:1+2", .tag("1+2")),
        ("x:a/b", .registry("x:a")),
        ("org/x:a/b", .tag("a/b")),
        ("x:\(longTag)", .tag(longTag)),
        ("x@", .digest("", .malformed)),
        ("x@sha256", .digest("sha256", .malformed)),
        ("x@sha256:abc", .digest("sha256:abc", .length(3))),
        ("x@sha256:../../x", .digest("sha256:../../x", .length(7))),
        ("x@\(upper)", .digest(upper, .notLowerCaseHex)),
        ("x@\(digest)@\(digest)", .digest("\(digest)@\(digest)", .length(136))),
        ("x@\(sha512)", .digest(sha512, .algorithm("sha512"))),
        ("x@SHA256:\(hex)", .digest("SHA256:\(hex)", .algorithm("SHA256"))),
    ]

    @Test(arguments: refusals)
    func refuses(text: String, refusal: ImageReference.Refusal) {
        #expect(throws: OCIError.reference(text: text, refusal: refusal)) { try ImageReference(text) }
    }

    @Test func `a repository of 255 bytes is taken and one of 256 is not`() throws {
        let longest = "org/" + String(repeating: "a", count: 251)
        #expect(try ImageReference("a.b/" + longest).repository == longest)
        #expect(throws: OCIError.reference(text: "a.b/" + longest + "a", refusal: .tooLong(256))) {
            try ImageReference("a.b/" + longest + "a")
        }
    }

    @Test func `the kubelet looks for a pinned name without its tag`() throws {
        #expect(try ImageReference("a:1@\(digest)").kubeletName == "docker.io/library/a@\(digest)")
        #expect(try ImageReference("a:1").kubeletName == "docker.io/library/a:1")
        #expect(try ImageReference("a:1@\(digest)").tagged?.description == "docker.io/library/a:1")
        #expect(try ImageReference("a@\(digest)").tagged == nil)
    }

    @Test(arguments: [("a", true), ("a:latest", true), ("a:1", false), ("a:latest@\(digest)", false)])
    func `says whether a name floats`(text: String, floats: Bool) throws {
        #expect(try ImageReference(text).isFloating == floats)
    }

    @Test func `a refusal says what would be right`() {
        let error = #expect(throws: OCIError.self) { try ImageReference("x:1.31.2+k3s1") }
        #expect(
            error?.diagnostic.message
                == "cannot read \"x:1.31.2+k3s1\" as an image name: \"1.31.2+k3s1\" is no tag")
        #expect(error?.diagnostic.next?.contains("published with \"-\" or \"_\"") == true)
        #expect(error?.diagnostic.exitCode == .usage)
    }
}
