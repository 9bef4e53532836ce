import FaultInjection
import Posix
import Testing
import Transaction
import Values

@Suite struct `staging keeps out of the way` {
    let attributes = Attributes(mode: .file, owner: nil)

    @Test func `a second run is told that the target is busy`() throws {
        let workshop = try Workshop()
        let lock = try TargetLock(root: workshop.root)
        #expect(throws: TransactionError.busy(root: workshop.root)) { _ = try TargetLock(root: workshop.root) }
        _ = consume lock
        #expect(throws: Never.self) { _ = try TargetLock(root: workshop.root) }
    }

    @Test func `nothing is staged in a watched folder`() throws {
        let workshop = try Workshop()
        let effects = FaultyFileEffects()
        let transaction = try workshop.begin(effects, watched: ["srv"])
        try transaction.stageFile(Workshop.path("srv/data/images/x.tar"), attributes, content: [1])
        let created = effects.calls.filter { $0.tag == "stage.open" }.map(\.path.text)
        #expect(created == [workshop.root.text + "/.sealift-0123/new-1"])
        try transaction.undo()
    }

    @Test func `what is staged leaves when the transaction is given up`() throws {
        let workshop = try Workshop()
        let old = try workshop.tree()
        let transaction = try workshop.begin(SystemFileEffects())
        try workshop.stage(transaction)
        #expect(try workshop.tree() != old)
        #expect(try transaction.undo() == [])
        #expect(try workshop.tree() == old)
    }

    @Test func `after the point of no return nothing is undone`() throws {
        let workshop = try Workshop()
        let transaction = try workshop.begin(SystemFileEffects())
        try workshop.stage(transaction)
        try transaction.seal()
        try transaction.commit()
        #expect(try transaction.finish() == nil)
        let new = try workshop.tree()
        #expect(try transaction.undo() == [])
        #expect(try workshop.tree() == new)
    }

    @Test func `a folder that stands where a file should be laid is a conflict`() throws {
        let workshop = try Workshop()
        let transaction = try workshop.begin(SystemFileEffects())
        #expect(throws: TransactionError.conflict(path: workshop.root.appending("etc/app"), found: .directory)) {
            _ = try transaction.stageFile(Workshop.path("etc/app"), attributes, content: [])
        }
        #expect(throws: TransactionError.conflict(path: workshop.root.appending("etc/app/config"), found: .file)) {
            _ = try transaction.stageFile(Workshop.path("etc/app/config/x"), attributes, content: [])
        }
        try transaction.undo()
    }

    @Test func `a link on the way is not followed`() throws {
        let workshop = try Workshop()
        try workshop.shell("ln -s /tmp srv/away")
        let transaction = try workshop.begin(SystemFileEffects())
        #expect(throws: TransactionError.conflict(path: workshop.root.appending("srv/away"), found: .link)) {
            _ = try transaction.stageFile(Workshop.path("srv/away/x"), attributes, content: [])
        }
        try transaction.undo()
    }

    @Test func `a file that somebody changes meanwhile is not overwritten`() throws {
        let workshop = try Workshop()
        let transaction = try workshop.begin(SystemFileEffects())
        try workshop.stage(transaction)
        try transaction.seal()
        try workshop.shell("echo theirs >>etc/app/config")
        let changed = try workshop.tree().filter { !$0.contains("sealift") }
        #expect(throws: TransactionError.changedMeanwhile(path: workshop.root.appending("etc/app/config"))) {
            try transaction.commit()
        }
        try transaction.undo()
        #expect(try workshop.tree() == changed)
    }

    @Test func `a file that got fewer bytes than announced is not laid`() throws {
        let workshop = try Workshop()
        let old = try workshop.tree()
        let transaction = try workshop.begin(SystemFileEffects())
        let file = try transaction.stageFile(Workshop.path("etc/short"), attributes, size: 10)
        try [UInt8](repeating: 1, count: 9).withUnsafeBytes { try file.write($0, at: 0) }
        #expect(throws: TransactionError.self) { try transaction.seal() }
        try transaction.undo()
        #expect(try workshop.tree() == old)
    }

    @Test func `a folder that others have filled stays, and is named`() throws {
        let workshop = try Workshop()
        let transaction = try workshop.begin(SystemFileEffects())
        try workshop.stage(transaction)
        try transaction.seal()
        try transaction.commit()
        try workshop.shell("echo theirs >srv/data/deep/er/theirs")
        #expect(try transaction.undo() == ["srv/data/deep/er", "srv/data/deep"].map(Workshop.path))
    }

    @Test func `a run that was cut off must be recovered before the next begins`() throws {
        let workshop = try Workshop()
        _ = try? workshop.install(FaultyFileEffects(Fault(.tag("commit.rename", 2), .stopBefore)))
        let journal = workshop.root.appending("var/lib/sealift/journal")
        #expect(throws: TransactionError.interrupted(journal: journal)) { _ = try workshop.begin(SystemFileEffects()) }
        #expect(try workshop.recover() == .undone(kept: []))
        #expect(try workshop.install(SystemFileEffects()) == nil)
    }

    @Test func `a damaged journal is not guessed at`() throws {
        let workshop = try Workshop()
        _ = try? workshop.install(FaultyFileEffects(Fault(.tag("commit.rename", 2), .stopBefore)))
        try workshop.shell("truncate -s -5 var/lib/sealift/journal")
        let before = try workshop.tree()
        #expect(throws: TransactionError.self) { _ = try workshop.recover() }
        #expect(try workshop.tree() == before)
    }
}
