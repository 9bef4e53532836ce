public import Posix
import Values
public import Verify

extension MediaPlan {
    /// Plans the copy of `bundle` onto `media`: folders where they are mounted, one for each.
    ///
    /// - Throws: ``MediaError``; nothing is written.
    public init(_ bundle: VerifiedBundle, onto media: [FilePath]) throws(MediaError) {
        var mounts: [UInt64: FilePath] = [:]
        var rooms: [Room] = []
        for path in media {
            let (room, mount) = try Self.measure(path)
            if let other = mounts.updateValue(path, forKey: mount) { throw .sameMedium(other, path) }
            rooms.append(room)
        }
        try self.init(try MediumFile.all(of: bundle), onto: rooms)
    }

    private static func measure(_ path: FilePath) throws(MediaError) -> (Room, mount: UInt64) {
        do throws(FileError) {
            let folder = try DirectoryHandle.open(path)
            let found = try folder.statistics()
            return (Room(path, found.available, isFAT: found.type == "vfat"), try folder.mountID())
        } catch {
            guard error.errno == .notFound else { throw .file(error) }
            throw .noMedium(path)
        }
    }
}
