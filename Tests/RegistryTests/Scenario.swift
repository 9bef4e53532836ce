import LoopbackServer
import OCI
import Reporting
import SampleImages
import Testing
import Values

@testable import Registry

/// One behaviour of a registry, and what must come of it.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let image: SampleImage
    let login: World.Login
    let platform: Platform
    let strange: @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply
    let rule: World.Rule
    /// Whether the outcome is the right one: `nil` for success, else the trouble.
    let expects: @Sendable (ImageTrouble?, World) -> Bool

    var testDescription: String { name }

    init(
        _ name: String, image: SampleImage = SampleImage("a"), login: World.Login = .none,
        platform: Platform = Platform(.amd64), rule: @escaping World.Rule = { _, _ in nil },
        strange: @escaping @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply = { $1.answer($0) },
        expects: @escaping @Sendable (ImageTrouble?, World) -> Bool
    ) {
        self.name = name
        self.image = image
        self.login = login
        self.platform = platform
        self.strange = strange
        self.rule = rule
        self.expects = expects
    }

    /// A scenario that ends with exactly this trouble of a document.
    static func document(
        _ name: String, _ bytes: [UInt8], _ type: MediaType = .manifest, is fault: DocumentFault
    ) -> Scenario {
        let image = SampleImage(root: bytes, type)
        return Scenario(name, image: image) { trouble, _ in
            trouble == .document(.document(image.root.digest, fault))
        }
    }

    /// Plays it, and checks outcome, secrets and words; whether all was right.
    func play() throws -> Bool {
        let world = try World(image, login: login, rule: rule, strange: strange)
        let result = world.pull(for: platform)
        let trouble: ImageTrouble?
        var isRight = true
        switch result {
        case .success: trouble = nil
        case .failure(.image(let site, let found)):
            trouble = found
            let words = RegistryError.image(site, found).diagnostic
            let said = site.registry + "\n" + words.details.map(\.text).joined(separator: "\n")
            isRight =
                site.image.description == world.name && site.origin == "line7.yaml:5" && said.contains("line7.yaml:5")
                && words.next?.isEmpty == false && words.exitCode == .gathering
            #expect(isRight, "\(name): \(words)")
        case .failure(let other):
            Issue.record("\(name): not about an image: \(other)")
            return false
        }
        let isExpected = expects(trouble, world)
        #expect(isExpected, "\(name): \(trouble.map { "\($0)" } ?? "it went well")")
        let leaks = world.leaks(result)
        #expect(leaks.isEmpty, "\(name)")
        return isRight && isExpected && leaks.isEmpty
    }
}
