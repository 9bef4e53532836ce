public import OCI
public import Reporting

/// A place in a manifest or chart that speaks of an image.
public struct FoundImage: Hashable, Sendable {
    /// How sure it is that a node will ask for the image.
    public enum Certainty: Hashable, Sendable {
        /// A container, or what its kind of object is known to run.
        case used
        /// It reads like an image: an argument of an operator, a key called `image` in an unknown kind of object.
        case perhaps
    }

    /// When the kubelet asks the registry, by what the container says.
    public enum Pull: Hashable, Sendable {
        /// Only when the image is not there; or it cannot be told.
        case ifMissing
        /// `imagePullPolicy: Always` stands there.
        case always
        /// Nothing stands there, and the name has no tag or `latest`, which means the same (kubernetes.io, Images).
        case alwaysByName
    }

    /// The name as written.
    public let text: String
    /// The completed name; `nil` for what is no name, such as a template that nobody filled in.
    public let reference: ImageReference?
    /// Where it stands.
    public let place: ImagePlace
    /// How sure it is.
    public let certainty: Certainty
    /// When the kubelet asks the registry.
    public let pull: Pull

    init(
        _ text: String, at place: ImagePlace, _ certainty: Certainty, pull: Pull = .ifMissing
    ) {
        self.text = text
        self.place = place
        self.certainty = certainty
        self.pull = pull
        do throws(OCIError) { reference = try ImageReference(text) } catch { reference = nil }
    }

    /// The same at another location.
    func moved(to location: SourceLocation) -> FoundImage {
        let place = ImagePlace(location: location, path: place.path, object: place.object, origin: place.origin)
        return FoundImage(text, at: place, certainty, pull: pull)
    }
}

/// Where an image is spoken of.
public struct ImagePlace: Hashable, Sendable {
    /// File, line and column.
    public let location: SourceLocation
    /// The way through the document: `spec.template.spec.containers[0].image`.
    public let path: String
    /// The object: `Deployment apps/web`; `nil` for values of a chart.
    public let object: String?
    /// What it is a part of, when that is no file of its own: `the chart podinfo 6.5.0`.
    public let origin: String?

    init(location: SourceLocation, path: String, object: String? = nil, origin: String? = nil) {
        self.location = location
        self.path = path
        self.object = object
        self.origin = origin
    }
}

extension ImagePlace: CustomStringConvertible {
    /// `manifests/app.yaml:12:18: spec.template.spec.containers[0].image (Deployment apps/web)`.
    public var description: String {
        "\(location): \(path)" + (object.map { " (\($0))" } ?? "") + (origin.map { ", \($0)" } ?? "")
    }
}
