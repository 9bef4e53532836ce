import Definition
import Format
import Posix
import Reporting
import Testing
import Values

/// The rules of profiles/aks-edge.yaml, each broken once.
struct ConfigRuleTests {
    private func layout(_ more: String, version: String = "1.11.247.0+k3s", roles: String) throws(DefinitionError)
        -> Layout
    {
        let text = """
            name: line7
            version: 2026.11.0
            platform: {profile: aks-edge, version: \(version), arch: amd64}
            roles: [\(roles)]
            artefacts: {msi: {file: ./setup.msi}}

            """
        let definition = try Definition.parse(Array((text + more).utf8), path: "site/line7.yaml")
        guard let release = definition.profile.release(Version(version), .amd64) else {
            preconditionFailure("the profile has amd64")
        }
        return try Layout(definition, release)
    }

    private static let single = "config: {User: {AcceptEula: true}%}"
    private static let scalable =
        "config: {User: {AcceptEula: true}, Init: {ServiceIPRangeStart: 10.0.0.30, ServiceIPRangeSize: 10}, "
        + "Network: {ControlPlaneEndpointIp: 10.0.0.20, Ip4GatewayAddress: 10.0.0.1, Ip4PrefixLength: 24, DnsServers: [10.0.0.1]}, "
        + "Machines: [{NetworkConnection: {AdapterName: Ethernet}, "
        + "LinuxNode: {CpuCount: 2, MemoryInMB: 2048, DataSizeInGB: 10, Ip4Address: 10.0.0.21}}]}"

    private static func node(_ more: String) -> String {
        single.replacing(
            "%", with: ", Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 2048, DataSizeInGB: 10, \(more)}}]")
    }

    private static func set(_ more: String) -> String { single.replacing("%", with: ", " + more) }

    private static func change(_ old: String, _ new: String) -> String { scalable.replacing(old, with: new) }

    @Test(arguments: [
        (single.replacing("%", with: ""), "1.11.247.0+k3s", "single-machine-cluster"),
        (single.replacing("%", with: ""), "1.10.868.0+k8s", "single-machine-cluster"),
        (set("Network: {Ip4AddressPrefix: 192.168.9.0/24}"), "1.11.247.0+k3s", "single-machine-cluster"),
        (set("Init: {KmsPlugin: {Enable: true}}, AioDeploy: false"), "1.11.247.0+k3s", "single-machine-cluster"),
        (node("SecondaryNetworks: [{VMSwitchName: a}]"), "1.11.247.0+k3s", "single-machine-cluster"),
        (scalable, "1.11.247.0+k3s", "scalable-first"),
        (
            change("NetworkConnection", "WindowsNode: {CpuCount: 14, MemoryInMB: 2048}, NetworkConnection")
                .replacing("WindowsNode: {CpuCount: 14, MemoryInMB: 2048}, ", with: ""), "1.8.202.0+k8s",
            "scalable-first"
        ),
    ])
    func `takes what keeps the rules`(text: String, version: String, role: String) throws {
        let layout = try layout(text, version: version, roles: role)
        let file = try #require(layout.text("/aksedge-config.json", role))
        #expect(file.contains(version.hasSuffix("k3s") ? "\"flannel\"" : "\"calico\""))
    }

