import Format
import LibYAML
import Posix
import Reporting
import Values

extension Layout {
    /// Lays out `definition` at `release`, which is one of the definition's profile.
    ///
    /// - Parameter charts: The charts as they are locked; those of the definition that are not among them are left out.
    /// - Throws: ``DefinitionError/collision(destination:first:second:_:)`` when two things would be laid in one place, and what
    ///   reading folders of manifests throws.
    public init(
        _ definition: Definition, _ release: Release, snaps: [LockedSnap] = [], charts: [LockedChart] = []
    ) throws(DefinitionError) {
        try Self.check(definition, release)
        try definition.checkTemplateFiles()
        let roles = definition.roles.map(\.name)
        var plan = LayoutPlan(roles: roles)
        try plan.add(items: release.items)
        try plan.add(release: release, definition: definition)
        try plan.add(snaps: snaps, release.snaps)
        try plan.add(steps: release.steps)
        try plan.add(files: definition.files)
        try plan.add(manifests: definition.manifests, release.profile.manifests)
        try plan.add(charts: definition.charts, charts, release.profile.charts)
        self.entries = try plan.entries()
        self.roles = definition.roles
        self.variables = definition.variables.flatMap { $0.variables(for: roles) }
        self.requirements = Self.requirements(definition, release, plan)
        self.users = release.users.compactMap { user in
            plan.scope(user.roles).map { SystemUser(name: user.name, home: user.home, shell: user.shell, roles: $0) }
        }
        self.steps = (release.steps + definition.units + (release.snaps?.steps(snaps) ?? [])).compactMap { step in
            plan.scope(step.roles).map { Step(step.action, roles: $0) }
        }
        self.operation = release.operation.compactMap { item in
            plan.scope(item.roles).map { Operation(item.duty, roles: $0) }
        }
    }

    /// What is asked for is there at this version, so that nothing is left out without a word.
    private static func check(_ definition: Definition, _ release: Release) throws(DefinitionError) {
        let location = definition.platform.versionLocation
        if definition.imageSource == .vendorArchive, release.imageArchive == nil {
            throw .notAtVersion(what: "archive of its makers", version: release.version, location)
        }
        let places = definition.images.map(\.location) + definition.imageArchives.map(\.location)
        if let place = places.first, release.imageFolder == nil {
            throw .notAtVersion(what: "folder for images", version: release.version, place)
        }
    }

    private static func requirements(_ definition: Definition, _ release: Release, _ plan: LayoutPlan) -> [Requirement]
    {
        let classes = definition.profile.hardware.filter { $0.name == definition.platform.hardware }
        let chosen = classes.flatMap { $0.requirements.holding(for: release.version) }
        return (release.requirements + chosen + definition.requirements).compactMap { requirement in
            guard let scope = plan.scope(requirement.roles) else { return nil }
            var requirement = requirement
            requirement.roles = scope
            return requirement
        }
    }
}

extension VariableRule {
    /// The variable as the manifest has it, at most once for each of `roles`.
    func variables(for roles: [String]) -> [Variable] {
        let mine = roles.filter { variable.roles.includes($0) }
        func part(_ names: [String], required: Bool) -> [Variable] {
            guard !names.isEmpty else { return [] }
            var part = variable
            part.required = required
            part.roles = Set(names) == Set(roles) ? .all : RoleScope(names)
            return [part]
        }
        switch required {
        case .always: return part(mine, required: true)
        case .never: return part(mine, required: false)
        case .roles(let names):
            return part(mine.filter(names.contains), required: true)
                + part(mine.filter { !names.contains($0) }, required: false)
        }
    }
}
