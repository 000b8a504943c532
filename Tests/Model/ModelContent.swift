/// What an idempotency key answers for: not who asked, why, under which ids or at which version.
struct ModelContent {
  var command: String
  var accounts: [String]
  /// Of a movement, or the overdraft limit.
  var minorUnits: Int64?
  /// Of the accounts.
  var currency: String
  /// Nil unless it was chosen.
  var effectiveAt: Int64?
  var reverses: Int64?
  var corrects: Int64?
}

extension ModelLedger {
  /// The names of what `command` says otherwise than the recorded `commit`, whose content is `first`.
  func differences(
    _ command: ModelCommand, _ options: ModelOptions, from commit: Commit, _ first: ModelContent
  ) -> [String] {
    guard command.name == first.command else { return ["command"] }
    var names: [String] = []
    func add(_ name: String, if differs: Bool) { if differs { names.append(name) } }
    /// A position at which there is nothing stays as it is.
    func end(_ reference: ModelReference) -> Int64 {
      let position = position(of: reference)
      return self.commit(at: position)?.last ?? position
    }
    do throws(ModelRefusal) {
      var effectiveAt = options.effectiveAt
      var (text, textName) = (String?.none, "description")
      switch command {
      case .open(let account, let currency, let limit, let holder):
        add("account", if: account != first.accounts[0])
        let minorUnits = try minorUnits(limit ?? ModelAmount("0"), currency, mayBeZero: true)
        if currency != first.currency {
          add("currency", if: true)
        } else {
          add("overdraftLimit", if: minorUnits != first.minorUnits)
        }
        (text, textName) = (holder, "holder")
      case .change(let account, let limit, let holder):
        add("account", if: account != first.accounts[0])
        let minorUnits = try limit.map { limit throws(ModelRefusal) in
          try self.minorUnits(limit, first.currency, mayBeZero: true)
        }
        add("overdraftLimit", if: minorUnits != first.minorUnits)
        (text, textName) = (holder, "holder")
      case .deposit(let account, let amount, let description),
        .withdraw(let account, let amount, let description):
        add("account", if: account != first.accounts[0])
        add("amount", if: try minorUnits(amount, first.currency) != first.minorUnits)
        text = description
      case .transfer(let payer, let payee, let amount, let description):
        add("from", if: payer != first.accounts[0])
        add("to", if: payee != first.accounts[1])
        add("amount", if: try minorUnits(amount, first.currency) != first.minorUnits)
        text = description
      case .close(let account): add("account", if: account != first.accounts[0])
      case .reverse(let reference, let keepsEffectiveTime, let description):
        add("reverses", if: end(reference) != first.reverses)
        if keepsEffectiveTime {
          effectiveAt = self.commit(at: position(of: reference))?.effectiveAt
        }
        text = description
      case .reverseGroup, .closePeriod, .reopenPeriod, .erase, .eraseAccount, .addAlertRule,
        .removeAlertRule, .acknowledge:
        preconditionFailure("\(command.name) has no key")
      }
      let recorded = events[Int(commit.first - 1)].text
      let isSame = text.map { Array($0.utf8) } == recorded.text.map { Array($0.utf8) }
      add(textName, if: !isSame && !recorded.isErased)
      add("effectiveAt", if: effectiveAt != first.effectiveAt)
      add("corrects", if: options.corrects.map(end) != first.corrects)
      return names
    } catch {
      // What is no amount there can't be the amount that was recorded.
      return ["amount"]
    }
  }

  private func minorUnits(
    _ amount: ModelAmount, _ currency: String, mayBeZero: Bool = true
  ) throws(ModelRefusal) -> Int64 {
    try ModelMoney.minorUnits(amount, in: currency, mayBeZero: mayBeZero)
  }
}
