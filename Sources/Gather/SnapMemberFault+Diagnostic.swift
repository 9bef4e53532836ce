import OCI
import Reporting

extension SnapMemberFault {
    /// Why the images of a snap could not be read from it, and what would do.
    func diagnostic(snap: String, path: String) -> Diagnostic {
        Diagnostic(
            "cannot read the images of the snap \(quoted(snap)) from its \(quoted(path)): \(reason)", details: details,
            next: next, exitCode: .gathering)
    }

    private var reason: String {
        switch self {
        case .program(nil): "there is no program unsquashfs"
        case .program(let reason?): reason
        case .unreadable: "unsquashfs cannot read the snap"
        case .missing: "the snap has no such file"
        case .noImage(let keys): "it has no line with \(keys.map { quoted($0) }.joined(separator: " or "))"
        case .line(let number, let text, _): "line \(number), \(quoted(text)), is no image name"
        case .placeholder(let number, let text):
            "line \(number) has \(quoted(text)), which only the running platform knows"
        case .notText: "it is not text"
        }
    }

    private var details: [Diagnostic.Detail] {
        switch self {
        case .unreadable(let words): words.map { .init("it said", $0) }
        case .missing(let names):
            names.isEmpty ? [] : [.init("there is", names.prefix(12).map { quoted($0) }.joined(separator: ", "))]
        case .line(_, _, let error): [.init("because", error.diagnostic.message)]
        case .program, .noImage, .placeholder, .notText: []
        }
    }

    private var next: String {
        switch self {
        case .program(nil):
            "install squashfs-tools 4.5 or newer (apt install squashfs-tools, dnf install squashfs-tools)"
        case .program, .unreadable: "try `unsquashfs -l` on the snap by hand; squashfs-tools 4.5 or newer is needed"
        case .missing, .noImage, .line, .placeholder, .notText:
            "the makers moved things: mend images.members in a profile of your own, and name what is missing under images"
        }
    }
}
