import Foundation
import LibCrypto
import StockTools
import Testing
import Values

/// A configuration of OpenSSL can load any shared object into the process, before the first check of ours.
@Suite struct HostileConfigurationTests {
    private static let source = """
        #include <fcntl.h>
        #include <stdlib.h>
        __attribute__((constructor)) static void loaded(void) {
            open(getenv("SEALIFT_TEST_MARKER"), O_CREAT | O_WRONLY, 0600);
        }
        int OSSL_provider_init(void) { return 0; }
        """

    private static func prepare(_ folder: CommandFolder) throws {
        try folder.write("hostile.c", Array(source.utf8))
        try #require(
            try folder.run("clang -shared -fPIC -o hostile.so hostile.c || cc -shared -fPIC -o hostile.so hostile.c")
                == 0)
        let configuration = """
            openssl_conf = start
            [start]
            providers = all
            [all]
            hostile = hostile_section
            [hostile_section]
            module = \(folder.path("hostile.so"))
            activate = 1

            """
        try folder.write("hostile.cnf", Array(configuration.utf8))
    }

    @Test func `the probe works: openssl itself loads the hostile object`() throws {
        let folder = try CommandFolder()
        try Self.prepare(folder)
        _ = try folder.run(
            "SEALIFT_TEST_MARKER=$PWD/marker OPENSSL_CONF=$PWD/hostile.cnf openssl dgst -sha256 hostile.c || true")
        #expect(folder.exists("marker"))
    }

    @Test func `OPENSSL_CONF is not read`() async throws {
        let folder = try CommandFolder()
        try Self.prepare(folder)
        let (configuration, marker) = (folder.path("hostile.cnf"), folder.path("marker"))
        await #expect(processExitsWith: .exitCode(42)) {
            [configuration = configuration as String, marker = marker as String] in
            setenv("OPENSSL_CONF", configuration, 1)
            setenv("SEALIFT_TEST_MARKER", marker, 1)
            guard SHA256Digest.of([]).hex.hasPrefix("e3b0c442") else { exit(1) }
            let key = try PrivateKey.generate(.ecdsaP256)
            let pem = try key.pem(encryptedWith: SecretBytes(copying: [1]))
            let again = try PrivateKey(pem: pem) { SecretBytes(copying: [1]) }
            guard key.publicKey.verifies(try again.sign([1]), over: [1]) else { exit(2) }
            exit(FileManager.default.fileExists(atPath: marker) ? 3 : 42)
        }
        #expect(!folder.exists("marker"))
    }
}
