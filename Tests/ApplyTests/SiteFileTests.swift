import Apply
import Format
import Posix
import Reporting
import Testing
import Values

@Suite struct `the file of one machine beside the bundle` {
    /// A stick with a bundle's folder and `sites` beside it, and a machine with what its maker engraved.
    private struct Stick {
        let folder: FilePath
        var bundle: FilePath { folder.appending("stick/line7-1-k3s-amd64") }

        init(_ folder: FilePath) throws {
            self.folder = folder
            try Files.makeDirectories(bundle)
        }

        func write(_ name: String, _ text: String, mode: FileMode = .secret) throws {
            let path = folder.appending("stick/sites/" + name)
            try Files.makeDirectories(path.parent)
            try Files.replace(path, with: Array(text.utf8), mode: mode)
        }

        func machine(
            product: String? = nil, board: String? = nil, tree: String? = nil, host: String? = "node-1"
        ) throws -> MachineNames {
            for (path, text) in [
                ("sys/class/dmi/id/product_serial", product), ("sys/class/dmi/id/board_serial", board),
                ("sys/firmware/devicetree/base/serial-number", tree),
            ] {
                guard let text else { continue }
                let file = folder.appending(path)
                try Files.makeDirectories(file.parent)
                try Files.replace(file, with: Array(text.utf8))
            }
            return MachineNames(root: folder, hostName: host)
        }

        func find(_ machine: MachineNames) throws -> SiteFile? {
            let name = try #require(BundleName("line7"))
            return try SiteFile.find(beside: bundle, of: name, for: machine)
        }
    }

    private func stick(_ body: (Stick) throws -> Void) throws {
        let folder = FilePath("/tmp/sealift-test-\(try Hex.encode(System.randomBytes(8)))")
        try Files.makeDirectories(folder)
        defer { do { try Files.removeTree(folder) } catch { Issue.record(error) } }
        try body(try Stick(folder))
    }

    @Test(arguments: [
        ("7H2K9Q3\n", "BOARD1\n", "product serial 7H2K9Q3"), ("Default string\n", "BOARD1\n", "board serial BOARD1"),
        ("0000000000\n", "To be filled by O.E.M.\n", "device tree serial 10000000abcd"),
        ("  \n", "\u{0}", "device tree serial 10000000abcd"),
        ("VMware-56 4d 7f/x\n", "B", "product serial VMware-56-4d-7f-x"),
    ])
    func `the serial numbers go before the host name, and placeholders of makers are none`(
        product: String, board: String, first: String
    ) throws {
        try stick { stick in
            let machine = try stick.machine(product: product, board: board, tree: "10000000abcd\u{0}")
            #expect(machine.all.first.map { "\($0.kind) \($0.text)" } == first)
            #expect(machine.all.last?.kind == "host name")
        }
    }

    @Test func `a machine that tells nothing has no name, and one that hides its place gets none`() throws {
        try stick { stick in
            for machine in [
                try stick.machine(host: nil), try stick.machine(product: "../../etc/x", host: ".hidden"),
            ] {
                #expect(machine.all.isEmpty)
            }
        }
    }

    @Test func `the first name that has a file counts, and the others are named in a warning`() throws {
        try stick { stick in
            try stick.write("node-1.env", "NODE_IP=10.0.0.1\n")
            let machine = try stick.machine(product: "7H2K9Q3")
            let byName = try #require(try stick.find(machine))
            #expect(byName.reason == "host name node-1")
            #expect(byName.warnings.isEmpty)
            try stick.write("7H2K9Q3.env", "SEALIFT_ROLE=agent\nNODE_IP=10.0.0.2\n")
            let bySerial = try #require(try stick.find(machine))
            #expect(bySerial.reason == "product serial 7H2K9Q3")
            #expect(bySerial.role == "agent")
            #expect(bySerial.source.values.map(\.text) == ["10.0.0.2"])
            #expect(bySerial.warnings.count == 1)
            #expect(
                bySerial.warnings.first?.message.contains("node-1.env\" is for this machine too and is not read")
                    == true)
        }
    }

    @Test func `a folder of the bundle's own name goes before`() throws {
        try stick { stick in
            try stick.write("node-1.env", "NODE_IP=10.0.0.1\n")
            try stick.write("line7/node-1.env", "NODE_IP=10.0.0.2\n")
            try stick.write("other/node-1.env", "NODE_IP=10.0.0.3\n")
            #expect(try stick.find(stick.machine())?.source.values.map(\.text) == ["10.0.0.2"])
        }
    }

    @Test func `without a file there is none, and one that is asked for must be there`() throws {
        try stick { stick in
            #expect(try stick.find(stick.machine()) == nil)
            try stick.write("node-2.env", "NODE_IP=10.0.0.1\n")
            #expect(try stick.find(stick.machine()) == nil)
            let name = try #require(BundleName("line7"))
            #expect(try SiteFile.named("node-2", beside: stick.bundle, of: name).reason == "--site")
            for wrong in ["node-1", "", "../sites/node-2"] {
                let error = #expect(throws: ApplyError.self) {
                    try SiteFile.named(wrong, beside: stick.bundle, of: name)
                }
                #expect(error?.diagnostic.message.hasPrefix("there is no file") == true)
            }
        }
    }

    @Test func `what is no file is refused`() throws {
        try stick { stick in
            try Files.makeDirectories(stick.folder.appending("stick/sites/node-1.env"))
            let error = #expect(throws: ApplyError.self) { try stick.find(stick.machine()) }
            #expect(error?.diagnostic.message.hasSuffix("it is not a file") == true)
        }
    }

    @Test(arguments: [(FileMode.secret, false), (.file, true)])
    func `a secret that others can read draws a warning`(mode: FileMode, warns: Bool) throws {
        try stick { stick in
            let manifest = `values of a site`.manifest
            try stick.write("node-1.env", "K3S_TOKEN=hunter2\nNODE_IP=10.0.0.1\n", mode: mode)
            let warning = try stick.find(stick.machine())?.source.exposure(in: manifest)
            #expect((warning != nil) == warns)
            #expect(warning?.message.contains("hunter2") != true)
            #expect(warning?.message.contains("K3S_TOKEN") != false)
            try stick.write("node-1.env", "NODE_IP=10.0.0.1\n", mode: mode)
            #expect(try stick.find(stick.machine())?.source.exposure(in: manifest) == nil)
        }
    }
}
