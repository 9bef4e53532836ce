import Apply
import BundleFixture
import Format
import Reporting
import Testing

@Suite struct `snaps as steps` {
    private static let base = SnapInstallation(
        name: "core22", revision: 12, file: "/opt/snaps/core22_12.snap", assertions: "/opt/snaps/core22_12.assert",
        keepsNewer: true, timeout: 600)
    private static let app = SnapInstallation(
        name: "plant", revision: 7, file: "/opt/snaps/plant_7.snap", assertions: "/opt/snaps/plant_7.assert",
        classic: true, timeout: 600)

    private func site() throws -> PlantSite {
        try PlantSite {
            $0.steps += [Step(.snap(Self.base)), Step(.snapOffline), Step(.snap(Self.app))]
        }
    }

    @Test func `are vouched for before they are installed, the base first, the store out of reach between`() throws {
        let machine = SnapMachine()
        let site = try site()
        try site.install(on: site.runningTarget, machine: machine)
        #expect(
            machine.snapCommands == [
                "wait system seed.loaded", "ack /opt/snaps/core22_12.assert", "install /opt/snaps/core22_12.snap",
                "set system store.access=offline", "refresh --hold", "ack /opt/snaps/plant_7.assert",
                "install /opt/snaps/plant_7.snap --classic",
            ])
    }

    @Test func `that are there at their revision are left, and a newer base stays`() throws {
        let machine = SnapMachine(installed: ["core22": "13", "plant": "7"])
        try machine.set(["store.access": "offline", "refresh.hold": "forever"])
        let site = try site()
        try site.install(on: site.runningTarget, machine: machine)
        #expect(machine.snapCommands == ["wait system seed.loaded"])
        #expect(machine.installed == ["core22": "13", "plant": "7"])
    }

    @Test func `are taken away again, the last first, when a later one fails`() throws {
        let site = try site()
        let before = try site.tree()
        let machine = SnapMachine(failing: ["snap install /opt/snaps/plant_7.snap"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.message == "installing the snap plant failed: snap ended with status 1")
        #expect(error?.exitCode == .restored)
        #expect(machine.installed == [:])
        #expect(machine.settings == [:])
        #expect(
            machine.snapCommands.suffix(3) == [
                "refresh --unhold", "unset system store.access", "remove --purge core22",
            ])
        #expect(try site.tree() == before)
    }

    @Test func `go back to the revision before when an upgrade fails`() throws {
        let site = try PlantSite {
            $0.steps += [Step(.snap(Self.app)), Step(.command(run: ["/bin/bad"], undo: [], timeout: 5))]
        }
        let machine = SnapMachine(installed: ["plant": "6"], failing: ["/bin/bad"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.exitCode == .restored)
        #expect(machine.snapCommands.contains("revert plant --revision=6"))
        #expect(machine.installed == ["plant": "6"])
    }

    @Test func `a snapd that knows no offline setting is passed over`() throws {
        let machine = SnapMachine(failing: ["snap set system store.access", "snap refresh --hold"])
        let site = try site()
        try site.install(on: site.runningTarget, machine: machine)
        #expect(machine.installed == ["core22": "12", "plant": "7"])
    }

    @Test func `a snapd that does not answer is no proof that a snap is missing`() throws {
        let site = try site()
        let machine = SnapMachine(failing: ["snap list"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.message == "asking snapd about core22 failed: snap list ended with status 1")
        #expect(!machine.snapCommands.contains { $0.hasPrefix("install") })
    }
}
