/// The keys of a definition, by the name of their definition in `docs/schema/`; see ``ProfileKeys``.
enum DefinitionKeys {
    static let definition = [
        "extends", "kind", "name", "version", "needs", "platform", "profiles", "roles", "image-source", "images",
        "allow-missing",
        "manifests", "charts", "files", "config",
        "role-config", "registries", "variables", "requirements", "units", "artefacts", "expires", "volume-size",
    ]
    static let need = ["bundle", "version", "platform"]
    static let platform = ["profile", "version", "arch", "hardware"]
    static let image = ["name", "from", "platform"]
    static let chart = [
        "chart", "repo", "version", "sha256", "name", "namespace", "create-namespace", "values",
    ]
    static let allowedImage = ["name", "reason"]
    static let file = ["path", "from", "content", "template", "mode", "owner", "roles"]
    static let unit = ProfileKeys.unit.filter { !["versions", "when"].contains($0) }
    static let variable = ProfileKeys.variable.filter { $0 != "waived" }
    static let artefact = ["url", "file", "source", "sha256"]

    /// All tables of a definition by the name of their schema definition; the outermost is `definition`.
    static let tables: [String: [String]] = [
        "definition": definition, "need": need, "platform": platform, "image": image, "allowedImage": allowedImage,
        "chart": chart,
        "file": file,
        "unit": unit,
        "artefact": artefact, "variable": variable,
        "requirement": (ProfileKeys.tables["requirement"] ?? []).filter { !["versions", "when"].contains($0) },
    ]
}
