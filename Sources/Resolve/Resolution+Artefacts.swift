import Definition
import Fetch
import Format
import Gather
import LibCrypto
import Store
import Values

extension Resolution {
    /// Pins every artefact that `demand` names.
    func artefacts(
        _ demand: Demand, _ locals: LocalFiles, _ documents: inout Documents
    ) throws(ResolveError) -> [LockedArtefact] {
        var pinned: [LockedArtefact] = []
        for artefact in demand.artefacts {
            switch definition.artefacts[artefact.name] {
            case .file(_, let digest):
                guard let file = locals.artefacts[artefact.name] else {
                    preconditionFailure("the local files were found for this demand")
                }
                pinned.append(try pin(artefact, to: file, digest, &documents))
            case .url(let url, let digest):
                pinned.append(try pin(artefact, at: url, digest, &documents))
            case nil:
                guard let url = artefact.url else {
                    throw .noPlace(artefact: artefact.name, definition.platform.versionLocation)
                }
                pinned.append(try pin(artefact, at: url, nil, &documents))
            }
        }
        return pinned
    }

    /// A local file; the makers' checksum counts for it too, unless the definition gives a digest.
    private func pin(
        _ artefact: ReleaseArtefact, to file: LocalFiles.File, _ digest: SHA256Digest?, _ documents: inout Documents
    ) throws(ResolveError) -> LockedArtefact {
        let vouched = digest == nil ? try vouched(artefact, &documents) : nil
        if let expected = digest ?? vouched?.digest, expected != file.content.digest {
            throw .otherContent(
                item: "the artefact \(artefact.name)", file: file.name,
                promise: vouched?.file.url ?? "the definition", expected: expected, found: file.content.digest)
        }
        return LockedArtefact(
            name: artefact.name, origin: .file(file.name), content: file.content, checksum: vouched?.file)
    }

    private func pin(
        _ artefact: ReleaseArtefact, at url: String, _ digest: SHA256Digest?, _ documents: inout Documents
    ) throws(ResolveError) -> LockedArtefact {
        let checksum = digest == nil ? artefact.checksum?.url : nil
        let release = documents.release
        // Of what a definition takes from elsewhere, the makers may know nothing.
        let source = artefact.url == url && digest == nil ? artefact.signature : nil
        if let kept = pins.artefact(
            artefact.name, of: release, url: url, digest: digest, checksum: checksum, signature: source)
        {
            return kept
        }
        let vouched = digest == nil ? try vouched(artefact, &documents) : nil
        let content: Content
        do throws(GatherError) {
            content = try self.content(artefact.name, url, digest ?? vouched?.digest, checksum)
        } catch {
            // Of an address that the definition gives, the makers know nothing.
            throw artefact.url == url ? self.error(error, about: release) : .gather(error)
        }
        var makers: LockedSignature?
        if let source { makers = try signature(source, of: artefact.name, content, &documents) }
        return LockedArtefact(
            name: artefact.name, origin: .url(url), content: content, checksum: vouched?.file, signature: makers)
    }

    /// The makers' own signature: checked when the profile names their key, carried in any case.
    private func signature(
        _ source: ReleaseSignature, of name: String, _ content: Content, _ documents: inout Documents
    ) throws(ResolveError) -> LockedSignature {
        let document = try documents.document(source.url, called: "the signature of the artefact \(name)")
        guard let key = source.key else { return LockedSignature(document.locked, key: nil) }
        let text = document.bytes.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let signature = Base64.decode(String(decoding: text, as: UTF8.self)),
            key.verifies(signature, overDigest: content.digest)
        else { throw .signature(artefact: name, url: source.url, key: key.fingerprintText) }
        return LockedSignature(document.locked, key: key.fingerprint)
    }

    /// What the makers' checksum file says.
    private func vouched(
        _ artefact: ReleaseArtefact, _ documents: inout Documents
    ) throws(ResolveError) -> (digest: SHA256Digest, file: LockedDocument)? {
        guard let checksum = artefact.checksum else { return nil }
        return try vouched(checksum, "the artefact \(artefact.name)", &documents)
    }

    func vouched(
        _ checksum: ReleaseChecksum, _ item: String, _ documents: inout Documents
    ) throws(ResolveError) -> (digest: SHA256Digest, file: LockedDocument) {
        let document = try documents.document(checksum.url, called: "the checksum file of \(item)")
        do throws(ChecksumFault) {
            let digest = try ChecksumFile.digest(of: checksum.name, in: document.bytes, form: checksum.form)
            return (digest, document.locked)
        } catch {
            throw .checksum(url: checksum.url, name: checksum.name, error)
        }
    }

    // MARK: Size and digest

    /// Size and digest of what is at `url`: asked for where that is enough, otherwise by fetching it.
    private func content(
        _ name: String, _ url: String, _ digest: SHA256Digest?, _ checksum: String?
    ) throws(GatherError) -> Content {
        let item = FetchedItem(artefact: name, checksum: checksum)
        guard let digest else { return try download(item, url) }
        if let size = try storedSize(digest) { return Content(size: size, digest: digest) }
        if let size = try announcedSize(item, url) { return Content(size: size, digest: digest) }
        try gatherer.fetch([FetchOrder(item, url: url, digest: digest)])
        guard let size = try storedSize(digest) else { throw .store(.missing(digest)) }
        return Content(size: size, digest: digest)
    }

    private func download(_ item: FetchedItem, _ url: String) throws(GatherError) -> Content {
        do throws(FetchError) {
            let order = DownloadItem(try FetchRequest(url: url), name: item.name)
            let found = try gatherer.fetcher.download([order], into: gatherer.store)[0]
            guard let size = found.size else { preconditionFailure("what was fetched without a digest has a size") }
            return Content(size: size, digest: found.digest)
        } catch {
            throw .fetch(item, error)
        }
    }

    /// What `HEAD` tells; `nil` when the server has no such thing as `HEAD`, or tells no length.
    private func announcedSize(_ item: FetchedItem, _ url: String) throws(GatherError) -> ByteCount? {
        do throws(FetchError) {
            var request = try FetchRequest(url: url)
            request.method = .head
            let answer = try gatherer.fetcher.document(request, limit: DownloadItem.usualLimit)
            return answer.headers["Content-Length"].flatMap { Int($0) }.map { ByteCount($0) }
        } catch {
            // Object stores sign addresses for one method, and answer others with 403.
            if case .refused(_, let response) = error, !response.isAbsence { return nil }
            throw .fetch(item, error)
        }
    }

    private func storedSize(_ digest: SHA256Digest) throws(GatherError) -> ByteCount? {
        do throws(StoreError) { return try gatherer.store.size(of: digest) } catch { throw .store(error) }
    }
}
