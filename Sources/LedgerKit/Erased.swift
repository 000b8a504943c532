/// What stands where an erased text would stand.
package enum Erased {
  package static let mark = "[erased]"

  /// `text`, or the mark if it was erased; nil if there never was one.
  package static func shown(_ text: String?, _ isErased: Bool) -> String? { isErased ? mark : text }
}
