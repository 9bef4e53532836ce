public import Format
import Values

/// A manifest as one page for people: self-contained, without scripts, readable on paper and in the dark.
public enum HTMLReport {
    /// From so many entries on, folders are listed instead of files.
    private static let mostFiles = 5_000

    /// The bytes of `report.html`.
    public static func text(for manifest: Manifest) -> [UInt8] {
        let sections = [
            identity(manifest), roles(manifest), requirements(manifest), variables(manifest), steps(manifest),
            images(manifest), files(manifest), sources(manifest),
        ]
        let title = "\(manifest.name) \(manifest.version)"
        let page = HTML.lines(
            [
                .fixed("<!DOCTYPE html>"), .fixed("<html lang=\"en\">"), .fixed("<head>"),
                .fixed("<meta charset=\"utf-8\">"),
                .fixed("<meta name=\"viewport\" content=\"width=device-width\">"),
                .fixed(
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                ), .element("title", title), .fixed(style), .fixed("</head>"), .fixed("<body>"), .element("h1", title),
            ] + sections + [.fixed("</body>"), .fixed("</html>"), HTML("")])
        return Array(page.markup.utf8)
    }

    private static let style: StaticString = """
        <style>
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; }
        table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em; }
        th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #8884; }
        th { font-weight: 600; }
        code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
        @media print { body { max-width: none; margin: 0; font-size: 11px; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
        </style>
        """

    private static func section(_ title: String, _ head: [String], _ rows: [[HTML]]) -> HTML {
        rows.isEmpty ? HTML("") : .lines([.element("h2", title), .table(head, rows)])
    }

    private static func identity(_ manifest: Manifest) -> HTML {
        let target = manifest.target
        let builder = manifest.builder
        var facts = [
            (
                "for",
                "\(target.profile) \(target.version.text) on \(target.os.rawValue)/\(target.architecture.rawValue)"
            ),
            ("made", manifest.created.description), ("sequence", String(manifest.sequence)),
        ]
        if let expires = manifest.expires { facts.append(("not to be installed after", expires.description)) }
        let laid = manifest.space.reduce(ByteCount(0)) { $0 + $1.bytes }
        facts += [
            ("made by", "\(builder.tool) \(builder.version), zstd \(builder.zstd), level \(builder.level)"),
            ("size", "\(manifest.payloadSize.formatted) in \(manifest.parts), \(laid.formatted) when laid"),
        ]
        return .table(["fact", "value"], facts.map { [HTML($0.0), HTML($0.1)] })
    }

    private static func roles(_ manifest: Manifest) -> HTML {
        section(
            "Roles", ["role", "what the machine becomes"], manifest.roles.map { [code($0.name), HTML($0.summary)] })
    }

    private static func requirements(_ manifest: Manifest) -> HTML {
        section(
            "What a machine must have", ["requirement", "if not", "why", "what helps", "roles"],
            manifest.requirements.map {
                [code($0.id), HTML($0.severity.rawValue), HTML($0.reason), HTML($0.fix ?? ""), HTML(words($0.roles))]
            })
    }

    private static func variables(_ manifest: Manifest) -> HTML {
        section(
            "What is asked for", ["name", "type", "question", "needed", "if nothing is given", "roles"],
            manifest.variables.map {
                [
                    code($0.name), HTML($0.type.rawValue), HTML($0.ask), HTML($0.required ? "yes" : "no"),
                    HTML($0.defaultValue ?? ""), HTML(words($0.roles)),
                ]
            })
    }

    private static func steps(_ manifest: Manifest) -> HTML {
        let users = manifest.users.map {
            [HTML("user"), code($0.name), HTML(words($0.roles))]
        }
        let steps = manifest.steps.map { [HTML($0.kindName), code($0.summary), HTML(words($0.roles))] }
        return section("What is done besides laying files", ["kind", "what", "roles"], users + steps)
    }

    private static func images(_ manifest: Manifest) -> HTML {
        section(
            "Images", ["name", "digest", "in"],
            manifest.images.map { [code($0.name), code($0.digest.description), code($0.archive.text)] })
    }

    private static func files(_ manifest: Manifest) -> HTML {
        guard manifest.entries.count <= mostFiles else {
            return section(
                "Folders", ["folder", "files", "bytes"],
                manifest.space.map {
                    [code("/" + ($0.path?.text ?? "")), HTML(String($0.files)), HTML($0.bytes.formatted)]
                })
        }
        return section(
            "Files", ["path", "kind", "mode", "owner", "size", "SHA-256", "roles"],
            manifest.entries.sorted { ($0.place, $0.path) < ($1.place, $1.path) }.map(file))
    }

    private static func file(_ entry: Entry) -> [HTML] {
        var kind = entry.kindName
        if case .link(let target) = entry.kind { kind += " to " + target }
        return [
            code("/" + entry.place.text), HTML(kind), HTML(entry.permissions?.mode.description ?? ""),
            HTML(entry.permissions?.owner.description ?? ""), HTML(entry.content?.size.formatted ?? ""),
            code(entry.content?.digest.hex ?? ""), HTML(words(entry.roles)),
        ]
    }

    private static func sources(_ manifest: Manifest) -> HTML {
        section(
            "Where it came from", ["address", "SHA-256", "compared with the makers' list at"],
            manifest.sources.map { [code($0.url), code($0.content.digest.hex), code($0.checksum?.url ?? "")] })
    }

    private static func code(_ text: String) -> HTML { text.isEmpty ? HTML("") : .element("code", text) }

    private static func words(_ roles: RoleScope) -> String { roles.names?.joined(separator: ", ") ?? "all" }
}
