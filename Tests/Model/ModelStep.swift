/// One step of a trial: what is done, when by the clock, and through which handle of the file.
///
/// Every step says all of it by itself, so that a list of steps means much the same if some of them are
/// taken out: that is how a long failure becomes a short one.
package struct ModelStep: Codable, Hashable, Sendable {
  /// Names the step: its place in the sequence that was generated.
  package var number: Int
  /// What the clock says, in microseconds since 1970.
  package var clockMicros: Int64
  /// 0 or 1.
  package var handle: Int
  package var action: ModelAction

  package init(number: Int, clockMicros: Int64, handle: Int = 0, action: ModelAction) {
    (self.number, self.clockMicros) = (number, clockMicros)
    (self.handle, self.action) = (handle, action)
  }
}

/// What a step does: a command, a question, or a disturbance that must change no answer.
package enum ModelAction: Codable, Hashable, Sendable {
  case perform(command: ModelCommand, options: ModelOptions)
  /// The same with `--dry-run`; only what `canBeRehearsed`.
  case rehearse(command: ModelCommand, options: ModelOptions)
  case ask(question: ModelQuestion)
  /// Every question there is.
  case askEverything
  /// The handle is closed and opened again.
  case reopen(acceptsClockBehind: Bool)
  /// Nil switches snapshots off.
  case takeSnapshotsEvery(events: Int64?)
  case takeSnapshots
  case pruneSnapshots(keep: Int)
  /// None means all.
  case rebuild(projections: [String])
  case catchUp
  /// The ledger is exported, loaded into a new file, and that is used from then on.
  case moveToCopy
}

/// A command in the plainest words.
package enum ModelCommand: Codable, Hashable, Sendable {
  case open(account: String, currency: String, limit: ModelAmount?, holder: String?)
  case change(account: String, limit: ModelAmount?, holder: String?)
  case deposit(account: String, amount: ModelAmount, description: String?)
  case withdraw(account: String, amount: ModelAmount, description: String?)
  case transfer(from: String, to: String, amount: ModelAmount, description: String?)
  case close(account: String)
  case reverse(of: ModelReference, keepsEffectiveTime: Bool, description: String?)
  case reverseGroup(correlationID: String, keepsEffectiveTime: Bool)
  case closePeriod(period: String)
  /// Nil means the latest.
  case reopenPeriod(period: String?)
  case erase(texts: [ModelReference])
  case eraseAccount(account: String)
  /// Only rules for large amounts have a least amount, in minor units, and a currency.
  case addAlertRule(name: String, kind: String, least: Int64?, currency: String?, fromStart: Bool)
  case removeAlertRule(name: String)
  case acknowledge(rule: String, movement: ModelReference)

  /// As in the tally of a trial.
  package var name: String {
    switch self {
    case .open: "open"
    case .change: "change"
    case .deposit: "deposit"
    case .withdraw: "withdraw"
    case .transfer: "transfer"
    case .close: "close"
    case .reverse: "reverse"
    case .reverseGroup: "reverse group"
    case .closePeriod: "period close"
    case .reopenPeriod: "period reopen"
    case .erase: "erase"
    case .eraseAccount: "erase account"
    case .addAlertRule: "alert rule add"
    case .removeAlertRule: "alert rule remove"
    case .acknowledge: "alert acknowledge"
    }
  }

  /// Whether it is one commit about accounts, which can have an idempotency key.
  package var takesKey: Bool {
    switch self {
    case .open, .change, .deposit, .withdraw, .transfer, .close, .reverse: true
    case .reverseGroup, .closePeriod, .reopenPeriod, .erase, .eraseAccount, .addAlertRule,
      .removeAlertRule, .acknowledge:
      false
    }
  }

  /// Whether a trial rehearses it.
  package var canBeRehearsed: Bool {
    if case .reverseGroup = self { true } else { takesKey }
  }

  /// The accounts that it names.
  package var accounts: [String] {
    switch self {
    case .open(let id, _, _, _), .change(let id, _, _), .deposit(let id, _, _),
      .withdraw(let id, _, _), .close(let id), .eraseAccount(let id):
      [id]
    case .transfer(let payer, let payee, _, _): [payer, payee]
    case .reverse, .reverseGroup, .closePeriod, .reopenPeriod, .erase, .addAlertRule,
      .removeAlertRule, .acknowledge:
      []
    }
  }
}

/// An amount as somebody writes it.
package struct ModelAmount: Codable, Hashable, Sendable {
  package var text: String
  /// Nil means the account's.
  package var currency: String?

  package init(_ text: String, currency: String? = nil) {
    (self.text, self.currency) = (text, currency)
  }
}

/// An event, by what recorded it or by where it stands.
package enum ModelReference: Codable, Hashable, Sendable {
  /// The event that a step recorded, counting its events from 0.
  case recorded(step: Int, event: Int)
  case position(Int64)
}

/// What goes with a command.
package struct ModelOptions: Codable, Hashable, Sendable {
  package var key: String?
  /// As on the command line; nil is `any`.
  package var expectedVersion: String?
  package var expectedVersionTo: String?
  /// Microseconds since 1970.
  package var effectiveAt: Int64?
  package var allowsPastOverdraft: Bool?
  package var reason: String?
  package var correlationID: String?
  package var corrects: ModelReference?

  package init() {}
}

/// A question to the ledger, asked in so many words that the answer can't depend on anything else.
package enum ModelQuestion: Codable, Hashable, Sendable {
  case balance(account: String)
  case balanceAt(account: String, cut: ModelCut)
  case accounts
  case accountsAt(cut: ModelCut)
  case history(account: String, query: ModelHistoryQuery)
  case statement(account: String, month: String, known: Int64?)
  /// A word among the descriptions, or among the reasons.
  case search(word: String, inReasons: Bool)
  case flows(account: String)
  case statistics
  /// Those of large amounts, which the rules named `large-…` raise.
  case alerts
  case audit
  /// Decides the account's events again.
  case replay(account: String)
  case verify
  case verifyProjections
  case verifySnapshots
  case verifyPeriods
  /// Exports everything and loads it into a new ledger, of which the same is asked.
  case copy
}

/// Up to where history counts; instants in microseconds since 1970.
package enum ModelCut: Codable, Hashable, Sendable {
  case instants(effective: Int64?, known: Int64?)
  case version(Int64)
  case position(Int64)
}

/// Which movements, and in which order.
package struct ModelHistoryQuery: Codable, Hashable, Sendable {
  package var isInOrderOfRecording = false
  package var from: Int64?
  package var through: Int64?
  package var known: Int64?
  package var isReversed = false
  package var limit: Int?

  package init() {}
}
