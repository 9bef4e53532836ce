import Definition
import Format
import LibArchive
import Posix
import Store
import Values

/// What lies in an image archive or layout: its small documents at hand, everything else in the store.
struct ArchivedBlobs {
    /// `oci-layout`, `index.json`, `manifest.json`, where they are there.
    private(set) var documents: [String: [UInt8]] = [:]
    /// Size and digest of each file, by its name in the archive.
    private(set) var files: [String: Content] = [:]
    /// Where links lead, by name; skopeo writes layers of docker archives so.
    private var links: [String: String] = [:]

    private static let documentNames: Set = ["oci-layout", "index.json", "manifest.json"]
    /// The longest document that is read from an archive.
    private static let documentLimit = ByteCount.mebibytes(4)
    /// The most entries of an archive, each of which becomes a file of the store: five hundred images of forty layers.
    private static let maximumCount = 20_000

    /// The file at `name`, through links.
    subscript(name: String) -> Content? {
        var name = name
        for _ in 0..<8 {
            if let file = files[name] { return file }
            guard let target = links[name] else { return nil }
            name = target
        }
        return nil
    }

    /// Reads an archive from front to back, each byte once.
    init(archive path: FilePath, into store: Store) throws(ImageArchiveFault) {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
            guard try file.information().kind == .file else { throw ImageArchiveFault.missing }
            var offset = 0
            var reader = try unsafe ArchiveReader(
                accepting: .tar, filters: [.gzip, .zstd], limits: ArchiveLimits(entries: Self.maximumCount)
            ) { block in
                let count = try unsafe file.readFully(into: block, at: offset)
                offset += count
                return count
            }
            while let entry = try reader.next() { try take(entry, &reader, store) }
        } catch { throw Self.fault(error) }
    }

    /// Reads a layout's folder: its documents now, blobs when they are asked for by digest.
    init(layout path: FilePath, into store: Store) throws(ImageArchiveFault) {
        do {
            for name in Self.documentNames where try Files.exists(path.appending(name)) {
                documents[name] = try Files.read(path.appending(name), limit: Self.documentLimit)
            }
            let folder = path.appending("blobs/sha256")
            guard try Files.exists(folder) else { return }
            for name in try DirectoryHandle.open(folder).entries() {
                guard let digest = SHA256Digest(hex: name) else { continue }
                let stored = try store.ingest(fileAt: folder.appending(name))
                guard stored.digest == digest else { throw ImageArchiveFault.damaged("blobs/sha256/" + name) }
                files["blobs/sha256/" + name] = Content(size: stored.size, digest: digest)
            }
        } catch { throw Self.fault(error) }
    }

    private mutating func take(_ entry: ArchiveEntry, _ reader: inout ArchiveReader, _ store: Store) throws {
        guard let name = entry.place?.text else { return }
        switch entry.kind {
        case .symbolicLink, .hardLink: links[name] = try entry.destination()
        case .file where Self.documentNames.contains(name):
            documents[name] = try reader.content(limit: Self.documentLimit)
        case .file:
            let sink = try store.receive(digest: nil, size: entry.size)
            do throws(ArchiveError) {
                try unsafe reader.readContent { (block) throws(ArchiveError) in
                    do { try unsafe sink.append(block) } catch let error as StoreError {
                        throw .source(error.diagnostic)
                    } catch let error as FileError {
                        throw .source(error.diagnostic)
                    } catch {
                        preconditionFailure("a store throws its own errors only")
                    }
                }
            } catch {
                sink.discard()
                throw error
            }
            let stored = try sink.finish()
            let hex = name.split(separator: "/").last.map(String.init) ?? ""
            if name.hasPrefix("blobs/sha256/"), SHA256Digest(hex: hex) != stored.digest {
                throw ImageArchiveFault.damaged(name)
            }
            files[name] = Content(size: stored.size, digest: stored.digest)
        case .directory: break
        }
    }

    private static func fault(_ error: any Error) -> ImageArchiveFault {
        switch error {
        case let fault as ImageArchiveFault: fault
        case let error as ArchiveError: .unreadable(error)
        case let error as StoreError: .unreadable(.source(error.diagnostic))
        case let error as FileError: error.errno == .notFound ? .missing : .unreadable(.source(error.diagnostic))
        default: preconditionFailure("\(error)")
        }
    }
}
