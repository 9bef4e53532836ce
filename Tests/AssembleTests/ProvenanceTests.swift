import Definition
import Format
import Gather
import JSON
import LibCrypto
import OCI
import Posix
import Reporting
import Resolve
import SampleVendor
import Sign
import Store
import Testing
import Trust
import Values
import Verify

@testable import Assemble

/// Provenance of a real bundle: what it tells, who may demand it, how a second signer adds to it.
@Suite struct ProvenanceTests {
    let workshop: Workshop
    let scratch: Scratch
    let key: PublicKey
    let path: FilePath
    let lock: Lock

    init() throws {
        workshop = try Workshop()
        scratch = try Scratch()
        try workshop.write("kind: Namespace\n", to: "manifests/app.yaml")
        try workshop.define("images: [acme/app:1]\nmanifests: [./manifests]\n")
        let order = BuildOrder(definition: workshop.path) { _ in nil }
        let prepared = try Resolver(workshop.gatherer).prepare(order, at: Timestamp(seconds: 1_790_000_000))
        lock = prepared.gathered.lock
        let plan = try BundlePlan(
            prepared.gathered, store: workshop.store, builder: PackFixture.builder, installer: "/bin/true")
        let writer = BundleWriter(
            store: workshop.store, cache: nil, options: .init(packing: .init(builder: PackFixture.builder)),
            progress: SilentProgress())
        let signer = try PrivateKey.generate(.ecdsaP256)
        key = signer.publicKey
        path = try writer.write(plan.contents, to: .folder(scratch.path)) { (request) throws(CryptoError) in
            try SignatureFile.signing(request, with: signer)
        }.path
    }

    private func open(_ keys: PublicKey...) throws -> VerifiedBundle {
        try UntrustedBundle(opening: path).verified(under: TrustPolicy(pins: keys.map { Pin($0, origin: "the test") }))
    }

    private func provenance(_ bundle: VerifiedBundle) throws -> Provenance {
        let findings = try bundle.evidence(demanding: Set(Evidence.allCases))
        return try #require(findings.first { $0.evidence == .provenance }?.provenance)
    }

    @Test func `it names every gathered digest, and nothing of the machine that built`() throws {
        let found = try provenance(try open(key))
        #expect(found.keys == [key] && found.buildType == "urn:sealift:build:1")
        let definition = try #require(found.predicate["buildDefinition"])
        let parameters = try #require(definition["externalParameters"])
        #expect(parameters["definition"]?["digest"]?["sha256"]?.stringValue == lock.definition.digest.hex)
        #expect(parameters["lock"]?["sha256"]?.stringValue == SHA256Digest.of(Array(lock.text.utf8)).hex)
        let dependencies = try #require(definition["resolvedDependencies"]?.arrayValue)
        let digests = Set(dependencies.compactMap { $0["digest"]?["sha256"]?.stringValue })
        for artefact in lock.artefacts {
            #expect(digests.contains(artefact.content.digest.hex))
            if let list = artefact.checksum { #expect(digests.contains(list.content.digest.hex)) }
        }
        for image in lock.images { #expect(digests.contains(image.pinned.root.digest.hex)) }
        for file in lock.files { #expect(digests.contains(file.content.digest.hex)) }
        #expect(!lock.artefacts.isEmpty && !lock.images.isEmpty && !lock.files.isEmpty)
        let text = String(decoding: try open(key).readFile(BundleFile.provenance), as: UTF8.self)
        #expect(!text.contains(workshop.path.parent.text) && !text.contains("startedOn"))
    }

    @Test func `an approver adds a line, and replaces only the own one`() throws {
        let approver = try PrivateKey.generate(.ed25519)
        for _ in 1...2 {
            for file in try FinishedBundle(at: path).signing(with: approver, from: "approver.key") {
                try Files.replace(path.appending(file.name), with: file.bytes)
            }
        }
        let lines = try Files.read(path.appending(Evidence.attestations), limit: .mebibytes(1))
        #expect(lines.count { $0 == UInt8(ascii: "\n") } == 2)
        #expect(try provenance(try open(key)).keys == [key])
        #expect(try provenance(try open(approver.publicKey)).keys == [approver.publicKey])
        #expect(try provenance(try open(key, approver.publicKey)).keys == [key, approver.publicKey])
    }

    @Test func `what is demanded and not there is refused by policy, and only then`() throws {
        try Files.remove(path.appending(Evidence.attestations))
        let bundle = try open(key)
        #expect(try bundle.evidence().filter { $0.fault != nil }.map(\.evidence) == [.provenance])
        #expect(throws: VerifyError.evidence(.provenance, .absent, bundle: path)) {
            try bundle.evidence(demanding: [.provenance])
        }
        #expect(VerifyError.evidence(.provenance, .absent, bundle: path).diagnostic.exitCode == .policy)
    }

    @Test func `provenance of another bundle counts for nothing`() throws {
        let other = try PrivateKey.generate(.ecdsaP256)
        let line = try Attestation.line(over: Attestation.statement(about: [], [:]), with: other)
        try Files.replace(path.appending(Evidence.attestations), with: line)
        let refusal = VerifyError.evidence(.provenance, .refused(.none([.otherKey])), bundle: path)
        #expect(throws: refusal) { try open(key).evidence(demanding: [.provenance]) }
    }

    @Test func `a changed predicate is noticed by verifier and signer`() throws {
        try Files.replace(path.appending(BundleFile.provenance), with: Array("{}\n".utf8))
        let fault = EvidenceFault.damaged(name: BundleFile.provenance)
        #expect(throws: VerifyError.evidence(.provenance, fault, bundle: path)) {
            try open(key).evidence(demanding: [.provenance])
        }
        #expect(throws: SignError.notWhatIsSigned(path.appending(BundleFile.provenance))) {
            try FinishedBundle(at: path)
        }
    }
}
