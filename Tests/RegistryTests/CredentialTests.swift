import Posix
import Reporting
import Testing
import Values

@testable import Registry

@Suite struct CredentialTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func file(_ text: String) throws -> CredentialFile { try CredentialFile(Array(text.utf8)) }

    private func password(_ user: String, _ password: String) -> Credential { .password(user: user, Secret(password)) }

    @Test(arguments: [
        (#"{"auths":{"a.example":{"auth":"dTpwOnE="}}}"#, "u", "p:q"),
        (#"{"auths":{"a.example":{"auth":"dTpwAAA="}}}"#, "u", "p"),
        (#"{"auths":{"https://a.example/v1/":{"username":"u","password":"p"}}}"#, "u", "p"),
        (#"{"auths":{"A.EXAMPLE":{"auth":"dTpw","email":"x"}}}"#, "u", "p"),
        (#"{"auths":{"a.example/v2/":{"auth":"dTpw"}}}"#, "u", "p"),
        (#"{"auths":{"a.example/team":{"auth":"dTpw"},"a.example":{"auth":"eDp5"}}}"#, "u", "p"),
        (#"{"auths":{"a.example/team/app/deep":{"auth":"dTpw"},"a.example":{"auth":"eDp5"}}}"#, "x", "y"),
        (#"{"auths":{"a.example/te":{"auth":"dTpw"},"a.example":{"auth":"eDp5"}}}"#, "x", "y"),
    ])
    func `entries are found by host and longest namespace`(text: String, user: String, secret: String) throws {
        let entry = try file(text).entry(host: "a.example", repository: "team/app")
        #expect(entry?.credential == password(user, secret))
    }

    @Test(arguments: ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io", "index.docker.io"])
    func `docker hub is found by all its names`(key: String) throws {
        let environment = ["DOCKER_AUTH_CONFIG": "{\"auths\":{\"\(key)\":{\"auth\":\"dTpw\"}}}"]
        let credentials = RegistryCredentials(environment: environment)
        #expect(
            try credentials.credential(for: "registry-1.docker.io", repository: "library/nginx") == password("u", "p"))
        #expect(try credentials.credential(for: "ghcr.io", repository: "library/nginx") == nil)
    }

    @Test func `tokens and empty entries`() throws {
        let text =
            #"{"auths":{"a":{"identitytoken":"i"},"b":{"registrytoken":"r"},"c":{},"d":null},"credHelpers":{"c":"x"}}"#
        let file = try file(text)
        #expect(file.entry(host: "a", repository: "")?.credential == .identityToken(Secret("i")))
        #expect(file.entry(host: "b", repository: "")?.credential == .registryToken(Secret("r")))
        #expect(file.entry(host: "c", repository: "").map { $0.credential == nil } == true)
        #expect(file.helpers == ["c": "x"])
    }

    @Test(arguments: [
        #"{"auths":{"a":{"auth":"c2VjcmV0"}}}"#, #"{"auths":{"a":{"auth":"not base64 secret"}}}"#,
        #"{"auths":["secret"]}"#,
        #"{"auths":{"a":{"auth":["secret"]}}}"#, #"{"credsStore":"../secret"}"#, #"{"credHelpers":{"a":"-x; secret"}}"#,
        #"{"auths":{"a":{}},"auths":{"a":{}}}"#, "secret", "",
    ])
    func `a file that is not understood is refused without its secrets`(text: String) throws {
        try scratch.write(text, to: "docker/config.json")
        let credentials = RegistryCredentials(environment: ["DOCKER_CONFIG": scratch.root.appending("docker").text])
        let error = #expect(throws: RegistryError.self) { try credentials.credential(for: "a", repository: "x") }
        guard case .configuration(let path, _, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.lastComponent == "config.json")
        #expect(!reason.contains("secret") || text.contains("creds") || text.contains("credHelpers"))
    }

    @Test func `files are looked for in order`() {
        let environment = [
            "HOME": "/h", "DOCKER_CONFIG": "", "XDG_RUNTIME_DIR": "/run/u", "REGISTRY_AUTH_FILE": "/r.json",
        ]
        #expect(
            RegistryCredentials.paths(environment).map(\.text) == [
                "/r.json", "/h/.docker/config.json", "/run/u/containers/auth.json", "/h/.config/containers/auth.json",
            ])
        #expect(RegistryCredentials.paths(["DOCKER_CONFIG": "/d"]).map(\.text) == ["/d/config.json"])
        #expect(RegistryCredentials.paths([:]).isEmpty)
    }

    @Test func `the variable comes before files, and files that are missing are passed over`() throws {
        try scratch.write(#"{"auths":{"a":{"auth":"ZmlsZTpm"},"b":{"auth":"ZmlsZTpm"}}}"#, to: ".docker/config.json")
        let credentials = RegistryCredentials(environment: [
            "HOME": scratch.root.text, "XDG_RUNTIME_DIR": "/nonexistent",
            "DOCKER_AUTH_CONFIG": #"{"auths":{"a":{"auth":"dTpw"}}}"#,
        ])
        #expect(try credentials.credential(for: "a", repository: "x") == password("u", "p"))
        #expect(try credentials.credential(for: "b", repository: "x") == password("file", "f"))
    }

    @Test func `secrets do not print`() {
        let credential = password("u", "s3cret")
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!"\(credential) \(String(reflecting: credential)) \(dumped)".contains("s3cret"))
    }
}

/// Helpers are real programs here.
@Suite struct CredentialHelperTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func ask(_ script: String, host: String = "a.example") throws -> Credential? {
        try scratch.write("#!/bin/sh\n" + script, to: "bin/docker-credential-test", mode: .executable)
        while true {
            let credentials = RegistryCredentials(environment: [
                "PATH": scratch.root.appending("bin").text + ":/usr/bin:/bin",
                "DOCKER_AUTH_CONFIG": #"{"credsStore":"test","auths":{"a.example":{}}}"#,
            ])
            let answer = Result { () throws(RegistryError) in
                try credentials.credential(for: host, repository: "x")
            }
            // Another test is just starting a program, which has our descriptor until its exec (golang/go#22315).
            if case .failure(.authorization(_, .helper(_, "cannot be run: text file busy"))) = answer { continue }
            return try answer.get()
        }
    }

    @Test func `a helper is asked by the registry's name`() throws {
        let script =
            #"[ "$1" = get ] && read host && printf '{"ServerURL":"%s","Username":"%s","Secret":"s"}' "$host" "$host""#
        #expect(try ask(script) == .password(user: "a.example", Secret("s")))
        #expect(
            try ask(script, host: "registry-1.docker.io") == .password(user: "https://index.docker.io/v1/", Secret("s"))
        )
    }

    @Test func `a helper may keep an identity token, or nothing`() throws {
        #expect(try ask(#"echo '{"Username":"<token>","Secret":"t"}'"#) == .identityToken(Secret("t")))
        #expect(try ask("echo credentials not found in native keychain; exit 1") == nil)
    }

    @Test(arguments: [
        ("echo secret; exit 1", "ended with status 1"), ("echo secret", "does not answer with Username and Secret"),
        (#"echo '{"Username":"u"}'"#, "does not answer with Username and Secret"),
    ])
    func `a helper that fails is named, and nothing it says is shown`(script: String, reason: String) throws {
        let error = #expect(throws: RegistryError.self) { try ask(script) }
        #expect(
            error == .authorization(registry: "a.example", .helper("docker-credential-test", reason: reason)))
        #expect(error?.diagnostic.message.contains("secret") == false)
    }

    @Test func `a helper that is not there is named`() throws {
        let credentials = RegistryCredentials(environment: [
            "PATH": scratch.root.text, "DOCKER_AUTH_CONFIG": #"{"credHelpers":{"a.example":"gone"}}"#,
        ])
        #expect(
            throws: RegistryError.authorization(
                registry: "a.example", .helper("docker-credential-gone", reason: "is not installed"))
        ) {
            try credentials.credential(for: "a.example", repository: "x")
        }
        #expect(try credentials.credential(for: "b.example", repository: "x") == nil)
    }
}
