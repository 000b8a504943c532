import LedgerDomain
import LedgerKit

extension RandomPast {
  /// A command, in the words of the memory; amounts in whole units of the currency.
  struct Request {
    enum Content {
      case movement(account: String, units: Int64)
      case transfer(from: String, to: String, units: Int64)
      case limit(account: String, units: Int64)
      case holder(account: String)
      case close(account: String)
    }

    var content: Content
    var at: Int64?
    var allowsPastOverdraft = false
    /// Nil unless the command asks for the content as the opposite of a commit.
    var reversal: Reversal?

    init(_ content: Content, at: Int64?) { (self.content, self.at) = (content, at) }
  }
}

extension RandomPast {
  func command(of content: Request.Content) throws -> Command {
    switch content {
    case .movement(let id, let units):
      let amount = Amount("\(units.magnitude)")
      return units > 0
        ? .deposit(amount, to: try AccountID(id)) : .withdraw(amount, from: try AccountID(id))
    case .transfer(let payer, let payee, let units):
      return .transfer(Amount("\(units)"), from: try AccountID(payer), to: try AccountID(payee))
    case .limit(let id, let units):
      return .change(try AccountID(id), overdraftLimit: Amount("\(units)"))
    case .holder(let id): return .change(try AccountID(id), holder: "Holder \(id)")
    case .close(let id): return .close(try AccountID(id))
    }
  }

  /// The code of the refusal that `request` meets; nil if it is accepted.
  func expectation(of request: Request) -> String? {
    if let reversal = request.reversal, reversed.contains(reversal.position) {
      return "already_reversed"
    }
    if let at = request.at {
      if at > book.clockMicros + 60_000_000 { return "effective_in_future" }
      if let last = closedThrough.last, at <= last.micros { return "period_closed" }
    }
    switch request.content {
    case .movement(let id, _), .limit(let id, _), .holder(let id):
      return memory[id]?.refusal(
        of: entry(of: request), allowsPastOverdraft: request.allowsPastOverdraft)
    case .transfer(let payer, let payee, _):
      guard let from = memory[payer], let to = memory[payee] else { return "account_not_found" }
      if from.isClosed || to.isClosed { return "account_closed" }
      if from.currency != to.currency { return "currency_mismatch" }
      return from.refusal(
        of: entry(of: request), allowsPastOverdraft: request.allowsPastOverdraft)
    case .close(let id):
      guard let account = memory[id] else { return "account_not_found" }
      return account.refusalOfClosing(at: request.at ?? .max)
    }
  }

  func breakOfPayer(_ request: Request) -> NaivePast.Break? {
    switch request.content {
    case .movement(let id, _), .transfer(let id, _, _), .limit(let id, _), .holder(let id),
      .close(let id):
      memory[id]?.firstBreak(with: entry(of: request))
    }
  }

  /// What `request` records on the account it is about; of a transfer, on the payer.
  func entry(of request: Request) -> NaivePast.Entry {
    let at = request.at ?? .max
    switch request.content {
    case .movement(let id, let units):
      return .init(at: at, minorUnits: minorUnits(units, id))
    case .transfer(let payer, _, let units):
      return .init(at: at, minorUnits: -minorUnits(units, payer))
    case .limit(let id, let units): return .init(at: at, limitMinor: minorUnits(units, id))
    case .holder, .close: return .init(at: at)
    }
  }

  func minorUnits(_ units: Int64, _ id: String) -> Int64 {
    units * (memory[id]?.currency.minorUnits(of: 1) ?? 1)
  }
}

extension Currency {
  /// Minor units of so many whole ones.
  func minorUnits(of whole: Int64) -> Int64 {
    (0..<decimals).reduce(whole) { units, _ in units * 10 }
  }
}
