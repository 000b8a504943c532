import JSONText
import LedgerKit

extension LinkedCommits {
  /// As scripts read them: `reverses`, `reversedBy`, `corrects` and `correctedBy`, in this order;
  /// null for none.
  var values: [JSONValue] {
    [
      .number(reverses), .number(reversedBy), .number(corrects),
      correctedBy.isEmpty ? .null : .array(correctedBy.map { .integer($0) }),
    ]
  }

  /// As people read them, after `text`.
  func noted(on text: String?) -> String {
    let notes = [
      reverses.map { "reverses \($0)" }, reversedBy.map { "reversed by \($0)" },
      corrects.map { "corrects \($0)" },
      correctedBy.isEmpty
        ? nil : "corrected by " + correctedBy.map(String.init).joined(separator: ", "),
    ].compactMap(\.self)
    guard !notes.isEmpty else { return text ?? "" }
    return [text, "(\(notes.joined(separator: "; ")))"].compactMap(\.self).joined(separator: " ")
  }
}
