import Posix
import Testing
import Values

@testable import Media

/// Which files go onto which medium.
struct MediaPlanTests {
    private static let mebibyte = 1 << 20

    private func volume(_ number: Int, _ mebibytes: Int) -> MediumFile {
        MediumFile(
            MemberPath(own: "payload-00\(number).tar.zst"), size: .mebibytes(mebibytes), digest: nil, mayLeave: true)
    }

    private var manifest: MediumFile { MediumFile(MemberPath(own: "manifest.json"), size: .mebibytes(2), digest: nil) }

    private func plan(_ files: [MediumFile], _ mebibytes: [Int]) throws(MediaError) -> [[String]] {
        let rooms = mebibytes.enumerated().map { MediaPlan.Room(FilePath("/media/\($0)"), .mebibytes($1)) }
        return try MediaPlan(files, onto: rooms).shares.map { $0.files.map(\.name.text) }
    }

    @Test func `what fits onto the first medium stays there`() throws {
        let shares = try plan([manifest, volume(1, 10), volume(2, 10)], [32, 32])
        #expect(shares == [["manifest.json", "payload-001.tar.zst", "payload-002.tar.zst"]])
    }

    @Test func `volumes go on to the next medium, and what is read first has its room before them`() throws {
        let shares = try plan([volume(1, 10), volume(2, 10), volume(3, 4), manifest], [14, 16])
        #expect(
            shares == [
                ["payload-001.tar.zst", "manifest.json"], ["payload-002.tar.zst", "payload-003.tar.zst"],
            ])
    }

    @Test(arguments: [[8], [13, 13], [2, 100], [1, 1, 1]])
    func `too little room is told before anything is written, with what each has`(mebibytes: [Int]) throws {
        let files = [manifest, volume(1, 10), volume(2, 10), volume(3, 10)]
        let error = #expect(throws: MediaError.self) { _ = try plan(files, mebibytes) }
        guard case .tooSmall(let needed, let media, let available) = error else {
            Issue.record("another refusal: \(String(describing: error))")
            return
        }
        #expect(needed.bytes > 32 * Self.mebibyte && media.count == mebibytes.count)
        #expect(available == mebibytes.map { ByteCount.mebibytes($0) })
    }

    @Test func `FAT32 holds no file of 4 GiB, and one byte less`() throws {
        let room = MediaPlan.Room("/media/0", .gibibytes(9), isFAT: true)
        func file(_ size: Int) -> MediumFile {
            MediumFile(MemberPath(own: "payload/disk.vhdx"), size: ByteCount(size), digest: nil)
        }
        #expect(throws: MediaError.tooLarge(name: "payload/disk.vhdx", size: .gibibytes(4), medium: "/media/0")) {
            _ = try MediaPlan([file(1 << 32)], onto: [room])
        }
        #expect(try MediaPlan([file(1 << 32 - 1)], onto: [room]).shares.count == 1)
    }
}
