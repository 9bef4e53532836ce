import Reporting

/// A reader of bytes that others wrote, and what must hold for whatever it accepts.
///
/// The fuzzers run it on bytes that nobody would think of, FuzzTests on every seed.
public struct FuzzTarget: Sendable {
    /// The name of its folder of seeds.
    public let name: String
    private let read: @Sendable (_ bytes: [UInt8]) throws -> Void

    /// - Parameter read: Throws ``BrokenProperty`` when something does not hold, and the reader's own error when that refuses.
    init(_ name: String, _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.read = read
    }

    /// What the reader said.
    public enum Outcome: Sendable {
        /// It took the bytes.
        case accepted
        /// It refused them by an error of its own.
        case refused
    }

    /// Reads `bytes`. A refusal has words, and they hold nothing that a terminal acts on.
    public func check(_ bytes: [UInt8]) throws(BrokenProperty) -> Outcome {
        do {
            try read(bytes)
            return .accepted
        } catch let broken as BrokenProperty {
            throw broken
        } catch let error as any Diagnosable {
            let lines = error.diagnostic.lines(program: "fuzz")
            try hold(!error.diagnostic.message.isEmpty, "a refusal without words")
            let isPlain = lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
            try hold(isPlain, "a refusal with control characters in its words: \(lines)")
            return .refused
        } catch is Refusal {
            return .refused
        } catch {
            throw BrokenProperty("a refusal that cannot say itself: \(error)")
        }
    }
}

/// What a reader promises and did not keep.
public struct BrokenProperty: Error, CustomStringConvertible {
    /// The promise, and how the bytes broke it.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// The answer of a reader whose errors get their words elsewhere.
struct Refusal: Error {}

/// Refuses to go on when `condition` does not hold.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(promise()) }
}

/// Runs `body`, which must not fail: any error breaks `promise`.
func mustRead<Value>(_ promise: String, _ body: () throws -> Value) throws(BrokenProperty) -> Value {
    do { return try body() } catch {
        let words = (error as? any Diagnosable)?.diagnostic.lines(program: "fuzz").joined(separator: "; ")
        throw BrokenProperty("\(promise): \(words ?? "\(error)")")
    }
}
