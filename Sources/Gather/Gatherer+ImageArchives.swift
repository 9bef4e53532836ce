public import Definition
public import OCI
import Registry
import Store
import Values

extension Gatherer {
    /// Reads an archive or layout, brings what it holds into the store, and says which images the definition asks for.
    ///
    /// - Throws: ``GatherError/imageArchive(_:_:)``.
    public func images(of request: ImageArchiveRequest) throws(GatherError) -> [PinnedImage] {
        do throws(ImageArchiveFault) { return try ArchivedImages(request, store: store).pinned() } catch {
            throw .imageArchive(request, error)
        }
    }

    /// The contents of all images of `lock`, in its order: pulled ones from registries, others from their archives, unless the store
    /// has them.
    func contents(_ lock: Lock, of definition: Definition) throws(GatherError) -> [ImageContents] {
        let pulled = lock.images.filter { $0.archive == nil }
        let reasons = Dictionary(pulled.map { ($0.pinned, $0.reasons) }) { first, _ in first }
        var contents: [PinnedImage: ImageContents] = [:]
        do throws(RegistryError) {
            let found = try registry.pull(pulled.map(\.pinned)) { reasons[$0]?.joined(separator: ", ") }
            for image in found { contents[image.image] = image }
        } catch { throw .registry(error) }
        for image in lock.images {
            guard let archive = image.archive else { continue }
            contents[image.pinned] = try self.contents(of: image.pinned, archive, definition)
        }
        return lock.images.compactMap { contents[$0.pinned] }
    }

    private func contents(
        of image: PinnedImage, _ archive: String, _ definition: Definition
    ) throws(GatherError) -> ImageContents {
        if let contents = try stored(image) { return contents }
        guard let request = definition.imageArchives.first(where: { $0.text == archive }) else {
            throw .staleLock("it takes \(image.reference) from \(archive), the definition does not")
        }
        _ = try images(of: request)
        guard let contents = try stored(image) else {
            throw .imageArchive(
                request, .incomplete(image: image.reference.description, blob: image.root.digest.description))
        }
        return contents
    }

    /// The image's contents, when all of it is in the store.
    private func stored(_ image: PinnedImage) throws(GatherError) -> ImageContents? {
        do {
            let contents = try ImageContents(of: image) { descriptor in
                try store.read(descriptor.digest, limit: ImageDocument.maximumSize)
            }
            for blob in contents.blobs where try !store.contains(blob.digest, size: blob.size) { return nil }
            return contents
        } catch let error as StoreError {
            switch error {
            case .missing, .damaged: return nil
            case .file, .mismatch, .busy: throw .store(error)
            }
        } catch is OCIError {
            return nil  // not what the lock says: the archive is asked
        } catch { preconditionFailure("\(error)") }
    }
}
