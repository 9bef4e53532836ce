public import Reporting
import Values

extension OCIError: Diagnosable {
    /// What is wrong and what to do, without the image's name and registry, which the caller knows.
    public var diagnostic: Diagnostic {
        switch self {
        case .reference(let text, let refusal):
            Diagnostic(
                "cannot read \(quoted(text)) as an image name: \(refusal.reason)", next: refusal.next, exitCode: .usage)
        case .document(let digest, let fault):
            Diagnostic(
                "cannot use the document \(digest): \(fault.reason)", next: fault.next, exitCode: .gathering)
        case .noPlatform(let wanted, let available):
            Diagnostic(
                "cannot take an image for \(wanted): there is none",
                details: [.init("available", Self.list(available))],
                next: "name a tag that was built for \(wanted), or change the platform's arch", exitCode: .gathering)
        case .tooDeep(let digest):
            Diagnostic(
                "cannot use the index \(digest): it lies more than \(ImageGraph.maximumDepth) levels deep",
                next: "name the image that you need inside it by its digest", exitCode: .gathering)
        case .tooManyDocuments(let count):
            Diagnostic(
                "cannot use an image of \(count) manifests: at most \(ImageGraph.maximumDocuments) are read",
                next: "name the image that you need inside it by its digest", exitCode: .gathering)
        case .tooLargeInAll(let size):
            Diagnostic(
                "cannot use an image whose manifests have \(size): at most \(ImageGraph.maximumTotalSize) are read",
                next: "name the image that you need inside it by its digest", exitCode: .gathering)
        case .notInIndex(let manifest, let root):
            Diagnostic(
                "cannot use the lock: manifest \(manifest) is not in \(root)", next: "lock the definition again",
                exitCode: .usage)
        case .nameClash(let name, let first, let second):
            Diagnostic(
                "cannot give the name \(quoted(name)) to two images",
                details: [.init("first", first.description), .init("second", second.description)],
                next: "remove one of the two from the definition", exitCode: .usage)
        case .sizeClash(let digest, let first, let second):
            Diagnostic(
                "cannot use \(digest): one image says it has \(first), another \(second)",
                next: "ask who publishes the images", exitCode: .gathering)
        }
    }

    private static func list(_ platforms: [Platform]) -> String {
        platforms.isEmpty ? "nothing" : platforms.map { quoted($0.description) }.joined(separator: ", ")
    }
}

extension ImageReference.Refusal {
    /// What is wrong, in words.
    public var reason: String {
        switch self {
        case .empty: "it is empty"
        case .notPlainASCII: "it has a space, a control character or a letter beyond ASCII"
        case .imageID: "64 hexadecimal digits are an image's id, not its name"
        case .registry(let text): "\(quoted(text)) is no host with an optional port"
        case .upperCase(let text): "the repository \(quoted(text)) has upper-case letters"
        case .repository(let text): "\(quoted(text)) is no repository"
        case .tooLong(let count):
            "its repository has \(count) of at most \(ImageReference.maximumRepositoryLength) bytes"
        case .tag(let text): "\(quoted(text)) is no tag"
        case .digest(let text, let refusal): "\(quoted(text)) is no digest: \(refusal.reason)"
        }
    }

    /// What would have been right.
    var next: String {
        switch self {
        case .upperCase(let text): "write \(quoted(text.lowercased()))"
        case .tag:
            "tags are letters, digits, \"_\", \".\" and \"-\", at most 128; versions with \"+\" are published with \"-\" or \"_\""
        case .digest: "a digest is sha256: and 64 hexadecimal digits in lower case"
        case .empty, .notPlainASCII, .imageID, .registry, .repository, .tooLong:
            "write it as registry/repository:tag or registry/repository@sha256:…"
        }
    }
}

extension DigestRefusal {
    /// What is wrong, in words.
    public var reason: String {
        switch self {
        case .malformed: "it is not an algorithm, a colon and digits"
        case .algorithm(let name): "the algorithm \(quoted(name)) is not supported, only sha256 is"
        case .length(let count): "it has \(count) of 64 digits"
        case .notLowerCaseHex: "only the digits 0-9 and a-f are allowed, in lower case"
        }
    }
}
