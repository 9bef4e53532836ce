import Apply
import BundleFixture
import Format
import Posix
import Reporting
import Testing

@Suite struct `steps on a running machine` {
    @Test func `are done in the order of the document`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine()
        try site.install(on: site.runningTarget, machine: machine)
        #expect(
            machine.commands == [
                "modprobe overlay", "systemctl daemon-reload", "systemctl enable k3s.service",
                "systemctl start --no-block k3s.service",
            ])
        #expect(machine.value("vm.panic_on_oom") == "0")
        #expect(machine.active == ["k3s.service"])
    }

    @Test func `a unit that does not come up is taken back with everything else`() throws {
        let site = try PlantSite()
        let before = try site.tree()
        let machine = PlayedMachine(stuck: ["k3s.service"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.exitCode == .restored)
        #expect(error?.message.contains("k3s.service") == true)
        #expect(try site.tree() == before)
        #expect(machine.enabled == [])
        #expect(machine.value("vm.panic_on_oom") == "1")
        #expect(machine.commands.contains("systemctl stop k3s.service"))
    }

    @Test func `a unit that is active and dies again and again does not count as up`() throws {
        let site = try PlantSite()
        let before = try site.tree()
        let machine = PlayedMachine(restless: ["k3s.service"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.message == "starting k3s.service failed: it was restarted 5 times")
        #expect(try site.tree() == before)
    }

    @Test func `what cannot be taken back is said, with another exit code`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine(failing: ["systemctl stop"], stuck: ["k3s.service"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.details.contains { $0.label == "left" && $0.text.contains("stopping k3s.service") } == true)
        #expect(error?.exitCode == .recoverNeeded)
    }

    @Test func `a program that fails says what it said`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine(failing: ["modprobe"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.details.contains(.init("it said", "it does not want to")) == true)
    }

    @Test func `an upgrade stops the platform before the first file changes, and starts it after the last`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine()
        try site.install(on: site.runningTarget, machine: machine)
        try site.replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!")
        let count = machine.commands.count
        try site.install(on: site.runningTarget, machine: machine)
        #expect(machine.commands[count] == "systemctl stop k3s.service")
        #expect(machine.commands.last == "systemctl start --no-block k3s.service")
        #expect(machine.active == ["k3s.service"])
    }

    @Test func `an upgrade that fails starts the old platform again`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine()
        try site.install(on: site.runningTarget, machine: machine)
        let before = try site.tree()
        try site.replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!") {
            $0.steps.append(Step(.command(run: ["/bin/bad"], undo: [], timeout: 5)))
        }
        let failing = PlayedMachine(failing: ["/bin/bad"])
        try failing.becomeActive("k3s.service")
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: failing) }
        #expect(error?.exitCode == .restored)
        #expect(try site.tree() == before)
        #expect(failing.active == ["k3s.service"])
    }

    @Test func `another role stops and disables the unit of the first`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine()
        try site.install(on: site.runningTarget, machine: machine)
        let values = PlantSite.values + ["K3S_URL=https://10.0.0.1:6443"]
        try site.install(role: "agent", values: values, on: site.runningTarget, machine: machine)
        #expect(machine.active == ["k3s-agent.service"])
        let links = try site.tree().filter { $0.contains(".target.wants/k3s") }
        #expect(links.map { $0.split(separator: "/").last } == ["k3s-agent.service"])
        #expect(try site.mode("etc/systemd/system/k3s.service") == nil)
    }

    @Test func `a change of role that fails brings the first role back`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine(stuck: ["k3s-agent.service"])
        try site.install(on: site.runningTarget, machine: machine)
        let before = try site.tree()
        let values = PlantSite.values + ["K3S_URL=https://10.0.0.1:6443"]
        #expect(throws: Diagnostic.self) {
            try site.install(role: "agent", values: values, on: site.runningTarget, machine: machine)
        }
        #expect(try site.tree() == before)
        #expect(machine.active == ["k3s.service"])
        #expect(machine.enabled == ["k3s.service"])
    }

    @Test(arguments: [true, false])
    func `labels are restored where SELinux is on`(isOn: Bool) throws {
        let site = try PlantSite { $0.steps.append(Step(.label(path: "/usr/local/bin/k3s"))) }
        let machine = PlayedMachine(hasSELinux: isOn)
        try site.install(on: site.runningTarget, machine: machine)
        #expect(machine.commands.contains("restorecon -R /usr/local/bin/k3s") == isOn)
    }
}

extension PlayedMachine {
    func becomeActive(_ unit: String) throws {
        _ = try run(["systemctl", "enable", unit], timeLimit: 1)
        _ = try run(["systemctl", "start", unit], timeLimit: 1)
    }
}
