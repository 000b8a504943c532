package import LedgerDomain

/// A file of somebody else's that can't be read or booked: where, and what is wrong.
package struct InputError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case missing
    case malformed
  }

  package var kind: Kind = .malformed
  package let path: String
  /// Counted from 1; nil if no line is to blame.
  package var line: Int?
  /// The number of the field in its line, counted from 1.
  package var column: Int?
  /// What the header calls that field; nil if there is none.
  package var columnName: String?
  /// The name of the member to blame, in a line that is a JSON object; nil if none is.
  package var field: String?
  package let problem: String
  /// Set if the line is well formed and a rule refused it.
  package var rejection: Rejection?
}
