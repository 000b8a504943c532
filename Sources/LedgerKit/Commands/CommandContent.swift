import EventStore
import LedgerDomain
import LedgerEvents

/// What a command says, as far as an idempotency key answers for it: not who asked, why, under which
/// ids or at which expected version.
struct CommandContent: Hashable {
  var command: String
  var accounts: [AccountID]
  /// The amount, or the overdraft limit.
  var amount: Money?
  /// Of a new account.
  var currency: Currency?
  /// Description or holder.
  var text: String?
  /// Nil unless the caller chose it.
  var effectiveAt: Instant?
  /// The earlier commits that it reverses or corrects.
  var links: LinkMetadata

  /// The content of a recorded commit; `text` is nil also if it was erased.
  init(_ recorded: RecordedCommand) {
    self.init(
      command: recorded.name, accounts: recorded.legs.map(\.account),
      first: recorded.legs.first?.event,
      effectiveAt: recorded.commit.explicitEffectiveAtMicros.map { Instant(micros: $0) },
      links: recorded.links)
  }

  /// The content of the command that made `events`.
  init(
    events: [(account: AccountID, event: AccountEvent)], effectiveAt: Instant?,
    links: LinkMetadata = LinkMetadata()
  ) {
    self.init(
      command: Self.command(making: events.map(\.event), links), accounts: events.map(\.account),
      first: events.first?.event, effectiveAt: effectiveAt, links: links)
  }

  /// The first event has everything that the others repeat.
  private init(
    command: String?, accounts: [AccountID], first: AccountEvent?, effectiveAt: Instant?,
    links: LinkMetadata
  ) {
    self.command = command ?? "unknown"
    self.accounts = accounts
    self.effectiveAt = effectiveAt
    self.links = links
    switch first {
    case .created(let opening):
      (amount, currency, text) = (opening.overdraftLimit, opening.currency, opening.holder)
    case .changed(let change): (amount, text) = (change.overdraftLimit, change.holder)
    case .deposited(let movement), .withdrawn(let movement):
      (amount, text) = (movement.amount, movement.description)
    case .closed, nil: break
    }
  }

  /// The name of the command that makes `events` with `links`; nil if none does.
  static func command(making events: [AccountEvent], _ links: LinkMetadata) -> String? {
    guard let command = command(making: events) else { return nil }
    return links.reverses == nil ? command : "reverse"
  }

  private static func command(making events: [AccountEvent]) -> String? {
    switch (events.first, events.dropFirst().first, events.count) {
    case (.created, nil, 1): "open"
    case (.changed, nil, 1): "change"
    case (.closed, nil, 1): "close"
    case (.deposited(let movement), nil, 1) where movement.transferID == nil: "deposit"
    case (.withdrawn(let movement), nil, 1) where movement.transferID == nil: "withdraw"
    case (.withdrawn(let payers), .deposited(let payees), 2)
    where payers.transferID != nil && payers.transferID == payees.transferID:
      "transfer"
    default: nil
    }
  }

  /// The content of a request whose accounts are in `currency`. Throws if its amount isn't.
  init(
    _ command: Command, effectiveAt: Instant?, links: LinkMetadata = LinkMetadata(),
    accountCurrency: Currency?
  ) throws(Rejection) {
    self.command = command.name
    self.effectiveAt = effectiveAt
    self.links = links
    var given: Amount?
    var amountCurrency = accountCurrency
    switch command {
    case .open(let account, let currency, let limit, let holder):
      (accounts, given, text) = ([account], limit ?? Amount(.zero(in: currency)), holder)
      (self.currency, amountCurrency) = (currency, currency)
    case .change(let account, let limit, let holder):
      (accounts, given, text) = ([account], limit, holder)
    case .deposit(let amount, let account, let description),
      .withdraw(let amount, let account, let description):
      (accounts, given, text) = ([account], amount, description)
    case .transfer(let amount, let payer, let payee, let description):
      (accounts, given, text) = ([payer, payee], amount, description)
    case .close(let account): accounts = [account]
    // Accounts and amount are those of what is reversed.
    case .reverse(let reversal): (accounts, text) = ([], reversal.description)
    }
    if let amountCurrency { amount = try given?.money(in: amountCurrency) }
  }

  /// SHA-256 over the content; the text enters as `personalDigest`, so that it can be erased.
  func fingerprint(personalDigest: Digest256?) -> Digest256 {
    var fields = CanonicalBytes("command", version: 1)
    fields.append(command)
    fields.append(Int64(accounts.count))
    for account in accounts { fields.append(account.text) }
    fields.append(amount?.minorUnits)
    fields.append((amount?.currency ?? currency)?.code)
    fields.append(effectiveAt?.micros)
    fields.append(personalDigest)
    // Nothing is added where there is no link, as fingerprints are for ever.
    for name in LinkMetadata.Name.allCases {
      guard let position = links[name] else { continue }
      fields.append(name.rawValue)
      fields.append(position)
    }
    return fields.digest
  }

  /// The names of the fields in which a request differs from what was recorded.
  static func differences(
    between request: CommandContent, and recorded: CommandContent, textWasErased: Bool
  ) -> [String] {
    guard request.command == recorded.command else { return ["command"] }
    let accountNames = request.accounts.count == 2 ? ["from", "to"] : ["account"]
    var names = zip(accountNames, zip(request.accounts, recorded.accounts))
      .filter { $1.0 != $1.1 }.map(\.0)
    let isAboutLimit = ["open", "change"].contains(request.command)
    if request.links.reverses != nil {
      if request.links.reverses != recorded.links.reverses {
        names.append(LinkMetadata.Name.reverses.rawValue)
      }
    } else if request.currency != recorded.currency {
      names.append("currency")
    } else if request.amount != recorded.amount {
      names.append(isAboutLimit ? "overdraftLimit" : "amount")
    }
    // By bytes: Swift's own == takes composed and decomposed letters for the same.
    if request.text.map({ Array($0.utf8) }) != recorded.text.map({ Array($0.utf8) }), !textWasErased
    {
      names.append(isAboutLimit ? "holder" : "description")
    }
    if request.effectiveAt != recorded.effectiveAt { names.append("effectiveAt") }
    if request.links.corrects != recorded.links.corrects {
      names.append(LinkMetadata.Name.corrects.rawValue)
    }
    return names
  }
}