    /// Settings, what the error is about, what would be right.
    @Test(arguments: [
        ("config: {}", "User.AcceptEula", "it is required"),
        ("config: {User: {AcceptEula: false}}", "User.AcceptEula", "true"),
        (set("SchemaVersion: \"1.17\""), "SchemaVersion", "one of"),
        (set("Version: \"1.1\""), "Version", "\"1.0\""),
        (set("DeploymentType: CapiCluster"), "DeploymentType", "SingleMachineCluster"),
        (set("Network: {NetworkPlugin: calico}"), "Network.NetworkPlugin", "flannel"),
        (set("Network: {InternetDisabled: false}"), "Network.InternetDisabled", "true"),
        (set("Network: {Ip4AddressPrefix: 192.168.9.0/25}"), "Network.Ip4AddressPrefix", ".0/24"),
        (set("Network: {Ip4AddressPrefix: 192.168.9.1/24}"), "Network.Ip4AddressPrefix", "a network"),
        (set("Network: {Ip4AddressPrefix: 10.42.9.0/24}"), "Network.Ip4AddressPrefix", "outside 10.42.0.0/16"),
        (set("Network: {Ip4GatewayAddress: 10.0.0.1}"), "Network.Ip4GatewayAddress", "no value"),
        (set("Network: {ControlPlaneEndpointIp: 10.0.0.1}"), "Network.ControlPlaneEndpointIp", "no value"),
        (set("Network: {Ip4PrefixLength: 24}"), "Network.Ip4PrefixLength", "no value"),
        (set("Network: {DnsServers: [10.0.0.1, fd00::1]}"), "Network.DnsServers[1]", "an IPv4 address"),
        (set("Network: {Proxy: {Http: \"http://10.0.0.1\"}}"), "Network.Proxy.Http", "no value"),
        (set("Init: {ServiceIPRangeStart: 10.0.0.1}"), "Init.ServiceIPRangeStart", "no value"),
        (set("Arc: {Location: westeurope}"), "Arc.Location", "no value"),
        (set("Arc: {TenantId: home}"), "Arc.TenantId", "a GUID"),
        (set("AioDeploy: true, SchemaVersion: \"1.15\""), "AioDeploy", "no value"),
        ("config: {User: {AcceptEula: true, AcceptGpuWarning: true}}", "User.AcceptGpuWarning", "no value"),
        (
            "config: {User: {AcceptEula: true, VolumeLicense: {EnrollmentID: a}}}", "User.VolumeLicense.PartNumber",
            "together"
        ),
        (
            "config: {User: {AcceptEula: true, VolumeLicense: {EnrollmentID: a, EnrollmentId: a, PartNumber: b}}}",
            "User.VolumeLicense.EnrollmentId", "no value"
        ),
        (set("Machines: []"), "Machines", "from 1 to 1"),
        (set("Machines: [{}, {}]"), "Machines", "from 1 to 1"),
        (set("Machines: [{WindowsNode: {}}]"), "Machines[0].LinuxNode", "it is required"),
        (
            set("Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 2048}}]"), "Machines[0].LinuxNode.DataSizeInGB",
            "it is required"
        ),
        (set("Machines: [{Linuxnode: {}}]"), "Machines[0].Linuxnode", "LinuxNode?"),
        (set("Machines: [7]"), "Machines[0]", "a map"),
        (node("CpuCont: 3"), "Machines[0].LinuxNode.CpuCont", "CpuCount?"),
        (node("Ip4Address: 10.0.0.3"), "Machines[0].LinuxNode.Ip4Address", "no value"),
        (node("LogSizeInGB: 11"), "Machines[0].LinuxNode.LogSizeInGB", "from 1 to 10"),
        (node("TpmPassthrough: 1"), "Machines[0].LinuxNode.TpmPassthrough", "true or false"),
        (node("TimeoutSeconds: 0"), "Machines[0].LinuxNode.TimeoutSeconds", "at least 1"),
        (node("MemoryHugePages: {Size: 4096}"), "Machines[0].LinuxNode.MemoryHugePages.Size", "one of 2048, 1048576"),
        (node("GpuPassthrough: {Type: Direct}"), "Machines[0].LinuxNode.GpuPassthrough.Type", "ParaVirtualization"),
        (
            node("SecondaryNetworks: [{VMSwitchName: a}, {VMSwitchName: b, Ip4Address: 10.1.0.2}]"),
            "Machines[0].LinuxNode.SecondaryNetworks[1].Ip4GatewayAddress", "together"
        ),
        (
            node("MacAddress: 7").replacing("MemoryInMB: 2048", with: "MemoryInMB: 2049"),
            "Machines[0].LinuxNode.MacAddress", "text"
        ),
        (
            single.replacing("%", with: ", Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 3001, DataSizeInGB: 9}}]"),
            "Machines[0].LinuxNode.MemoryInMB", "an even number such as 3002"
        ),
        (
            single.replacing("%", with: ", Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 1024, DataSizeInGB: 9}}]"),
            "Machines[0].LinuxNode.MemoryInMB", "at least 2048"
        ),
        (
            single.replacing("%", with: ", Machines: [{LinuxNode: {CpuCount: 1, MemoryInMB: 2048, DataSizeInGB: 9}}]"),
            "Machines[0].LinuxNode.CpuCount", "from 2 to 16"
        ),
        (
            single.replacing(
                "%",
                with:
                    ", Machines: [{LinuxNode: {CpuCount: 10, MemoryInMB: 2048, DataSizeInGB: 9}, WindowsNode: {CpuCount: 8, MemoryInMB: 2048}}]"
            ),
            "Machines[0].LinuxNode.CpuCount", "at most 16 in all"
        ),
        (
            single.replacing(
                "%",
                with:
                    ", Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 2048, DataSizeInGB: 9}, WindowsNode: {CpuCount: 8, MemoryInMB: 2048}}]"
            ),
            "Machines[0].WindowsNode", "artefacts: {windows-node: {file: PATH}}"
        ),
    ])
    func `refuses settings of a single machine that break a rule`(text: String, path: String, expected: String) throws {
        try refuses(text, "single-machine-cluster", path, expected)
    }

