import LibYAML
import OCI
import Posix
import Values

extension DefinitionReader {
    /// `images:`, those of registries and those of files.
    func images(
        _ map: YAMLMap, _ architecture: Architecture
    ) throws(YAMLError) -> (pulled: [ImageRequest], archived: [ImageArchiveRequest]) {
        var (pulled, archived): ([ImageRequest], [ImageArchiveRequest]) = ([], [])
        for reader in try map.optional("images")?.list() ?? [] {
            if let request = try archive(reader, Platform(architecture)) {
                archived.append(request)
            } else {
                pulled.append(try image(reader, architecture: architecture))
            }
        }
        return (pulled, archived)
    }

    private func image(_ reader: YAMLReader, architecture: Architecture) throws(YAMLError) -> ImageRequest {
        guard reader.isMap else {
            return ImageRequest(
                reference: try reader.image(), platform: Platform(architecture), location: reader.location)
        }
        let fields = try reader.map(DefinitionKeys.image)
        return ImageRequest(
            reference: try fields.required("name").image(), platform: try platform(fields) ?? Platform(architecture),
            location: reader.location)
    }

    private func platform(_ fields: YAMLMap) throws(YAMLError) -> Platform? {
        try fields.optional("platform").map { (reader) throws(YAMLError) in try reader.platform() }
    }

    /// `nil` for what is an image of a registry.
    private func archive(_ reader: YAMLReader, _ usual: Platform) throws(YAMLError) -> ImageArchiveRequest? {
        guard reader.isMap else {
            guard let (form, path) = ImageArchiveRequest.split(try reader.nonEmptyString()) else { return nil }
            return ImageArchiveRequest(
                form: form, path: try local(reader, part: path), name: nil, platform: usual, location: reader.location)
        }
        let fields = try reader.map(DefinitionKeys.image)
        guard let from = fields.optional("from") else { return nil }
        guard let (form, path) = ImageArchiveRequest.split(try from.nonEmptyString()) else {
            throw from.unexpected("oci-archive:FILE, docker-archive:FILE or oci:FOLDER")
        }
        return ImageArchiveRequest(
            form: form, path: try local(from, part: path),
            name: try fields.optional("name").map { (reader) throws(YAMLError) in try reader.image() },
            platform: try platform(fields) ?? usual, location: reader.location)
    }
}
