import Definition
import Format
import Testing
import Values

struct K3sProfileTests {
    @Test func `is read`() throws {
        let profile = try k3s()
        #expect(profile.roles.map(\.name) == ["first-server", "server", "agent"])
        #expect(Set(profile.architectures.keys) == [.amd64, .arm64])
    }
}
