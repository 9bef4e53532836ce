import Fetch
import LibCrypto
import OCI
import Values

/// The topmost document: what a name means at this moment.
extension Resolution {
    func root() throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        if let digest = task.reference.digest { return try document(digest, contentType: nil) }
        let tag = task.reference.tag ?? ImageReference.defaultTag
        guard let head = try head(tag) else { return try described(document: get(tag), promised: nil) }
        return try document(head.digest, contentType: head.contentType)
    }

    /// What the registry says that the tag means; `nil` when it does not say (ECR and others leave out the digest, some
    /// do not know `HEAD`).
    private func head(_ tag: String) throws(RegistryError) -> (digest: SHA256Digest, contentType: String?)? {
        let answer: FetchedDocument
        do throws(FetchError) {
            var request = try client.request(endpoint, repository, .document, tag)
            request.method = .head
            answer = try client.fetcher.document(request, limit: ImageDocument.maximumSize)
        } catch {
            guard case .refused(_, let response) = error, [400, 404, 405, 501].contains(response.status) else {
                throw self.error(.fetch(error))
            }
            return nil
        }
        guard let text = answer.headers["Docker-Content-Digest"] else { return nil }
        return (try digest(text), answer.headers["Content-Type"])
    }

    private func digest(_ text: String) throws(RegistryError) -> SHA256Digest {
        do throws(DigestRefusal) { return try SHA256Digest(ociText: text) } catch {
            throw self.error(.digestHeader(text))
        }
    }

    /// The document from the store, unless only the registry can tell its type: older documents do not say it themselves.
    private func document(
        _ digest: SHA256Digest, contentType: String?
    ) throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        if let bytes = try client.stored(digest, task),
            let descriptor = try? ImageDocument.describe(bytes, contentType: contentType)
        {
            return (descriptor, bytes)
        }
        return try described(document: get(digest.description), promised: digest)
    }

    private func get(_ name: String) throws(RegistryError) -> FetchedDocument {
        do throws(FetchError) {
            let request = try client.request(endpoint, repository, .document, name)
            return try client.fetcher.document(request, limit: ImageDocument.maximumSize)
        } catch {
            guard case .refused(_, let response) = error, response.status == 404 else {
                throw self.error(.fetch(error))
            }
            throw self.error(.notFound(tags: tags()))
        }
    }

    /// Some tags that the repository has, for a message; none when it does not tell.
    private func tags() -> [String] {
        guard task.reference.digest == nil, let tag = task.reference.tag,
            let request = try? client.request(endpoint, repository, .tags, "list"),
            let list = try? client.fetcher.document(request, limit: Self.tagsLimit)
        else { return [] }
        return RegistryAnswer.tags(list.bytes, like: tag)
    }

    /// Some 10 000 tags.
    private static let tagsLimit = ByteCount.mebibytes(1)

    /// Believes the bytes, not what was said about them: the digest asked for or told must be theirs.
    private func described(
        document: FetchedDocument, promised: SHA256Digest?
    ) throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        let told = try document.headers["Docker-Content-Digest"].map { text throws(RegistryError) in try digest(text) }
        let found = SHA256Digest.of(document.bytes)
        for expected in [promised, told].compactMap(\.self) where expected != found {
            throw error(.otherDigest(promised: expected, found: found))
        }
        let descriptor: Descriptor
        do throws(OCIError) {
            descriptor = try ImageDocument.describe(
                document.bytes, contentType: document.headers["Content-Type"])
        } catch {
            throw self.error(.document(error))
        }
        try client.keep(document.bytes, task)
        return (descriptor, document.bytes)
    }
}
