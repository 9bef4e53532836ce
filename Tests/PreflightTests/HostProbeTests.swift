import Format
import Glibc
import Posix
import Preflight
import Testing
import Values

/// The real probe, on the machine that runs the tests.
@Suite struct `the host's own probe` {
    typealias Rules = RuleTests

    private func survey(
        _ root: FilePath, _ rules: [Requirement.Rule], entries: [Entry] = []
    ) throws -> Survey {
        let requirements = rules.enumerated().map {
            Requirement(id: "r\($0)", rule: $1, severity: .fail, reason: "because")
        }
        return try Preflight(
            Rules.manifest(requirements, entries: entries), role: "server", probe: HostProbe(root: root),
            isRunning: root == "/", receipts: []
        ).survey()
    }

    private func program(_ path: String) throws -> Entry {
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 7, count: 32)))
        return Entry(
            path: try MemberPath(validating: path),
            kind: .file(Permissions(mode: .executable), Content(size: .mebibytes(1), digest: digest)))
    }

    @Test func `this machine tells what every Linux tells`() throws {
        let found = try survey(
            "/",
            [
                .cores(minimum: 1), .memory(minimum: 1), .disk(path: "/", minimum: 1), .kernel(minimum: Version("3")),
                .port(Rules.ranges), .defaultRoute, .routeOverlap(networks: ["10.42.0.0/16"]), .swapOff, .hostName,
                .pathAbsent(["/none"]), .program(["sh"]), .selinux(policy: ["/none"]), .systemd(minimum: 1),
                .cgroup(v2: [], v1: []),
                .kernelConfig(options: []), .kernelModule(modules: []), .sysctl(key: "kernel.pid_max", minimum: 1),
            ], entries: [program("usr/local/bin/sealift-probe")])
        let unknown = found.with(.unknown).map(\.id)
        // A container may hide how its kernel was built, and systemd may be none.
        #expect(Set(unknown).isSubset(of: ["r11", "r13"]))
        for id in ["r0", "r1", "r2", "r3", "r9", "r10", "r15"] {
            #expect(!found.with(.fail).map(\.id).contains(id), "\(id)")
        }
    }

    @Test func `who holds a port is found by its name`() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listener >= 0)
        defer { close(listener) }
        // Without an address the kernel chooses a free port on all of them.
        try #require(listen(listener, 1) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        try #require(status == 0)
        let port = UInt16(bigEndian: address.sin_port)
        let range = try #require(PortRange("\(port)/tcp"))
        let finding = try #require(try survey("/", [.port([range])]).findings.last)
        #expect(finding.verdict == .fail)
        #expect(finding.measured.hasPrefix("taken: \(port)/tcp on all addresses by "))
        #expect(finding.measured.hasSuffix(" (\(System.processID))"))
    }

    @Test func `looking at a root changes nothing in it, and leaves it nowhere`() throws {
        let root = try makeRoot()
        defer { _ = Result { try Files.removeTree(root) } }
        let before = try listing(root)
        #expect(before.count == 6)
        let found = try survey(
            root, [.pathAbsent(["/usr/local/bin/k3s"]), .pathAbsent(["/proc/self"]), .disk(path: "/opt", minimum: 1)],
            entries: [program("usr/local/bin/k3s"), program("var/lib/k3s/x"), program("opt/x")])
        #expect(try listing(root) == before)
        let verdicts = Dictionary(found.findings.map { ($0.id, $0) }) { first, _ in first }
        #expect(verdicts["r0"]?.verdict == .fail)
        #expect(verdicts["r1"]?.verdict == .pass)
        #expect(verdicts["r2"]?.verdict == .unknown)  // behind a link
        #expect(verdicts["places"]?.measured == "/opt is a link")
    }

    @Test(arguments: [(62, "x86_64"), (183, "aarch64"), (243, System.machine)] as [(UInt8, String)])
    func `an image's programs tell its processor`(number: UInt8, name: String) throws {
        let root = try makeRoot()
        defer { _ = Result { try Files.removeTree(root) } }
        try Files.makeDirectories(root.appending("usr/bin"))
        #expect(symlink("/bin/sh", root.appending("usr/bin/env").text) == 0)  // this machine's, not to be looked at
        let header = Array("\u{7F}ELF".utf8) + [UInt8](repeating: 0, count: 14) + [number, 0] + Array("rest".utf8)
        try Files.replace(root.appending("usr/bin/bash"), with: header)
        #expect(HostProbe(root: root).machineName == name)
    }

    private func makeRoot() throws -> FilePath {
        let root = FilePath("\(System.environment("TMPDIR") ?? "/tmp")/sealift-preflight-\(try System.randomName())")
        try Files.makeDirectories(root.appending("usr/local/bin"))
        try Files.replace(root.appending("usr/local/bin/k3s"), with: Array("old".utf8))
        try Files.makeDirectories(root.appending("var"))
        try #require(symlink("/usr", root.appending("opt").text) == 0)
        return root
    }

    /// Everything below a root with kind, size, mode, owner, and when it was last changed.
    private func listing(_ root: FilePath) throws -> [String] {
        var found: [String] = []
        var folders = [root]
        while let folder = folders.popLast() {
            for name in try DirectoryHandle.open(folder).entries() {
                let path = folder.appending(name)
                let about = try #require(try Files.information(path))
                found.append(
                    "\(path) \(about.kind) \(about.size) \(about.mode) \(about.owner) \(about.modified) \(about.modifiedNanoseconds)"
                )
                if about.kind == .directory { folders.append(path) }
            }
        }
        return found.sorted()
    }
}
