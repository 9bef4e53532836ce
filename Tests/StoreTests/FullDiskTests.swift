import Glibc
import LibCrypto
import Posix
import Reporting
import Store
import Testing
import Values

/// On a file system of 256 KiB, which only root can make.
struct FullDiskTests {
    private static func withSmallDisk(_ body: (FilePath) throws -> Void) throws {
        let scratch = Scratch()
        guard mount("none", scratch.path.text, "tmpfs", 0, "size=256k") == 0 else {
            print("skipped: no file system can be mounted here (\(String(cString: strerror(errno))))")
            return
        }
        defer { umount2(scratch.path.text, Int32(MNT_DETACH)) }
        try body(scratch.path)
    }

    @Test func `a disk without room for the whole is found out at the beginning`() throws {
        try Self.withSmallDisk { disk in
            let store = try Store(root: disk.appending("store"))
            let error = #expect(throws: StoreError.self) { try store.receive(digest: .of([1]), size: .mebibytes(1)) }
            #expect(error?.diagnostic.exitCode == .inputOutput)
            #expect(error?.diagnostic.message.hasSuffix("no space left on device") == true)
            #expect(try store.everything == [])
        }
    }

    @Test func `a disk that fills up on the way leaves nothing of the part`() throws {
        try Self.withSmallDisk { disk in
            let store = try Store(root: disk.appending("store"))
            let kept = try store.ingest(pattern(1_000))
            let sink = try store.receive(digest: .of([1]), size: nil)
            let error = #expect(throws: StoreError.self) {
                for _ in 0..<64 { try sink.append(pattern(8_192)) }
            }
            #expect(error?.diagnostic.exitCode == .inputOutput)
            #expect(try store.list() == [kept])
            #expect(try store.everything.count == 1)
            // The space is free again.
            #expect(try store.ingest(pattern(100_000)).size == 100_000)
        }
    }
}
