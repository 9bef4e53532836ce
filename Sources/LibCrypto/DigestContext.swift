internal import CLibCrypto

/// Digests that others ask for; our own formats know SHA-256 only.
public enum DigestAlgorithm: String, CaseIterable, Hashable, Sendable {
    /// SPDX 2.3 demands it for each file. Never proof of anything.
    case sha1
    /// Some makers publish only these.
    case sha512
    /// The snap store's (FIPS 202).
    case sha3_384 = "sha3-384"

    /// The length of a digest, in bytes.
    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha512: 64
        case .sha3_384: 48
        }
    }

    private var name: String {
        switch self {
        case .sha1: "SHA1"
        case .sha512: "SHA512"
        case .sha3_384: "SHA3-384"
        }
    }

    /// An `EVP_MD` that the caller frees.
    func fetch() -> OpaquePointer? { unsafe EVP_MD_fetch(CryptoLibrary.shared.context, name, nil) }
}

/// A running computation of a digest other than SHA-256. Owns one `EVP_MD_CTX`.
@safe public struct DigestContext: ~Copyable {
    private let context: OpaquePointer
    /// What is computed.
    public let algorithm: DigestAlgorithm

    /// Starts an empty message.
    public init(_ algorithm: DigestAlgorithm) {
        guard let method = unsafe algorithm.fetch(), let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, method, nil) == 1
        else { fatalError("libcrypto cannot start \(algorithm.rawValue): out of memory") }
        unsafe EVP_MD_free(method)  // the context keeps its own reference
        unsafe self.context = context
        self.algorithm = algorithm
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds `bytes` to the message. Copies nothing.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "EVP_DigestUpdate refused a live context")
    }

    /// Adds `bytes` to the message. Copies nothing.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Ends the message and gives its digest, ``DigestAlgorithm/byteCount`` bytes.
    public consuming func finalize() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: algorithm.byteCount)
        guard unsafe EVP_DigestFinal_ex(context, &bytes, nil) == 1 else {
            fatalError("EVP_DigestFinal_ex refused a live context")
        }
        return bytes
    }
}
