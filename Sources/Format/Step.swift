/// Something done on the machine after all files are in place (docs/format.md §11). A closed vocabulary.
public struct Step: Hashable, Sendable {
    /// What is done.
    public var action: Action
    /// The roles it is for.
    public var roles: RoleScope

    /// An action, for every role unless some are named.
    public init(_ action: Action, roles: RoleScope = .all) {
        self.action = action
        self.roles = roles
    }

    /// What is done, in the order in which kinds are done.
    public enum Action: Hashable, Sendable {
        /// Loads a kernel module.
        case module(name: String)
        /// Sets a kernel parameter now.
        case sysctl(key: String, value: String)
        /// Restores SELinux labels below an absolute path.
        case label(path: String)
        /// Enables, starts and waits for a systemd unit; `timeout` in seconds.
        case unit(name: String, enable: Bool, start: Bool, timeout: Int)
        /// Runs a program without a shell; `undo` may be empty.
        case command(run: [String], undo: [String], timeout: Int)
        /// Repeats a program until it ends with 0.
        case wait(run: [String], timeout: Int)
    }

    /// The word for the kind in a manifest.
    public var kindName: String { Self.kinds[order] }

    /// The place of the kind in the order in which steps are done.
    public var order: Int {
        switch action {
        case .module: 0
        case .sysctl: 1
        case .label: 2
        case .unit: 3
        case .command: 4
        case .wait: 5
        }
    }

    private static let kinds = ["module", "sysctl", "label", "unit", "command", "wait"]
}
