/// The shells for which a program can write its completions.
public enum Shell: String, CaseIterable, Hashable, Sendable {
    case bash
    case zsh
    case fish
}

extension Program {
    /// A script that teaches `shell` to complete this program's command lines. It runs none of our code, so it also
    /// works beside an installer that is not on the search path.
    public func completions(for shell: Shell) -> String {
        switch shell {
        case .bash: bashCompletions
        case .zsh: zshCompletions
        case .fish: fishCompletions
        }
    }

    /// The name as part of a shell function's name.
    var functionName: String { "_" + name.replacing("-", with: "_") }

    /// The commands by their first words, in order.
    var groups: [(word: String, commands: [Command])] {
        var groups: [(word: String, commands: [Command])] = []
        for command in commands {
            guard let word = command.words.first else { continue }
            if let index = groups.firstIndex(where: { $0.word == word }) {
                groups[index].commands.append(command)
            } else {
                groups.append((word, [command]))
            }
        }
        return groups
    }
}

/// `text` in single quotes, with those inside it taken care of, for bash and zsh.
func singleQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
