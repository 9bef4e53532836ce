/// A company's certification authority, made and used by the `openssl` program, as a company does it.
///
/// Certificates are valid from 2025 to 2036 unless told, so that no test depends on the clock.
public final class CompanyPKI {
    /// Where everything lies: `NAME.key`, `NAME.pem`.
    public let folder: CommandFolder

    /// What a certificate is for, as lines of OpenSSL's extension files.
    public enum Use: Sendable {
        /// A CA.
        public static let authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign"
        /// A CA with no CA below it.
        public static let lastAuthority = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign"
        /// A signer of code.
        public static let signer =
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning"
    }

    /// Makes a folder with a `root`, an `inter`mediate CA below it, and a signer `leaf` below that.
    public init() throws {
        folder = try CommandFolder()
        try folder.write("ca.cnf", Array(Self.configuration.utf8))
        try root("root")
        try issue("inter", by: "root", use: Use.lastAuthority)
        try issue("leaf", by: "inter")
    }

    private static let configuration = """
        [ca]
        default_ca = house
        [house]
        database = database
        new_certs_dir = .
        policy = any
        rand_serial = yes
        default_md = sha256
        unique_subject = no
        copy_extensions = none
        string_mask = utf8only
        [any]
        O = optional
        CN = supplied
        [req]
        distinguished_name = name
        string_mask = utf8only
        [name]

        """

    /// Ways to make a key, for `openssl genpkey`.
    public enum Key {
        /// What sealift's own keys are.
        public static let p256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        /// A larger curve.
        public static let p384 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
        /// The largest curve.
        public static let p521 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521"
        /// RSA with a modulus of so many bits.
        public static func rsa(_ bits: Int) -> String { "-algorithm RSA -pkeyopt rsa_keygen_bits:\(bits)" }
        /// Edwards' curve.
        public static let ed25519 = "-algorithm ED25519"
    }

    /// Makes a root.
    public func root(
        _ name: String, key: String = Key.p256, use: String = Use.authority, from: String = "20250101000000Z",
        to: String = "20360101000000Z", subject: String? = nil
    ) throws {
        try request(name, key: key, subject: subject ?? "/O=Company/CN=\(name)")
        try sign(name, "-selfsign -keyfile \(name).key", use: use, from: from, to: to, digest: "sha256")
    }

    /// Makes a certificate below another.
    public func issue(
        _ name: String, by issuer: String, key: String = Key.p256, use: String = Use.signer,
        from: String = "20250101000000Z", to: String = "20360101000000Z", subject: String? = nil,
        digest: String = "sha256"
    ) throws {
        try request(name, key: key, subject: subject ?? "/O=Company/CN=\(name)")
        let use = use + "\nauthorityKeyIdentifier=keyid"
        try sign(
            name, "-cert \(issuer).pem -keyfile \(issuer).key", use: use, from: from, to: to, digest: digest)
    }

    private func request(_ name: String, key: String, subject: String) throws {
        try succeed(
            """
            openssl genpkey \(key) -out \(name).key
            openssl req -new -utf8 -config ca.cnf -key \(name).key -subj '\(subject)' -out \(name).csr
            """)
    }

    private func sign(
        _ name: String, _ issuer: String, use: String, from: String, to: String, digest: String
    ) throws {
        try folder.write("\(name).ext", Array((use + "\nsubjectKeyIdentifier=hash\n").utf8))
        try succeed(
            """
            : > database
            openssl ca -batch -notext -config ca.cnf -in \(name).csr -out \(name).pem -extfile \(name).ext \
                -startdate \(from) -enddate \(to) -md \(digest) -preserveDN \(issuer)
            """)
    }

    /// A CMS signature over `content`, made as an approver makes it.
    ///
    /// - Parameter options: What differs from the way in docs/guides/signing.md.
    public func cms(
        over content: [UInt8], signer: String = "leaf", chain: [String] = ["inter"], binary: Bool = true,
        digest: String = "sha256", options: String = ""
    ) throws -> [UInt8] {
        try folder.write("content", content)
        let mode = binary ? "-binary" : ""
        var line = "openssl cms -sign \(mode) -nosmimecap -in content -signer \(signer).pem -inkey \(signer).key"
        if !chain.isEmpty {
            try succeed("cat " + chain.map { "\($0).pem" }.joined(separator: " ") + " > chain.pem")
            line += " -certfile chain.pem"
        }
        try succeed(line + " -md \(digest) -outform DER -out made.cms \(options)")
        return try folder.read("made.cms")
    }

    /// The text of a certificate.
    public func pem(_ name: String) throws -> [UInt8] { try folder.read("\(name).pem") }

    /// Runs lines of shell, which must end well.
    public func succeed(_ lines: String) throws {
        guard try folder.run(lines) == 0 else { throw Failure(lines: lines) }
    }

    /// A tool did not do what a test needs.
    public struct Failure: Error {
        /// What was run.
        public let lines: String
    }
}
