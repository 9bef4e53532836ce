import Format
import LibCrypto
import Posix
import Values

extension VerifiedBundle {
    /// The volumes that hold some of `chunks` and are not at hand now.
    public func absentVolumes(for chunks: [Int]) throws(VerifyError) -> [AbsentVolume] {
        var absent: [AbsentVolume] = []
        for number in Set(chunks.map({ manifest.chunks[$0].volume })).sorted() {
            if case .absent(let volume) = try find(number) { absent.append(volume) }
        }
        return absent
    }

    /// Refuses a bundle of which one of these volumes is not at hand, as it would be when its turn came.
    public func demandVolumes(for chunks: [Int]) throws(VerifyError) {
        if let volume = try absentVolumes(for: chunks).first { throw volume.error }
    }

    /// Opens volume `number`, wherever it lies; its size is the signed one. Where somebody can be asked for it, that is done.
    func openVolume(_ number: Int) throws(VerifyError) -> RegularFile {
        while true {
            switch try find(number) {
            case .found(let file): return file
            case .absent(let volume): guard media.isToLookAgain(for: volume) else { throw volume.error }
            }
        }
    }

    private enum Search {
        case found(RegularFile)
        case absent(AbsentVolume)
    }

    private func find(_ number: Int) throws(VerifyError) -> Search {
        let signed = manifest.volumes[number - 1]
        let folders = media.folders
        var (foreign, failure): (FilePath?, FileError?)
        for (index, folder) in folders.enumerated() {
            guard let file = try file(signed.name, in: folder, &failure) else { continue }
            if file.size == signed.size {
                let isOurs = index == 0 ? true : try begins(file, as: number)
                if isOurs { return .found(file) }
            }
            // What the bundle's own folder holds is the bundle's, and damaged; another stick may be one of another bundle.
            guard index > 0 else { throw .wrongSize(name: signed.name, expected: signed.size, found: file.size) }
            foreign = foreign ?? folder
        }
        return .absent(
            AbsentVolume(
                name: signed.name, number: number, count: manifest.volumes.count, folders: folders, foreign: foreign,
                failure: failure))
    }

    /// The file in that folder, or in the bundle's folder within it; `nil` also where a stick is gone, which `failure` tells then.
    private func file(
        _ name: String, in folder: FilePath, _ failure: inout FileError?
    ) throws(VerifyError) -> RegularFile? {
        for place in [folder, folder.appending(manifest.folderName)] {
            let handle: DirectoryHandle
            do throws(FileError) { handle = try DirectoryHandle.open(place) } catch {
                switch error.errno {
                case .notFound, .notDirectory: continue
                case let errno where errno.isOfAMediumGone: failure = failure ?? error
                default: throw .file(error)
                }
                continue
            }
            if let file = try handle.openRegular(name) { return file }
        }
        return nil
    }

    /// Whether the first chunk of a volume is the signed one: tells the stick of another bundle before anything of it is taken.
    private func begins(_ file: RegularFile, as number: Int) throws(VerifyError) -> Bool {
        guard let first = manifest.chunks.first(where: { $0.volume == number }) else { return true }
        let buffer = Buffer(capacity: Chunk.maximumStoredSize.bytes)
        buffer.count = first.stored.size.bytes
        do throws(FileError) {
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            guard try unsafe file.descriptor.readFully(into: target, at: 0) == buffer.count else { return false }
        } catch {
            throw .file(error)
        }
        return unsafe SHA256Digest.of(buffer.filled) == first.stored.digest
    }
}
