import Values

extension CMSMessage {
    /// Reads a message; looks at no certificate and computes no signature.
    ///
    /// - Throws: ``CertificateError``.
    public init(reading bytes: [UInt8]) throws(CertificateError) {
        guard bytes.count <= Self.maximumSize.bytes else { throw .tooLong }
        var data = try Self.signedData(bytes)
        let version = try reading(.message) { () throws(DERFault) in try data.element(Tag.integer) }
        let digests = try reading(.message) { () throws(DERFault) in try data.element(Tag.set) }
        try Self.checkDigests(digests)
        let content = try reading(.message) { () throws(DERFault) in try data.element(Tag.sequence) }
        try Self.checkContent(content)
        certificates = try Self.certificates(&data)
        let signers = try Self.signers(&data)
        let parts = try Signers(signers)
        guard version.content.elementsEqual([parts.version]) else { throw .wrongVersion }
        (signer, attributes, scheme, signature) = (parts.signer, parts.attributes, parts.scheme, parts.signature)
        messageDigest = try Self.messageDigest(parts.attributeList)
    }

    private typealias Tag = DERReader.Tag

    /// The content of SignedData, out of its ContentInfo.
    private static func signedData(_ bytes: [UInt8]) throws(CertificateError) -> DERReader {
        let found = try reading(.message) { () throws(DERFault) -> DERReader? in
            var outer = DERReader(bytes[...])
            var info = try outer.element(Tag.sequence).reader
            try outer.finish()
            let kind = try info.element(Tag.identifier)
            var wrapped = try info.element(Tag.context(0)).reader
            try info.finish()
            guard kind.content.elementsEqual(Identifier.signedData) else { return nil }
            let data = try wrapped.element(Tag.sequence)
            try wrapped.finish()
            return data.reader
        }
        guard let found else { throw .notSignedData }
        return found
    }

    /// Exactly SHA-256.
    private static func checkDigests(_ set: DERElement) throws(CertificateError) {
        let algorithms = try reading(.message) { () throws(DERFault) in
            var reader = set.reader
            return try reader.all()
        }
        guard algorithms.count == 1, try isSHA256(algorithms[0], .message) else { throw .unsupportedDigest }
    }

    /// AlgorithmIdentifier of SHA-256, its parameters absent or NULL (RFC 5754 §2).
    fileprivate static func isSHA256(_ element: DERElement, _ part: CMSPart) throws(CertificateError) -> Bool {
        let (name, hasNull) = try algorithm(element, part)
        return name.elementsEqual(Identifier.sha256) && hasNull != nil
    }

    /// The name, and whether NULL stands behind it; `nil` for other parameters.
    fileprivate static func algorithm(
        _ element: DERElement, _ part: CMSPart
    ) throws(CertificateError) -> (name: ArraySlice<UInt8>, hasNull: Bool?) {
        try reading(part) { () throws(DERFault) in
            guard element.tag == Tag.sequence else { throw .unexpected }
            var reader = element.reader
            let name = try reader.element(Tag.identifier).content
            guard !reader.isAtEnd else { return (name, false) }
            let parameters = try reader.any()
            try reader.finish()
            return (name, parameters.tag == Tag.null && parameters.content.isEmpty ? true : nil)
        }
    }

    /// Plain data, and none of it here.
    private static func checkContent(_ element: DERElement) throws(CertificateError) {
        var reader = element.reader
        let kind = try reading(.message) { () throws(DERFault) in try reader.element(Tag.identifier) }
        guard kind.content.elementsEqual(Identifier.data) else { throw .wrongContentType }
        guard reader.isAtEnd else { throw .attachedContent }
    }

    private static func certificates(_ data: inout DERReader) throws(CertificateError) -> [[UInt8]] {
        let set = try reading(.message) { () throws(DERFault) in try data.optional(Tag.context(0)) }
        guard let set else { throw .certificateCount(0) }
        let found = try reading(.certificates) { () throws(DERFault) in
            var reader = set.reader
            return try reader.all()
        }
        guard (1...maximumCertificates).contains(found.count) else { throw .certificateCount(found.count) }
        guard found.allSatisfy({ $0.tag == Tag.sequence }), Set(found).count == found.count else {
            throw .unusableCertificates
        }
        return found.map { Array($0.whole) }
    }

    /// The set of signers, with nothing behind it.
    private static func signers(_ data: inout DERReader) throws(CertificateError) -> DERElement {
        let lists = try reading(.message) { () throws(DERFault) in try data.optional(Tag.context(1)) }
        guard lists == nil else { throw .revocationLists }
        return try reading(.message) { () throws(DERFault) in
            let signers = try data.element(Tag.set)
            try data.finish()
            return signers
        }
    }
}

