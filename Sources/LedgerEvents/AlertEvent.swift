package import EventStore
package import LedgerDomain

/// What somebody decides about alerts, in the stream of the whole book.
package enum AlertEvent: Hashable, Sendable {
  /// A rule is in force from here on, or from the beginning of the log if `fromStart`.
  case ruleAdded(AlertRule, fromStart: Bool)
  /// The rule of this name is in force no more; what it raised stays.
  case ruleRemoved(name: String)
  /// Somebody has seen the alert that the rule raised with the movement at `position`.
  case acknowledged(rule: String, position: Int64)

  /// The version of all three types' payload that this build writes.
  package static let currentVersion: Int64 = 1

  /// The stable names of the types in the file.
  enum TypeName {
    static let ruleAdded = "AlertRuleAdded"
    static let ruleRemoved = "AlertRuleRemoved"
    static let acknowledged = "AlertAcknowledged"
  }

  /// The types, which have no older version.
  package static let types = [TypeName.ruleAdded, TypeName.ruleRemoved, TypeName.acknowledged].map {
    EventCatalog.EventType($0, version: currentVersion)
  }

  /// The stable name of its type in the file.
  package var typeName: String {
    switch self {
    case .ruleAdded: TypeName.ruleAdded
    case .ruleRemoved: TypeName.ruleRemoved
    case .acknowledged: TypeName.acknowledged
    }
  }

  /// The event as it is stored.
  package var stored: NewEvent {
    NewEvent(type: typeName, version: Self.currentVersion, data: data)
  }
}
