import Glibc
import Posix
import Values

/// A certificate authority, a server certificate for 127.0.0.1 and a client's, made by `openssl`; and its `s_server`.
final class TLSStage {
    let folder: FilePath

    init() throws {
        var template = Array("/tmp/sealift-tls.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no scratch folder") }
        folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        try shell(
            """
            key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
            openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=authority
            for name in server client; do
                openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
                echo subjectAltName=IP:127.0.0.1 > ext
                openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $name.pem
            done
            """)
    }

    deinit {
        guard let name = try? MemberPath(validating: folder.lastComponent) else { return }
        try? DirectoryHandle.open(folder.parent).removeTree(name)
    }

    subscript(name: String) -> FilePath { folder.appending(name) }

    private func shell(_ script: String) throws {
        let outcome = try Subprocess.run("sh", ["-ec", "cd \(folder.text); \(script)"], timeLimit: 60)
        guard outcome.isSuccess else { fatalError("the stage cannot be set: \(outcome.errorText)") }
    }

    /// Runs `body` with the port of a server that answers every GET with a page.
    func withServer(_ options: String = "", _ body: (_ port: Int) throws -> Void) throws {
        try shell(
            """
            : >log
            openssl s_server -accept 127.0.0.1:0 -cert server.pem -key server.key -www \(options) \
                </dev/null >log 2>&1 & echo $! >pid
            """)
        let pid = try pid_t(String(decoding: Files.read(self["pid"], limit: 20), as: UTF8.self).filter(\.isNumber))
        defer { if let pid { kill(pid, SIGKILL) } }
        for _ in 0..<500 {
            let log = try String(decoding: Files.read(self["log"], limit: .mebibytes(1)), as: UTF8.self)
            let line = log.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            if let port = line?.split(separator: ":").last.flatMap({ Int($0) }) { return try body(port) }
            usleep(10_000)
        }
        fatalError("openssl s_server does not listen")
    }
}
