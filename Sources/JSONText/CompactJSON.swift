extension JSONValue {
  /// Whether `document`, which must be JSON, is byte for byte what `compact` writes of it; false too
  /// where only reading it would tell.
  ///
  /// Documents of our own are, and can be copied instead of read and written.
  package static func isCompact(_ document: [UInt8]) -> Bool {
    var isInString = false
    for byte in document {
      if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      } else if !byte.isPlainInJSON || byte == UInt8(ascii: " ") && !isInString {
        return false
      }
    }
    return true
  }
}

extension [UInt8] {
  /// Appends `value` in decimal digits.
  package mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }
}
