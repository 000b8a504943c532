/// Why bytes are not the JSON that was expected.
package struct JSONParseError: Error, Hashable, Sendable {
  /// The byte at which reading stopped, counted from 0.
  package let offset: Int
  package let problem: String
}

extension JSONValue {
  /// Reads one document (RFC 8259) and nothing after it.
  ///
  /// Strict: a name that stands twice in an object, a lone surrogate, invalid UTF-8 and nesting deeper
  /// than 64 are refused.
  package init(parsing bytes: [UInt8]) throws(JSONParseError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  static let deepest = 64
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONParseError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw failure("text after the end of the document") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
    skipSpace()
    guard let next = peek() else { throw failure("the text ends too early") }
    guard depth < Self.deepest || !"[{".utf8.contains(next) else {
      throw failure("nested deeper than \(Self.deepest)")
    }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONParseError) -> JSONValue {
    offset += 1
    var members: [JSONMember] = []
    var names = MemberNames()
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw failure("expected a name in quotes") }
      let name = try string()
      guard names.insert(name, besides: members) else {
        throw failure("the name \"\(name)\" stands twice")
      }
      skipSpace()
      guard take(":") else { throw failure("expected a colon") }
      members.append(JSONMember(name, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("expected a comma or a closing brace") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONParseError) -> JSONValue {
    offset += 1
    var items: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(items) }
    repeat {
      items.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("expected a comma or a closing bracket") }
    return .array(items)
  }

  private mutating func string() throws(JSONParseError) -> String {
    offset += 1
    let start = offset
    while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      offset += 1
    }
    var text = try utf8(bytes[start..<offset])
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        text.unicodeScalars.append(try escape())
      case 0..<0x20:
        throw failure("a control character inside a string")
      default:
        let start = offset
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
          byte >= 0x20
        { offset += 1 }
        text += try utf8(bytes[start..<offset])
      }
    }
    throw failure("a string that never ends")
  }

  private func utf8(_ slice: ArraySlice<UInt8>) throws(JSONParseError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw failure("bytes that are not UTF-8")
    }
    return text
  }

  private mutating func escape() throws(JSONParseError) -> UnicodeScalar {
    offset += 1
    guard let kind = peek() else { throw failure("a string that never ends") }
    offset += 1
    switch kind {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONParseError) -> UnicodeScalar {
    let first = try hexDigits()
    if let scalar = UnicodeScalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
      throw failure("half of a surrogate pair")
    }
    let second = try hexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexDigits() throws(JSONParseError) -> UInt32 {
    guard offset + 4 <= bytes.count,
      bytes[offset..<offset + 4].allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
    else { throw failure("expected four hexadecimal digits") }
    offset += 4
    return value
  }

  private mutating func number() throws(JSONParseError) -> String {
    let start = offset
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func digits() throws(JSONParseError) {
    let start = offset
    while let byte = peek(), (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > start else { throw failure("expected a value") }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONParseError) -> JSONValue
  {
    guard bytes[offset...].starts(with: text.utf8) else { throw failure("expected a value") }
    offset += text.utf8.count
    return value
  }

  private func peek() -> UInt8? {
    offset < bytes.count ? bytes[offset] : nil
  }

  private mutating func take(_ character: UnicodeScalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private func failure(_ problem: String) -> JSONParseError {
    JSONParseError(offset: offset, problem: problem)
  }
}

/// The names in an object, compared by their bytes: a few are looked through, many are kept in a set.
private struct MemberNames {
  private static let few = 16
  private var set: Set<[UInt8]> = []

  /// Adds `name` to those of `members`; false if it is there already.
  mutating func insert(_ name: String, besides members: [JSONMember]) -> Bool {
    guard members.count >= Self.few else {
      return !members.contains { $0.name.utf8.elementsEqual(name.utf8) }
    }
    if set.isEmpty { set = Set(members.map { Array($0.name.utf8) }) }
    return set.insert(Array(name.utf8)).inserted
  }
}
