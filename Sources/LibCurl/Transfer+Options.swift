import CLibCurl
import Values

extension Transfer {
    /// curl_easy_setopt(3), everything that differs from curl's defaults, and what must not depend on them.
    func configure(_ request: TransferRequest) throws(TransferFailure) {
        try check(unsafe sealift_curl_allow_only_http(easy))
        try set(CURLOPT_URL, request.url.text)
        // Redirects are followed by Fetch, which knows what may cross to another origin.
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // Bytes are kept as stored: their digest is over the encoded form.
        try set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        // One connection per transfer: HTTP/2 would put all blobs of a host into one TCP window.
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_NETRC, sealift_curl_netrc_ignored)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_BUFFERSIZE, 256 << 10)
        try set(CURLOPT_USERAGENT, "sealift")
        try set(request.method)
        try set(request.timeouts)
        try set(request.trust)
        try set(CURLOPT_PROXY, request.proxy?.url ?? "")
        try set(CURLOPT_NOPROXY, request.proxy?.exceptions ?? "")
        try setCallbacks()
    }

    private func set(_ method: TransferRequest.Method) throws(TransferFailure) {
        switch method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .head: try set(CURLOPT_NOBODY, 1)
        case .post(let body, let contentType):
            try set(CURLOPT_POST, 1)
            try check(unsafe sealift_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            let copied = unsafe body.withUnsafeBufferPointer {
                unsafe sealift_curl_set_pointer(
                    easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
            }
            try check(copied)
            // Without `Expect:` curl would wait a second for a 100 on a large body.
            try setHeaders(["Content-Type": contentType])
            guard let list = unsafe curl_slist_append(headerList, "Expect:") else {
                throw TransferFailure(.library, "out of memory for headers")
            }
            unsafe headerList = list
        }
    }

    private func set(_ timeouts: Timeouts) throws(TransferFailure) {
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connectMilliseconds)
        try set(CURLOPT_LOW_SPEED_TIME, timeouts.lowSpeedSeconds)
        try set(CURLOPT_LOW_SPEED_LIMIT, timeouts.lowSpeedBytes)
    }

    private func set(_ trust: TLSTrust) throws(TransferFailure) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = trust.authorityFile {
            try set(CURLOPT_CAINFO, file)
            try set(CURLOPT_PROXY_CAINFO, file)
        }
        if let folder = trust.authorityDirectory {
            try set(CURLOPT_CAPATH, folder)
            try set(CURLOPT_PROXY_CAPATH, folder)
        }
        if let pem = trust.authorities {
            let status = unsafe pem.withUnsafeBytes {
                unsafe sealift_curl_set_blob(easy, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
            }
            try check(status)
        }
        if let client = trust.client {
            try set(CURLOPT_SSLCERT, client.certificateFile)
            try set(CURLOPT_SSLKEY, client.keyFile)
        }
    }

    private func setCallbacks() throws(TransferFailure) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try check(unsafe sealift_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList))
        try check(unsafe sealift_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        try check(unsafe sealift_curl_set_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeader))
        try check(unsafe sealift_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        try check(unsafe sealift_curl_set_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody))
        try check(unsafe sealift_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransferFailure) {
        try check(unsafe sealift_curl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransferFailure) {
        guard !value.utf8.contains(0) else { throw TransferFailure(.request, "an option holds a zero byte") }
        try check(unsafe sealift_curl_set_string(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(TransferFailure) {
        guard code == CURLE_OK else { throw TransferFailure(code: code, text: "") }
    }
}

/// CURLOPT_HEADERFUNCTION. Any count but the one given stops the transfer.
private func receiveHeader(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.take(header: line) ? size * count : -1
}

/// CURLOPT_WRITEFUNCTION. Zero bytes are a legal call (an empty body), so stopping is told by -1.
private func receiveBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let body = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receiver.receive(body) ? size * count : -1
}
