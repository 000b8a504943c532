/// The types of event that a program knows, and how their older versions become the current one.
///
/// A store that is opened with a catalog hands out nothing else: an older version is upcast whenever it
/// is read, on every path; a type or a version that the catalog lacks stops the reader with its name
/// and is never skipped. Stored bytes never change, and hashes cover the bytes as stored.
public struct EventCatalog: Sendable {
  /// One type of event.
  public struct EventType: Sendable {
    /// The stable name of the type in the file, independent of any Swift name.
    public let name: String
    /// The version of the payload that this program writes and understands.
    public let version: Int64
    /// The name under which its personal text stands, such as `description`; nil: any, or none.
    public let personalField: String?
    /// The first version that can still be read.
    public var oldestVersion: Int64 { version - Int64(upcasters.count) }
    private let upcasters: [Upcaster]

    /// A type whose `upcasters` lead step by step from its oldest readable version to `version`.
    public init(
      _ name: String, version: Int64, personalField: String? = nil, upcasters: [Upcaster] = []
    ) {
      let first = version - Int64(upcasters.count)
      precondition(
        upcasters.enumerated().allSatisfy { $1.from == first + Int64($0) },
        "the upcasters of '\(name)' must lead without a gap to version \(version)")
      (self.name, self.version, self.upcasters) = (name, version, upcasters)
      self.personalField = personalField
    }

    /// The steps from `stored` to the current version.
    func steps(from stored: Int64) -> ArraySlice<Upcaster> {
      upcasters.suffix(Int(version - stored))
    }
  }

  /// The types, in the order given. The store's own, `PersonalTextErased`, is known besides.
  public let types: [EventType]
  private let typesByName: [String: EventType]
  /// The current versions by name: what is asked of every event, without a copy of its type.
  private let currentVersions: [String: Int64]

  /// A catalog of `types`, whose names must differ, also from the store's own.
  public init(_ types: [EventType]) {
    self.types = types
    let known = types + [EventType(PersonalTextErased.type, version: PersonalTextErased.version)]
    typesByName = Dictionary(known.map { ($0.name, $0) }) { _, _ in
      preconditionFailure("a type stands twice in the catalog")
    }
    currentVersions = typesByName.mapValues(\.version)
  }

  /// The type called `name`; nil if there is none.
  subscript(name: String) -> EventType? { typesByName[name] }

  /// Nil if events of this type and version can be read, else why not.
  func problem(type name: String, version: Int64) -> String? {
    if currentVersions[name] == version { return nil }
    guard let type = typesByName[name] else {
      let known = (types.map(\.name) + [PersonalTextErased.type]).joined(separator: ", ")
      return "the event type '\(name)' is unknown to this version, which knows: \(known)"
    }
    guard (type.oldestVersion...type.version).contains(version) else {
      return "version \(version) of '\(name)' is unknown to this version, which knows "
        + "\(type.oldestVersion) to \(type.version)"
    }
    return nil
  }

  /// `stored` in the current version of its type; untouched if that is the version it has.
  ///
  /// Throws `EventDecodingError` for an unknown type or version, or if an upcaster throws.
  package func current(_ stored: RecordedEvent) throws(EventDecodingError) -> RecordedEvent {
    if currentVersions[stored.type] == stored.version { return stored }
    if let problem = problem(type: stored.type, version: stored.version) {
      throw EventDecodingError(position: stored.position, problem: problem)
    }
    guard let type = typesByName[stored.type] else { return stored }
    var event = stored
    for upcaster in type.steps(from: stored.version) { event = try upcaster.next(event) }
    return event
  }
}

/// One step from a stored version of an event's payload to the next: one event in, one event out.
public struct Upcaster: Sendable {
  /// What an upcaster makes of an event.
  public struct Payload: Hashable, Sendable {
    /// One JSON object.
    public var data: [UInt8]
    /// Text that the older version kept inside its data; nil if there is none.
    public var personalText: Text?

    /// Personal text under the name of its field now.
    public struct Text: Hashable, Sendable {
      /// Such as `description`.
      public var field: String
      /// The text itself.
      public var text: String

      /// A value with all its fields.
      public init(field: String, text: String) { (self.field, self.text) = (field, text) }
    }

    /// A payload with all its fields.
    public init(data: [UInt8], personalText: Text? = nil) {
      (self.data, self.personalText) = (data, personalText)
    }
  }

  /// The version that it reads; it makes the one after it.
  public let from: Int64
  private let upcast: @Sendable (RecordedEvent) throws -> Payload

  /// A step from version `from` to the next. `upcast` sees the event with all its metadata; what it
  /// throws stops the reader and is shown with the event's position, type and version.
  public init(from: Int64, _ upcast: @escaping @Sendable (RecordedEvent) throws -> Payload) {
    (self.from, self.upcast) = (from, upcast)
  }

  func next(_ event: RecordedEvent) throws(EventDecodingError) -> RecordedEvent {
    do {
      return event.replacing(try upcast(event), version: from + 1)
    } catch let error as EventDecodingError {
      throw error
    } catch {
      throw EventDecodingError(
        position: event.position,
        problem: "version \(from) of '\(event.type)' can't be upcast: \(error)")
    }
  }
}

/// A stored event that this program can't read. Never skipped: reading stops here.
public struct EventDecodingError: Error, Hashable, Sendable {
  /// The event's global position.
  public let position: Int64
  /// What is wrong with it.
  public let problem: String

  /// A problem with the event at `position`.
  public init(position: Int64, problem: String) {
    (self.position, self.problem) = (position, problem)
  }
}

extension RecordedEvent {
  /// The same event with a payload of another version.
  fileprivate func replacing(_ payload: Upcaster.Payload, version: Int64) -> RecordedEvent {
    let text = payload.personalText.map { PersonalText(stored: $0.field, salt: [], text: $0.text) }
    return RecordedEvent(
      position: position, streamID: streamID, streamPosition: streamPosition, type: type,
      version: version, data: payload.data, personalText: personalText ?? text,
      personalDigest: personalDigest, commit: commit, upcastFrom: upcastFrom ?? self.version)
  }
}
