import Arguments
import Testing

@Suite struct DocumentationTests {
    @Test func `the help of a command shows usage, arguments, options and examples`() {
        let load = sample.commands.first { $0.name == "load" }
        #expect(
            sample.help(for: load) == """
                freight load: put boxes on a ship

                Usage: freight load BOX [-o DIR] [--key PEM] [-l]
                                    [--mirror FROM=TO]... [--level N]

                Boxes are counted.

                Arguments:
                  BOX  the box

                Options:
                  -o, --output DIR      where to put it
                      --key PEM         sign with this key
                  -l, --locked          change no pin
                      --mirror FROM=TO  fetch from another host [or two] (may be repeated)
                      --level N         how hard to press: fast, best

                Common options:
                      --json     one object on standard output
                  -q, --quiet    say less
                  -h, --help     show this help
                      --version  show the version

                Examples:
                  freight load box.yaml -o /media/usb
                      loads the box onto a stick

                """)
    }

    @Test func `the help of a program lists its commands, and what it does without one`() {
        #expect(
            installer.help() == """
                unfreight: unload

                Usage: unfreight [-y] [--root DIR]
                       unfreight COMMAND [OPTION]...

                Commands:
                  status  how it is
                  undo    as it was

                Without a command:
                  check, ask and unload

                Options:
                  -y, --yes       do not ask
                      --root DIR  where

                Common options:
                  -h, --help     show this help
                      --version  show the version

                `unfreight COMMAND --help` says more about a command.

                """)
    }

    @Test(arguments: [40, 60, 80, 120])
    func `no line of help is wider than the window`(width: Int) {
        for command in sample.commands {
            for line in sample.help(for: command, width: width).split(separator: "\n") {
                #expect(line.count <= max(width, 50), "\(line)")
            }
        }
    }

    @Test(arguments: [
        ".TH FREIGHT 7 2026-11-20 \"freight 1.2\" \"freight manual\"\n.nh\n.ad l\n.SH \"NAME\"\nfreight \\- load and unload\n",
        "\n\\fBfreight load\\fR BOX [\\-o\\ DIR] [\\-\\-key\\ PEM] [\\-l] [\\-\\-mirror\\ FROM=TO]... [\\-\\-level\\ N]\n",
        "\nFreight moves boxes. It\\(aqs careful: nothing \\eis dropped,",
        "\n.TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIDIR\\fR\nwhere to put it\n", "\n.TP\n\\fB2\\fR\nusage, or",
        "\n.SH \"FILES\"\n.TP\n\\fI/etc/freight\\fR\nsettings\n", "\n.SH \"SEE ALSO\"\nunfreight(8)\n",
        "\n.TP\n\\fBfreight load box.yaml \\-o /media/usb\\fR\nloads the box onto a stick\n",
    ])
    func `the manual page has its parts, escaped`(part: String) {
        #expect(sample.manPage(section: 7, date: "2026-11-20").contains(part))
    }

    @Test func `no text of a table can act as roff`() {
        let table = Program(
            "p", version: "1", ".so /etc/passwd", details: [".sh", "'br"],
            commands: [Command(".x", ".y", positionals: [Positional(".z", ".w \"q\"")])])
        for line in table.manPage(section: 1, date: "2026-11-20").split(separator: "\n") {
            guard line.hasPrefix(".") || line.hasPrefix("'") else { continue }
            let request = line.dropFirst().prefix { $0.isLetter }
            #expect(["TH", "SH", "SS", "PP", "TP", "nh", "ad"].contains(request), "\(line)")
        }
    }

    @Test func `a table that contradicts itself is our mistake`() async {
        await #expect(processExitsWith: .failure) {
            _ = Program(
                "p", version: "1", "s",
                commands: [
                    Command("a", "s", options: [.flag("x", "s")]), Command("b", "s", options: [.value("x", "V", "s")]),
                ])
        }
    }
}
