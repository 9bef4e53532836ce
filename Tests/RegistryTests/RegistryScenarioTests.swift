import Counting
import Testing

@testable import Registry

/// The scripted registry, row O1: every behaviour has its outcome, and the proof that no secret left its host.
@Suite struct RegistryScenarioTests {
    @Test func documents() throws { try play(DocumentScenarios.all, "documents of a registry that lies") }

    @Test func `answers and redirects`() throws {
        try play(ProtocolScenarios.all, "answers and redirects of a registry")
    }

    @Test func logins() throws { try play(LoginScenarios.all, "ways to ask for a login") }

    private func play(_ scenarios: [Scenario], _ what: String) throws {
        var failing = 0
        for scenario in scenarios where try !scenario.play() { failing += 1 }
        Tally.report("O1", what, count: scenarios.count, failing: failing)
    }

    /// Test matrix, row O1: at least 60.
    @Test func `there are enough of them, each with a name of its own`() {
        let all = DocumentScenarios.all + ProtocolScenarios.all + LoginScenarios.all
        #expect(all.count >= 60)
        #expect(Set(all.map(\.name)).count == all.count)
    }
}
