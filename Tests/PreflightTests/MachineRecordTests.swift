import Format
import JSON
import Preflight
import Testing
import Values

/// A machine that was written down is judged as the machine itself.
@Suite struct `a survey that is carried away` {
    typealias Table = RefusalTable

    private func carried(_ probe: PlayedProbe) throws -> MachineRecord {
        let written = MachineRecord(of: probe, receipts: []).json(installer: "1", findings: []).canonical()
        return try MachineRecord(JSONValue.parse(written))
    }

    private func survey(_ probe: any MachineProbe) throws -> Survey {
        try Preflight(Table.manifest(), role: "server", probe: probe, isRunning: true, receipts: []).survey()
    }

    @Test func `what meets everything does so on paper, the clock aside`() throws {
        let found = try survey(carried(Table.machine))
        #expect(
            found.findings.filter { $0.verdict != .pass }.map { "\($0.id) \($0.measured)" } == [
                "clock 2025-11-21T04:40:00Z"
            ])
    }

    /// What is only seen by trying, and what lies where no survey looks.
    private static let beyond = ["a port that shows nowhere", "a certificate that has expired"]

    @Test(arguments: Table.rows.filter { !beyond.contains($0.testDescription) })
    func `what is refused is refused on paper`(row: Table.Row) throws {
        var probe = Table.machine
        row.change(&probe)
        #expect(try survey(carried(probe)).with(.fail).map(\.id) == row.failed)
    }

    @Test func `it reads as it was written`() throws {
        let record = MachineRecord(of: Table.machine, receipts: [])
        let json = record.json(installer: "1", findings: [])
        #expect(try MachineRecord(json).json(installer: "1", findings: []) == json)
    }

    @Test func `neighbours and addresses of the kernel are left out`() throws {
        var probe = Table.machine
        Rules.tcp(Rules.listening)(&probe)
        probe.texts["/proc/modules"] = "vfat 20480 1 - Live 0xffffffffc0a1b000\n"
        let told = String(
            decoding: MachineRecord(of: probe, receipts: []).json(installer: "1", findings: []).canonical(),
            as: UTF8.self)
        #expect(told.contains("00000000:192B"))  // listens
        #expect(!told.contains("0100007F:0050"))  // is connected
        #expect(told.contains("vfat") && !told.contains("0xffffffffc0a1b000"))
    }

    typealias Rules = RuleTests

    private static let odd: [(String, JSONValue)] = [
        ("survey", .integer(2)), ("taken", .string("yesterday")), ("machine", .object(JSONObject())), ("mounts", .null),
        ("texts", ["a": 1]), ("folders", ["/": ["sockets": .array([])]]),
        ("receipts", .array([.object(JSONObject())])), ("later", .integer(1)),
    ]

    @Test(arguments: odd)
    func `another form is refused`(key: String, value: JSONValue) throws {
        guard case .object(let good) = MachineRecord(of: Table.machine, receipts: []).json(installer: "1", findings: [])
        else { throw Unexpected() }
        var changed = JSONObject()
        for member in good where member.key != key { changed.append(member.key, member.value) }
        changed.append(key, value)
        #expect(throws: JSONError.self) { try MachineRecord(.object(changed)) }
    }

    private struct Unexpected: Error {}

    @Test func `general rules refuse nothing`() {
        let found = Preflight.general(Table.machine)
        #expect(found.isPassed && found.findings.count >= 19)
        #expect(Preflight.general(PlayedProbe()).isPassed)
    }
}
