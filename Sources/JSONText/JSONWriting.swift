/// Writes one JSON object, members in the order they are added, without spaces.
///
/// Used where a codec for arbitrary types would cost as much as the database itself, and where the
/// bytes must be the same on every run.
package struct JSONObjectWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  package init() {
    bytes.reserveCapacity(160)
  }

  package mutating func add(_ name: String, _ text: String) {
    addName(name)
    bytes.appendJSONString(text)
  }

  /// Adds nothing if `text` is nil: absent values are left out.
  package mutating func add(_ name: String, _ text: String?) {
    if let text { add(name, text) }
  }

  /// Adds nothing if `value` is nil.
  package mutating func add(_ name: String, _ value: Int64?) {
    guard let value else { return }
    addName(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  package mutating func add(_ name: String, _ flag: Bool) {
    addName(name)
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// The object's bytes, in UTF-8.
  package consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private mutating func addName(_ name: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.appendJSONString(name)
    bytes.append(UInt8(ascii: ":"))
  }
}

extension [UInt8] {
  /// Appends `text` as a JSON string (RFC 8259, section 7).
  ///
  /// What could steer a terminal is escaped, so that printing it can't move a cursor.
  package mutating func appendJSONString(_ text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0.isPlainInJSON }) {
        append(contentsOf: utf8)
      } else {
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars {
          appendJSONEscaped(scalar)
        }
      }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func appendJSONEscaped(_ scalar: UnicodeScalar) {
    switch scalar {
    case "\"": append(contentsOf: #"\""#.utf8)
    case "\\": append(contentsOf: #"\\"#.utf8)
    case "\n": append(contentsOf: #"\n"#.utf8)
    case "\r": append(contentsOf: #"\r"#.utf8)
    case "\t": append(contentsOf: #"\t"#.utf8)
    case _ where scalar.steersTerminal:
      let hex = String(scalar.value, radix: 16)
      append(contentsOf: #"\u"#.utf8)
      append(contentsOf: (String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8)
    default: append(contentsOf: String(scalar).utf8)
    }
  }
}

extension UnicodeScalar {
  /// Whether a terminal might obey it instead of showing it: control characters (C0, DEL, C1), line and
  /// paragraph separators, the marks that reverse the direction of writing, and those that take no room, so
  /// that two texts look alike. Not the joiners U+200C and U+200D, which some scripts and pictures need.
  package var steersTerminal: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF, 0xFFF9...0xFFFB:
      true
    default: false
    }
  }
}

extension UInt8 {
  /// Printable ASCII other than `"` and `\`.
  var isPlainInJSON: Bool {
    self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
  }
}
