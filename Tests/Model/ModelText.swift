import LedgerDomain

/// Lines that the model and the ledger's answers are both put into.
enum ModelText {
  static func number(_ number: Int64?) -> String { number.map(String.init) ?? "-" }

  static func leg(_ account: String, _ version: Int64, _ balance: String, _ currency: String)
    -> String
  {
    "\(account) #\(version) \(balance) \(currency)"
  }

  /// The last microsecond of a day or a month, UTC.
  static func end(ofPeriod text: String) -> Int64 {
    guard let period = Period(text) else { preconditionFailure("'\(text)' is no period") }
    return period.end.micros
  }
}
