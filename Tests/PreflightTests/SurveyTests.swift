import Format
import Preflight
import Reporting
import Testing
import Values

@Suite struct `a survey of a machine` {
    typealias Rules = RuleTests

    private static func file(_ path: String, _ size: ByteCount, mode: FileMode = .file) throws -> Entry {
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 7, count: 32)))
        return Entry(
            path: try MemberPath(validating: path),
            kind: .file(Permissions(mode: mode), Content(size: size, digest: digest)))
    }

    private func survey(
        _ entries: [Entry], _ probe: PlayedProbe = PlayedProbe(), isRunning: Bool = true, receipts: [Receipt] = [],
        requirements: [Requirement] = [], ignoring: Set<String> = []
    ) throws -> Survey {
        try Preflight(
            try Rules.manifest(requirements, entries: entries), role: "server", probe: probe, isRunning: isRunning,
            receipts: receipts
        ).survey(ignoring: ignoring)
    }

    private func receipt(_ entries: [Entry], name: String = "line7", units: [String] = []) throws -> Receipt {
        let manifest = try Rules.manifest([])
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 7, count: 32)))
        return Receipt(
            bundle: .init(
                name: try #require(BundleName(name)), version: manifest.version, sequence: 1, created: manifest.created,
                digest: digest), target: manifest.target, role: "server", installed: manifest.created, installer: "1",
            keys: [],
            files: entries.compactMap { entry in
                guard let permissions = entry.permissions else { return nil }
                return .init(path: entry.place, kind: .file(permissions, entry.content))
            }, units: units)
    }

    @Test func `another architecture fails`() throws {
        var probe = PlayedProbe()
        probe.machineName = "aarch64"
        let finding = try #require(try survey([], probe).with(.fail).first)
        #expect(finding.id == "architecture")
        #expect(finding.fix == "take the bundle for arm64")
    }

    /// 10 GiB in all: the reserve is 512 MiB, since 3 % are less.
    @Test(arguments: [(4_608, true), (4_609, false)])
    func `space for the bundle and the reserve`(mebibytes: Int, isPassed: Bool) throws {
        let found = try survey([Self.file("opt/x", .mebibytes(mebibytes))])
        #expect(found.isPassed == isPassed)
        #expect(found.with(.fail).map(\.id) == (isPassed ? [] : ["space:/"]))
    }

    @Test func `of a large disk three percent stay free`() throws {
        var probe = PlayedProbe()
        probe.root.total = .gibibytes(100)
        #expect(try survey([Self.file("opt/x", .gibibytes(2))], probe).isPassed)
        #expect(try !survey([Self.file("opt/x", .mebibytes(2_049))], probe).isPassed)
    }

    @Test func `each mount is judged by what is laid on it`() throws {
        var probe = PlayedProbe()
        probe.mounts["/var/lib"] = MountSpace(
            mount: 2, folder: "/var/lib", total: .gibibytes(1), available: .mebibytes(600), availableFiles: 50,
            isReadOnly: true)
        let found = try survey([Self.file("opt/x", 1), Self.file("var/lib/y", .mebibytes(100))], probe)
        #expect(found.with(.fail).map(\.id) == ["space:/var/lib", "files:/var/lib", "writable:/var/lib"])
    }

    @Test(arguments: [(FileMode.executable, true, false), (.file, true, true), (.executable, false, true)])
    func `a program on a noexec mount`(mode: FileMode, isRunning: Bool, isPassed: Bool) throws {
        var probe = PlayedProbe()
        probe.root.isNoExec = true
        #expect(try survey([Self.file("opt/x", 1, mode: mode)], probe, isRunning: isRunning).isPassed == isPassed)
    }

    @Test func `what is laid already needs no space`() throws {
        let entries = [try Self.file("opt/x", .gibibytes(9))]
        #expect(try !survey(entries).isPassed)
        #expect(try !survey(entries, receipts: [receipt(entries)]).isPassed)  // not there any more
        var probe = PlayedProbe()
        probe.paths = ["/opt/x"]
        #expect(try survey(entries, probe, receipts: [receipt(entries)]).isPassed)
    }

    @Test func `the forecast of a mount names each part`() throws {
        let old = [try Self.file("var/lib/k/a", .mebibytes(100)), try Self.file("var/lib/k/gone", .mebibytes(20))]
        let requirement = Requirement(
            id: "growth", rule: .growth(path: "/var/lib", estimate: .gibibytes(1)), severity: .warn, reason: "because")
        var manifest = try Rules.manifest([requirement], entries: [Self.file("var/lib/k/a", .mebibytes(300))])
        manifest.operation = [Operation(.datastore(path: "/var/lib/k/db"), roles: .all)]
        var probe = PlayedProbe()
        probe.paths = ["/var/lib/k/a", "/var/lib/k/gone"]
        probe.treeSizes["/var/lib/k/db"] = .mebibytes(50)
        let found = try Preflight(manifest, role: "server", probe: probe, isRunning: true, receipts: [receipt(old)])
            .survey()
        let forecast = try #require(found.forecast.first)
        #expect(forecast.folder == "/" && forecast.available == .gibibytes(5) && forecast.estimate == .gibibytes(1))
        #expect(
            forecast.laid == .mebibytes(300) && forecast.old == .mebibytes(120) && forecast.copied == .mebibytes(50))
        #expect(forecast.reserve == .mebibytes(512))
        #expect(
            found.findings.first { $0.id == "space:/" }?.limit
                == "300.0 MiB for the bundle, beside 120.0 MiB of the last one, free again afterwards, 50.0 MiB for a copy of the data and 512.0 MiB in reserve"
        )
        // A new installation copies nothing.
        let fresh = try Preflight(manifest, role: "server", probe: probe, isRunning: true, receipts: []).survey()
        #expect(fresh.forecast.first?.copied == 0 && fresh.forecast.first?.old == 0)
    }

    @Test func `a path of another bundle fails`() throws {
        let entries = [try Self.file("opt/x", 1)]
        let found = try survey(entries, receipts: [receipt(entries, name: "other")])
        #expect(found.with(.fail).map(\.id) == ["installed"])
    }

    @Test func `our own paths and ports are free for the next version`() throws {
        let entries = [try Self.file("usr/local/bin/k3s", 1)]
        var probe = PlayedProbe()
        probe.paths = ["/usr/local/bin/k3s"]
        Rules.tcp(Rules.listening)(&probe)
        let mine = [try receipt(entries, units: ["k3s.service"])]
        let path = Requirement.Rule.pathAbsent(["/usr/local/bin/k3s"])
        #expect(try Rules.survey(path, probe).verdict == .fail)
        #expect(try Rules.survey(path, probe, receipts: mine).verdict == .pass)
        #expect(try Rules.survey(.port(Rules.ranges), probe, receipts: mine).verdict == .fail)
        probe.paths.insert("/run/systemd/system")
        probe.outputs[FurtherRuleTests.listUnits] = "k3s.service loaded active running K3s\n"
        #expect(try Rules.survey(.port(Rules.ranges), probe, receipts: mine).verdict == .pass)
    }

    @Test func `what a run that was cut off has left is nobody else's`() throws {
        var probe = PlayedProbe()
        probe.paths = ["/usr/local/bin/k3s", "/run/systemd/system"]
        Rules.tcp(Rules.listening)(&probe)
        probe.outputs[FurtherRuleTests.listUnits] = "k3s.service loaded active running K3s\n"
        let left = Set(
            try ["usr/local/bin/k3s", "etc/systemd/system/k3s.service"].map { try MemberPath(validating: $0) })
        for rule in [Requirement.Rule.pathAbsent(["/usr/local/bin/k3s"]), .port(Rules.ranges)] {
            #expect(try Rules.survey(rule, probe).verdict == .fail)
            #expect(try Rules.survey(rule, probe, unfinished: left).verdict == .pass)
        }
        #expect(
            try Rules.survey(.pathAbsent(["/usr/local/bin/k3s"]), probe, unfinished: [left.sorted()[0]]).verdict
                == .fail)
    }

    @Test func `of another root only files and space are judged`() throws {
        var probe = PlayedProbe()
        probe.paths = ["/x"]
        #expect(try Rules.survey(.cores(minimum: 99), probe, isRunning: false).verdict == .skipped)
        #expect(try Rules.survey(.pathAbsent(["/x"]), probe, isRunning: false).verdict == .fail)
        #expect(try Rules.survey(.disk(path: "/", minimum: .gibibytes(9)), probe, isRunning: false).verdict == .fail)
    }

    @Test func `a slow clock warns`() throws {
        var probe = PlayedProbe()
        probe.now = Timestamp(seconds: 0)
        #expect(try survey([], probe).with(.warn).map(\.id) == ["clock"])
    }

    @Test func `all failures come at once, and one can be ignored`() throws {
        let rules: [Requirement.Rule] = [.cores(minimum: 99), .hostName, .kernel(minimum: Version("99"))]
        let requirements = rules.enumerated().map {
            Requirement(id: "rule.\($0)", rule: $1, severity: $0 == 1 ? .warn : .fail, reason: "because")
        }
        var probe = PlayedProbe()
        probe.hostName = "NODE"
        let found = try survey([], probe, requirements: requirements)
        #expect(found.with(.fail).map(\.id) == ["rule.0", "rule.2"])
        #expect(found.with(.warn).map(\.id) == ["rule.1"])
        #expect(found.refusal.exitCode == .requirements)
        #expect(found.refusal.details.map(\.label) == ["rule.0", "rule.2"])
        #expect(
            found.text(isVerbose: false) == """
                WARN  rule.1  NODE            a lower-case host name
                      why  because
                      fix  hostnamectl set-hostname with a name of a-z, 0-9, - and dots, of at most 63 characters
                FAIL  rule.0  4               at least 99
                      why  because
                      fix  take a machine with more processors, or give this one more if it is virtual
                FAIL  rule.2  6.1.0-18-amd64  at least 99
                      why  because
                      fix  boot a newer kernel of the distribution
                5 hold, 1 warn, 2 fail

                """)
        #expect(found.text(isVerbose: true).hasPrefix("ok    architecture  x86_64"))
        let all = try survey([], probe, requirements: requirements, ignoring: ["rule.0", "rule.2"])
        #expect(all.isPassed && all.with(.warn).count == 3)
        #expect(all.findings.filter(\.isIgnored).map(\.id) == ["rule.0", "rule.2"])
    }

    @Test func `an unknown rule cannot be ignored`() throws {
        let error = #expect(throws: PreflightError.self) {
            try self.survey([], requirements: [], ignoring: ["architectur"])
        }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.message == "no check is called \"architectur\"")
        #expect(diagnostic.next == "did you mean --ignore architecture?")
        #expect(diagnostic.exitCode == .usage)
    }

    @Test func `an ordinary user is warned`() throws {
        var probe = PlayedProbe()
        probe.userID = 1000
        #expect(try survey([], probe).with(.warn).map(\.id) == ["privileges"])
        #expect(try survey([], probe, isRunning: false).with(.skipped).map(\.id) == ["privileges"])
    }

    @Test(arguments: [
        ("/var/lib/k", PathKind.link, Finding.Verdict.fail, "/var/lib/k is a link"),
        ("/var", .file, .fail, "/var is no folder"), ("/var/lib/k/s", .directory, .fail, "/var/lib/k/s is a folder"),
        ("/var/lib/k/s", .link, .pass, "nothing is in the way"),
        ("/var", .hidden, .unknown, "/var cannot be looked at"),
    ])
    func `what stands in the way of files`(
        path: String, kind: PathKind, verdict: Finding.Verdict, measured: String
    ) throws {
        var probe = PlayedProbe()
        probe.kinds[path] = kind
        let found = try #require(
            try survey([Self.file("var/lib/k/s", 1)], probe).findings.first { $0.id == "places" })
        #expect(found.verdict == verdict)
        #expect(found.measured == measured)
    }

    @Test func `a mount that does not tell is not taken for a roomy one`() throws {
        var probe = PlayedProbe()
        probe.hidesMounts = true
        let found = try survey([Self.file("opt/x", .gibibytes(99)), Self.file("opt/y", 1)], probe)
        #expect(found.with(.unknown).map(\.id) == ["space:/opt"])
    }

    @Test func `folders above our own files are ours`() throws {
        var probe = PlayedProbe()
        probe.kinds["/opt/k"] = .directory
        let rule = Requirement.Rule.pathAbsent(["/opt/k"])
        let mine = [try receipt([Self.file("opt/k/x", 1)])]
        #expect(try Rules.survey(rule, probe).verdict == .fail)
        #expect(try Rules.survey(rule, probe, receipts: mine).verdict == .pass)
    }
}
