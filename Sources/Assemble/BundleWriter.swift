public import Format
public import LibCrypto
import Media
public import Posix
public import Reporting
public import Sign
public import Store
public import Values

/// Writes a bundle onto a medium, so that there is a whole one in the end, or what was there before.
///
/// Everything is written beside its place and made durable, SHA256SUMS last of all, then read back past the cache, and put
/// into its place in one step (design §3).
public struct BundleWriter: Sendable {
    /// How to write.
    public struct Options: Hashable, Sendable {
        /// How the payload is packed.
        public var packing: Packer.Options
        /// Whether everything is read back. Volumes taken over from the cache are in any case.
        public var readsBack: Bool

        /// Options; by default everything is read back.
        public init(packing: Packer.Options, readsBack: Bool = true) {
            self.packing = packing
            self.readsBack = readsBack
        }
    }

    /// A bundle that was written.
    public struct Written: Sendable {
        /// The bundle's folder, or the tar.
        public let path: FilePath
        /// The manifest, complete.
        public let manifest: Manifest
        /// The digest of SHA256SUMS: the bundle's identity.
        public let root: SHA256Digest
        /// All stored bytes but the signatures.
        public let size: ByteCount
        /// Where the chunks came from.
        public let statistics: PackedPayload.Statistics

        init(path: FilePath, _ bundle: FilledBundle) {
            guard let root = bundle.root else { preconditionFailure("a complete bundle has its SHA256SUMS") }
            self.path = path
            self.root = root
            manifest = bundle.manifest
            size = bundle.size
            statistics = bundle.packed.statistics
        }
    }

    let store: Store
    let cache: VolumeCache?
    let options: Options
    let progress: any ProgressReceiver

    /// - Parameter cache: Where volumes of earlier builds are; `nil` neither uses nor keeps any.
    public init(store: Store, cache: VolumeCache?, options: Options, progress: any ProgressReceiver) {
        self.store = store
        self.cache = cache
        self.options = options
        self.progress = progress
    }

    /// Writes the bundle.
    ///
    /// - Parameter sign: Makes the files of `signatures/`; none for a bundle signed later.
    /// - Throws: ``AssembleError``. Nothing is left then, and an older bundle of that name is as it was.
    public func write(
        _ contents: BundleContents, to output: BundleOutput,
        signing sign: (SignatureRequest) throws(CryptoError) -> [SignatureFile] = { (_) throws(CryptoError) in [] }
    ) throws(AssembleError) -> Written {
        let (parent, name) = output.place(folderName: contents.manifest.folderName)
        let target = parent.appending(name)
        try checkReplaceable(target, output)
        try check(contents)
        let room = try Room(for: contents.payload, in: parent, copies: output.copies)
        if !room.isAmple { progress.say(room.doubt) }
        do throws(AssembleError) {
            let folder = try files { () throws(FileError) in try OutputParent(parent) }
            let staging = try files { () throws(FileError) in
                try StagingFolder.make(for: name, in: try DirectoryHandle.open(parent))
            }
            let bundle = try fillUndamaged(staging, with: contents, signing: sign)
            if let cache { keep(bundle.packed, from: staging.path, in: cache) }
            try put(bundle, staging, output, as: name)
            folder.keep()
            return Written(path: target, bundle)
        } catch { throw room.explaining(error) }
    }

    /// Whether the format takes what is to be packed: better said now than after packing.
    private func check(_ contents: BundleContents) throws(AssembleError) {
        var manifest = contents.manifest
        manifest.entries = contents.payload.entries
        do throws(FormatError) { try manifest.checkContents() } catch { throw .contents(error) }
    }

    /// Whether what is at `target` may be replaced: only what is a bundle too.
    private func checkReplaceable(_ target: FilePath, _ output: BundleOutput) throws(AssembleError) {
        guard let found = try files({ () throws(FileError) in try Files.information(target) }) else { return }
        switch output {
        case .folder:
            let isBundle = try files { () throws(FileError) in
                let inside = try Files.information(target.appending(BundleFile.manifest))
                return found.kind == .directory && inside?.kind == .file
            }
            guard isBundle else { throw .notABundle(target) }
        case .tar:
            guard found.kind == .file else { throw .notABundle(target) }
        }
    }

    private func put(
        _ bundle: FilledBundle, _ staging: consuming StagingFolder, _ output: BundleOutput, as name: String
    ) throws(AssembleError) {
        switch output {
        case .folder: do throws(FileError) { try staging.commit(as: name) } catch { throw .file(error) }
        case .tar:
            // No file of a bundle is called like this.
            let tar = "=tar"
            let content = try TarFile.write(bundle, in: staging.folder, to: tar, progress: progress)
            if options.readsBack {
                try ReadBack(folder: staging.path, jobs: 1, progress: progress)
                    .check([.init(file: tar, offset: 0, content: content)])
            }
            do throws(FileError) { try staging.commit(file: tar, as: name) } catch { throw .file(error) }
        }
    }

    /// Fills the folder until no volume of the cache turns out to be damaged; each try has one less.
    private func fillUndamaged(
        _ staging: borrowing StagingFolder, with contents: BundleContents,
        signing sign: (SignatureRequest) throws(CryptoError) -> [SignatureFile]
    ) throws(AssembleError) -> FilledBundle {
        while true {
            do throws(AssembleError) { return try fill(staging, with: contents, signing: sign) } catch {
                guard case .cacheDamaged(let volume) = error else { throw error }
                progress.say(error.diagnostic.asNote)
                try storing { () throws(StoreError) in try store.dropVolume(for: volume) }
                try files { () throws(FileError) in try staging.empty() }
            }
        }
    }

    /// A bundle is complete without the cache: what goes wrong there is only said.
    private func keep(_ packed: PackedPayload, from folder: FilePath, in cache: VolumeCache) {
        do throws(StoreError) { try cache.keep(packed, from: folder) } catch {
            progress.say(error.diagnostic.asNote)
        }
    }
}

extension Diagnostic {
    /// The same words as a note: the work goes on.
    fileprivate var asNote: Diagnostic {
        var note = self
        note.severity = .note
        note.next = nil
        return note
    }
}
