package import EventStore
import JSONText
import LedgerDomain

extension PeriodEvent {
  /// The event that was stored; nil if it is of another type.
  ///
  /// Throws if the type's version is unknown, or if its payload is not just what the type promises.
  package init?(_ event: RecordedEvent) throws(EventDecodingError) {
    switch event.type {
    case PeriodClosed.type: self = .closed(try Payload(event).closed())
    case PeriodReopened.type: self = .reopened(try Payload(event).reopened())
    default: return nil
    }
  }
}

/// A JSON object inside one event.
private struct Payload {
  private typealias Member = PeriodClosed.Member

  private let event: RecordedEvent
  private let object: JSONValue

  init(_ event: RecordedEvent) throws(EventDecodingError) {
    guard event.version == PeriodEvent.currentVersion else {
      throw EventDecodingError(
        position: event.position,
        problem: "version \(event.version) of '\(event.type)' is unknown to this version")
    }
    guard let object = try? JSONValue(parsing: event.data) else {
      throw EventDecodingError(position: event.position, problem: "its data is not JSON")
    }
    self.init(event, object)
  }

  private init(_ event: RecordedEvent, _ object: JSONValue) {
    (self.event, self.object) = (event, object)
  }

  func closed() throws(EventDecodingError) -> PeriodClosed {
    try requireMembers(
      [
        Member.period, Member.through, Member.accounts, Member.totals, Member.accountsSha256,
        Member.checkpoint,
      ], optional: [Member.previousThrough])
    let period = try period()
    guard try text(Member.through) == period.end.description else {
      throw failure("its through is not the end of \(period)")
    }
    return PeriodClosed(
      period: period,
      book: .init(
        accounts: try count(Member.accounts), totals: try totals(),
        csvDigest: try digest(Member.accountsSha256)),
      history: try history(), previousThrough: try previousThrough())
  }

  func reopened() throws(EventDecodingError) -> PeriodReopened {
    try requireMembers([Member.period, PeriodReopened.Member.closedAtPosition])
    return PeriodReopened(
      ClosedPeriod(try period(), at: try count(PeriodReopened.Member.closedAtPosition)))
  }

  private func period() throws(EventDecodingError) -> Period {
    let text = try text(Member.period)
    guard let period = Period(text) else { throw failure("its period '\(text)' is none") }
    return period
  }

  private func previousThrough() throws(EventDecodingError) -> Instant? {
    guard object[Member.previousThrough] != nil else { return nil }
    let text = try text(Member.previousThrough)
    guard let through = try? Instant(parsing: text, edge: .end, now: .earliest),
      through.description == text
    else { throw failure("its previousThrough '\(text)' is no instant") }
    return through
  }

  private func totals() throws(EventDecodingError) -> [CurrencyTotal] {
    guard case .array(let items)? = object[Member.totals] else {
      throw failure("its totals are no list")
    }
    var totals: [CurrencyTotal] = []
    for item in items {
      let payload = Payload(event, item)
      try payload.requireMembers([Member.currency, Member.total])
      let (code, text) = (try payload.text(Member.currency), try payload.text(Member.total))
      guard let currency = Currency(code: code) else {
        throw failure("its currency '\(code)' is unknown to this version")
      }
      guard let total = CurrencyTotal(storedDecimal: text, in: currency) else {
        throw failure("its total '\(text)' is no amount in \(currency)")
      }
      totals.append(total)
    }
    let codes = totals.map(\.currency.code)
    guard zip(codes, codes.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw failure("its totals are not in the order of their currencies, each once")
    }
    return totals
  }

  private func history() throws(EventDecodingError) -> PeriodClosed.History {
    let payload = Payload(event, object[Member.checkpoint] ?? .null)
    try payload.requireMembers([
      Member.position, Member.headHash, Member.treeSize, Member.treeRoot,
    ])
    return PeriodClosed.History(
      position: try payload.count(Member.position),
      headHash: try payload.digest(Member.headHash),
      treeSize: try payload.count(Member.treeSize),
      treeRoot: try payload.digest(Member.treeRoot))
  }

  /// Throws unless this is an object of just these members, in whatever order.
  private func requireMembers(
    _ names: [String], optional: [String] = []
  ) throws(EventDecodingError) {
    guard case .object(let members) = object else { throw failure("its data is no JSON object") }
    let found = members.map(\.name)
    guard Set(found).count == found.count, Set(names).isSubset(of: found),
      Set(found).isSubset(of: names + optional)
    else {
      throw failure("its data is not one object of \(names.joined(separator: ", "))")
    }
  }

  private func text(_ name: String) throws(EventDecodingError) -> String {
    guard let text = object[name]?.string else { throw failure("its \(name) is no text") }
    return text
  }

  private func count(_ name: String) throws(EventDecodingError) -> Int64 {
    guard let count = object[name]?.int64, count >= 0 else {
      throw failure("its \(name) is no whole number, 0 or more")
    }
    return count
  }

  private func digest(_ name: String) throws(EventDecodingError) -> Digest256 {
    guard let digest = Digest256(hex: try text(name)) else {
      throw failure("its \(name) is no SHA-256 in lower-case hexadecimal")
    }
    return digest
  }

  private func failure(_ problem: String) -> EventDecodingError {
    EventDecodingError(position: event.position, problem: problem)
  }
}
