import OCI
import Reporting
import Testing

@testable import Discover

private func scan(_ text: String, file: String = "app.yaml") throws -> ManifestScan {
    try ManifestScan(Array(text.utf8), file: file)
}

struct ManifestScanTests {
    /// Kubernetes' own kinds, and where each has its pod spec (kubernetes.io, API reference).
    @Test(arguments: [
        ("v1", "Pod", "spec"), ("apps/v1", "Deployment", "spec.template.spec"),
        ("apps/v1", "DaemonSet", "spec.template.spec"), ("apps/v1", "StatefulSet", "spec.template.spec"),
        ("apps/v1", "ReplicaSet", "spec.template.spec"), ("v1", "ReplicationController", "spec.template.spec"),
        ("batch/v1", "Job", "spec.template.spec"), ("batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec"),
        ("v1", "PodTemplate", "template.spec"), ("serving.knative.dev/v1", "Service", "spec.template.spec"),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec"),
    ])
    func `every kind with a pod spec is looked into`(version: String, kind: String, path: String) throws {
        var pod = "containers: [{name: c, image: 'a/c:1'}], initContainers: [{name: i, image: 'a/i:1'}], "
        pod += "ephemeralContainers: [{name: e, image: 'a/e:1'}], volumes: [{name: v, image: {reference: 'a/v:1'}}]"
        let object = path.split(separator: ".").reversed().reduce("{\(pod)}") { inner, key in "{\(key): \(inner)}" }
        let text = "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: x, namespace: n}\n"
        let found = try scan(text + object.dropFirst().dropLast() + "\n").images
        #expect(found.map(\.text) == ["a/c:1", "a/i:1", "a/e:1", "a/v:1"])
        #expect(found.allSatisfy { $0.certainty == .used && $0.place.object == "\(kind) n/x" })
        #expect(
            found.map(\.place.path) == [
                "\(path).containers[0].image", "\(path).initContainers[0].image",
                "\(path).ephemeralContainers[0].image", "\(path).volumes[0].image.reference",
            ])
        #expect(found.allSatisfy { $0.place.location.line == 4 })
    }

    @Test func `several documents, lists and lists within are one file`() throws {
        let text = """
            kind: Pod
            spec: {containers: [{image: a}]}
            ---
            # nothing here
            ---
            kind: List
            items:
              - kind: PodList
                items: [{kind: Pod, spec: {containers: [{image: b}]}}]
              - kind: Pod
                spec: {containers: [{image: c}]}
            """
        let found = try scan(text).images
        #expect(found.map(\.text) == ["a", "b", "c"])
        #expect(found.map(\.place.location.line) == [2, 9, 11])
        #expect(found.map(\.place.location.column) == [29, 53, 33])
    }

    @Test func `JSON is a manifest too, indented by tabs`() throws {
        let text = "{\n\t\"kind\": \"Pod\",\n\t\"spec\": {\"containers\": [{\"image\": \"a:1\"}]}\n}\n"
        let found = try scan(text, file: "pod.json").images
        #expect(found.map(\.place.description) == ["pod.json:3:36: spec.containers[0].image (Pod)"])
    }

    @Test func `merged maps and aliases are followed`() throws {
        let text = """
            kind: Pod
            spec:
              containers:
                - &first {name: a, image: "x:1"}
                - {<<: *first, name: b}
            """
        #expect(try scan(text).images.map(\.text) == ["x:1", "x:1"])
    }

    @Test(arguments: [
        ("image: a:1", FoundImage.Pull.ifMissing), ("image: a", .alwaysByName), ("image: a:latest", .alwaysByName),
        ("image: a:latest, imagePullPolicy: Never", .ifMissing),
        ("image: a:1, imagePullPolicy: Always", .always),
        ("image: 'a@sha256:\(String(repeating: "0", count: 64))'", .ifMissing),
    ])
    func `the pull policy is what the container says, or what its tag means`(
        container: String, pull: FoundImage.Pull
    ) throws {
        #expect(try scan("kind: Pod\nspec: {containers: [{\(container)}]}").images.map(\.pull) == [pull])
    }

    /// Each rule of the custom resources that run images.
    @Test(arguments: [
        ("{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, spec: {image: 'q/p:1'}}", "q/p:1"),
        (
            "{apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, spec: {baseImage: q/a, version: v2}}",
            "q/a:v2"
        ),
        ("{apiVersion: argoproj.io/v1alpha1, kind: Workflow, spec: {templates: [{script: {image: 'a:1'}}]}}", "a:1"),
        ("{apiVersion: tekton.dev/v1, kind: Task, spec: {steps: [{name: s, image: 't:1'}]}}", "t:1"),
        (
            "{apiVersion: kubevirt.io/v1, kind: VirtualMachine, spec: {volumes: [{containerDisk: {image: 'd:1'}}]}}",
            "d:1"
        ),
        (
            "{apiVersion: cdi.kubevirt.io/v1beta1, kind: DataVolume, spec: {source: {registry: {url: 'docker://q/d:1'}}}}",
            "q/d:1"
        ),
        (
            "{apiVersion: operators.coreos.com/v1, kind: ClusterServiceVersion, spec: {relatedImages: [{image: 'r:1'}]}}",
            "r:1"
        ),
        ("{apiVersion: helm.cattle.io/v1, kind: HelmChart, spec: {jobImage: 'k:1', chartContent: eA==}}", "k:1"),
        (
            "{apiVersion: k0s.k0sproject.io/v1beta1, kind: ClusterConfig, spec: {images: {calico: {cni: {image: q/c, version: v1}}}}}",
            "q/c:v1"
        ),
        (
            "{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, spec: {url: 'oci://ghcr.io/a/m', ref: {tag: '1'}}}",
            "ghcr.io/a/m:1"
        ),
    ])
    func `what other kinds run is known by their rules`(text: String, image: String) throws {
        let found = try scan(text).images
        #expect(found.map(\.text) == [image])
        #expect(found.map(\.certainty) == [.used])
    }

    /// Guesses, never taken for certain.
    @Test(arguments: [
        ("args: ['--config-reloader-image=q/r:1', '--listen=0.0.0.0:80', '--url=http://x/y:1']", ["q/r:1"]),
        ("command: [run, 'ghcr.io/a/b:2']", ["ghcr.io/a/b:2"]),
        ("env: [{name: RELATED_IMAGE_X, value: 'a/b:1'}, {name: REDIS, value: 'redis:6379'}]", ["a/b:1"]),
    ])
    func `arguments and variables may speak of images`(part: String, images: [String]) throws {
        let found = try scan("kind: Pod\nspec: {containers: [{image: main:1, \(part)}]}").images.dropFirst()
        #expect(found.map(\.text) == images)
        #expect(found.allSatisfy { $0.certainty == .perhaps })
    }

    @Test func `a config map may hold manifests`() throws {
        let text = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: templates}
            data:
              pod.yaml: |
                kind: Pod
                spec: {containers: [{image: "inner:1"}]}
              prose: "an image: of {you"
            """
        let found = try scan(text).images
        #expect(found.map(\.text) == ["inner:1"])
        #expect(found.map(\.place.path) == ["data.pod.yaml: spec.containers[0].image"])
        #expect(found.map(\.certainty) == [.perhaps])
    }

    @Test func `parts of an image in an unknown kind are put together`() throws {
        let text = "kind: Thing\nspec: {image: {registry: ghcr.io, repository: a/b, tag: 1.2}, agentImage: 'a/c:3'}"
        let found = try scan(text).images
        #expect(found.map(\.text) == ["ghcr.io/a/b:1.2", "a/c:3"])
        #expect(found.allSatisfy { $0.certainty == .perhaps })
    }

    @Test func `definitions of resources name no images`() throws {
        let text =
            "kind: CustomResourceDefinition\nspec: {properties: {image: {default: 'a:1'}, containers: [{image: x}]}}"
        #expect(try scan(text).images.isEmpty)
    }

    @Test func `what is no name is kept as written`() throws {
        let found = try scan("kind: Pod\nspec: {containers: [{image: '{{ .Values.image }}'}]}").images
        #expect(found.map(\.text) == ["{{ .Values.image }}"])
        #expect(found.map(\.reference) == [nil])
    }

    @Test(arguments: [
        ("a: 1\n", "it has no `kind`", "apiVersion and kind"), ("- 1\n- a\n---\n7\n", "it has no `kind`", "apiVersion"),
        ("resources: [a.yaml]\n", "read by kustomize", "kustomize build"),
        ("apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n", "read by kustomize", "kustomize build"),
    ])
    func `what Kubernetes would refuse is refused here`(text: String, message: String, next: String) {
        do throws(DiscoverError) {
            _ = try ManifestScan(Array(text.utf8), file: "x.yaml")
            Issue.record("it was read")
        } catch {
            #expect(error.diagnostic.message.contains(message))
            #expect(error.diagnostic.next?.contains(next) ?? false)
            #expect(error.diagnostic.location?.file == "x.yaml")
        }
    }

    @Test(arguments: [
        ("kind: Pod\nspec: [\n", 3, 1), ("a: b: c\n", 1, 5), ("kind: Pod\n\tspec: 1\n", 2, 1),
        ("a: 1\na: 2\n", 2, 1),
    ])
    func `what is not understood is told with its place`(text: String, line: Int, column: Int) throws {
        do throws(DiscoverError) {
            _ = try ManifestScan(Array(text.utf8), file: "broken.yaml")
            Issue.record("it was read")
        } catch {
            #expect(error.diagnostic.location?.description == "broken.yaml:\(line):\(column)")
            #expect(error.diagnostic.message.hasPrefix("cannot read the manifest: "))
            #expect(error.diagnostic.exitCode == .usage)
        }
    }
}
