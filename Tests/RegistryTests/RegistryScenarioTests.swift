import Testing

@testable import Registry

/// The scripted registry: every row is a behaviour, its outcome, and the proof that no secret left its host.
@Suite struct RegistryScenarioTests {
    @Test(arguments: DocumentScenarios.all)
    func `documents`(scenario: Scenario) throws { try scenario.play() }

    @Test(arguments: ProtocolScenarios.all)
    func `answers and redirects`(scenario: Scenario) throws { try scenario.play() }

    @Test(arguments: LoginScenarios.all)
    func `logins`(scenario: Scenario) throws { try scenario.play() }

    /// Test matrix, row O1: at least 60.
    @Test func `there are enough of them, each with a name of its own`() {
        let all = DocumentScenarios.all + ProtocolScenarios.all + LoginScenarios.all
        print("scripted registry: \(all.count) behaviours")
        #expect(all.count >= 60)
        #expect(Set(all.map(\.name)).count == all.count)
    }
}
