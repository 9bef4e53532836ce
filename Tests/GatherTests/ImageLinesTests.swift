import Testing

@testable import Gather

struct ImageLinesTests {
    @Test(arguments: [
        ("          image: docker.io/calico/cni:v3.29.3", "docker.io/calico/cni:v3.29.3"),
        ("        - image: \"a/b:1\"", "a/b:1"), ("image: 'a/b:1' # why", "a/b:1"), ("image: a/b:1 # why", "a/b:1"),
        ("  sandbox_image = \"registry.k8s.io/pause:3.10\"", "registry.k8s.io/pause:3.10"),
        ("image: a/b:1\r", "a/b:1"), ("  imagePullPolicy: IfNotPresent", nil), ("# image: a/b:1", nil),
        ("image:", nil), ("  disimage: a/b:1", nil), ("- name: OTHER\n  value: a/b:1", nil),
        ("- name: BUSYBOX_IMAGE\n  value: busybox:1.28.4", "busybox:1.28.4"), ("value: a/b:1", nil),
    ])
    func `images are found line by line`(text: String, value: String?) {
        let lines = ImageLines(keys: ["image", "sandbox_image"], variables: ["BUSYBOX_IMAGE"]).find(in: text)
        #expect(lines.map(\.value) == [value].compactMap(\.self))
    }
}
