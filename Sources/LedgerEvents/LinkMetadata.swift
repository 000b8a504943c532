package import EventStore
import JSONText

/// What a commit's other metadata says about earlier commits, each of them named by the global
/// position at which it ends.
package struct LinkMetadata: Hashable, Sendable {
  /// The commit whose opposite this one books; nil if it reverses none.
  package var reverses: Int64?
  /// The commit that this one corrects; nil if nobody said so.
  package var corrects: Int64?

  /// The names under which links stand in the metadata.
  package enum Name: String, CaseIterable, Sendable {
    case reverses, corrects
  }

  /// Links of which there are none, unless they are given.
  package init(reverses: Int64? = nil, corrects: Int64? = nil) {
    (self.reverses, self.corrects) = (reverses, corrects)
  }

  /// What `recorded`'s commit says; members of other names are no links.
  ///
  /// Throws `EventDecodingError` if the metadata is no JSON object, or a link in it is no whole
  /// number. Whether a commit ends at its position is not looked up.
  package init(_ recorded: RecordedEvent) throws(EventDecodingError) {
    self.init()
    guard let bytes = recorded.commit.otherMetadata else { return }
    guard let metadata = try? JSONValue(parsing: bytes), case .object(let members) = metadata else {
      throw EventDecodingError(
        position: recorded.position, problem: "its commit's metadata is no JSON object")
    }
    for member in members {
      guard let name = Name(rawValue: member.name) else { continue }
      guard let position = member.value.int64 else {
        throw EventDecodingError(
          position: recorded.position,
          problem: "its commit's metadata names no position in '\(name.rawValue)'")
      }
      self[name] = position
    }
  }

  /// The position that stands under `name`.
  package subscript(_ name: Name) -> Int64? {
    get {
      switch name {
      case .reverses: reverses
      case .corrects: corrects
      }
    }
    set {
      switch name {
      case .reverses: reverses = newValue
      case .corrects: corrects = newValue
      }
    }
  }
}
