import Glibc
import Posix
import Testing
import Values

struct Mishap: Error, Hashable { let number: Int }

@Suite struct WorkersTests {
    /// Numbers 0, 1, 2 … and an error or the end.
    struct Numbers {
        var next = 0
        let end: Int
        var fault: Int?
        mutating func produce() throws -> Int? {
            if next == fault { throw Mishap(number: next) }
            guard next < end else { return nil }
            defer { next += 1 }
            return next
        }
    }

    static let shapes = [(1, 1), (1, 2), (2, 1), (2, 4), (5, 3), (8, 40)]

    @Test(arguments: shapes) func `results come in the order of the jobs`(count: Int, inFlight: Int) throws {
        var numbers = Numbers(end: 500)
        var found: [Int] = []
        try Workers.pipeline(
            count: count, inFlight: inFlight, produce: { try numbers.produce() },
            work: { number in
                if number % 7 == 0 { usleep(200) }
                return number * 2
            }, consume: { found.append($0) })
        #expect(found == (0..<500).map { $0 * 2 })
    }

    @Test(arguments: shapes) func `no more jobs are alive than allowed`(count: Int, inFlight: Int) throws {
        let alive = Monitor((now: 0, most: 0))
        var numbers = Numbers(end: 200)
        try Workers.pipeline(
            count: count, inFlight: inFlight,
            produce: {
                let number = try numbers.produce()
                if number != nil {
                    alive.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                }
                return number
            }, work: { $0 },
            consume: { _ in alive.withLock { $0.now -= 1 } })
        #expect(alive.withLock { $0.now } == 0)
        #expect(alive.withLock { $0.most } <= inFlight)
    }

    @Test(arguments: shapes) func `an error of work comes after all that was before it`(count: Int, inFlight: Int)
        throws
    {
        for bad in [0, 1, 57, 199] {
            var numbers = Numbers(end: 200)
            var found: [Int] = []
            #expect(throws: Mishap(number: bad)) {
                try Workers.pipeline(
                    count: count, inFlight: inFlight, produce: { try numbers.produce() },
                    work: { number in
                        if number == bad {
                            usleep(300)  // the later ones fail first
                            throw Mishap(number: number)
                        }
                        if number > bad { throw Mishap(number: number) }
                        return number
                    }, consume: { found.append($0) })
            }
            #expect(found == Array(0..<bad))
            #expect(numbers.next <= bad + inFlight)
        }
    }

    @Test(arguments: shapes) func `an error of produce comes after all that was before it`(count: Int, inFlight: Int)
        throws
    {
        for bad in [0, 1, 57, 199] {
            var numbers = Numbers(end: 200, fault: bad)
            var found: [Int] = []
            #expect(throws: Mishap(number: bad)) {
                try Workers.pipeline(
                    count: count, inFlight: inFlight, produce: { try numbers.produce() }, work: { $0 },
                    consume: { found.append($0) })
            }
            #expect(found == Array(0..<bad))
        }
    }

    @Test(arguments: shapes) func `an error of consume stops all`(count: Int, inFlight: Int) throws {
        for bad in [0, 1, 57, 199] {
            var numbers = Numbers(end: 100_000)
            var found: [Int] = []
            #expect(throws: Mishap(number: bad)) {
                try Workers.pipeline(
                    count: count, inFlight: inFlight, produce: { try numbers.produce() }, work: { $0 },
                    consume: { number in
                        if number == bad { throw Mishap(number: number) }
                        found.append(number)
                    })
            }
            #expect(found == Array(0..<bad))
            #expect(numbers.next <= bad + inFlight)
        }
    }

    @Test func `after an error no waiting job begins`() throws {
        for inFlight in [1, 2, 40] {
            let begun = Monitor(0)
            var numbers = Numbers(end: 100)
            #expect(throws: Mishap(number: 5)) {
                try Workers.pipeline(
                    count: 1, inFlight: inFlight, produce: { try numbers.produce() },
                    work: { number in
                        begun.withLock { $0 += 1 }
                        usleep(200)  // lets others queue up behind
                        if number == 5 { throw Mishap(number: 5) }
                    }, consume: { _ in })
            }
            #expect(begun.withLock { $0 } == 6)
        }
    }

    @Test func `nothing to do ends at once`() throws {
        try Workers.pipeline(count: 3, inFlight: 3, produce: { nil as Int? }, work: { $0 }, consume: { _ in })
        try Workers.forEach([Int](), count: 2) { _ in Issue.record("there is no item") }
    }

    @Test(arguments: [1, 2, 5]) func `forEach visits every item once, map keeps the order`(count: Int) throws {
        let seen = Monitor(Set<Int>())
        try Workers.forEach(Array(0..<300), count: count) { item in
            let isNew = seen.withLock { $0.insert(item).inserted }
            #expect(isNew)
        }
        #expect(seen.withLock { $0.count } == 300)
        #expect(try Workers.map(Array(0..<300), count: count) { -$0 } == (0..<300).map { -$0 })
        #expect(throws: Mishap(number: 3)) {
            try Workers.forEach(Array(0..<300), count: count) { if $0 >= 3 { throw Mishap(number: $0) } }
        }
    }

    @Test(arguments: [1, 2, 4], [nil, 30, 0])
    func `buffers of a small pool suffice, also when a stage fails`(count: Int, bad: Int?) throws {
        let inFlight = 3
        let pool = BufferPool(count: inFlight, capacity: 4_096)
        var next: UInt8 = 0
        var found: [UInt8] = []
        func run() throws {
            try Workers.pipeline(
                count: count, inFlight: inFlight,
                produce: {
                    guard next < 100 else { return nil }
                    let buffer = pool.take()
                    buffer.bytes[0] = next
                    buffer.count = 1
                    next += 1
                    return buffer
                },
                work: { (buffer: Buffer) in
                    buffer.bytes[0] += 1
                    return buffer
                },
                consume: { buffer in
                    if found.count == bad { throw Mishap(number: found.count) }
                    found.append(buffer.filled[0])
                    pool.give(buffer)
                })
        }
        if let bad {
            #expect(throws: Mishap(number: bad)) { try run() }
        } else {
            try run()
        }
        #expect(found == (1...100).prefix(bad ?? 100).map { $0 })
        // All are back: the pool can give every one of them at once.
        let all = (0..<inFlight).map { _ in pool.take() }
        #expect(all.allSatisfy { $0.capacity == 4_096 && UInt(bitPattern: $0.bytes.baseAddress) % 4_096 == 0 })
    }

    @Test func `stages may borrow what cannot be copied`() throws {
        let scratch = try Scratch()
        try Files.replace(scratch["f"], with: [7, 8, 9])
        let file = try FileDescriptor.open(scratch["f"], .readOnly)
        let sums = try Workers.map([0, 1, 2], count: 2) { offset in
            var byte: [UInt8] = [0]
            _ = try byte.withUnsafeMutableBytes { try file.readFully(into: $0, at: offset) }
            return byte[0]
        }
        #expect(sums == [7, 8, 9])
    }

    @Test func `there is at least one processor, as nproc says`() throws {
        #expect(Workers.processorCount >= 1)
        let scratch = try Scratch()
        try scratch.shell("nproc > n")
        #expect(try Files.read(scratch["n"], limit: 99) == Array("\(Workers.processorCount)\n".utf8))
    }
}
