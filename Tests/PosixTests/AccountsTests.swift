import Testing

@testable import Posix

struct AccountsTests {
    static let passwd = """
        # a comment
        root:x:0:0:root:/root:/bin/bash
        k0s:x:998:997:Jos\u{E9}:/var/lib/k0s:/usr/sbin/nologin
        root:x:7:7:second:/:/bin/sh
        +::::::
        short:x:1
        bad:x:minus:0::/:/bin/sh
        huge:x:4294967296:0::/:/bin/sh

        sh:x:5:5::/home/sh:
        """
    static let group = """
        root:x:0:
        docker:x:118:anna,bert
        broken:x
        """

    @Test func `lines that name somebody count, the first of a name`() {
        let accounts = Accounts(passwd: Array(Self.passwd.utf8), group: Array(Self.group.utf8))
        #expect(accounts.users.map(\.name) == ["root", "k0s", "root", "sh"])
        #expect(accounts.user(named: "root")?.id == 0)
        #expect(
            accounts.user(998)
                == Accounts.User(name: "k0s", id: 998, group: 997, home: "/var/lib/k0s", shell: "/usr/sbin/nologin"))
        #expect(accounts.user(named: "sh")?.shell == "")
        #expect(accounts.user(named: "nobody") == nil)
        #expect(accounts.groups.map(\.name) == ["root", "docker"])
        #expect(accounts.group(named: "docker")?.members == ["anna", "bert"])
        #expect(accounts.group(0)?.members == [])
    }

    @Test func `a full name in an old encoding hides nobody`() {
        let accounts = Accounts(passwd: Array("a:x:1:2:Jos".utf8) + [0xE9] + Array(":/h:/s\n".utf8), group: [])
        #expect(accounts.user(1)?.home == "/h")
    }

    @Test func `another root has its own accounts, or none`() throws {
        let scratch = try Scratch()
        #expect(try Accounts(root: scratch.path) == Accounts(passwd: [], group: []))
        try scratch.shell("mkdir etc; echo 'x:x:1:2::/:' > etc/passwd")
        #expect(try Accounts(root: scratch.path).users.map(\.name) == ["x"])
        try scratch.shell("ln -s /etc/group etc/group")
        #expect(throws: FileError("open", scratch["etc/group"], .symbolicLink)) { try Accounts(root: scratch.path) }
    }

    @Test func `this machine has its root`() throws {
        #expect(try Accounts(root: "/").user(0)?.name == "root")
    }
}
