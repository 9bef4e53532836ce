internal import CLibArchive

/// Owns one `struct archive` made for reading.
@safe struct ArchiveHandle: ~Copyable {
    let pointer: OpaquePointer

    init() {
        guard let pointer = unsafe archive_read_new() else {
            fatalError("libarchive cannot make a reader: out of memory")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe archive_read_free(pointer) }

    /// Accepts exactly these formats and filters.
    func accept(_ formats: ArchiveFormats, _ filters: ArchiveFilters) throws(ArchiveError) {
        try unsafe accept(formats.contains(.tar), "tar") { unsafe archive_read_support_format_tar($0) }
        try unsafe accept(formats.contains(.zip), "zip") { unsafe archive_read_support_format_zip($0) }
        try unsafe accept(filters.contains(.gzip), "gzip") { unsafe archive_read_support_filter_gzip($0) }
        try unsafe accept(filters.contains(.zstd), "zstd") { unsafe archive_read_support_filter_zstd($0) }
        try unsafe accept(filters.contains(.xz), "xz") { unsafe archive_read_support_filter_xz($0) }
        try unsafe accept(filters.contains(.bzip2), "bzip2") { unsafe archive_read_support_filter_bzip2($0) }
    }

    /// Anything but OK is a refusal: WARN means that libarchive would start an outside program instead.
    private func accept(
        _ isWanted: Bool, _ name: String, _ enable: (OpaquePointer) -> Int32
    ) throws(ArchiveError) {
        guard isWanted else { return }
        guard unsafe enable(pointer) == ARCHIVE_OK else { throw .unavailable(name) }
    }

    /// Lets only OK pass.
    func check(_ code: Int32, source: ArchiveSource?, entriesBefore: Int) throws(ArchiveError) {
        guard code != ARCHIVE_OK else { return }
        if let failure = source?.failure { throw .source(failure) }
        throw .damaged(.init(code: code), entriesBefore: entriesBefore, reason: reason)
    }

    /// libarchive's last words.
    var reason: String {
        guard let text = unsafe archive_error_string(pointer) else { return "no reason given" }
        return unsafe String(cString: text)
    }

    /// Bytes read from the source so far.
    var bytesRead: Int { Int(unsafe archive_filter_bytes(pointer, -1)) }

    /// Bytes that came out of the last filter so far.
    var bytesExpanded: Int { Int(unsafe archive_filter_bytes(pointer, 0)) }
}

extension ArchiveError.Severity {
    init(code: Int32) {
        switch code {
        case ARCHIVE_RETRY: self = .retry
        case ARCHIVE_WARN: self = .warning
        case ARCHIVE_FAILED: self = .failed
        default: self = .fatal
        }
    }
}
