import Format
import Posix
import Reporting
import Values

/// What a template asks of variables and cannot have.
struct TemplateFault {
    /// What it asks for, as it goes after "found".
    let found: String
    /// What would have been right.
    let expected: String
    /// The name that was likely meant.
    let nearest: String?

    /// `nil` when all that `text` asks for can be written; a text that is no template is not judged here.
    init?(in text: [UInt8], _ format: TemplateFormat, _ variables: [VariableRule]) {
        guard let template = try? Template(text, format: format) else { return nil }
        let known = variables.map(\.variable.name)
        for name in template.variables {
            guard let type = variables.first(where: { $0.variable.name == name })?.variable.type else {
                found = "${\(name)}"
                expected =
                    known.isEmpty
                    ? "no variables, for none is declared"
                    : "variables that are declared: " + known.sorted().joined(separator: ", ")
                nearest = Reporting.nearest(to: name, in: known)
                return
            }
            guard format != .plain || type.isPlain else {
                found = "${\(name)} of type \(type.rawValue)"
                expected =
                    "variables of types that need no quotes in a plain template ("
                    + VariableType.allCases.filter(\.isPlain).map(\.rawValue).joined(separator: ", ")
                    + "), or another `template`"
                nearest = nil
                return
            }
        }
        return nil
    }
}

extension Definition {
    /// Checks templates that are local files; those that are not there are told of when they are read.
    func checkTemplateFiles() throws(DefinitionError) {
        for file in files {
            guard let format = file.template, case .local(let local) = file.content else { continue }
            let read = Result { () throws(FileError) in
                try Files.read(local.path, limit: .init(Template.maximumSize))
            }
            guard case .success(let bytes) = read else { continue }
            do throws(FormatError) { _ = try Template(bytes, format: format) } catch {
                throw refused(local, error.diagnostic.message, next: "write every ${ as ${NAME}, a dollar sign as $$")
            }
            guard let fault = TemplateFault(in: bytes, format, variables) else { continue }
            throw refused(
                local, "expected \(fault.expected), found \(fault.found)",
                next: fault.nearest.map { "did you mean ${\($0)}?" } ?? "declare it in `variables`, or take it out")
        }
    }

    private func refused(_ local: LocalPath, _ reason: String, next: String) -> DefinitionError {
        .localFile(local.location, path: local.path, reason: reason, next: next)
    }
}