    @Test(arguments: [
        (change("ControlPlaneEndpointIp: 10.0.0.20, ", ""), "Network.ControlPlaneEndpointIp", "it is required"),
        (change("Ip4GatewayAddress: 10.0.0.1, ", ""), "Network.Ip4GatewayAddress", "it is required"),
        (change("Ip4PrefixLength: 24, ", ""), "Network.Ip4PrefixLength", "it is required"),
        (change(", DnsServers: [10.0.0.1]", ""), "Network.DnsServers", "it is required"),
        (change("[10.0.0.1]", "[]"), "Network.DnsServers", "elements, at least 1"),
        (change("ServiceIPRangeStart: 10.0.0.30, ", ""), "Init.ServiceIPRangeStart", "it is required"),
        (change(", ServiceIPRangeSize: 10", ""), "Init.ServiceIPRangeSize", "it is required"),
        (change("AdapterName: Ethernet", ""), "Machines[0].NetworkConnection.AdapterName", "it is required"),
        (change(", Ip4Address: 10.0.0.21", ""), "Machines[0].LinuxNode.Ip4Address", "it is required"),
        (change("Size: 10", "Size: 128"), "Init.ServiceIPRangeSize", "from 1 to 127"),
        (change("Size: 10", "Size: 0"), "Init.ServiceIPRangeSize", "from 1 to 127"),
        (change("Length: 24", "Length: 32"), "Network.Ip4PrefixLength", "from 1 to 31"),
        (
            change("10.0.0.21", "10.0.1.21"), "Machines[0].LinuxNode.Ip4Address",
            "/24 network of Network.ControlPlaneEndpointIp"
        ),
        (change("10.0.0.30", "10.1.0.30"), "Init.ServiceIPRangeStart", "/24 network"),
        (
            change("10.0.0.21", "10.0.0.20"), "Machines[0].LinuxNode.Ip4Address",
            "another value than that of Network.ControlPlane"
        ),
        (change("10.0.0.21", "10.0.0.300"), "Machines[0].LinuxNode.Ip4Address", "an IPv4 address"),
        (change("10.0.0.21", "fd00::5"), "Machines[0].LinuxNode.Ip4Address", "an IPv4 address"),
        (change("DnsServers: [10.0.0.1]", "DnsServers: [10.43.0.10]"), "Network.DnsServers[0]", "outside 10.43.0.0/16"),
        (change("Network: {", "Network: {Ip4AddressPrefix: 192.168.9.0/24, "), "Network.Ip4AddressPrefix", "no value"),
        (change("Init: {", "Init: {KmsPlugin: {Enable: true}, "), "Init.KmsPlugin.Enable", "no value"),
        (
            change("10.0.0.21", "\"${NODE_IP}\"") + "\nvariables: {NODE_IP: {type: ip, ask: a}}",
            "Machines[0].LinuxNode.Ip4Address", "of that type"
        ),
        (
            change("10.0.0.21", "\"${NODE_IP}\"") + "\nvariables: {NODE_IP: {type: ipv4, ask: a, required: false}}",
            "Machines[0].LinuxNode.Ip4Address", "a variable that is required of scalable-first"
        ),
        (
            change("10.0.0.21", "\"${A}\"").replacing("10.0.0.20", with: "\"${A}\"")
                + "\nvariables: {A: {type: ipv4, ask: a}}",
            "Machines[0].LinuxNode.Ip4Address", "another value"
        ),
    ])
    func `refuses settings of a scalable cluster that break a rule`(text: String, path: String, expected: String) throws
    {
        try refuses(text, "scalable-first", path, expected)
    }

