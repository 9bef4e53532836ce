import Arguments
import Glibc
import Testing

/// Sources the completions of both tables in bash, asks for each line of words, and gives what it offers.
private func bash(_ lines: [String]) throws -> [String] {
    let ask = lines.map { line in
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
        return "t _\(line.prefix { $0 != " " }) \(words.joined(separator: " "))"
    }
    let script =
        sample.completions(for: .bash) + installer.completions(for: .bash) + """
            compopt() { :; }
            t() { local f=$1; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $f; echo "${COMPREPLY[*]}"; }
            cd / || exit

            """ + ask.joined(separator: "\n")
    setenv("SEALIFT_TEST_COMPLETIONS", script, 1)
    let stream = try #require(popen("exec bash -c \"$SEALIFT_TEST_COMPLETIONS\" 2>&1", "r"))
    defer { pclose(stream) }
    var output: [UInt8] = []
    while case let byte = getc(stream), byte != EOF { output.append(UInt8(byte)) }
    return String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        .dropLast().map { String($0) }
}

@Suite struct CompletionTests {
    @Test func `bash completes verbs, options, values and arguments`() throws {
        let table = [
            ("freight ", "load inspect take cache --json --quiet --help --version"), ("freight lo", "load"),
            ("freight --json ta", "take"), ("freight load --l", "--locked --level"),
            ("freight load --level ", "fast best"),
            ("freight load --level = f", "fast"), ("freight load --level =", "fast best"),
            ("freight load /etc/pass", "/etc/passwd"),
            ("freight -o load load /etc/pass", "/etc/passwd"), ("freight load --key = x /etc/pass", "/etc/passwd"),
            ("freight load --output /et", "/etc"), ("freight load --mirror ", ""), ("freight cache ", "list prune"),
            ("freight cache prune -", "--all -a --json --quiet -q --help -h --version"),
            ("freight inspect b ", "files images"),
            ("freight inspect b files ", ""), ("unfreight ", "status undo"),
            ("unfreight -", "--yes -y --root --help -h --version"),
            ("unfreight --root status u", "undo"), ("unfreight status --r", "--root"),
        ]
        let offers = try bash(table.map(\.0))
        #expect(offers.count == table.count)
        for ((line, expected), offer) in zip(table, offers) {
            #expect(offer.split(separator: " ").contains(expected[...]) || offer == expected, "\(line)")
        }
    }

    @Test(arguments: [
        "#compdef freight\n", "\n        'cache:list, prune'\n",
        "'*--mirror=[fetch from another host \\[or two\\]]:FROM=TO: '",
        "'(--output -o)-o+[where to put it]:DIR:_files -/'",
        "'::TOPIC:(files images)'", "'*:PATH: '",
    ])
    func `zsh gets its specs`(part: String) {
        #expect(sample.completions(for: .zsh).contains(part))
    }

    @Test(arguments: [
        "complete -c freight -f\n",
        "-n 'not __fish_seen_subcommand_from load inspect take cache' -a load -d 'put boxes on a ship'\n",
        "-n '__fish_seen_subcommand_from load' -l key -r -F -d 'sign with this key'\n",
        "-n '__fish_seen_subcommand_from load' -l level -x -a 'fast best' -d 'how hard to press'\n",
        "-n '__fish_seen_subcommand_from cache; and __fish_seen_subcommand_from prune' -l all -s a -d 'forget everything'\n",
    ])
    func `fish gets its rules`(part: String) {
        #expect(sample.completions(for: .fish).contains(part))
    }
}
