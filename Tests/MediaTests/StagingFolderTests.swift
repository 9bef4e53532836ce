import BundleFixture
import Format
import Posix
import Testing
import Values

@testable import Media

@Suite struct StagingFolderTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func names() throws -> [String] { try DirectoryHandle.open(scratch.path).entries().sorted() }

    private func stage(_ text: String) throws -> StagingFolder {
        let staging = try StagingFolder.make(for: "bundle", in: try DirectoryHandle.open(scratch.path))
        try staging.write(Array(text.utf8), to: BundleFile.sums)
        return staging
    }

    private func content() throws -> String {
        let file = scratch.path.appending("bundle").appending(BundleFile.sums)
        return String(decoding: try Files.read(file, limit: .kibibytes(1)), as: UTF8.self)
    }

    @Test(arguments: [true, false])
    func `what is committed takes the place of what was there, wherever two names can change places or not`(
        canExchange: Bool
    ) throws {
        try stage("old").commit(as: "bundle", canExchange: canExchange)
        #expect(try content() == "old")
        try stage("new").commit(as: "bundle", canExchange: canExchange)
        #expect(try content() == "new")
        #expect(try names() == ["bundle"])
    }

    @Test func `what is let go of leaves nothing`() throws {
        try stage("old").commit(as: "bundle")
        do {
            let staging = try stage("new")
            #expect(try names().count == 2)
            _ = consume staging
        }
        #expect(try names() == ["bundle"])
        #expect(try content() == "old")
    }

    @Test func `a bundle that was set aside goes only when there is another in its place`() throws {
        try Files.makeDirectories(scratch.path.appending(".bundle.old-0123456789abcdef"))
        do { _ = try stage("new") }
        #expect(try names() == [".bundle.old-0123456789abcdef"])
        try stage("new").commit(as: "bundle")
        do { _ = try stage("newer") }
        #expect(try names() == ["bundle"])
    }

    @Test func `one file of it can take its place, and the rest goes`() throws {
        try stage("x").commit(file: BundleFile.sums, as: "bundle.tar")
        #expect(try names() == ["bundle.tar"])
    }
}
