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

    /// Plays it, and checks outcome, secrets and words.
    func play() throws {
        let world = try World(image, login: login, rule: rule, strange: strange)
        let result = world.pull(for: platform)
        let trouble: ImageTrouble?
        switch result {
        case .success: trouble = nil
        case .failure(.image(let site, let found)):
            trouble = found
            #expect(site.image.description == world.name)
            #expect(site.origin == "line7.yaml:5")
            let words =
                site.registry + "\n"
                + RegistryError.image(site, found).diagnostic.details.map(\.text).joined(separator: "\n")
            #expect(words.contains("line7.yaml:5"))
            #expect(RegistryError.image(site, found).diagnostic.next?.isEmpty == false)
            #expect(RegistryError.image(site, found).diagnostic.exitCode == .gathering)
        case .failure(let other):
            Issue.record("\(name): not about an image: \(other)")
            return
        }
        #expect(expects(trouble, world), "\(name): \(trouble.map { "\($0)" } ?? "it went well")")
        #expect(world.leaks(result).isEmpty)
    }
}
