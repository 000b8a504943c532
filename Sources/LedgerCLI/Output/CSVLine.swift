import JSONText

/// One record of CSV (RFC 4180, with a bare line feed at the end), safe to open in a spreadsheet.
enum CSVLine {
  static func bytes(_ fields: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// Line breaks inside a field stand as they are, in quotes; whatever else could steer a terminal is
  /// shown.
  private static func append(_ field: String, to bytes: inout [UInt8]) {
    let text = (isFormula(field) ? "'" : "") + shown(field)
    let needsQuotes =
      text.utf8.first == UInt8(ascii: " ") || text.utf8.contains { ",\"\n".utf8.contains($0) }
    guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func shown(_ field: String) -> String {
    let isPlain = field.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    guard !isPlain else { return field }
    return field.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.steersTerminal, scalar != "\n" {
        text += String(scalar).visible
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// Whether a spreadsheet could take `field` for a formula, as programs do whatever its quotes; a number
  /// is none. <https://owasp.org/www-community/attacks/CSV_Injection>
  private static func isFormula(_ field: String) -> Bool {
    // Some leave spaces out, and some take the wide signs of East Asian keyboards for the others.
    switch field.unicodeScalars.first(where: { $0 != " " }) {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": !isNumber(field)
    default: false
    }
  }

  /// Whether `field` is decimal digits, perhaps with a point between them and a minus in front.
  private static func isNumber(_ field: String) -> Bool {
    let parts = field.utf8.drop { $0 == UInt8(ascii: "-") }
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return !field.hasPrefix("--") && parts.count <= 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
  }
}
