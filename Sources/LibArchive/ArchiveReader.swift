internal import CLibArchive
public import Values

/// Reads a foreign archive from front to back. Owns one libarchive reader.
///
/// libarchive parses, sealift writes: nothing is ever extracted by libarchive. Files, folders and links with paths within the archive,
/// each once, are all that is given out (docs/decisions/0060). Every answer of it but "good" and "end" is an
/// error here, with the one exception that ``next()`` explains.
///
/// A file that is cut exactly between two entries reads as complete (libarchive asks for no end mark), and what follows a block
/// of zeros is not looked at, so that an ISO image reads as an empty tar: who needs to know checks a digest or counts entries.
@safe public struct ArchiveReader: ~Copyable {
    private let handle: ArchiveHandle
    private let source: ArchiveSource?
    private let limits: ArchiveLimits
    private let isTar: Bool
    private var places = ArchivePlaces()
    private var current: Current?
    /// How many entries ``next()`` has given.
    public private(set) var entryCount = 0
    private var total = 0

    /// The entry whose content may still be read.
    private struct Current {
        let name: String
        let size: ByteCount?
        var offset = 0
    }

    /// Reads from an open file or pipe, from where it stands.
    ///
    /// - Parameter descriptor: Stays the caller's; must stay open as long as this reader.
    /// - Throws: ``ArchiveError``.
    public init(
        descriptor: Int32, accepting formats: ArchiveFormats, filters: ArchiveFilters, limits: ArchiveLimits = .init()
    ) throws(ArchiveError) {
        let handle = ArchiveHandle()
        try handle.accept(formats, filters)
        let code = unsafe archive_read_open_fd(handle.pointer, descriptor, ArchiveSource.blockSize)
        try handle.check(code, source: nil, entriesBefore: 0)
        self.init(handle, nil, formats, limits)
    }

    /// Reads from a function that fills a block and says how far: 0 at the end. Formats that need to seek are read as streams.
    ///
    /// - Throws: ``ArchiveError``; what `fill` throws comes out of it as ``ArchiveError/source(_:)``.
    public init(
        accepting formats: ArchiveFormats, filters: ArchiveFilters, limits: ArchiveLimits = .init(),
        fill: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws(ArchiveError) {
        try unsafe self.init(ArchiveSource(fill: fill), formats, filters, limits)
    }

    /// Reads from memory.
    ///
    /// - Throws: ``ArchiveError``.
    public init(
        bytes: [UInt8], accepting formats: ArchiveFormats, filters: ArchiveFilters, limits: ArchiveLimits = .init()
    ) throws(ArchiveError) {
        try self.init(ArchiveSource(bytes), formats, filters, limits)
    }

    private init(
        _ source: ArchiveSource, _ formats: ArchiveFormats, _ filters: ArchiveFilters, _ limits: ArchiveLimits
    ) throws(ArchiveError) {
        let handle = ArchiveHandle()
        try handle.accept(formats, filters)
        try handle.check(source.open(handle), source: source, entriesBefore: 0)
        self.init(handle, source, formats, limits)
    }

    private init(
        _ handle: consuming ArchiveHandle, _ source: ArchiveSource?, _ formats: ArchiveFormats, _ limits: ArchiveLimits
    ) {
        isTar = formats == .tar
        self.handle = handle
        self.source = source
        self.limits = limits
    }
}

extension ArchiveReader {
    /// The next entry; `nil` at the end. What was not read of the one before is read and checked first.
    ///
    /// A pax path that is not ASCII draws a warning in the "C" locale, in which a Swift process runs. Its bytes are then given
    /// as they are, which is what we want, so that one warning is passed over.
    ///
    /// - Throws: ``ArchiveError``.
    public mutating func next() throws(ArchiveError) -> ArchiveEntry? {
        if current != nil { try unsafe readContent { (_) throws(ArchiveError) in } }
        var header: OpaquePointer?
        let begin = handle.bytesExpanded
        let code = unsafe archive_read_next_header(handle.pointer, &header)
        if code == ARCHIVE_EOF { return nil }
        if code != ARCHIVE_WARN || !isAboutRawName { try check(code) }
        guard let header = unsafe header else { throw .damaged(.fatal, entriesBefore: entryCount, reason: "no header") }
        guard entryCount < limits.entries else { throw .tooManyEntries(limit: limits.entries) }
        // A ZIP's directory is read at once, and is not in the way of its files.
        if isTar, handle.bytesExpanded - begin > ArchiveLimits.headerSize.bytes {
            throw .headerTooLarge(entriesBefore: entryCount, limit: ArchiveLimits.headerSize)
        }
        let entry = try unsafe ArchiveEntry(header, entriesBefore: entryCount)
        try places.take(entry)
        if let size = entry.size, size > limits.entrySize {
            throw .entryTooLarge(path: entry.name, limit: limits.entrySize)
        }
        entryCount += 1
        try checkExpansion()
        current = Current(name: entry.name, size: entry.kind == .file ? entry.size : nil)
        return entry
    }

