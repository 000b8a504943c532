/// Balances at cuts, each found by adding up everything that the cut lets through.
extension ModelLedger {
  struct Balance {
    let account: String
    let currency: String
    let minorUnits: Int64
    let isClosed: Bool
    let version: Int64
    /// Where the commit ends with the last event that counts.
    let position: Int64

    var line: String {
      let status = isClosed ? "closed" : "active"
      return ModelText.leg(
        account, version, ModelMoney.text(minorUnits, currency), currency)
        + " \(status) at \(position)"
    }
  }

  /// Whether `cut` lets the event through.
  func counts(_ event: Event, at cut: ModelCut) -> Bool {
    switch cut {
    case .version(let version): event.version <= version
    case .position(let position): commits[event.commit].last <= position
    case .instants(let effective, let known):
      effectiveAt(event) <= effective ?? .max && recordedAt(event) <= known ?? .max
    }
  }

  /// Nil if the account is not there at the cut: a change alone makes no account.
  func balance(of account: String, at cut: ModelCut) -> Balance? {
    let counting = events(of: account).filter { counts($0, at: cut) }
    guard counting.contains(where: { $0.type != .changed }), let last = counting.last else {
      return nil
    }
    let sum = counting.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
    return Balance(
      account: account, currency: last.currency, minorUnits: Int64(clamping: sum),
      isClosed: counting.contains { $0.type == .closed }, version: last.version,
      position: commit(of: last).last)
  }

  func balances(at cut: ModelCut) -> [Balance] {
    accounts.compactMap { balance(of: $0, at: cut) }
  }

  /// Throws if the cut lies beyond what there is, or the account was never opened.
  func check(_ cut: ModelCut, of account: String?) throws(ModelRefusal) {
    if let account { try checkID(account) }
    if case .position(let position) = cut, position > head { throw beyondHead(position) }
    guard let account else { return }
    guard let last = version(of: account) else {
      throw ModelRefusal("account_not_found", ["accountId": account])
    }
    if case .version(let version) = cut, version > last {
      throw ModelRefusal(
        "beyond_head", ["cut": "version", "asked": version, "last": last])
    }
  }
}
