public import Definition
import Format
public import Gather
public import Posix
public import Values

/// Whether a lock is used as it is, or made.
public enum LockUse: Hashable, Sendable {
    /// The lock is used while definition, profile and local files are what it was made of; otherwise it is made anew,
    /// and what is still asked for stays as it is.
    case current
    /// `--locked`: the lock is used, or refused; never written.
    case locked
    /// `--update`: everything is asked for anew.
    case update
}

/// A lock that may be used, and how it came about.
public struct LockOutcome: Sendable {
    /// The lock.
    public let lock: Lock
    /// Where it stands.
    public let path: FilePath
    /// The one before; `nil` when there was none.
    public let old: Lock?
    /// Whether it was written now.
    public let isWritten: Bool

    let locals: LocalFiles?

    /// What is different from the lock before, in one line; `nil` when nothing is, or there was none.
    public var difference: String? { old.flatMap { lock.difference(from: $0) } }

    /// Each change since the lock before, a line each.
    public var changes: [String] { old.map { lock.changes(since: $0).map(\.description) } ?? [] }
}

/// What `build` is asked for, as far as it is about getting things together.
public struct BuildOrder: Sendable {
    /// The definition's file.
    public var definition: FilePath
    /// Folders with profiles that go before those compiled in.
    public var profiles: [FilePath]
    /// What is done about the lock.
    public var lock: LockUse
    /// Where the installer for an architecture should be; `nil` for a bundle that carries none.
    public var installer: @Sendable (Architecture) -> FilePath?

    /// An order of these.
    public init(
        definition: FilePath, profiles: [FilePath] = [], lock: LockUse = .current,
        installer: @escaping @Sendable (Architecture) -> FilePath?
    ) {
        self.definition = definition
        self.profiles = profiles
        self.lock = lock
        self.installer = installer
    }
}

/// All that a bundle is assembled from.
public struct Prepared: Sendable {
    /// Definition, lock, and what they need; in the store.
    public let gathered: Gathered
    /// How the lock came about.
    public let lock: LockOutcome
    /// The installer, checked; `nil` for a bundle that carries none, or a script of the target's system.
    public let installer: FilePath?
}

extension Resolver {
    /// Reads the definition, finds or makes its lock, and brings everything into the store.
    ///
    /// What is wrong with definition or installer is told before anything is fetched. A lock that this run made, and could
    /// not get everything for, does not stay: it may name what its makers are just about to replace.
    public func prepare(_ order: BuildOrder, at now: Timestamp) throws(ResolveError) -> Prepared {
        let definition = try defining { () throws(DefinitionError) in
            try Definition.load(order.definition, profiles: order.profiles)
        }
        let architecture = definition.platform.architecture
        let installer = definition.profile.os == .linux ? order.installer(architecture) : nil
        if let installer { try InstallerFile.check(installer, for: architecture) }
        let outcome = try lock(definition, use: order.lock, at: now)
        do throws(ResolveError) {
            try gathering { () throws(GatherError) in try gatherer.gatherCharts(outcome.lock, for: definition) }
            try close(outcome.lock, for: definition)
            let gathered = try gathering { () throws(GatherError) in
                try gatherer.gather(outcome.lock, for: definition, locals: outcome.locals)
            }
            try check(gathered, at: outcome.path)
            return Prepared(gathered: gathered, lock: outcome, installer: installer)
        } catch {
            try withdraw(outcome)
            throw error
        }
    }

    /// Puts back the lock before, where this run wrote one.
    private func withdraw(_ outcome: LockOutcome) throws(ResolveError) {
        guard outcome.isWritten else { return }
        try defining { () throws(DefinitionError) in
            if let old = outcome.old { return try old.write(to: outcome.path) }
            do throws(FileError) { try Files.remove(outcome.path) } catch { throw .file(error) }
        }
    }

    /// The lock of `definition`: the one beside it, or a new one, which is written there.
    public func lock(_ definition: Definition, use: LockUse, at now: Timestamp) throws(ResolveError) -> LockOutcome {
        let path = Lock.path(for: definition.path)
        let old = try load(path, use)
        if use == .locked {
            guard let old else { throw .noLock(path) }
            try check(old, at: path, for: definition)
            return LockOutcome(lock: old, path: path, old: old, isWritten: false, locals: nil)
        }
        if use == .current, let old, let locals = try current(old, definition) {
            return LockOutcome(lock: old, path: path, old: old, isWritten: false, locals: locals)
        }
        let (new, locals) = try resolution(of: definition, keeping: use == .current ? old : nil)
            .run(at: now, after: old?.sequence ?? 0)
        if let old, new.isSame(as: old) {
            return LockOutcome(lock: old, path: path, old: old, isWritten: false, locals: locals)
        }
        try defining { () throws(DefinitionError) in try new.write(to: path) }
        return LockOutcome(lock: new, path: path, old: old, isWritten: true, locals: locals)
    }

    /// The lock at `path`. One that cannot be read is no hindrance where it is to be replaced.
    private func load(_ path: FilePath, _ use: LockUse) throws(ResolveError) -> Lock? {
        do throws(DefinitionError) { return try Lock.load(path) } catch {
            if case .yaml = error, use == .update { return nil }
            throw .gather(.definition(error))
        }
    }

    /// The local files, when they and the definition are what `lock` was made of.
    private func current(_ lock: Lock, _ definition: Definition) throws(ResolveError) -> LocalFiles? {
        guard lock.isCurrent(for: definition) else { return nil }
        try check(lock, at: Lock.path(for: definition.path), for: definition)
        return try gathering { () throws(GatherError) in
            let locals = try LocalFiles(Demand(lock, for: definition), of: definition)
            return locals.changes(since: lock).isEmpty ? locals : nil
        }
    }
}

/// Runs `body` and passes on what is wrong with the definition.
private func defining<Result>(_ body: () throws(DefinitionError) -> Result) throws(ResolveError) -> Result {
    do throws(DefinitionError) { return try body() } catch { throw .gather(.definition(error)) }
}
