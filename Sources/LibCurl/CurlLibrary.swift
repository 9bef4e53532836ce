import CLibCurl

/// The library as a whole.
public enum CurlLibrary {
    /// `7.88.1`, for instance.
    public static var version: String { unsafe String(cString: curl_version_info(CURLVERSION_FIRST).pointee.version) }

    /// The PEM file of authorities that this curl was built with; `nil` when it knows none.
    public static var defaultAuthorityFile: String? {
        guard let easy = unsafe curl_easy_init() else { return nil }
        defer { unsafe curl_easy_cleanup(easy) }
        var text: UnsafePointer<CChar>?
        guard unsafe sealift_curl_get_string(easy, CURLINFO_CAINFO, &text) == CURLE_OK else { return nil }
        return unsafe text.map { unsafe String(cString: $0) }
    }

    /// Runs `curl_global_init` once; since 7.84 it may be called from any thread.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
