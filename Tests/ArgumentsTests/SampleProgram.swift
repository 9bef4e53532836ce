import Arguments
import Reporting

/// A table with one of everything.
let sample = Program(
    "freight", version: "1.2", "load and unload",
    details: [
        "Freight moves boxes. It's careful: nothing \\is dropped, and a long paragraph is wrapped where the width ends."
    ],
    commands: [
        Command(
            "load", "put boxes on a ship", details: ["Boxes are counted."],
            positionals: [Positional("BOX", "the box", completing: .file)],
            options: [
                .value("output", letter: "o", "DIR", "where to put it", completing: .directory),
                .value("key", "PEM", "sign with this key", completing: .file),
                .flag("locked", letter: "l", "change no pin"),
                .values("mirror", "FROM=TO", "fetch from another host [or two]"),
                .value("level", "N", "how hard to press", completing: .choices(["fast", "best"])),
            ],
            exclusive: [["locked", "mirror"]],
            examples: [.init("freight load box.yaml -o /media/usb", "loads the box onto a stick")]),
        Command(
            "inspect", "look inside",
            positionals: [
                Positional("BOX", "the box", completing: .directory),
                Positional("TOPIC", "what to show", .optional, completing: .choices(["files", "images"])),
            ]),
        Command(
            "take", "take out files",
            positionals: [Positional("BOX", "the box"), Positional("PATH", "what to take", .oneOrMore)],
            options: [.value("output", letter: "o", "DIR", "where to", isRequired: true)]),
        Command("cache list", "show the cache"),
        Command("cache prune", "make room", options: [.flag("all", letter: "a", "forget everything")]),
    ],
    common: [.flag("json", "one object on standard output"), .flag("quiet", letter: "q", "say less")],
    exitCodes: [.done, .usage], files: [.init("/etc/freight", "settings")], seeAlso: ["unfreight(8)"])

/// A table where the verb is optional.
let installer = Program(
    "unfreight", version: "1.2", "unload",
    withoutVerb: Command(
        "", "check, ask and unload", options: [.flag("yes", letter: "y", "do not ask"), .value("root", "DIR", "where")]),
    commands: [Command("status", "how it is", options: [.value("root", "DIR", "where")]), Command("undo", "as it was")])
