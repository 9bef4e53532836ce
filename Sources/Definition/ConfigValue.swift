import LibYAML
import Reporting

/// The settings of one role's configuration file, and where each was written.
struct ConfigValue {
    /// All settings.
    let root: YAMLValue
    /// Where the values that a definition gives stand, by their paths: `Machines[0].LinuxNode.CpuCount`.
    let places: [String: SourceLocation]

    /// A value, or the place where one is missing.
    struct Found {
        let path: String
        /// `nil` where there is none, or none that says anything.
        let value: YAMLValue?
    }

    /// What stands at `path`; with `[]` in it, once for each element.
    func find(_ path: String) -> [Found] {
        var found = [Found(path: "", value: root)]
        for part in path.split(separator: ".") {
            let isList = part.hasSuffix("[]")
            let key = isList ? String(part.dropLast(2)) : String(part)
            found = found.flatMap { place -> [Found] in
                let path = place.path.isEmpty ? key : place.path + "." + key
                guard isList, case .list(let elements)? = place.value?.member(key) else {
                    return [Found(path: path, value: isList ? nil : place.value?.member(key))]
                }
                return elements.enumerated().map { Found(path: "\(path)[\($0)]", value: $1) }
            }
        }
        return found
    }

    /// Where `path` was written, or the nearest thing around it that was.
    func location(of path: String) -> SourceLocation? {
        var path = path[...]
        while true {
            if let location = places[String(path)] { return location }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            path = path[..<end]
        }
    }
}

extension YAMLValue {
    /// The value of `key` in a map; `nil` when there is none, or nothing.
    fileprivate func member(_ key: String) -> YAMLValue? {
        guard case .map(let members) = self, let value = members.first(where: { $0.key == key })?.value else {
            return nil
        }
        return value == .null ? nil : value
    }
}

extension YAMLValue {
    /// The path of the first place where `wanted` stands, below here.
    func path(to wanted: YAMLValue) -> String? {
        switch self {
        case .map(let members):
            for member in members {
                if member.value == wanted { return member.key }
                if let path = member.value.path(to: wanted) {
                    return member.key + (path.first == "[" ? "" : ".") + path
                }
            }
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                if element == wanted { return "[\(index)]" }
                if let path = element.path(to: wanted) { return "[\(index)]" + (path.first == "[" ? "" : ".") + path }
            }
        case .null, .bool, .integer, .bare, .string: break
        }
        return nil
    }
}

extension YAMLReader {
    /// Where this and everything below it stands, by paths that begin with `path`.
    func places(below path: String) -> [String: SourceLocation] {
        var places = [path: location]
        if isMap, let entries = try? entries() {
            for entry in entries { places.merge(entry.value.places(below: path + "." + entry.key)) { $1 } }
        } else if isList, let elements = try? list() {
            for (index, element) in elements.enumerated() {
                places.merge(element.places(below: "\(path)[\(index)]")) { $1 }
            }
        }
        return places
    }
}
