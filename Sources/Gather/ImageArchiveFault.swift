public import LibArchive
public import OCI
import Reporting

/// Why an image cannot be taken from an archive or layout on this machine.
public enum ImageArchiveFault: Error, Hashable, Sendable {
    /// There is nothing of that name, or not what it should be: a file, a folder.
    case missing
    /// It cannot be read to its end.
    case unreadable(ArchiveError)
    /// It has not the document that makes it what it is called; the form that it seems to be.
    case form(document: String, other: String?)
    /// A document in it is not what it should be.
    case document(String, reason: String)
    /// A blob has another content than its name says.
    case damaged(String)
    /// An image in it names a blob that is not there.
    case incomplete(image: String, blob: String)
    /// An image has no complete name; what stands there.
    case nameless(String?)
    /// It has several images, or none of that name; their names.
    case otherNames([String])
    /// Its image is for other machines, or is none.
    case image(String, OCIError)
}

extension ImageArchiveFault {
    /// The fault in words. Exit code 2: the definition names the file.
    func diagnostic(_ archive: String, at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            "cannot take images from \(quoted(archive)): \(reason)", at: location, details: details, next: next,
            exitCode: .usage)
    }

    private var reason: String {
        switch self {
        case .missing: "there is nothing of that name"
        case .unreadable(let error): error.diagnostic.message
        case .form(let document, _): "it has no \(document)"
        case .document(let name, let reason): "its \(name) is not accepted: \(reason)"
        case .damaged(let name): "\(name) has another content than its name says"
        case .incomplete(let image, let blob): "the image \(quoted(image)) lacks \(blob)"
        case .nameless(let text): text.map { "\(quoted($0)) is no complete name" } ?? "its image has no name"
        case .otherNames: "it has not that one image"
        case .image(let name, let error): "the image \(quoted(name)): \(error.diagnostic.message)"
        }
    }

    private var details: [Diagnostic.Detail] {
        switch self {
        case .unreadable(let error): error.diagnostic.details
        case .image(_, let error): error.diagnostic.details
        case .otherNames(let names): [.init("it has", names.isEmpty ? "no image" : names.joined(separator: ", "))]
        default: []
        }
    }

    private var next: String {
        switch self {
        case .missing: "write the path as seen from the definition's folder"
        case .form(_, let other?): "write \(other): before its path"
        case .form(_, nil): "write it anew with `skopeo copy`, or with `docker save`"
        case .unreadable, .document, .damaged, .incomplete:
            "write the archive anew, whole, for the platform's architecture"
        case .nameless: "say which it is: {from: …, name: ghcr.io/acme/app:1.2}"
        case .otherNames: "give one of these as `name`, or leave `name` out to take all"
        case .image(_, let error): error.diagnostic.next ?? "name another archive"
        }
    }
}
