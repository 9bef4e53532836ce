import Definition
import Gather
import OCI
import SampleVendor
import Testing

struct ImageListTests {
    private func parse(_ text: String) throws(GatherError) -> [String] {
        try ImageListFile.parse(Array(text.utf8), form: .lines, url: "u").map(\.description)
    }

    @Test func `names are completed, sorted, and stand once`() throws {
        let text = "# of the makers\n\n nginx\t\r\ndocker.io/library/nginx:latest\nghcr.io/a/b:1"
        #expect(try parse(text) == ["docker.io/library/nginx:latest", "ghcr.io/a/b:1"])
    }

    @Test(arguments: [("", ImageListFault.empty), ("# nothing\n\n", .empty)])
    func `a list that names nothing is none`(text: String, fault: ImageListFault) {
        #expect(throws: GatherError.imageList("u", fault)) { try parse(text) }
    }

    @Test func `a line that names no image is told`() throws {
        let text = "ghcr.io/a/b:1\n<html>\n"
        do throws(GatherError) {
            _ = try parse(text)
            Issue.record("nothing was thrown")
        } catch {
            guard case .imageList("u", .line(2, "<html>", _)) = error else {
                Issue.record("unexpected: \(error)")
                return
            }
            #expect(words(error).first == "cannot use the image list \"u\": line 2, \"<html>\", is no image name")
            #expect(words(error).last == "exit 5")
        }
    }

    @Test func `a line that is no text is told`() {
        #expect(throws: GatherError.imageList("u", .notText(line: 1))) {
            try ImageListFile.parse([0xFF, 0x0A], form: .lines, url: "u")
        }
    }
}
