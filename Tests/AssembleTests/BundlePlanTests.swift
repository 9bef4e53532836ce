import Definition
import Format
import Gather
import LibCrypto
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

/// From a definition to a bundle that whoever gets it accepts, against makers on loopback.
@Suite struct BundlePlanTests {
    let workshop: Workshop
    let scratch: Scratch

    init() throws {
        workshop = try Workshop()
        scratch = try Scratch()
    }

    private func plan(_ definition: String = "") throws -> BundlePlan {
        try workshop.define(definition)
        let order = BuildOrder(definition: workshop.path) { _ in nil }
        let prepared = try Resolver(workshop.gatherer).prepare(order, at: Timestamp(seconds: 1_790_000_000))
        return try BundlePlan(
            prepared.gathered, store: workshop.store, builder: PackFixture.builder, installer: "/bin/true")
    }

    private func write(_ plan: BundlePlan, signedWith key: borrowing PrivateKey) throws -> BundleWriter.Written {
        let writer = BundleWriter(
            store: workshop.store, cache: nil, options: .init(packing: .init(builder: PackFixture.builder)),
            progress: SilentProgress())
        return try writer.write(plan.contents, to: .folder(scratch.path)) { (sums) throws(CryptoError) in
            try SignatureFile.signing(sums, with: key)
        }
    }

    @Test func `the bundle of a definition is accepted to its last byte`() throws {
        try workshop.write("kind: Namespace\n", to: "manifests/app.yaml")
        let plan = try plan("images: [acme/app:1]\nmanifests: [./manifests]\nconfig: {disable: [traefik]}\n")
        let key = try PrivateKey.generate(.ecdsaP256)
        let written = try write(plan, signedWith: key)
        let policy = TrustPolicy(pins: [Pin(key.publicKey, origin: "the test")])
        let verified = try UntrustedBundle(opening: written.path).verified(under: policy)
        #expect(verified.manifest == written.manifest)
        try verified.verifyPayload(deep: true, workers: 2, progress: SilentProgress())
        #expect(try verified.verifyFiles() == [])
        #expect(try verified.unnamedVolumes() == [])
    }

    @Test func `images are in the archive under their complete names`() throws {
        let manifest = try plan("images: [acme/app:1]\n").contents.manifest
        let names = (SampleVendor.images + ["acme/app:1"]).map { "docker.io/" + $0 }.sorted()
        #expect(manifest.images.map(\.name) == names)
        #expect(Set(manifest.images.map(\.archive)).count == 1)
    }

    @Test func `a template's text may be a local file`() throws {
        try workshop.write("address: ${NODE_IP}\n", to: "site.tmpl")
        let payload = try plan("files: [{path: /etc/site.yaml, from: ./site.tmpl, template: yaml}]\n").contents.payload
        let entry = try #require(payload.entries.first { $0.place == path("etc/site.yaml") })
        guard case .template(_, let content, .yaml, ["NODE_IP"]) = entry.kind else {
            Issue.record("\(entry)")
            return
        }
        #expect(content.digest == .of(Array("address: ${NODE_IP}\n".utf8)))
    }

    @Test(arguments: [
        ("address: ${NOBODY}", "${NOBODY}", "declare it in `variables`, or take it out"),
        ("address: ${NODE_IPP}", "${NODE_IPP}", "did you mean ${NODE_IP}?"),
        (
            "address: ${nope", "cannot accept template: line 1 has a ${ that is not ${NAME}",
            "write every ${ as ${NAME}, a dollar sign as $$"
        ),
    ])
    func `a local template that cannot be filled is refused before anything is fetched`(
        text: String, words: String, next: String
    ) throws {
        try workshop.write(text + "\n", to: "site.tmpl")
        let error = #expect(throws: ResolveError.self) {
            try plan("files: [{path: /etc/site.yaml, from: ./site.tmpl, template: yaml}]\n")
        }
        #expect(error?.diagnostic.exitCode == .usage)
        #expect(error?.diagnostic.message.hasSuffix(words) == true)
        #expect(error?.diagnostic.next == next)
        #expect(error?.diagnostic.location?.line == 4)
    }
}
