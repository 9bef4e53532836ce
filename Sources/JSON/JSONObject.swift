/// The members of a JSON object in the order they came, each key once. Keys are compared by their UTF-8 bytes.
public struct JSONObject: Sendable {
    /// One key with its value.
    public struct Member: Sendable, Hashable {
        /// The key, without quotes and escapes.
        public let key: String
        /// What it stands for.
        public var value: JSONValue

        /// Whether both key and value are the same, byte for byte.
        public static func == (left: Self, right: Self) -> Bool {
            sameBytes(left.key, right.key) && left.value == right.value
        }
    }

    /// The members in order.
    public private(set) var members: [Member]
    /// Positions in `members`, sorted by key; empty for small objects, where looking at each key is faster.
    private var order: [Int32]

    /// The most members that are searched one by one.
    private static let smallCount = 12

    /// An object without members.
    public init() {
        members = []
        order = []
    }

    /// Takes members as parsed; hands out the position of the second of two members with one key.
    init(members: [Member], duplicate: inout Int?) {
        self.members = members
        order = []
        guard members.count > Self.smallCount else {
            duplicate = Self.firstRepetition(in: members)
            return
        }
        order = Self.sortedOrder(of: members)
        for (left, right) in zip(order, order.dropFirst()) {
            guard sameBytes(members[Int(left)].key, members[Int(right)].key) else { continue }
            duplicate = Swift.min(duplicate ?? .max, Int(Swift.max(left, right)))
        }
    }

    /// The value of the member called `key`. Setting `nil` removes the member, setting a new key appends one.
    public subscript(_ key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let found?, let value?): members[found].value = value
            case (let found?, nil): remove(at: found)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member at the end.
    /// - Precondition: No member has this key yet.
    public mutating func append(_ key: String, _ value: JSONValue) {
        precondition(position(of: key) == nil, "a JSON object has every key once")
        members.append(Member(key: key, value: value))
        if !order.isEmpty {
            order.insert(Int32(members.count - 1), at: insertionPoint(of: key))
        } else if members.count > Self.smallCount {
            order = Self.sortedOrder(of: members)
        }
    }

    /// Where the member called `key` stands in ``members``; `nil` when there is none.
    /// - Complexity: O(log n) comparisons of keys, O(n) for up to a dozen members.
    public func position(of key: String) -> Int? {
        if order.isEmpty { return members.firstIndex { sameBytes($0.key, key) } }
        let point = insertionPoint(of: key)
        guard point < order.count, sameBytes(members[Int(order[point])].key, key) else { return nil }
        return Int(order[point])
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        order = members.count > Self.smallCount ? Self.sortedOrder(of: members) : []
    }

    private func insertionPoint(of key: String) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if bytesPrecede(members[Int(order[middle])].key, key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func sortedOrder(of members: [Member]) -> [Int32] {
        members.indices.map(Int32.init).sorted { bytesPrecede(members[Int($0)].key, members[Int($1)].key) }
    }

    private static func firstRepetition(in members: [Member]) -> Int? {
        for later in members.indices.dropFirst() {
            for earlier in 0..<later where sameBytes(members[earlier].key, members[later].key) { return later }
        }
        return nil
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members in the same order.
    public static func == (left: Self, right: Self) -> Bool { left.members == right.members }

    /// Feeds the members to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: RandomAccessCollection {
    /// The first position, 0.
    public var startIndex: Int { 0 }
    /// The position after the last member.
    public var endIndex: Int { members.count }
    /// The member at `position`.
    public subscript(position: Int) -> Member { members[position] }
    /// The keys in order.
    public var keys: [String] { members.map(\.key) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object with these members.
    /// - Precondition: No key comes twice.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (key, value) in elements { append(key, value) }
    }
}

/// Byte order of two texts, the order of keys in canonical JSON.
func bytesPrecede(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