    @Test(arguments: [
        (set("Network: {NetworkPlugin: flannel}"), "1.11.247.0+k8s", "Network.NetworkPlugin", "\"calico\""),
        (set("SchemaVersion: \"1.16\""), "1.10.868.0+k3s", "SchemaVersion", "one of"),
        (set("AioDeploy: true"), "1.11.230.0+k3s", "AioDeploy", "no value"),
        (set("Init: {KmsPlugin: {Enable: true}}"), "1.9.262.0+k3s", "Init.KmsPlugin.Enable", "no value"),
        (
            set("Network: {Ip4AddressPrefix: 10.100.9.0/24}"), "1.11.247.0+k8s", "Network.Ip4AddressPrefix",
            "outside 10.96.0.0/12"
        ),
    ])
    func `refuses what a version or a variant does not take`(
        text: String, version: String, path: String, expected: String
    ) throws { try refuses(text, "single-machine-cluster", path, expected, version: version) }

    private func refuses(
        _ text: String, _ role: String, _ path: String, _ expected: String, version: String = "1.11.247.0+k3s"
    ) throws {
        let words = try diagnostic { () throws(DefinitionError) in try layout(text, version: version, roles: role) }
        #expect(words.message.hasPrefix("cannot take the settings for \(role): \(path) must be "), "\(words.message)")
        #expect(words.message.contains(expected), "\(words.message)")
        #expect(words.details.map(\.label).contains("rule"))
        #expect(words.location?.file == "site/line7.yaml")
        #expect(words.exitCode == .usage)
    }

    @Test func `the place is that of the value, or of what should hold it`() throws {
        let text = """
            config:
              User: {AcceptEula: true}
              Machines:
                - LinuxNode:
                    CpuCount: 2
                    MemoryInMB: 2049
            """
        let odd = try diagnostic { () throws(DefinitionError) in
            try layout(text + "\n        DataSizeInGB: 9", roles: "single-machine-cluster")
        }
        #expect(odd.location.map { [$0.line, $0.column] } == [11, 21])
        let missing = try diagnostic { () throws(DefinitionError) in
            try layout(text.replacing("2049", with: "2048"), roles: "single-machine-cluster")
        }
        #expect(missing.location.map { [$0.line, $0.column] } == [10, 9])
    }

    @Test func `settings of one role go before the others, with their places`() throws {
        let text = """
            config: {User: {AcceptEula: true}, Machines: [{LinuxNode: {CpuCount: 2, MemoryInMB: 2048, DataSizeInGB: 9}}]}
            role-config:
              single-machine-cluster:
                Machines: [{LinuxNode: {CpuCount: 3, MemoryInMB: 2048}}]
            """
        let words = try diagnostic { () throws(DefinitionError) in try layout(text, roles: "single-machine-cluster") }
        #expect(words.message.contains("Machines[0].LinuxNode.DataSizeInGB must be"))
        #expect(words.location?.line == 9)
    }
}
