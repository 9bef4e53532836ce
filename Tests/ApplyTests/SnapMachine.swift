import Apply
import Posix
import Synchronization

/// A played machine with a snapd that refuses what no assertion was given for (snap(8)).
final class SnapMachine: Machine {
    private struct State {
        var installed: [String: String]
        var before: [String: String] = [:]
        var vouched: Set<String> = []
        var settings: [String: String] = [:]
        var commands: [String] = []
    }

    private let state: Mutex<State>
    private let failing: [String]
    private let rest = PlayedMachine()

    init(installed: [String: String] = [:], failing: [String] = []) {
        state = Mutex(State(installed: installed))
        self.failing = failing
    }

    var installed: [String: String] { state.withLock { $0.installed } }
    var settings: [String: String] { state.withLock { $0.settings } }
    /// What `snap` was told, questions and the end of a change left out.
    var snapCommands: [String] {
        state.withLock { state in
            state.commands.filter { line in !["list", "get", "abort", "watch"].contains { line.hasPrefix($0 + " ") } }
        }
    }

    func set(_ settings: [String: String]) throws { state.withLock { $0.settings = settings } }

    func run(_ arguments: [String], timeLimit: Int) throws(FileError) -> Subprocess.Outcome {
        let line = arguments.joined(separator: " ")
        let fails = failing.contains { line.hasPrefix($0) }
        guard arguments.first == "snap" else {
            return fails ? .init(status: 1) : try rest.run(arguments, timeLimit: timeLimit)
        }
        return state.withLock { state in
            state.commands.append(arguments.dropFirst().joined(separator: " "))
            return fails ? Self.no("it does not want to") : Self.answer(Array(arguments.dropFirst()), &state)
        }
    }

    private static func no(_ words: String) -> Subprocess.Outcome {
        .init(status: 1, errors: Array("error: \(words)\n".utf8))
    }

    private static func answer(_ words: [String], _ state: inout State) -> Subprocess.Outcome {
        switch words[0] {
        case "list":
            guard let revision = state.installed[words[1]] else { return no("no matching snaps installed") }
            let text = "Name   Version  Rev  Tracking  Publisher  Notes\n\(words[1])  v1  \(revision)  -  acme  -\n"
            return .init(status: 0, output: Array(text.utf8))
        case "ack": state.vouched.insert(String(words[1].dropLast(".assert".utf8.count)))
        case "install":
            let stem = String(words[1].dropLast(".snap".utf8.count))
            guard state.vouched.contains(stem) else { return no("cannot find signatures with metadata for snap") }
            let parts = (stem.split(separator: "/").last ?? "").split(separator: "_")
            state.before[String(parts[0])] = state.installed[String(parts[0])]
            state.installed[String(parts[0])] = String(parts[1])
        case "remove": state.installed[words[2]] = nil
        case "revert": state.installed[words[1]] = state.before[words[1]]
        case "get":
            guard let value = state.settings[words[2]] else { return no("no \"\(words[2])\" configuration option") }
            return .init(status: 0, output: Array("\(value)\n".utf8))
        case "set":
            let parts = words[2].split(separator: "=")
            state.settings[String(parts[0])] = String(parts[1])
        case "unset": state.settings[words[2]] = nil
        case "refresh": state.settings["refresh.hold"] = words[1] == "--hold" ? "forever" : nil
        default: break
        }
        return .init(status: 0)
    }

    func parameter(_ key: String) throws(FileError) -> String { try rest.parameter(key) }
    func setParameter(_ key: String, to value: String) throws(FileError) { try rest.setParameter(key, to: value) }
    var hasSELinux: Bool { false }
    func pause(milliseconds: Int) { rest.pause(milliseconds: milliseconds) }
    var nanoseconds: UInt64 { rest.nanoseconds }
}
