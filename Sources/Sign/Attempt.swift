import LibCrypto
import Posix

/// Lifts a file error into this module's.
func attempt<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(SignError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}

/// Lifts an error about the key in `path` into this module's.
func attempt<Result: ~Copyable>(
    _ path: FilePath, _ body: () throws(CryptoError) -> Result
) throws(SignError) -> Result {
    do throws(CryptoError) { return try body() } catch { throw .key(error, path) }
}
