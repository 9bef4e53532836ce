import OCI
import Testing
import Values

@Suite struct PlatformTests {
    @Test(arguments: [
        ("linux", "x86_64", "", "linux/amd64"), ("linux", "x86-64", "v1", "linux/amd64"),
        ("linux", "amd64", "v1", "linux/amd64"),
        ("linux", "amd64", "v2", "linux/amd64/v2"), ("Linux", "AMD64", "", "linux/amd64"),
        ("linux", "aarch64", "", "linux/arm64"), ("linux", "arm64", "8", "linux/arm64"),
        ("linux", "arm64", "v8", "linux/arm64"),
        ("linux", "arm64", "v8.0", "linux/arm64"), ("linux", "arm64", "v8.1", "linux/arm64/v8.1"),
        ("linux", "arm", "", "linux/arm/v7"), ("linux", "arm", "7", "linux/arm/v7"),
        ("linux", "arm", "6", "linux/arm/v6"),
        ("linux", "armhf", "", "linux/arm/v7"), ("linux", "armel", "", "linux/arm/v6"),
        ("linux", "i386", "", "linux/386"),
        ("macos", "arm64", "", "darwin/arm64"),
    ])
    func `is normalised`(os: String, architecture: String, variant: String, text: String) {
        #expect(Platform(os: os, architecture: architecture, variant: variant).description == text)
    }

    @Test(arguments: [
        ("amd64", "", true), ("amd64", "v1", true), ("amd64", "v3", false), ("386", "", false), ("arm64", "", false),
    ])
    func `amd64 machines take amd64 images only`(architecture: String, variant: String, taken: Bool) {
        #expect(
            Platform(.amd64).accepts(Platform(os: "linux", architecture: architecture, variant: variant)) == taken)
    }

    @Test func `another system is not taken`() {
        #expect(!Platform(.arm64).accepts(Platform(os: "windows", architecture: "arm64")))
        #expect(!Platform(.arm64).accepts(Platform(os: "", architecture: "")))
        #expect(Platform(os: "unknown", architecture: "unknown").isUnknown)
    }
}

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("application/vnd.oci.image.index.v1+json", MediaType.Kind.index),
        ("application/vnd.docker.distribution.manifest.list.v2+json; charset=utf-8", .index),
        ("application/vnd.oci.image.manifest.v1+json", .manifest),
        ("application/vnd.docker.distribution.manifest.v2+json ;charset=utf-8", .manifest),
        ("application/vnd.docker.container.image.v1+json", .config),
        ("application/vnd.oci.image.layer.v1.tar+zstd", .layer),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", .layer),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .foreignLayer),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", .foreignLayer),
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", .schema1),
        ("application/vnd.in-toto+json", .other),
    ])
    func `knows what a type is for`(text: String, kind: MediaType.Kind) {
        #expect(MediaType(text)?.kind == kind)
    }

    @Test(arguments: [
        "", "json", "/", "a/", "/b", "a/b/c", "a b/c", "a/b\n", "ä/b", "a/" + String(repeating: "b", count: 254),
    ])
    func `refuses what is no media type`(text: String) {
        #expect(MediaType(text) == nil)
    }
}
