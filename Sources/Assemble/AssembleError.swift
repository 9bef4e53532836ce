public import Format
public import LibZstdEncoder
public import Posix
public import Reporting
public import Store
public import Values
public import Verify

/// Why no bundle was made.
public enum AssembleError: Error, Hashable, Sendable {
    /// A file operation that did not do its work.
    case file(FileError)
    /// What was to be packed is against the format.
    case contents(FormatError)
    /// What was written is against the format: our own mistake.
    case format(FormatError)
    /// What was written does not pass its own check.
    case check(VerifyError)
    /// libzstd refused.
    case encoder(ZstdEncoderError)
    /// The store does not have content that the bundle needs, or has it damaged, or could not be used.
    case store(StoreError)
    /// A local file is no longer what it was when its digest was taken.
    case fileChanged(FilePath)
    /// There are too many volumes for the format.
    case tooManyVolumes(Int)
    /// A volume size that is too small or too large.
    case volumeSize(ByteCount)
    /// The output's file system is full, or would be: `needed` at most, `available` when it began.
    case diskFull(folder: FilePath, needed: ByteCount, available: ByteCount)
    /// What was read back from the medium is not what was written.
    case readBackDiffers(FilePath)
    /// A volume in the cache is not what its index says; it was removed. Whoever packs begins again without it.
    case cacheDamaged(SHA256Digest)
    /// Something stands where the bundle would go and is no bundle.
    case notABundle(FilePath)
    /// Trouble that another module has words for.
    case other(Diagnostic)
}

/// Runs `body`; its file errors become ours.
func files<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(AssembleError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}

/// Runs `body`; the store's errors become ours.
func storing<Result: ~Copyable>(_ body: () throws(StoreError) -> Result) throws(AssembleError) -> Result {
    do throws(StoreError) { return try body() } catch { throw .store(error) }
}

/// Turns what a pipeline of ours threw back into our error.
func assembleError(_ error: any Error) -> AssembleError {
    switch error {
    case let error as AssembleError: error
    case let error as FileError: .file(error)
    case let error as StoreError: .store(error)
    case let error as ZstdEncoderError: .encoder(error)
    case let error as FormatError: .format(error)
    case let error as any Diagnosable: .other(error.diagnostic)
    default: .other(Diagnostic("cannot assemble: \(quoted("\(error)"))", exitCode: .internalError))
    }
}
