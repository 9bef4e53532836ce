import JSON
import Reporting
import Values

extension DocumentFault {
    /// What is wrong, in words.
    public var reason: String {
        switch self {
        case .tooLarge(let size, let limit): "it has \(size), at most \(limit) are read"
        case .size(let expected, let found): "it has \(found), its descriptor says \(expected)"
        case .digest(let found): "its bytes have the digest \(found)"
        case .json(let error): error.reason
        case .schema1: "it is a Docker schema 1 manifest, which containerd no longer takes"
        case .schemaVersion(let number): "its schemaVersion is \(number), not 2"
        case .ambiguous(let keys):
            "it has \(keys.map { quoted($0) }.joined(separator: " and ")), so that it could be read as an index and as a manifest"
        case .neither: "it is neither an index nor a manifest"
        case .mediaType(let promised, let found): "it was promised as \(quoted(promised)) and is \(quoted(found))"
        case .digestText(let path, let text, let refusal): "\(path) is \(quoted(text)): \(refusal.reason)"
        case .mediaTypeText(let path, let text): "\(path) is \(quoted(text)), which is no media type"
        case .dataMismatch(let path): "the content embedded at \(path) is not what its descriptor names"
        case .tooManyEntries(let count, let path):
            "\(path) has \(count) entries, at most \(ImageGraph.maximumDocuments) are read"
        case .foreignLayer(let number):
            "layer \(number) is foreign: its bytes lie outside the registry, and sealift does not fetch from there"
        case .layerType(let number, let type):
            "layer \(number) is \(quoted(type)), which container runtimes do not unpack"
        case .notAnImage(let type): "it is an artefact with the configuration \(quoted(type)), not an image"
        case .layerCount(let manifest, let configuration):
            "the manifest has \(Self.layers(manifest)), the configuration lists \(configuration)"
        }
    }

    private static func layers(_ count: Int) -> String { "\(count) \(count == 1 ? "layer" : "layers")" }

    /// What to do about it.
    var next: String {
        switch self {
        case .size, .digest: "run again; if it stays so, the registry or a proxy before it changes what it delivers"
        case .schema1: "push the image again with a current tool, or name a newer tag"
        case .foreignLayer: "name a newer tag: base images published since June 2023 have no foreign layers"
        case .notAnImage: "list charts and other artefacts where they belong, not under images"
        case .tooLarge, .json, .schemaVersion, .ambiguous, .neither, .mediaType, .digestText, .mediaTypeText,
            .dataMismatch, .tooManyEntries, .layerType, .layerCount:
            "ask who publishes the image, or name another tag"
        }
    }
}
