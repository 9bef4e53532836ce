public import LibYAML
import Reporting

/// Finds the images of a chart without rendering it: in its values, in templates that write a name out, in its annotations.
///
/// Incomplete by nature: what a template puts together from other values is not seen, and what it leaves out may be.
public struct ChartScan {
    /// What is found.
    public private(set) var images: [FoundImage] = []

    private let origin: String

    /// Looks through `chart` and the charts within it.
    ///
    /// - Parameter values: What the site sets, later ones going before earlier ones.
    public init(_ chart: ChartArchive, values: [YAMLReader]) {
        origin = "chart \(chart.name) \(chart.version)"
        let set = values.reduce(ValueTree.empty) { $0.overlaid(by: ValueTree($1)) }
        scan(chart, set, isEnabled: true)
    }

    private mutating func scan(_ chart: ChartArchive, _ set: ValueTree, isEnabled: Bool) {
        let values = (chart.values.map { ValueTree($0) } ?? .empty).overlaid(by: set)
        let names = Set(chart.subcharts.map(\.name) + aliases(of: chart).values)
        var walk = ValuesWalk(
            appVersion: chart.appVersion, registry: Self.globalRegistry(values), subcharts: names, origin: origin)
        walk.visit(values, key: "", isTop: true, isEnabled: isEnabled)
        images += walk.images
        for template in chart.templates { scan(template, of: chart, isEnabled: isEnabled) }
        scanAnnotations(of: chart)
        let aliases = aliases(of: chart)
        for subchart in chart.subcharts {
            let key = aliases[subchart.name] ?? subchart.name
            let global = values["global"].map { ValueTree.map(nil, [("global", $0)]) } ?? .empty
            let own = (values[key] ?? .empty).overlaid(by: global)
            scan(subchart, own, isEnabled: isEnabled && isWanted(subchart.name, by: chart, values))
        }
    }

    /// `global.imageRegistry` and `global.image.registry`, which many charts let go before each image's own.
    private static func globalRegistry(_ values: ValueTree) -> String? {
        let places = [["global", "imageRegistry"], ["global", "image", "registry"]]
        return places.compactMap { values[path: $0]?.leaf?.text }.first
    }

    private func dependencies(of chart: ChartArchive) -> [YAMLReader] {
        chart.chartFile["dependencies"]?.elements ?? []
    }

    private func aliases(of chart: ChartArchive) -> [String: String] {
        let pairs = dependencies(of: chart).compactMap { dependency -> (String, String)? in
            guard let name = dependency["name"]?.text, let alias = dependency["alias"]?.text else { return nil }
            return (name, alias)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The first of a dependency's conditions that has a value decides (helm.sh, "Tags and Condition fields").
    private func isWanted(_ name: String, by chart: ChartArchive, _ values: ValueTree) -> Bool {
        let dependency = dependencies(of: chart).first { $0["name"]?.text == name }
        let conditions = dependency?["condition"]?.text?.split(separator: ",") ?? []
        return conditions.compactMap { values[path: $0.split(separator: ".")]?.truth }.first ?? true
    }

    // MARK: Templates

    /// Lines such as `image: ghcr.io/acme/app:1`, with nothing to fill in.
    private mutating func scan(_ template: (path: String, text: String), of chart: ChartArchive, isEnabled: Bool) {
        guard template.path.hasSuffix(".yaml") || template.path.hasSuffix(".yml") else { return }
        let isTest = template.path.hasPrefix("templates/tests/") || template.text.contains("helm.sh/hook\": test")
        let lines = template.text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            guard let name = Self.image(in: line), ImageWords.isImage(name, calledSo: true) || !name.contains("/")
            else {
                continue
            }
            let column = line.prefix { $0 == " " || $0 == "-" }.count + 1
            let location = SourceLocation(
                file: chart.label + "/" + template.path, line: number + 1, column: column, excerpt: String(line))
            let place = ImagePlace(location: location, path: "image", origin: origin)
            let image = FoundImage(name, at: place, isEnabled && !isTest ? .used : .perhaps)
            if image.reference != nil { images.append(image) }
        }
    }

    private static func image(in line: Substring) -> String? {
        let rest = line.drop { $0 == " " || $0 == "-" }
        guard rest.hasPrefix("image:"), !rest.contains("{") else { return nil }
        let value = rest.dropFirst(6).prefix { $0 != "#" }.filter { !" \"'\t\r".contains($0) }
        return value.isEmpty ? nil : value
    }

    // MARK: Annotations

    /// Lists that chart makers keep for others; often stale, so only a hint (artifacthub.io, `helm_annotations.md`).
    private mutating func scanAnnotations(of chart: ChartArchive) {
        for key in ["artifacthub.io/images", "helm.sh/images", "images"] {
            guard let annotation = chart.chartFile[path: ["annotations", key]], let text = annotation.text else {
                continue
            }
            do throws(YAMLError) {
                for document in try YAMLDocument.parseStream(Array(text.utf8), file: chart.label) {
                    for name in document.reader.elements.compactMap({ $0["image"]?.text }) {
                        let place = ImagePlace(location: annotation.location, path: annotation.place, origin: origin)
                        let image = FoundImage(name, at: place, .perhaps)
                        if image.reference != nil { images.append(image) }
                    }
                }
            } catch {}  // a hint that cannot be read is none
        }
    }
}
