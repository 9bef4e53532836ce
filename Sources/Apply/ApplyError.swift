public import Format
public import Posix
public import Values

/// Why a bundle was not applied.
public enum ApplyError: Error, Hashable, Sendable {
    /// The bundle has several roles, and none was chosen.
    case noRole(available: [Role])
    /// The bundle does not have the chosen role.
    case unknownRole(String, available: [Role])
    /// Values that the role needs and nobody gave.
    case missingValues([Variable])
    /// A value that its variable's type does not accept; `nil` where it must not be shown.
    case invalidValue(name: String, source: String, value: String?, expectation: String)
    /// A name that is no variable of the bundle.
    case unknownValue(name: String, source: String, known: [String])
    /// A secret was given where other users of the machine can read it.
    case secretOnCommandLine(name: String)
    /// A line of a values file that is not `NAME=value`.
    case unreadableLine(file: String, line: Int, reason: String? = nil)
    /// `--site` names a file that is not there.
    case noSiteFile(name: String, folder: FilePath)
    /// The bundle is for another system than this installer's.
    case otherSystem(OperatingSystem)
    /// What is installed is newer, or of the same sequence and not the same.
    case older(installed: Receipt.Bundle, offered: Receipt.Bundle)
    /// The bundle would lay something where this installer lays nothing.
    case outsideRoots(MemberPath)
    /// Another bundle has laid this path, which `wanted` would lay too.
    case ownedByOther(MemberPath, bundle: BundleName, wanted: BundleName)
    /// What an add-on stands on is not installed, or is not what it was made for.
    case needsBundle(Need, bundle: BundleName, found: Receipt?)
    /// The bundle below has made this machine something else.
    case roleOfAnother(String, below: Receipt)
    /// Other bundles stand on the one that is to go.
    case needed(BundleName, by: [BundleName])
    /// An owner that the target does not know.
    case unknownOwner(Owner, path: MemberPath)
    /// No number is left for a new system user.
    case noNumberLeft(user: String)
    /// The machine's own files are changed by root only.
    case notRoot
    /// A step did not do its work; `output` are the last lines it left.
    case stepFailed(step: String, reason: String, output: [String])
    /// Steps that could not be taken back after an error.
    case stepsNotUndone([String])
    /// A person or the system asked to stop.
    case cancelled
    /// The bundle is older than one of its name that was healthy here once, or of the same sequence and not the same.
    case belowFloor(Int, offered: Receipt.Bundle, file: FilePath)
    /// The file that says what was healthy here once does not say a number.
    case unreadableFloor(FilePath)
    /// The file that says which time has passed here does not say a time.
    case unreadableClock(FilePath)
    /// What was kept for a way back cannot be understood.
    case unreadableKept(FilePath, String)
    /// No room for a copy of the platform's data.
    case noRoomForCopy(MemberPath, needed: ByteCount, available: ByteCount)
    /// A copy of the platform's data is not what was read.
    case copyDiffers(MemberPath)
    /// No upgrade has kept a bundle before this one.
    case noPrevious(BundleName)
    /// The platform cannot go back, for a reason of its own.
    case noWayBack(BundleName, reason: String)
    /// Files of the bundle before were not kept, or are not as they were.
    case notKept([MemberPath], bundle: Receipt.Bundle)
    /// There is no receipt of a bundle, or more than one where one is meant.
    case noReceipt(installed: [BundleName])
}
