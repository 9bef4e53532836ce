public import Posix
public import Values

/// Which files of a bundle go onto which medium.
public struct MediaPlan: Hashable, Sendable {
    /// What one medium gets.
    public struct Share: Hashable, Sendable {
        /// The folder where the medium is mounted.
        public let medium: FilePath
        /// The files, in the order in which they are written.
        public internal(set) var files: [MediumFile]

        /// The sum of the files' lengths.
        public var size: ByteCount { files.reduce(0) { $0 + $1.size } }
    }

    /// How much room a medium has.
    struct Room: Hashable {
        let medium: FilePath
        let available: ByteCount
        let isFAT: Bool

        init(_ medium: FilePath, _ available: ByteCount, isFAT: Bool = false) {
            self.medium = medium
            self.available = available
            self.isFAT = isFAT
        }
    }

    /// The shares in the order of the media, without those that get nothing. The first has SHA256SUMS and all that is read first.
    public let shares: [Share]

    /// What a file system needs besides files.
    private static let reserve = ByteCount.mebibytes(1)
    private static let largestOnFAT = ByteCount(4_294_967_295)

    /// Spreads `files`: what must be together goes onto the first medium, volumes in their order to the first that still has room.
    ///
    /// - Throws: ``MediaError/tooSmall(needed:media:available:)``, ``MediaError/tooLarge(name:size:medium:)``.
    init(_ files: [MediumFile], onto rooms: [Room]) throws(MediaError) {
        var shares = rooms.map { Share(medium: $0.medium, files: []) }
        var left = rooms.map { $0.available.bytes - Self.reserve.bytes }
        // What must be on the first medium has its room before any volume does.
        for file in files where !file.mayLeave { left[0] -= file.footprint }
        for file in files {
            guard let index = file.mayLeave ? left.firstIndex(where: { $0 >= file.footprint }) : 0, left[index] >= 0
            else {
                throw .tooSmall(
                    needed: files.reduce(Self.reserve) { $0 + ByteCount($1.footprint) }, media: rooms.map(\.medium),
                    available: rooms.map(\.available))
            }
            guard !rooms[index].isFAT || file.size <= Self.largestOnFAT else {
                throw .tooLarge(name: file.name.text, size: file.size, medium: rooms[index].medium)
            }
            if file.mayLeave { left[index] -= file.footprint }
            shares[index].files.append(file)
        }
        self.shares = shares.filter { !$0.files.isEmpty }
    }
}
