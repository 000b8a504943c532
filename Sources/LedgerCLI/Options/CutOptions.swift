import ArgumentParser
import LedgerDomain
import LedgerKit

/// A cut through the whole book.
struct CutOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "As of then: what counts at or before an instant, or the end of a date or month.",
      valueName: "instant"))
  var at: String?

  @Option(
    help: ArgumentHelp("As known then: only what was recorded by then.", valueName: "instant"))
  var knownAt: String?

  @Option(help: "All commits up to this global position.")
  var position: Int64?

  func validate() throws {
    guard position == nil || (at == nil && knownAt == nil) else {
      throw ValidationError("--position combines with no other cut; only --at and --known-at do")
    }
    guard position ?? 0 >= 0 else { throw ValidationError("positions are not negative") }
  }

  /// Nil if none was asked for.
  func cut(on book: Ledger) throws -> Cut? {
    if let position { return .position(position) }
    guard at != nil || knownAt != nil else { return nil }
    return try Cut(effective: at, known: knownAt, on: book)
  }
}

extension Cut {
  /// The cut at instants in words; a date or a month means its end.
  init(effective: String?, known: String?, on book: Ledger) throws {
    let now = try book.now()
    self = .instants(
      effective: try effective.map { try Instant(parsing: $0, edge: .end, now: now) },
      known: try known.map { try Instant(parsing: $0, edge: .end, now: now) })
  }
}
