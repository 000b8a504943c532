import EventStore
import Synchronization

/// What upcasters were asked to read, in order.
final class Asked: Sendable {
  private let events = Mutex<[RecordedEvent]>([])

  func add(_ event: RecordedEvent) { events.withLock { $0.append(event) } }

  var all: [RecordedEvent] { events.withLock { $0 } }
}

extension EventCatalog {
  /// Knows `Numbered` in versions 1 to `version`: each step from version v adds v to a list under
  /// `steps`, which version 1 doesn't have.
  static func numbered(
    version: Int64, asked: Asked? = nil, refusing refused: (any Error)? = nil
  ) -> EventCatalog {
    let upcasters = (1..<max(version, 1)).map { from in
      Upcaster(from: from) { event in
        asked?.add(event)
        if let refused { throw refused }
        return Upcaster.Payload(data: adding(from, to: event.data))
      }
    }
    return EventCatalog([
      EventType("Numbered", version: version, upcasters: upcasters), EventType("Other", version: 1),
    ])
  }

  /// `{"number":7}` becomes `{"number":7,"steps":[1]}`, and that `{"number":7,"steps":[1,2]}`.
  private static func adding(_ step: Int64, to data: [UInt8]) -> [UInt8] {
    let text = String(decoding: data, as: UTF8.self)
    return Array(
      (text.hasSuffix("]}")
        ? "\(text.dropLast(2)),\(step)]}" : "\(text.dropLast()),\"steps\":[\(step)]}").utf8)
  }
}

extension NewEvent {
  /// `.numbered` as it is stored in another version: with the steps that lead there from the first.
  static func numbered(_ number: Int, version: Int64, from first: Int64 = 1) -> NewEvent {
    let steps = (first..<max(version, first)).map { "\($0)" }.joined(separator: ",")
    let list = steps.isEmpty ? "" : ",\"steps\":[\(steps)]"
    return NewEvent(
      type: "Numbered", version: version, data: Array("{\"number\":\(number)\(list)}".utf8))
  }
}

extension RecordedEvent {
  /// The data as text.
  var text: String { String(decoding: data, as: UTF8.self) }
}
