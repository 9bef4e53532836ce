import Format
import Values

extension Preflight {
    /// What is told of a machine before anybody says for which platform: each rule with what it measured. None refuses anything.
    public static func general(_ probe: some MachineProbe) -> Survey {
        let architecture = Architecture(machineName: probe.machineName)
        guard let name = BundleName("survey"), let version = BundleVersion("1") else {
            preconditionFailure("both are well-formed")
        }
        let folders = probe.mountPoints.sorted()
        let requirements =
            generalRules.map { Requirement(id: $0, rule: $1, severity: .warn, reason: $2) }
            + folders.map {
                Requirement(
                    id: "survey.disk:\($0)", rule: .disk(path: $0, minimum: .mebibytes(512)), severity: .warn,
                    reason: "a disk that fills up stops whatever runs")
            }
        let manifest = Manifest(
            name: name, version: version, sequence: 0, created: probe.now,
            builder: .init(tool: "sealift", version: "", zstd: "", level: 0),
            target: .init(profile: "survey", version: Version("1"), architecture: architecture ?? .amd64),
            roles: [Role(name: "any", summary: "")], requirements: requirements)
        let preflight = Preflight(manifest, role: "any", probe: probe, isRunning: true, receipts: [])
        return Survey(findings: manifest.requirements.map(preflight.finding))
    }

    private static let generalRules: [(String, Requirement.Rule, String)] = [
        ("survey.cpu", .cpu(amd64: .v1, arm64: []), "programs are built for a level of the processor"),
        ("survey.cores", .cores(minimum: 1), "platforms ask for processors by role"),
        ("survey.memory", .memory(minimum: .mebibytes(512)), "no platform runs with less"),
        ("survey.kernel", .kernel(minimum: Version("4.15")), "platforms ask for parts that older kernels lack"),
        (
            "survey.cgroup", .cgroup(v2: ["cpu", "cpuset", "memory", "pids"], v1: nil),
            "containers are limited by these"
        ),
        (
            "survey.modules", .kernelModule(modules: ["overlay", "br_netfilter", "nf_conntrack", "vxlan"]),
            "containers' layers and networks need these"
        ),
        (
            "survey.media", .fileSystemDriver(types: ["vfat"]),
            "sticks have this file system, or exfat, as they are sold; one with ext4 does as well"
        ),
        ("survey.systemd", .systemd(minimum: 219), "platforms run as units of systemd"),
        ("survey.host-name", .hostName, "nodes are called by it"),
        ("survey.default-route", .defaultRoute, "some platforms find their own address by it"),
        ("survey.link", .linkSpeed(minimum: 100), "nodes exchange images and packets"),
        ("survey.resolver", .resolver, "pods are given the machine's name servers"),
        ("survey.swap", .swapOff, "latency suffers where memory is swapped out"),
        (
            "survey.selinux", .selinux(policy: ["/usr/share/selinux/packages/container.pp.bz2"]),
            "where SELinux enforces, containers are refused their files without container-selinux"
        ),
        ("survey.apparmor", .apparmor, "runtimes load profiles with it"),
        ("survey.fapolicyd", .fapolicyd(paths: ["/usr/local/bin"]), "programs that no package brought must be allowed"),
        ("survey.firewall", .firewall(ports: [], networks: []), "nodes must reach each other"),
    ]

    /// Where a bundle is yet to be carried to, a usual stick can be read.
    var medium: Finding {
        finding(
            of: Requirement(
                id: "medium", rule: .fileSystemDriver(types: ["vfat"]), severity: .warn,
                reason: "sticks have this file system as they are sold",
                fix: "bring the bundle on a stick with ext4, or install the package of further kernel modules"))
    }
}
