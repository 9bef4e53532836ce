public import OCI
import Posix
public import Reporting

/// Images of a definition that come from a file or folder instead of a registry.
public struct ImageArchiveRequest: Hashable, Sendable {
    /// What the file or folder is, called as skopeo calls it (containers-transports(5)).
    public enum Form: String, CaseIterable, Hashable, Sendable {
        /// A tar of an OCI layout; digests are kept.
        case ociArchive = "oci-archive"
        /// What `docker save` writes. The registry's manifest is not in it, so that the image gets another digest.
        case dockerArchive = "docker-archive"
        /// The folder of an OCI layout; digests are kept.
        case layout = "oci"
    }

    /// What it is.
    public var form: Form
    /// Where it is.
    public var path: LocalPath
    /// The name that its one image is to have, or that of the image in it; `nil` takes all under their own names.
    public var name: ImageReference?
    /// The platform.
    public var platform: Platform
    /// Where it was asked for.
    public var location: SourceLocation

    /// As the definition writes it: `oci-archive:vendor/app.tar`.
    public var text: String { form.rawValue + ":" + path.text }

    /// What decides the content, as the lock calls it: the archive, or the index of a layout.
    public var decidingFile: LocalPath {
        guard form == .layout else { return path }
        return LocalPath(
            text: path.text + "/index.json", path: path.path.appending("index.json"), location: path.location)
    }

    /// The form that `text` begins with, and what stands behind it; `nil` for an image's name.
    static func split(_ text: String) -> (form: Form, path: String)? {
        Form.allCases.first { text.hasPrefix($0.rawValue + ":") }
            .map { ($0, String(text.dropFirst($0.rawValue.utf8.count + 1))) }
    }
}
