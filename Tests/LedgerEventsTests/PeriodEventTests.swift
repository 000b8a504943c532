import Foundation
import LedgerDomain
import LedgerEvents
import Testing

@testable import EventStore

@Suite("An event of a period")
struct PeriodEventTests {
  private static let digest = Digest256(of: Array("x".utf8))
  private static let hex = digest.hex

  private static let closedText = """
    {"period":"2026-03","through":"2026-03-31T23:59:59.999999Z","accounts":3,\
    "totals":[{"currency":"EUR","total":"-1.50"},\
    {"currency":"USD","total":"92233720368547758080.00"}],"accountsSha256":"\(hex)",\
    "checkpoint":{"position":7,"headHash":"\(hex)","treeSize":5,"treeRoot":"\(hex)"},\
    "previousThrough":"2026-02-28T23:59:59.999999Z"}
    """
  private static let reopenedText = #"{"period":"2026-03","closedAtPosition":8}"#

  private func closed() throws -> PeriodClosed {
    let (eur, usd) = (try #require(Currency(code: "EUR")), try #require(Currency(code: "USD")))
    return PeriodClosed(
      period: try #require(Period("2026-03")),
      book: .init(
        accounts: 3,
        totals: [
          CurrencyTotal(currency: eur, minorUnits: -150),
          CurrencyTotal(currency: usd, minorUnits: 9_223_372_036_854_775_808_000),
        ], csvDigest: Self.digest),
      history: .init(
        position: 7, headHash: Self.digest, treeSize: 5, treeRoot: Self.digest),
      previousThrough: try #require(Period("2026-02")).end)
  }

  private func recorded(
    _ type: String, _ data: String, version: Int64 = 1, streamID: String = BookStream.id
  ) -> RecordedEvent {
    let header = CommitHeader(
      number: 6, lastPosition: 8, recordedAtMicros: 1, explicitEffectiveAtMicros: nil,
      actor: "ada", correlationID: "c", causationID: nil, idempotencyKey: nil, fingerprint: nil,
      reasonDigest: nil, otherMetadata: nil)
    return RecordedEvent(
      position: 8, streamID: streamID, streamPosition: 0, type: type, version: version,
      data: Array(data.utf8), personalText: nil, personalDigest: nil,
      commit: Commit(header: header, reason: nil, hash: Self.digest))
  }

  @Test("is stored as these bytes, for ever, and read back")
  func frozen() throws {
    var closed = try closed()
    let events: [(PeriodEvent, String, String)] = [
      (.closed(closed), "PeriodClosed", Self.closedText),
      (
        .reopened(PeriodReopened(ClosedPeriod(closed.period, at: 8))), "PeriodReopened",
        Self.reopenedText
      ),
    ]
    for (event, type, text) in events {
      #expect(String(decoding: event.stored.data, as: UTF8.self) == text)
      #expect(event.stored.type == type && event.stored.version == 1)
      #expect(event.stored.personalText == nil)
      #expect(try PeriodEvent(recorded(type, text)) == event)
      #expect(try LedgerEvent(recorded(type, text)) == .period(event))
      #expect(LedgerEvent.catalog[type]?.version == 1)
    }
    closed.previousThrough = nil
    let first = Self.closedText.replacing(
      #","previousThrough":"2026-02-28T23:59:59.999999Z""#, with: "")
    #expect(PeriodEvent.closed(closed).stored.data == Array(first.utf8))
    #expect(try PeriodEvent(recorded("PeriodClosed", first)) == .closed(closed))
  }

  @Test("of another type is none, and of another version or stream can't be read")
  func others() throws {
    #expect(try PeriodEvent(recorded("AccountClosed", "{}")) == nil)
    #expect(throws: EventDecodingError.self) {
      try PeriodEvent(recorded("PeriodReopened", Self.reopenedText, version: 2))
    }
    #expect(throws: EventDecodingError.self) {
      try LedgerEvent(recorded("PeriodReopened", Self.reopenedText, streamID: "book"))
    }
  }

  @Test(
    "that is malformed can't be read",
    arguments: [
      ("2026-03\"", "2026-04\""), ("\"period\":\"2026-03\"", "\"period\":\"March\""),
      ("23:59:59.999999Z\",\"acc", "23:59:59.999998Z\",\"acc"), ("accounts\":3", "accounts\":-3"),
      ("accounts\":3", "accounts\":\"3\""), ("accounts\":3", "accounts\":3.5"),
      ("EUR", "USD"), ("EUR", "XXX"), ("-1.50", "-1.5"), ("-1.50", "1e3"),
      ("\"total\":\"-1.50\"", "\"total\":-1.50"), ("\"total\":\"-1.50\"", "\"sum\":\"-1.50\""),
      ("accountsSha256\":\"", "accountsSha256\":\"A"), ("\"position\":7", "\"position\":null"),
      ("\"position\":7,", ""), ("\"treeSize\":5", "\"treeSize\":5,\"extra\":1"),
      ("2026-02-28T", "2026-02-28 "), ("999Z\"}", "999Z\",\"extra\":1}"),
      ("\"accounts\":3", "\"accounts\":3,\"accounts\":3"), ("}", ""), ("{\"period", "[{\"period"),
    ])
  func malformed(_ part: String, _ replacement: String) throws {
    let range = try #require(Self.closedText.firstRange(of: part))
    let text = Self.closedText.replacingCharacters(in: range, with: replacement)
    let error = #expect(throws: EventDecodingError.self) {
      try PeriodEvent(recorded("PeriodClosed", text))
    }
    #expect(error?.position == 8)
    #expect(error?.problem.isEmpty == false)
  }

  @Test(
    "that reopens and is malformed can't be read",
    arguments: [
      "{}", "[]", "x", #"{"period":"2026-03"}"#, #"{"period":"x","closedAtPosition":8}"#,
      #"{"period":"2026-03","closedAtPosition":"8"}"#,
      #"{"period":"2026-03","closedAtPosition":8,"why":"x"}"#,
    ])
  func malformedReopening(_ text: String) {
    #expect(throws: EventDecodingError.self) {
      try PeriodEvent(recorded("PeriodReopened", text))
    }
  }
}
