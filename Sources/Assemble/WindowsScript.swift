/// The bytes of install.ps1: the same in every bundle, so that a site can sign it once (Authenticode).
enum WindowsScript {
    /// The script, which lies beside this file.
    static let bytes = PackageResources.install_ps1
}