    /// Reads the content of the current entry, block by block, and checks its length at the end.
    ///
    /// - Parameter body: Gets blocks in order; each is valid during the call only.
    /// - Throws: ``ArchiveError``, or what `body` throws.
    public mutating func readContent(_ body: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void) throws(ArchiveError)
    {
        guard var entry = current else { return }
        current = nil
        while let block = try unsafe nextBlock(of: &entry) { try unsafe body(block) }
        if let stated = entry.size, stated.bytes != entry.offset {
            throw .sizeDiffers(path: entry.name, stated: stated, found: ByteCount(entry.offset))
        }
    }

    /// The whole content of the current entry.
    ///
    /// - Parameter limit: The most that is held in memory.
    /// - Throws: ``ArchiveError``.
    public mutating func content(limit: ByteCount) throws(ArchiveError) -> [UInt8] {
        let name = current?.name ?? ""
        var bytes: [UInt8] = []
        try unsafe readContent { (block) throws(ArchiveError) in
            guard bytes.count + block.count <= limit.bytes else { throw .entryTooLarge(path: name, limit: limit) }
            unsafe bytes.append(contentsOf: block)
        }
        return bytes
    }

    private mutating func nextBlock(of entry: inout Current) throws(ArchiveError) -> UnsafeRawBufferPointer? {
        var address: UnsafeRawPointer?
        var (count, offset) = (0, Int64(0))
        let code = unsafe archive_read_data_block(handle.pointer, &address, &count, &offset)
        if code == ARCHIVE_EOF { return nil }
        try check(code)
        guard Int(offset) == entry.offset else { throw .sparse(path: entry.name) }
        entry.offset += count
        total += count
        guard entry.offset <= limits.entrySize.bytes else {
            throw .entryTooLarge(path: entry.name, limit: limits.entrySize)
        }
        guard total <= limits.totalSize.bytes else { throw .tooLarge(limit: limits.totalSize) }
        try checkExpansion()
        return unsafe UnsafeRawBufferPointer(start: address, count: count)
    }

    private func checkExpansion() throws(ArchiveError) {
        let expanded = max(handle.bytesExpanded, total)
        guard expanded > ArchiveLimits.ratioFloor.bytes else { return }
        guard expanded / limits.ratio <= handle.bytesRead else { throw .suspiciousRatio(limit: limits.ratio) }
    }

    private func check(_ code: Int32) throws(ArchiveError) {
        try handle.check(code, source: source, entriesBefore: entryCount)
    }

    /// libarchive's words in its tar reader (`set_conversion_failed_error`); the ZIP reader has others, and there the name is lost.
    private var isAboutRawName: Bool {
        handle.reason.hasSuffix("name can't be converted from UTF-8 to current locale.")
    }
}

extension ArchiveEntry {
    /// Copies what is needed out of libarchive's entry, which it reuses.
    fileprivate init(_ header: OpaquePointer, entriesBefore: Int) throws(ArchiveError) {
        // Never the _utf8 variants: they are null in the C locale for what is not ASCII.
        guard let path = unsafe Self.bytes(archive_entry_pathname(header)), !path.isEmpty else {
            throw .nameless(entriesBefore: entriesBefore)
        }
        let name = String(decoding: path, as: UTF8.self)
        guard unsafe archive_entry_sparse_count(header) == 0 else { throw .sparse(path: name) }
        self.path = path
        do throws(MemberPath.Refusal) { place = try Self.place(path) } catch { throw .path(name, error) }
        mode = UInt16(unsafe archive_entry_perm(header) & 0o7777)
        let size = unsafe archive_entry_size_is_set(header) != 0 ? archive_entry_size(header) : nil
        guard size.map({ $0 >= 0 }) ?? true else {
            throw .damaged(.fatal, entriesBefore: entriesBefore, reason: "negative size")
        }
        self.size = size.map { ByteCount(Int($0)) }
        guard let kind = unsafe Self.kind(header) else { throw .node(path: name) }
        self.kind = kind
        guard kind == .file || self.size.map({ $0 == 0 }) ?? true else {
            throw kind == .directory ? .sizeDiffers(path: name, stated: 0, found: self.size ?? 0) : .link(path: name)
        }
    }

    private static func place(_ path: [UInt8]) throws(MemberPath.Refusal) -> MemberPath? {
        var bytes = path[...]
        if bytes.starts(with: "./".utf8) { bytes = bytes.dropFirst(2) }
        if bytes.last == UInt8(ascii: "/"), bytes.count > 1 { bytes = bytes.dropLast() }
        if bytes.isEmpty || bytes.elementsEqual(".".utf8) { return nil }
        return try MemberPath(validating: bytes)
    }

    /// `nil` for devices, pipes and sockets.
    private static func kind(_ header: OpaquePointer) -> Kind? {
        if let target = unsafe bytes(archive_entry_hardlink(header)) { return .hardLink(target) }
        // The AE_IF… macros, which are those of stat(2).
        switch unsafe archive_entry_filetype(header) & 0o170000 {
        case 0o100000: return .file
        case 0o040000: return .directory
        case 0o120000: return .symbolicLink(unsafe bytes(archive_entry_symlink(header)) ?? [])
        default: return nil
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard var next = unsafe text else { return nil }
        var bytes: [UInt8] = []
        while unsafe next.pointee != 0 {
            bytes.append(UInt8(bitPattern: unsafe next.pointee))
            unsafe next += 1
        }
        return bytes
    }
}
