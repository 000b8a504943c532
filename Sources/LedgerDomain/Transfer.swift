/// Money that moves from one account to another: both legs or neither.
public struct Transfer: Hashable, Sendable {
  /// In the payer's currency.
  public var amount: Amount
  /// Shared by both legs.
  public var transferID: String
  /// What it is for; nil if nobody says.
  public var description: String?

  /// A transfer, not decided yet.
  public init(amount: Amount, transferID: String, description: String?) {
    self.amount = amount
    self.transferID = transferID
    self.description = description
  }

  /// What the transfer asks of each account.
  public func commands(
    from payer: Account, to payee: Account
  ) -> (withdrawal: AccountCommand, deposit: AccountCommand) {
    (
      .withdraw(amount, details(counterparty: payee.id)),
      .deposit(amount(from: payer), details(counterparty: payer.id))
    )
  }

  /// The two legs, or the refusal of either account that comes first in precedence.
  public func decide(
    from payer: Account, _ payerContext: DecisionContext,
    to payee: Account, _ payeeContext: DecisionContext
  ) throws(Rejection) -> (withdrawn: AccountEvent, deposited: AccountEvent) {
    guard payer.id != payee.id else { throw .sameAccount(payer.id) }
    let asked = commands(from: payer, to: payee)
    let legs = (
      Result { () throws(Rejection) in try payer.decide(asked.withdrawal, payerContext) },
      Result { () throws(Rejection) in try payee.decide(asked.deposit, payeeContext) }
    )
    switch legs {
    case (.success(let withdrawn), .success(let deposited)): return (withdrawn, deposited)
    case (.failure(let rejection), .success), (.success, .failure(let rejection)): throw rejection
    case (.failure(let payers), .failure(let payees)):
      throw payees.precedence < payers.precedence ? payees : payers
    }
  }

  /// The amount in the payer's currency, so that a payee with another one refuses it.
  private func amount(from payer: Account) -> Amount {
    guard amount.currencyCode == nil, let currency = payer.standing?.balance.currency else {
      return amount
    }
    return Amount(amount.text, currencyCode: currency.code)
  }

  private func details(counterparty: AccountID) -> AccountCommand.MovementDetails {
    .init(counterparty: counterparty, transferID: transferID, description: description)
  }
}
