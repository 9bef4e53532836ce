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
        /// Runs a program without a shell, before labels are restored and units start; `undo` may be empty.
        case prepare(run: [String], undo: [String], timeout: Int)
        /// Restores SELinux labels below an absolute path.
        case label(path: String)
        /// Enables, starts and waits for a systemd unit; `timeout` in seconds.
        case unit(name: String, enable: Bool, start: Bool, timeout: Int)
        /// Installs a snap from files of the bundle.
        case snap(SnapInstallation)
        /// Keeps snapd from its store, and from refreshing snaps by itself.
        case snapOffline
        /// Runs a program without a shell; `undo` may be empty.
        case command(run: [String], undo: [String], timeout: Int)
        /// Repeats a program until it ends with 0.
        case wait(run: [String], timeout: Int)
    }

    /// The word for the kind in a manifest.
    public var kindName: String {
        switch action {
        case .module: "module"
        case .sysctl: "sysctl"
        case .prepare: "prepare"
        case .label: "label"
        case .unit: "unit"
        case .snap: "snap"
        case .snapOffline: "snap-offline"
        case .command: "command"
        case .wait: "wait"
        }
    }

    /// The place of the kind in the order in which steps are done.
    public var order: Int {
        switch action {
        case .module: 0
        case .sysctl: 1
        case .prepare: 2
        case .label: 3
        case .unit: 4
        // One place: among snaps the manifest's order counts.
        case .snap, .snapOffline: 5
        case .command: 6
        case .wait: 7
        }
    }
}

/// A snap that is installed from files of the bundle: what `snap ack` and `snap install` are given.
public struct SnapInstallation: Hashable, Sendable {
    /// The snap's name in its store.
    public var name: String
    /// Its revision there, 1 or more.
    public var revision: Int
    /// The absolute path of the snap.
    public var file: String
    /// The absolute path of the assertions that vouch for it.
    public var assertions: String
    /// Whether it is installed without confinement, which it must be asked for (`--classic`).
    public var classic: Bool
    /// Whether a newer revision that is there already stays: bases and snapd itself, which other snaps rely on.
    public var keepsNewer: Bool
    /// How long installing may take, in seconds.
    public var timeout: Int

    /// All members, as they stand.
    public init(
        name: String, revision: Int, file: String, assertions: String, classic: Bool = false, keepsNewer: Bool = false,
        timeout: Int
    ) {
        self.name = name
        self.revision = revision
        self.file = file
        self.assertions = assertions
        self.classic = classic
        self.keepsNewer = keepsNewer
        self.timeout = timeout
    }
}
