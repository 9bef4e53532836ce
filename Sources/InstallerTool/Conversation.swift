import Format
import Glibc
import Posix
import Reporting
import Values
import Verify

/// The person at the terminal, if there is one.
final class Conversation: Sendable {
    /// Where questions are put; not standard output, which is for results, nor standard input, which may be a file.
    private let terminal: FileDescriptor

    /// `nil` when nobody is there to answer.
    init?() {
        let opened = Result { () throws(FileError) -> Holder in
            Holder(try FileDescriptor.open("/dev/tty", .readWrite))
        }
        guard case .success(let holder) = opened, let terminal = holder.take() else { return nil }
        self.terminal = terminal
    }

    /// Carries a descriptor out of a `Result`, which holds copyable values only.
    private final class Holder {
        private var descriptor: FileDescriptor?
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = consume descriptor }
        func take() -> FileDescriptor? { descriptor.take() }
    }

    /// Puts a question and reads one line; `nil` when the person ends the conversation.
    func ask(_ question: String) throws(FileError) -> String? {
        try terminal.write(Array(question.utf8))
        var line: [UInt8] = []
        var byte: [UInt8] = [0]
        while true {
            let count = try byte.withMutableBytes { (bytes) throws(FileError) in try terminal.read(into: bytes) }
            guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            guard byte[0] != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
            if line.count < 8_192 { line.append(byte[0]) }
        }
    }

    /// Asks for yes; everything else is no.
    func confirms(_ question: String) throws(FileError) -> Bool {
        let answer = try ask(question + " [y/N] ")?.lowercased() ?? ""
        return ["y", "yes"].contains(answer.filter { $0 != " " })
    }

    /// Asks for the value of a variable until it is one of its type; a secret is not shown.
    func value(of variable: Variable) throws(FileError) -> String? {
        let kind = variable.required && variable.defaultValue == nil ? "" : ", may be empty"
        let usual = variable.defaultValue.map { " [\($0)]" } ?? ""
        let question = "\(variable.name): \(variable.ask)\(kind)\(usual): "
        while true {
            let answer: String?
            if variable.type.isSecret {
                answer = String(decoding: try System.readPassphrase(question), as: UTF8.self)
            } else {
                answer = try ask(question)
            }
            guard let answer, !answer.isEmpty else { return nil }
            if variable.accepts(answer) { return answer }
            try terminal.write(Array("  not \(variable.expectation)\n".utf8))
        }
    }

    /// Asks for a stick with a volume.
    func answer(for volume: AbsentVolume) throws(FileError) -> VolumeMedia.Answer {
        if let foreign = volume.foreign {
            try say("\(volume.name) in \(foreign) is another bundle's, or damaged")
        }
        let question =
            "\nvolume \(volume.number) of \(volume.count), \(volume.name), is not in "
            + volume.folders.map(\.text).joined(separator: " or ")
            + "\n  mount the stick that has it, and type its folder; empty to look again, q to stop: "
        guard let answer = try ask(question), answer != "q" else { return .stop }
        guard !answer.isEmpty else { return .look(nil) }
        do throws(FileError) { return .look(try FilePath(answer).resolved()) } catch {
            try say(error.diagnostic.message)
            return .look(nil)
        }
    }

    private func say(_ text: String) throws(FileError) { try terminal.write(Array(("  " + text + "\n").utf8)) }

    /// Has the person choose a role by name or number.
    func role(of manifest: Manifest) throws(FileError) -> String? {
        let rows = manifest.roles.enumerated().map { ["\($0 + 1)", $1.name, $1.summary] }
        try terminal.write(Array(("roles\n" + TextTable.lines(rows, indent: 2).joined(separator: "\n") + "\n").utf8))
        guard let answer = try ask("which role has this machine? ") else { return nil }
        if let number = Int(answer), manifest.roles.indices.contains(number - 1) {
            return manifest.roles[number - 1].name
        }
        return answer.isEmpty ? nil : answer
    }
}
