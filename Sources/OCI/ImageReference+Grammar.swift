import Values

extension ImageReference {
    /// The longest repository path, in bytes (`RepositoryNameTotalLengthMax`).
    public static let maximumRepositoryLength = 255
    /// The longest tag, in bytes.
    public static let maximumTagLength = 128

    /// Why a text does not name an image (grammar of `distribution/reference`, `reference.go` and `regexp.go`).
    public enum Refusal: Error, Hashable, Sendable {
        /// There is no text.
        case empty
        /// A byte that is not printable ASCII, or a space.
        case notPlainASCII
        /// 64 hexadecimal digits are an image's id, not its name.
        case imageID
        /// What stands before the first `/` looks like a registry, and is no host with an optional port.
        case registry(String)
        /// A repository has an upper-case letter.
        case upperCase(String)
        /// A repository is not lower-case words joined by `/`, `.`, `_`, `__` or `-`.
        case repository(String)
        /// A repository is longer than 255 bytes.
        case tooLong(Int)
        /// Not `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`.
        case tag(String)
        /// What follows `@` is no digest.
        case digest(String, DigestRefusal)
    }

    static func parsed(_ text: String) throws(Refusal) -> ImageReference {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy(ASCII.isGraphic) else { throw .notPlainASCII }
        guard SHA256Digest(hex: text) == nil else { throw .imageID }
        let (rest, digestText) = ASCII.cut(text, at: "@")
        let digest = try digestText.map { text throws(Refusal) in try readDigest(text) }
        let (registry, remainder) = splitRegistry(rest)
        let (repository, tag) = ASCII.cut(remainder, at: ":")
        guard isHost(registry) else { throw .registry(registry) }
        try checkRepository(repository)
        if let tag { guard isTag(tag) else { throw .tag(tag) } }
        return ImageReference(
            registry: registry, repository: repository, tag: tag ?? (digest == nil ? defaultTag : nil), digest: digest)
    }

    private static func readDigest(_ text: String) throws(Refusal) -> SHA256Digest {
        do throws(DigestRefusal) {
            return try SHA256Digest(ociText: text)
        } catch {
            throw .digest(text, error)
        }
    }

    /// `splitDockerDomain`: the first component is a registry only when it is `localhost` or looks like a host.
    private static func splitRegistry(_ text: String) -> (registry: String, remainder: String) {
        let (first, rest) = ASCII.cut(text, at: "/")
        guard let rest else { return (defaultRegistry, "library/" + text) }
        let isRegistry =
            first == "localhost" || first.utf8.contains { ".:".utf8.contains($0) || ASCII.isUpper($0) }
        let registry = !isRegistry || first == "index.docker.io" ? defaultRegistry : first
        let remainder = isRegistry ? rest : text
        guard registry == defaultRegistry, !remainder.utf8.contains(UInt8(ascii: "/")) else {
            return (registry, remainder)
        }
        return (registry, "library/" + remainder)
    }

    private static func checkRepository(_ text: String) throws(Refusal) {
        guard !text.utf8.contains(where: ASCII.isUpper) else { throw .upperCase(text) }
        guard text.utf8.count <= maximumRepositoryLength else { throw .tooLong(text.utf8.count) }
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard components.allSatisfy({ isPathComponent(Array($0)) }) else { throw .repository(text) }
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isPathComponent(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        let separators = bytes.split(whereSeparator: ASCII.isLowerAlphanumeric)
        return ASCII.isLowerAlphanumeric(first) && ASCII.isLowerAlphanumeric(last)
            && separators.allSatisfy { run in
                run.elementsEqual(".".utf8) || run.elementsEqual("_".utf8) || run.elementsEqual("__".utf8)
                    || run.allSatisfy { $0 == UInt8(ascii: "-") }
            }
    }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= maximumTagLength else { return false }
        return (ASCII.isAlphanumeric(first) || first == UInt8(ascii: "_"))
            && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }
}