/// The one SignerInfo (RFC 5652 §5.3).
private struct Signers {
    /// Of this structure and of SignedData around it.
    let version: UInt8
    let signer: CMSMessage.Signer
    let attributes: [UInt8]
    let attributeList: [DERElement]
    let scheme: CMSMessage.Scheme
    let signature: [UInt8]

    private typealias Tag = DERReader.Tag

    init(_ set: DERElement) throws(CertificateError) {
        let all = try reading(.signer) { () throws(DERFault) in
            var reader = set.reader
            return try reader.all()
        }
        guard all.count == 1 else { throw .signerCount(all.count) }
        var reader = all[0].reader
        let (given, identity) = try reading(.signer) { () throws(DERFault) in
            guard all[0].tag == Tag.sequence else { throw .unexpected }
            return (try reader.element(Tag.integer), try reader.any())
        }
        (version, signer) = try Self.identity(identity)
        guard given.content.elementsEqual([version]) else { throw .wrongVersion }
        let digest = try reading(.signer) { () throws(DERFault) in try reader.any() }
        guard try CMSMessage.isSHA256(digest, .signer) else { throw .unsupportedDigest }
        let signed = try reading(.signer) { () throws(DERFault) in try reader.optional(Tag.context(0)) }
        guard let signed else { throw .signedAttributes }
        attributeList = try Self.attributes(signed)
        // What is signed is the same SET with its own tag (RFC 5652 §5.4).
        attributes = [Tag.set] + signed.whole.dropFirst()
        let algorithm = try reading(.signer) { () throws(DERFault) in try reader.any() }
        scheme = try Self.scheme(algorithm)
        signature = Array(
            try reading(.signer) { () throws(DERFault) in try reader.element(Tag.octets) }.content)
        guard reader.isAtEnd else { throw .unsignedAttributes }
    }

    private static func identity(_ element: DERElement) throws(CertificateError) -> (UInt8, CMSMessage.Signer) {
        switch element.tag {
        case Tag.sequence: (1, .issuerAndSerial(Array(element.content)))
        case Tag.plainContext(0): (3, .keyIdentifier(Array(element.content)))
        default: throw .malformed(.signer, .unexpected)
        }
    }

    /// In the order of their bytes, as DER has the elements of a SET OF (X.690 §11.6).
    private static func attributes(_ set: DERElement) throws(CertificateError) -> [DERElement] {
        let list = try reading(.attributes) { () throws(DERFault) in
            var reader = set.reader
            return try reader.all()
        }
        let isOrdered = zip(list, list.dropFirst()).allSatisfy { $0.whole.lexicographicallyPrecedes($1.whole) }
        guard isOrdered, (1...CMSMessage.maximumAttributes).contains(list.count) else { throw .signedAttributes }
        return list
    }

    private static func scheme(_ element: DERElement) throws(CertificateError) -> CMSMessage.Scheme {
        let (name, hasNull) = try CMSMessage.algorithm(element, .signer)
        switch hasNull {
        case false? where name.elementsEqual(CMSMessage.Identifier.ecdsaWithSHA256): return .ecdsa
        case true? where name.elementsEqual(CMSMessage.Identifier.rsa): return .rsa
        case true? where name.elementsEqual(CMSMessage.Identifier.rsaWithSHA256): return .rsa
        default: throw .unsupportedSignature
        }
    }
}

extension CMSMessage {
    /// Content type and digest out of the signed attributes; others are only looked at for their form.
    private static func messageDigest(_ list: [DERElement]) throws(CertificateError) -> [UInt8] {
        var values: [ArraySlice<UInt8>: DERElement] = [:]
        for element in list {
            let (kind, set) = try reading(.attributes) { () throws(DERFault) in
                guard element.tag == Tag.sequence else { throw .unexpected }
                var reader = element.reader
                let parts = (try reader.element(Tag.identifier), try reader.element(Tag.set))
                try reader.finish()
                return parts
            }
            let members = try reading(.attributes) { () throws(DERFault) in
                var reader = set.reader
                return try reader.all()
            }
            guard members.count == 1, values.updateValue(members[0], forKey: kind.content) == nil else {
                throw .signedAttributes
            }
        }
        guard let kind = values[Identifier.contentType[...]], let digest = values[Identifier.messageDigest[...]],
            kind.tag == Tag.identifier, digest.tag == Tag.octets
        else { throw .signedAttributes }
        guard kind.content.elementsEqual(Identifier.data) else { throw .wrongContentType }
        return Array(digest.content)
    }
}

/// Lifts a fault of the encoding into an error that says where.
private func reading<Value>(
    _ part: CMSPart, _ body: () throws(DERFault) -> Value
) throws(CertificateError) -> Value {
    do throws(DERFault) { return try body() } catch { throw .malformed(part, error) }
}
