import Counting
import Definition
import Gather
import HostileArchives
import OCI
import Posix
import Reporting
import SampleImages
import SampleVendor
import StockTools
import Store
import Testing
import Values

/// Row X1: archives of images that nobody should take, in each of the ways that sealift reads one.
struct ArchiveAttackTests {
    private let image = SampleImage("acme/app:1")

    /// The members of a good archive in one of two forms, as tar entries without an end.
    private func good(_ form: String) -> [UInt8] {
        let files = form == "oci-archive" ? layout(image, [nameKey: "acme/app:1"]) : docker(image, tags: ["acme/app:1"])
        return files.flatMap { TarBlock($0.name, $0.content).bytes }
    }

    @Test(arguments: ["oci-archive", "docker-archive"])
    func `archives of images`(form: String) throws {
        let workshop = try Workshop()
        let definition = try workshop.define("images: ['\(form):a.tar']\n")
        let request = try #require(definition.imageArchives.first)
        var wrong: [String] = []
        for attack in HostileTar.all {
            try Files.replace(workshop.folder.appending("a.tar"), with: attack.bytes(around: good(form)))
            do throws(GatherError) {
                _ = try workshop.gatherer.images(of: request)
                if attack.harmless == nil { wrong.append("\(attack.name): taken") }
            } catch {
                let words = error.diagnostic
                if attack.harmless != nil { wrong.append("\(attack.name): \(words.message)") }
                if words.exitCode != .usage || words.next == nil { wrong.append("\(attack.name): \(words)") }
            }
            wrong += try left(workshop).map { "\(attack.name): left \($0)" }
        }
        Tally.report("X1", "archives of images, \(form)", count: HostileTar.all.count, failing: wrong.count)
        #expect(wrong == [])
        #expect(HostileTar.all.count >= 90)
    }

    /// What a refusal has left but the definition and its archive: half of a file in the store, a name beside it.
    private func left(_ workshop: Workshop) throws -> [String] {
        let site = try DirectoryHandle.open(workshop.folder).entries().filter { $0 != "a.tar" && $0 != "line7.yaml" }
        let root = try DirectoryHandle.open(workshop.folder.parent).entries().filter { $0 != "site" && $0 != "store" }
        let partial = workshop.folder.parent.appending("store/partial")
        return site + root + (try Files.exists(partial) ? try DirectoryHandle.open(partial).entries() : [])
    }

    /// Compressions and formats that were not asked for, and those that were, damaged. Each line makes `x` of `a.tar`.
    private static let wrappings: [(String, String)] =
        ["newc", "odc", "7zip", "ar", "mtree", "shar", "warc", "xar", "zip", "iso9660", "cpio"].map {
            ("the format \($0)", "bsdtar -xf a.tar; rm a.tar; bsdtar --format \($0) -cf x *")
        } + [
            (
                "a Debian package",
                "echo 2.0 >debian-binary; gzip -c a.tar >data.tar.gz; bsdtar --format ar -cf x debian-binary data.tar.gz"
            ),
            ("xz", "xz -c a.tar >x"), ("lzma", "lzma -c a.tar >x"), ("bzip2", "bzip2 -c a.tar >x"),
            ("lz4", "lz4 -qc a.tar >x"),
            ("uuencode", "bsdtar --uuencode -cf x @a.tar"), ("compress", "bsdtar -Zcf x @a.tar"),
            ("lzip", "bsdtar --lzip -cf x @a.tar"),
            ("base64", "base64 a.tar >x"), ("gzip, cut", "gzip -c a.tar | head -c 300 >x"),
            ("gzip, without its end", "gzip -c a.tar | head -c -8 >x"),
            ("zstd, cut", "zstd -qc a.tar | head -c 300 >x"),
            ("zstd, with another sum", "zstd -qc --check a.tar | head -c -4 >x; printf 1234 >>x"),
            ("zstd, a window of 256 MiB", "truncate -s 300M a; cat a a.tar | zstd -qc --long=28 --single-thread >x"),
            (
                "zstd, with a dictionary",
                "seq 1 90000 >d; zstd -q --train d -B9000 -o dict >/dev/null 2>&1 || cp a.tar dict; zstd -qc -D dict a.tar >x"
            ),
            ("a skippable frame alone", "printf 'P*M\\030\\004\\0\\0\\0abcd' >x"),
            ("a header of gzip alone", "printf '\\037\\213\\010\\0' >x"),
            ("a header of zstd alone", "printf '\\050\\265\\057\\375' >x"), ("a program", "cp /bin/true x"),
            ("text", "seq 1 9000 >x"),
            ("zeros", "head -c 100000 /dev/zero >x"), ("nothing", ": >x"), ("a folder", "mkdir x"),
            ("a pipe", "mkfifo x"),
            ("a device", "ln -s /dev/zero x"), ("a link to nowhere", "ln -s nowhere x"),
            ("a link to itself", "ln -s x x"),
        ]

    @Test func `what is no archive of the formats that are read`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define("images: ['docker-archive:a.tar']\n")
        let request = try #require(definition.imageArchives.first)
        var wrong: [String] = []
        for (name, line) in Self.wrappings {
            let folder = try CommandFolder()
            try folder.write("a.tar", good("docker-archive") + TarBlock.end)
            #expect(try folder.run("set +e; " + line + "; test -e x -o -L x") == 0, "\(name)")
            let place = workshop.folder.appending("a.tar")
            if try Files.information(place) != nil { try Files.remove(place) }
            try Files.rename(FilePath(folder.path("x")), to: place)
            do throws(GatherError) {
                _ = try workshop.gatherer.images(of: request)
                wrong.append("\(name): taken")
            } catch {
                if error.diagnostic.exitCode != .usage || error.diagnostic.next == nil {
                    wrong.append("\(name): \(error.diagnostic)")
                }
            }
            wrong += try left(workshop).map { "\(name): left \($0)" }
            if try Files.information(place)?.kind == .directory { try Files.removeTree(place) }
        }
        Tally.report(
            "X1", "compressions, formats and things that are no archive", count: Self.wrappings.count,
            failing: wrong.count)
        #expect(wrong == [])
    }

    @Test func `archives of a platform's makers`() throws {
        var wrong: [String] = []
        let workshop = try Workshop()
        let good = Array(SampleVendor.imageArchive(SampleVendor.images).dropLast(1_024))
        for attack in HostileTar.all {
            workshop.vendor.put(attack.bytes(around: good), at: SampleVendor.path(SampleVendor.archive))
            let definition = try workshop.define("image-source: vendor-archive\n")
            let lock = try workshop.lock(definition)
            do throws(GatherError) {
                _ = try workshop.gatherer.gather(lock, for: definition)
                if attack.harmless == nil { wrong.append("\(attack.name): taken") }
            } catch {
                if attack.harmless != nil { wrong.append("\(attack.name): \(error.diagnostic.message)") }
                if error.diagnostic.exitCode != .gathering || error.diagnostic.next == nil {
                    wrong.append("\(attack.name): \(error.diagnostic)")
                }
            }
        }
        Tally.report("X1", "archives of a platform's makers", count: HostileTar.all.count, failing: wrong.count)
        #expect(wrong == [])
    }
}
