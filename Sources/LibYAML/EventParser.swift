import CLibYAML
import Reporting

/// A running libyaml parser over one text. Owns one `yaml_parser_t` and the bytes it reads: the struct points into itself and
/// keeps the input's address, so both live where they were allocated.
@safe struct EventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter bytes: UTF-8, without byte order mark.
    init(_ bytes: [UInt8]) {
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else { fatalError("libyaml cannot allocate its buffers") }
        unsafe input = .allocate(capacity: max(1, bytes.count))
        _ = unsafe input.update(fromContentsOf: bytes)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event.
    ///
    /// - Throws: ``Failure``; the parser must not be asked again.
    mutating func next() throws(Failure) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe YAMLEvent(kind: Self.kind(of: event), mark: YAMLMark(event.start_mark))
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return unsafe .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe .sequenceStart(anchor: text(start.anchor), tag: text(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe .mappingStart(anchor: text(start.anchor), tag: text(start.tag))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            let value = unsafe YAMLScalar(text: String(decoding: bytes, as: UTF8.self), isPlain: isPlain)
            return unsafe .scalar(value, anchor: text(scalar.anchor), tag: text(scalar.tag))
        default: return .streamEnd
        }
    }

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe bytes.map { unsafe String(cString: $0) }
    }
}

extension EventParser {
    /// Why libyaml stopped, in its words.
    struct Failure: Error {
        let problem: String
        /// Where, when the scanner or the parser stopped.
        let mark: YAMLMark?
        /// Which byte, when the reader stopped at a character it does not take.
        let offset: Int?
        /// What libyaml was reading (`while parsing a block mapping`) and where that began.
        let context: String?
        let contextMark: YAMLMark?
    }

    private var failure: Failure {
        let state = unsafe parser.pointee
        let isReader = unsafe state.error == YAML_READER_ERROR
        let context = unsafe state.context.map { unsafe String(cString: $0) }
        return unsafe Failure(
            problem: state.problem.map { unsafe String(cString: $0) } ?? "out of memory",
            mark: isReader ? nil : YAMLMark(state.problem_mark), offset: isReader ? state.problem_offset : nil,
            context: context, contextMark: context == nil ? nil : YAMLMark(state.context_mark))
    }
}

extension YAMLMark {
    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}
