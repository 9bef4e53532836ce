import LibYAML

/// A walk through a chart's values by the idioms that charts have for images.
struct ValuesWalk {
    let appVersion: String?
    /// Goes before each image's own registry.
    let registry: String?
    /// Keys of the outermost map that belong to other charts.
    let subcharts: Set<String>
    let origin: String
    var images: [FoundImage] = []

    /// - Parameter isEnabled: Whether no `enabled: false` stands above.
    mutating func visit(_ tree: ValueTree, key: String, isTop: Bool = false, isEnabled: Bool) {
        switch tree {
        case .list(let elements):
            for element in elements { visit(element, key: key, isEnabled: isEnabled) }
        case .leaf:
            guard let (text, reader) = tree.leaf, ImageWords.speaksOfImage(key) else { return }
            if key == "image" || ImageWords.isImage(text, calledSo: true) { add(text, reader, isEnabled) }
        case .map(_, let members):
            let isOn = isEnabled && (tree["enabled"]?.truth ?? true)
            if let (text, reader) = image(of: tree, key: key) { return add(text, reader, isOn) }
            for (name, value) in members where !(isTop && (subcharts.contains(name) || name == "global")) {
                if name == "image", let (text, reader) = value.leaf, let tag = tag(beside: tree, of: text) {
                    add(text + ":" + tag, reader, isOn)
                } else {
                    visit(value, key: name, isEnabled: isOn)
                }
            }
        }
    }

    /// `{registry, repository, tag, digest}`; an empty tag is the chart's `appVersion`.
    private func image(of tree: ValueTree, key: String) -> (String, YAMLReader)? {
        let called = ImageWords.speaksOfImage(key)
        guard let repository = tree["repository"]?.leaf ?? (called ? tree["name"]?.leaf : nil) else { return nil }
        guard called || tree["tag"] != nil || tree["digest"] != nil || tree["registry"] != nil else { return nil }
        let registry = registry ?? tree["registry"]?.leaf?.text
        let name = CompositeImage.name(
            registry: registry, repository.text, tag: tree["tag"]?.leaf?.text ?? appVersion,
            digest: tree["digest"]?.leaf?.text)
        return (name, repository.reader)
    }

    /// The tag that stands beside `image: repository` in a key of its own.
    private func tag(beside tree: ValueTree, of text: String) -> String? {
        let last = text.split(separator: "/").last ?? ""
        guard !last.contains(":"), !text.contains("@") else { return nil }
        return (tree["imageTag"] ?? tree["tag"])?.leaf?.text
    }

    private mutating func add(_ text: String, _ reader: YAMLReader, _ isEnabled: Bool) {
        let place = ImagePlace(location: reader.location, path: reader.place, origin: origin)
        let image = FoundImage(text, at: place, isEnabled ? .used : .perhaps)
        if image.reference != nil { images.append(image) }
    }
}
