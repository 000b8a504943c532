internal import JSONText

/// The event that says which personal texts were erased: the one exception to append-only.
///
/// The texts are gone from the store with their salts. Their digests stay, so that every hash still
/// verifies. Every store and every catalog knows this type; only `WriteTransaction.erase` makes it.
public struct PersonalTextErased: Hashable, Sendable {
  /// The stable name of its type.
  public static let type = "PersonalTextErased"
  /// The version of its payload.
  public static let version: Int64 = 1

  /// Global positions of the events whose own text was erased: ascending, each once.
  public let positions: [Int64]
  /// Global positions of the last events of the commits whose reasons were erased: ascending, each
  /// once.
  public let reasons: [Int64]

  init(positions: [Int64], reasons: [Int64]) {
    (self.positions, self.reasons) = (positions, reasons)
  }

  /// What a stored event of this type says.
  ///
  /// Throws `EventDecodingError` if it is of another type or version, or breaks the order of its
  /// positions.
  public init(_ event: RecordedEvent) throws(EventDecodingError) {
    guard event.type == Self.type else {
      throw EventDecodingError(
        position: event.position, problem: "'\(event.type)' is no erasure")
    }
    try self.init(data: event.data, version: event.version, at: event.position)
  }

  init(data: [UInt8], version: Int64, at position: Int64) throws(EventDecodingError) {
    func fail(_ problem: String) -> EventDecodingError {
      EventDecodingError(position: position, problem: problem)
    }
    guard version == Self.version else {
      throw fail("version \(version) of '\(Self.type)' is unknown to this version")
    }
    guard let data = try? JSONValue(parsing: data), case .object(let members) = data,
      members.map(\.name).sorted() == [Member.positions, Member.reasons]
    else { throw fail("its data is not one object of positions and reasons") }
    guard let positions = Self.ascending(data[Member.positions]),
      let reasons = Self.ascending(data[Member.reasons])
    else { throw fail("its positions or reasons are not ascending numbers, each once") }
    self.init(positions: positions, reasons: reasons)
  }

  /// The payload: `{"positions":[1,3],"reasons":[3]}`.
  var data: [UInt8] {
    func list(_ numbers: [Int64]) -> JSONValue { .array(numbers.map { .integer($0) }) }
    return JSONValue.object([
      JSONMember(Member.positions, list(positions)), JSONMember(Member.reasons, list(reasons)),
    ]).compact
  }

  private enum Member {
    static let positions = "positions"
    static let reasons = "reasons"
  }

  /// Nil unless `list` is an array of positions that rise strictly.
  private static func ascending(_ list: JSONValue?) -> [Int64]? {
    guard case .array(let items) = list else { return nil }
    let numbers = items.compactMap(\.int64)
    guard numbers.count == items.count, numbers.first ?? 1 >= 1,
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    return numbers
  }
}
