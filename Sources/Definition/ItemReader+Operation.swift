import Format
import LibYAML

extension ItemReader {
    /// `operation:` of a profile: one item for each kind of docs/format.md §11.1.
    func operation(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Operation>] {
        try list("operation", of: map) { (reader) throws(YAMLError) in
            let every = Set(ProfileKeys.operationMembers.values.flatMap { $0 }).sorted()
            let kind = try reader.map(ProfileKeys.operation + every).required("kind")
            let word = try kind.word(of: Operation.kinds)
            let fields = try reader.map(ProfileKeys.operation + (ProfileKeys.operationMembers[word] ?? []))
            return ForVersions(
                versions: try versions(fields), item: Operation(try duty(word, fields), roles: try scope(fields)))
        }
    }

    /// A table: one line for each kind.
    private func duty(_ kind: String, _ fields: YAMLMap) throws(YAMLError) -> Operation.Duty {
        switch kind {
        case "datastore": return .datastore(path: try fields.required("path").absolutePath())
        case "ready": return .ready(run: try fields.required("run").arguments())
        case "image-runtime":
            return .imageRuntime(
                list: try fields.required("list").arguments(), importing: try fields.required("import").arguments())
        case "certificates": return .certificates(path: try fields.required("path").absolutePath())
        case "teardown":
            return .teardown(
                run: try fields.required("run").arguments(),
                timeout: try fields.optional("timeout")?.integer(in: Self.timeouts) ?? 120)
        case "data": return .data(path: try fields.required("path").absolutePath())
        case "remains": return .remains(what: try fields.required("what").nonEmptyString())
        default:
            let words = Operation.RollbackWay.allCases.map(\.rawValue)
            let way = Operation.RollbackWay(rawValue: try fields.required("way").word(of: words)) ?? .none
            return .rollback(way, reason: try fields.required("reason").nonEmptyString())
        }
    }
}
