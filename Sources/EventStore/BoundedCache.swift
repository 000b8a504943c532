/// A dictionary that empties itself when it has grown to its limit, so that memory stays flat.
package struct BoundedCache<Key: Hashable, Value> {
  private let limit: Int
  private var values: [Key: Value] = [:]

  package init(limit: Int) { self.limit = limit }

  package subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      if values.count >= limit, values[key] == nil { values.removeAll(keepingCapacity: true) }
      values[key] = newValue
    }
  }

  package mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
  }
}
