/// The keys of a definition, by the name of their definition in `docs/schema/`; see ``ProfileKeys``.
enum DefinitionKeys {
    static let definition = [
        "extends", "name", "version", "platform", "profiles", "roles", "image-source", "images", "allow-missing",
        "manifests", "charts", "files", "config",
        "role-config", "registries", "variables", "requirements", "units", "artefacts", "expires", "volume-size",
    ]
    static let platform = ["profile", "version", "arch", "hardware"]
    static let image = ["name", "platform"]
    static let chart = [
        "chart", "repo", "version", "sha256", "name", "namespace", "create-namespace", "values",
    ]
    static let allowedImage = ["name", "reason"]
    static let file = ["path", "from", "content", "template", "mode", "owner", "roles"]
    static let unit = ProfileKeys.unit.filter { $0 != "versions" }
    static let artefact = ["url", "file", "sha256"]

    /// All tables of a definition by the name of their schema definition; the outermost is `definition`.
    static let tables: [String: [String]] = [
        "definition": definition, "platform": platform, "image": image, "allowedImage": allowedImage, "chart": chart,
        "file": file,
        "unit": unit,
        "artefact": artefact, "variable": ProfileKeys.variable,
        "requirement": (ProfileKeys.tables["requirement"] ?? []).filter { $0 != "versions" },
    ]
}
