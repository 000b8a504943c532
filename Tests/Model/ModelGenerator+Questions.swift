import LedgerDomain

extension ModelGenerator {
  /// A question with everything it needs to be asked again.
  mutating func question() -> ModelQuestion {
    let account = account().filter(\.isASCII)
    let asked = account.isEmpty || account.first == "-" || account.count > 20 ? "ada" : account
    let id = asked.contains(" ") || asked.contains("\n") ? "ada" : asked
    switch number(0...99) {
    case 0...44: return .balanceAt(account: id, cut: cut(of: id))
    case 45...52: return .accountsAt(cut: bookCut())
    case 53...74: return .history(account: id, query: historyQuery())
    case 75...84:
      let month = "\(CalendarMonth(of: Instant(micros: anyInstant() + number(-1...1) * Self.day)))"
      return .statement(account: id, month: month, known: chance(30) ? anyRecorded() : nil)
    case 85...89: return .search(word: pick(ModelVocabulary.words), inReasons: chance(30))
    case 90...92: return .flows(account: id)
    case 93...95: return .statistics
    default: return .replay(account: id)
    }
  }

  private mutating func cut(of account: String) -> ModelCut {
    guard chance(30), let last = model.version(of: account) else { return bookCut() }
    return .version(number(0...last + 1))
  }

  private mutating func bookCut() -> ModelCut {
    switch number(0...3) {
    case 0: .position(number(0...model.head + 1))
    case 1: .instants(effective: anyInstant(), known: nil)
    case 2: .instants(effective: nil, known: anyRecorded())
    default: .instants(effective: anyInstant(), known: anyRecorded())
    }
  }

  private mutating func historyQuery() -> ModelHistoryQuery {
    var query = ModelHistoryQuery()
    query.isInOrderOfRecording = chance(30)
    if chance(40) { query.from = anyInstant() }
    if chance(40) { query.through = anyInstant() }
    if chance(40) { query.known = anyRecorded() }
    query.isReversed = chance(50)
    if chance(50) { query.limit = Int(number(0...12)) }
    return query
  }

  /// When something counts, or a microsecond beside it.
  private mutating func anyInstant() -> Int64 {
    guard model.head > 0 else { return clock }
    let at = model.commit(at: number(1...model.head))?.effectiveAt ?? clock
    return at + number(-1...1)
  }

  /// When something was recorded, or a microsecond beside it.
  private mutating func anyRecorded() -> Int64 {
    guard model.head > 0 else { return clock }
    let at = model.commit(at: number(1...model.head))?.recordedAt ?? clock
    return at + number(-1...1)
  }
}
