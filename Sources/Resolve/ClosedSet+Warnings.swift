import Definition
import Discover
import Posix
public import Reporting

extension ClosedSet {
    /// What a person should look at, though the bundle is built.
    public var warnings: [Diagnostic] {
        perhapsMissing.map { image in
            Diagnostic(
                "\(quoted(image.name)) reads like an image, and the bundle does not carry it", severity: .warning,
                at: image.found.first?.place.location, details: image.found.map { .init("at", $0.place.description) },
                next: "add it to images, or to allow-missing if nothing will ask for it", exitCode: .done)
        }
            + unusedExceptions.map { exception in
                Diagnostic(
                    "allow-missing has \(quoted(exception.text)), which nothing refers to", severity: .warning,
                    at: exception.location, next: "take the line out", exitCode: .done)
            }
    }
}

extension Discovery {
    /// What will not work on a site without a network, or could not be looked into.
    public var warnings: [Diagnostic] { gaps + images.compactMap(Self.warning) + foreignCharts.map(Self.warning) }

    private static func warning(_ image: FoundImage) -> Diagnostic? {
        let (words, next): (String, String)
        switch (image.reference, image.pull) {
        case (nil, _):
            words = "\(quoted(image.text)) is no image's name, so that nobody can tell whether the bundle carries it"
            next = "write the name out; containers are not created from anything else"
        case (_, .always):
            words = "the pull policy of \(quoted(image.text)) is Always: it is asked of a registry at every start"
            next = "set imagePullPolicy: IfNotPresent, or have a registry on the site"
        case (_, .alwaysByName):
            words = "\(quoted(image.text)) follows the tag latest: it is asked of a registry at every start"
            next = "name a tag, or set imagePullPolicy: IfNotPresent"
        case (_, .ifMissing): return nil
        }
        return Diagnostic(
            words, severity: .warning, at: image.place.location, details: [.init("at", image.place.description)],
            next: next, exitCode: .done)
    }

    private static func warning(_ chart: ManifestScan.ForeignChart) -> Diagnostic {
        Diagnostic(
            "the chart \(quoted(chart.chart)) is not in the bundle, nor are its images looked for", severity: .warning,
            at: chart.place.location, details: [.init("at", chart.place.description)],
            next: "name it under charts instead", exitCode: .done)
    }
}

extension MissingImage {
    /// How many places of one image are shown.
    private static let shown = 4

    /// The refusal to build without these.
    static func diagnostic(_ images: [MissingImage], definition: FilePath) -> Diagnostic {
        let one = images.count == 1
        let details = images.flatMap { image -> [Diagnostic.Detail] in
            let places = image.found.prefix(shown).map { Diagnostic.Detail("asked for", $0.place.description) }
            let rest = image.found.count - places.count
            return [.init("missing", quoted(image.name))] + places
                + (rest > 0 ? [.init("asked for", "in \(rest) more places")] : [])
        }
        let lines = "images: [" + images.map(\.name).joined(separator: ", ") + "]"
        return Diagnostic(
            "cannot build: \(one ? "an image that is" : "\(images.count) images that are") referred to would not be in the bundle",
            at: images.first?.found.first?.place.location, details: details,
            next: "add to \(definition): \(lines); or state under allow-missing what the site does without",
            exitCode: .usage)
    }
}
