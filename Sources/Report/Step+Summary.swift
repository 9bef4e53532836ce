import Format

extension Step {
    /// What the step does, as a command line or a setting.
    var summary: String {
        switch action {
        case .module(let name): name
        case .sysctl(let key, let value): "\(key) = \(value)"
        case .label(let path): path
        case .unit(let name, let enable, let start, _):
            name + (enable ? ", enabled" : "") + (start ? ", started" : "")
        case .snap(let snap): "\(snap.name) revision \(snap.revision)" + (snap.classic ? ", classic" : "")
        case .snapOffline: "no store, no refreshes"
        case .command(let run, _, _), .prepare(let run, _, _), .wait(let run, _): run.joined(separator: " ")
        }
    }
}
