import ArgumentParser
package import LedgerDomain
package import LedgerKit

/// A cut as one word: `INSTANT` (effective), `known:INSTANT` (recorded), `INSTANT,known:INSTANT` (both),
/// `version:N` or `position:N`.
package struct CutArgument: ExpressibleByArgument {
  /// The word itself.
  package let text: String

  private static let forms =
    "a cut is INSTANT, known:INSTANT, INSTANT,known:INSTANT, version:N or position:N"

  package init(argument: String) { text = NegativeNumbers.unprotected(argument) }

  /// The cut that is meant; a date or a month means its end. Throws `UsageError`, which names the forms.
  package func cut(now: Instant) throws(UsageError) -> Cut {
    if let number = text.removingPrefix("version:") { return .version(try self.number(number)) }
    if let number = text.removingPrefix("position:") { return .position(try self.number(number)) }
    if let known = text.removingPrefix("known:") {
      return .instants(effective: nil, known: try instant(known, now))
    }
    guard let comma = text.firstIndex(of: ",") else {
      return .instants(effective: try instant(text, now), known: nil)
    }
    guard let known = text[comma...].removingPrefix(",known:") else {
      throw notACut
    }
    let effective = String(text[..<comma])
    return .instants(effective: try instant(effective, now), known: try instant(known, now))
  }

  private func number(_ digits: String) throws(UsageError) -> Int64 {
    guard digits.isNumber, let number = Int64(digits) else {
      throw notACut
    }
    return number
  }

  private var notACut: UsageError { UsageError(message: "'\(text)' is no cut; \(Self.forms)") }

  private func instant(_ text: String, _ now: Instant) throws(UsageError) -> Instant {
    do {
      return try Instant(parsing: text, edge: .end, now: now)
    } catch {
      throw UsageError(message: "'\(text)' \(error.problem); \(Self.forms)")
    }
  }
}

extension String {
  /// Whether it is one or more ASCII digits.
  var isNumber: Bool { !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } }
}

extension StringProtocol {
  /// What follows `prefix`; nil if the text doesn't begin with it.
  fileprivate func removingPrefix(_ prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(dropFirst(prefix.count)) : nil
  }
}
