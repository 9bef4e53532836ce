import Apply
import Posix
import Synchronization

/// A machine that is played: it remembers what it was told, and answers as the test wants.
final class PlayedMachine: Machine {
    private struct State {
        var commands: [String] = []
        var active: Set<String> = []
        var enabled: Set<String> = []
        var parameters: [String: String] = ["vm.panic_on_oom": "1"]
        var clock: UInt64 = 0
        var questions = 0
    }

    private let state = Mutex(State())
    /// Commands, by their beginning, that end with status 1.
    private let failing: [String]
    /// Units that never become active.
    private let stuck: Set<String>
    /// Units that die as soon as they are started, and are started again by systemd.
    private let restless: Set<String>
    let hasSELinux: Bool
    /// What commands print, by their whole line.
    private let answers: [String: String]

    init(
        answers: [String: String] = [:],
        failing: [String] = [], stuck: Set<String> = [], restless: Set<String> = [], hasSELinux: Bool = false
    ) {
        self.restless = restless
        self.answers = answers
        self.failing = failing
        self.stuck = stuck
        self.hasSELinux = hasSELinux
    }

    /// What was run, questions left out.
    var commands: [String] {
        state.withLock { $0.commands.filter { !$0.hasPrefix("systemctl show") && !$0.contains("is-enabled") } }
    }
    var active: Set<String> { state.withLock { $0.active } }
    var enabled: Set<String> { state.withLock { $0.enabled } }
    func value(_ key: String) -> String? { state.withLock { $0.parameters[key] } }

    func run(_ arguments: [String], timeLimit: Int) throws(FileError) -> Subprocess.Outcome {
        let line = arguments.joined(separator: " ")
        return state.withLock { state in
            state.commands.append(line)
            if failing.contains(where: { line.hasPrefix($0) }) {
                return .init(status: 1, errors: Array("it does not want to\n".utf8))
            }
            if let text = answers[line] { return .init(status: 0, output: Array(text.utf8)) }
            return answer(arguments, &state)
        }
    }

    private func answer(_ arguments: [String], _ state: inout State) -> Subprocess.Outcome {
        let unit = arguments.last ?? ""
        switch (arguments.first ?? "", arguments.dropFirst().first ?? "") {
        case ("systemctl", "show"):
            let now = state.active.contains(unit) ? "active" : "inactive"
            let restarts = restless.contains(unit) ? state.questions : 0
            state.questions += 1
            let text = "ActiveState=\(now)\nResult=success\nNRestarts=\(restarts)\n"
            return .init(status: 0, output: Array(text.utf8))
        case ("systemctl", "is-enabled"): return .init(status: state.enabled.contains(unit) ? 0 : 1)
        case ("systemctl", "start"): if !stuck.contains(unit) { state.active.insert(unit) }
        case ("systemctl", "stop"): state.active.remove(unit)
        case ("systemctl", "enable"): state.enabled.insert(unit)
        case ("systemctl", "disable"): state.enabled.remove(unit)
        default: break
        }
        return .init(status: 0)
    }

    func parameter(_ key: String) throws(FileError) -> String { state.withLock { $0.parameters[key] ?? "" } }
    func setParameter(_ key: String, to value: String) throws(FileError) {
        state.withLock { $0.parameters[key] = value }
    }
    func pause(milliseconds: Int) { state.withLock { $0.clock += UInt64(milliseconds) * 1_000_000 } }
    var nanoseconds: UInt64 { state.withLock { $0.clock } }
}
