import LibYAML
import OCI

/// A walk through one object, in the order written.
///
/// Pod specs are known by their shape, wherever they stand: that finds the containers of Pod, Deployment, DaemonSet, StatefulSet,
/// ReplicaSet, ReplicationController, Job, CronJob and PodTemplate, and those of objects that others defined after them.
struct ObjectWalk {
    let root: YAMLReader
    let origin: String?
    let name: String?
    let rules: ResourceRules
    var images: [FoundImage] = []
    var charts: [ManifestScan.EmbeddedChart] = []
    var foreignCharts: [ManifestScan.ForeignChart] = []

    init(_ root: YAMLReader, origin: String?) {
        self.root = root
        self.origin = origin
        let kind = root["kind"]?.text
        let names = ["namespace", "name"].compactMap { root[path: ["metadata", $0]]?.text }
        name = kind.map { ([$0] + (names.isEmpty ? [] : [names.joined(separator: "/")])).joined(separator: " ") }
        rules = ResourceRules(group: Self.group(of: root["apiVersion"]?.text ?? ""), kind: kind ?? "")
    }

    /// `apps` of `apps/v1`; empty for the core group.
    private static func group(of version: String) -> String {
        version.contains("/") ? String(version.prefix { $0 != "/" }) : ""
    }

    mutating func run() {
        visit(root, key: "", parent: "")
        rules.special(&self)
    }

    /// The lists of a pod spec that hold containers.
    static let containerLists = ["initContainers", "containers", "ephemeralContainers"]

    /// - Parameters:
    ///   - key: Under which the node stands; that of the list for its elements.
    ///   - parent: The key above that.
    private mutating func visit(_ node: YAMLReader, key: String, parent: String) {
        if node.isList {
            for element in node.elements { visit(element, key: key, parent: parent) }
            return
        }
        guard node.isMap else { return visit(scalar: node, key: key, parent: parent) }
        if let image = CompositeImage(node, key: key), !rules.isPod(node) {
            return add(image.text, image.reader, .perhaps)
        }
        let isPod = rules.isPod(node)
        for (name, value) in node.members {
            switch name {
            case _ where isPod && Self.containerLists.contains(name):
                for element in value.elements { visit(container: element) }
            case "volumes" where isPod:
                for volume in value.elements { visit(volume: volume) }
            case "data" where rules.isConfigMap, "stringData" where rules.isConfigMap:
                for (_, text) in value.members { visit(embedded: text) }
            default: visit(value, key: name, parent: key)
            }
        }
    }

    private mutating func visit(container: YAMLReader) {
        if let image = container["image"], let text = image.text {
            images.append(
                FoundImage(text, at: place(image), .used, pull: pull(container["imagePullPolicy"]?.text, text)))
        }
        for list in ["command", "args"] {
            for element in container[list]?.elements ?? [] { visit(argument: element) }
        }
        for variable in container["env"]?.elements ?? [] {
            guard let value = variable["value"], let text = value.text else { continue }
            let isCalledImage = variable["name"]?.text.map(ImageWords.speaksOfImage) ?? false
            if ImageWords.isImage(text, calledSo: isCalledImage) { add(text, value, .perhaps) }
        }
    }

    /// `volumes[].image.reference` (image volumes), and what kinds of virtual machines have there.
    private mutating func visit(volume: YAMLReader) {
        if let reference = volume[path: ["image", "reference"]], let text = reference.text {
            let policy = volume[path: ["image", "pullPolicy"]]?.text
            images.append(FoundImage(text, at: place(reference), .used, pull: pull(policy, text)))
        } else {
            visit(volume, key: "volumes", parent: "")
        }
    }

    private mutating func visit(argument: YAMLReader) {
        guard let text = argument.text else { return }
        let parts = text.split(separator: "=", maxSplits: 1)
        let value = parts.count == 2 ? String(parts[1]) : text
        let isCalledImage = parts.count == 2 && ImageWords.speaksOfImage(String(parts[0]))
        if ImageWords.isImage(value, calledSo: isCalledImage) { add(value, argument, .perhaps) }
    }

    private mutating func visit(scalar: YAMLReader, key: String, parent: String) {
        guard let text = scalar.text else { return }
        if key == "image" {
            add(text, scalar, rules.runs(imageBelow: parent) ? .used : .perhaps)
        } else if ImageWords.speaksOfImage(key), ImageWords.isImage(text, calledSo: true) {
            add(text, scalar, .perhaps)
        }
    }

    /// Text that may hold manifests, as operators keep them in ConfigMaps.
    private mutating func visit(embedded: YAMLReader) {
        guard let text = embedded.text, text.contains("image") else { return }
        do throws(YAMLError) {
            let inner = try YAMLDocument.parseStream(
                Array(text.utf8), file: embedded.place, limits: ManifestScan.limits)
            for document in inner where document.root.kind.isCollection {
                var walk = ObjectWalk(document.reader, origin: nil)
                walk.run()
                for image in walk.images {
                    let place = ImagePlace(
                        location: embedded.location, path: "\(embedded.place): \(image.place.path)", object: name,
                        origin: origin)
                    images.append(FoundImage(image.text, at: place, .perhaps))
                }
            }
        } catch {}  // not YAML: nothing is lost, it was only a guess
    }

    mutating func add(_ text: String, _ reader: YAMLReader, _ certainty: FoundImage.Certainty) {
        let image = FoundImage(text, at: place(reader), certainty)
        // What a rule knows goes before what was guessed of the same place.
        if certainty == .used { images.removeAll { $0.place.path == reader.place } }
        if certainty == .used || image.reference != nil { images.append(image) }
    }

    func place(_ reader: YAMLReader) -> ImagePlace {
        ImagePlace(location: reader.location, path: reader.place, object: name, origin: origin)
    }

    private func pull(_ policy: String?, _ text: String) -> FoundImage.Pull {
        switch policy {
        case "Always": .always
        case nil where FoundImage(text, at: place(root), .used).reference?.isFloating ?? false: .alwaysByName
        default: .ifMissing
        }
    }
}

extension YAMLNode.Kind {
    fileprivate var isCollection: Bool { if case .scalar = self { false } else { true } }
}
