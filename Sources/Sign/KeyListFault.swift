public import Posix
public import Reporting
public import Trust

/// Why a key list could not be made, signed or carried.
public enum KeyListFault: Error, Hashable, Sendable {
    /// The folder has no list 1.
    case noLists(FilePath)
    /// There is a list of this number already.
    case exists(FilePath)
    /// The list to be made would break a rule.
    case broken(number: Int, KeyList.Refusal)
    /// The key is a root key neither of this list nor of the one before.
    case notARootKey(FilePath, number: Int)
    /// No key of the list has this name.
    case unknownName(KeyName, number: Int)
    /// The next list would say what this one says.
    case nothingChanged(number: Int)
    /// A bundle was to be signed by a key that the newest list does not have; `names` are those it has.
    case notNamed(fingerprint: String, number: Int, names: [String])
}

extension KeyListFault: Diagnosable {
    /// The words for each case.
    public var diagnostic: Diagnostic {
        let (message, next) = words
        return Diagnostic(message, next: next, exitCode: .usage)
    }

    private var words: (message: String, next: String) {
        switch self {
        case .noLists(let path):
            (
                "\(quoted(path.text)) has no key lists: \(KeyListFile.name(1)) is missing",
                "name the folder of all lists, or begin one with `sealift keys new`"
            )
        case .exists(let path):
            (
                "cannot make a key list: \(quoted(path.text)) exists",
                "have it signed; delete it only when nobody has its signatures, since two lists of one number are a fork"
            )
        case .broken(let number, let refusal):
            ("cannot make key list \(number): it \(refusal.words)", "name other keys or another threshold")
        case .notARootKey(let path, let number):
            (
                "cannot sign key list \(number) with \(quoted(path.text)): it is no root key of this list, nor of the one before",
                "`sealift keys show` names those whose signatures count"
            )
        case .unknownName(let name, let number):
            ("key list \(number) has no key called \(name)", "`sealift keys show` names them all")
        case .nothingChanged(let number):
            (
                "the next list would say what key list \(number) says: nothing is added, removed or set",
                "say what changes; `sealift keys next --help` shows how"
            )
        case .notNamed(let fingerprint, let number, let names):
            (
                "cannot sign a bundle with \(fingerprint): key list \(number) does not name it, and its sites would refuse the bundle",
                "sign with one of \(names.joined(separator: ", ")), or add the key with `sealift keys next`"
            )
        }
    }
}
