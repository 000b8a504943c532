import JSONText
import TestSupport

extension JSONValue {
  /// Any value, at most `depth` levels of arrays and objects deep.
  ///
  /// Names differ within an object; integers are numbers as a parser returns them.
  static func random(depth: Int, using random: inout SeededRandom) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .number("\(Int64.randomMagnitude(using: &random))")
    case 3, 4: .string(.random(using: &random))
    case 5:
      .array(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          .random(depth: depth - 1, using: &random)
        })
    default:
      .object(
        (0..<Int.random(in: 0...5, using: &random)).map { index in
          JSONMember(
            "\(index)" + .random(using: &random), .random(depth: depth - 1, using: &random))
        })
    }
  }

  /// The same with the members of every object ordered by the bytes of their names.
  var sorted: JSONValue {
    switch self {
    case .null, .bool, .integer, .number, .string: self
    case .array(let items): .array(items.map(\.sorted))
    case .object(let members):
      .object(
        members.map { JSONMember($0.name, $0.value.sorted) }
          .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }
  }
}

extension String {
  /// Any scalars, those that JSON escapes more often than others.
  static func random(using random: inout SeededRandom) -> String {
    let special: [UnicodeScalar] = [
      "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "\u{9F}",
      "\u{A0}", "\u{301}", "\u{2028}", "\u{FEFF}", "\u{D7FF}", "\u{E000}", "\u{FFFF}",
      "\u{10000}", "\u{1F600}", "\u{10FFFF}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let any = UnicodeScalar(UInt32.random(in: 0...0x10FFFF, using: &random))
      let ascii = UnicodeScalar(UInt8.random(in: 0x20..<0x7F, using: &random))
      switch Int.random(in: 0..<3, using: &random) {
      case 0: text.unicodeScalars.append(any ?? ascii)
      case 1: text.unicodeScalars.append(special.randomElement(using: &random) ?? ascii)
      default: text.unicodeScalars.append(ascii)
      }
    }
    return text
  }
}

extension Int64 {
  /// Any integer, small and large magnitudes alike.
  static func randomMagnitude(using random: inout SeededRandom) -> Int64 {
    .random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random)
  }
}
