import LibYAML
public import OCI
public import Reporting

/// `allow-missing:` of a definition: an image that manifests or charts may refer to though the bundle does not carry it.
public struct AllowedImage: Hashable, Sendable {
    /// Which images are meant.
    public enum Pattern: Hashable, Sendable {
        /// This one, completed.
        case image(ImageReference)
        /// Every one whose completed name, or the name as it is written, begins so.
        case prefix(String)
    }

    /// Which images are meant.
    public var pattern: Pattern
    /// As the definition writes it.
    public var text: String
    /// Why the site does without, or where else it has it from; `nil` when nothing was said.
    public var reason: String?
    /// Where it was written.
    public var location: SourceLocation

    /// Whether `reference`, written as `text`, is meant.
    public func allows(_ reference: ImageReference?, text: String) -> Bool {
        switch pattern {
        case .image(let image): image == reference
        case .prefix(let prefix): text.hasPrefix(prefix) || reference?.description.hasPrefix(prefix) ?? false
        }
    }
}

extension ItemReader {
    /// `allow-missing:`, names, names that end in `*`, or maps of `name` and `reason`.
    func allowedImages(_ map: YAMLMap) throws(YAMLError) -> [AllowedImage] {
        try list("allow-missing", of: map) { (reader) throws(YAMLError) in
            guard reader.isMap else { return try allowedImage(reader, reason: nil) }
            let fields = try reader.map(DefinitionKeys.allowedImage)
            return try allowedImage(
                try fields.required("name"), reason: try fields.optional("reason")?.nonEmptyString())
        }
    }

    private func allowedImage(_ reader: YAMLReader, reason: String?) throws(YAMLError) -> AllowedImage {
        let text = try reader.nonEmptyString()
        let isPrefix = text.hasSuffix("*")
        guard text != "*" else { throw reader.unexpected("the registry at least, such as registry.plant:5000/*") }
        return AllowedImage(
            pattern: isPrefix ? .prefix(String(text.dropLast())) : .image(try reader.image()), text: text,
            reason: reason, location: reader.location)
    }
}
