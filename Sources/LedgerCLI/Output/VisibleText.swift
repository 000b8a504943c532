import JSONText

extension String {
  /// The text with everything that could steer a terminal shown as `\u{1B}`: control characters, and
  /// the marks that reverse the direction of writing. Line breaks too.
  var visible: String {
    guard unicodeScalars.contains(where: \.steersTerminal) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.steersTerminal {
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}
