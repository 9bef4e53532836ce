import LibYAML

/// What is known of kinds of objects that run images and are not Kubernetes' own.
struct ResourceRules {
    let group: String
    let kind: String

    /// The keys above `image`, by API group, where a container will be made of it.
    private static let running: [String: Set<String>] = [
        "argoproj.io": ["container", "script", "initContainers", "sidecars"],
        "tekton.dev": ["steps", "sidecars", "stepTemplate", "sidecarSpecs"],
        "kubevirt.io": ["containerDisk"],
        "monitoring.coreos.com": ["spec"],
        "operators.coreos.com": ["relatedImages"],
    ]

    var isConfigMap: Bool { group.isEmpty && (kind == "ConfigMap" || kind == "Secret") }

    /// Whether an image below the key `parent` is run.
    func runs(imageBelow parent: String) -> Bool { Self.running[group]?.contains(parent) ?? false }

    /// Whether `node` is a pod spec: it has a list of containers, one of which has an image.
    func isPod(_ node: YAMLReader) -> Bool {
        ObjectWalk.containerLists.contains { list in
            node[list]?.elements.contains { $0["image"]?.text != nil } ?? false
        }
    }

    /// What only one kind of object has.
    func special(_ walk: inout ObjectWalk) {
        switch (group, kind) {
        case ("monitoring.coreos.com", _): prometheus(&walk)
        case ("helm.cattle.io", "HelmChart"): helmChart(&walk)
        case ("k0s.k0sproject.io", "ClusterConfig"): clusterConfig(walk.root[path: ["spec", "images"]], &walk)
        case ("source.toolkit.fluxcd.io", "OCIRepository"): repository(&walk)
        case (let group, _) where group.hasSuffix("kubevirt.io"): registrySources(walk.root, &walk)
        default: break
        }
    }

    /// `baseImage` with `tag`, `version` or `sha`, where `image` does not stand.
    private func prometheus(_ walk: inout ObjectWalk) {
        guard let spec = walk.root["spec"], spec["image"] == nil, let base = spec["baseImage"], let name = base.text
        else { return }
        let tag = spec["tag"]?.text ?? spec["version"]?.text
        walk.add(CompositeImage.name(registry: nil, name, tag: tag, digest: spec["sha"]?.text), base, .used)
    }

    private func helmChart(_ walk: inout ObjectWalk) {
        guard let spec = walk.root["spec"] else { return }
        if let image = spec["jobImage"], let text = image.text { walk.add(text, image, .used) }
        if let content = spec["chartContent"], let text = content.text {
            walk.charts.append(
                .init(content: text, values: spec["valuesContent"]?.text ?? "", place: walk.place(content)))
        } else if let chart = spec["chart"], let text = chart.text {
            walk.foreignCharts.append(.init(chart: text, place: walk.place(chart)))
        }
    }

    /// Pairs of `image` and `version`, at any depth.
    private func clusterConfig(_ node: YAMLReader?, _ walk: inout ObjectWalk) {
        guard let node else { return }
        if let image = node["image"], let name = image.text, let version = node["version"]?.text {
            return walk.add(name + ":" + version, image, .used)
        }
        for member in node.members { clusterConfig(member.value, &walk) }
    }

    /// `oci://` address and `ref.tag` or `ref.digest`.
    private func repository(_ walk: inout ObjectWalk) {
        guard let url = walk.root[path: ["spec", "url"]], let text = url.text, text.hasPrefix("oci://") else { return }
        let reference = walk.root[path: ["spec", "ref"]]
        let name = CompositeImage.name(
            registry: nil, String(text.dropFirst(6)), tag: reference?["tag"]?.text, digest: reference?["digest"]?.text)
        walk.add(name, url, .used)
    }

    /// `source.registry.url: docker://…`, at any depth.
    private func registrySources(_ node: YAMLReader, _ walk: inout ObjectWalk) {
        if let url = node[path: ["registry", "url"]], let text = url.text, text.hasPrefix("docker://") {
            walk.add(String(text.dropFirst(9)), url, .used)
        }
        for member in node.members { registrySources(member.value, &walk) }
        for element in node.elements { registrySources(element, &walk) }
    }
}
