extension Array where Element: Comparable {
  /// The one in the middle; of an even number, the larger of the two.
  package var median: Element { sorted()[count / 2] }
}

extension Double {
  /// With as many parts of one as `parts`: 100 keeps two decimals.
  package func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}

/// `value` at the right end of a column of `width` characters.
package func column(_ value: some CustomStringConvertible, _ width: Int) -> String {
  let text = value.description
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// `name` at the left end of a column of `width` characters.
package func label(_ name: String, _ width: Int) -> String {
  name + String(repeating: " ", count: max(0, width - name.count))
}
