/// Whether an account is open for business.
enum AccountStatus: String, CaseIterable {
  case active, closed

  init(isClosed: Bool) { self = isClosed ? .closed : .active }
}
