import EventStore
import Testing

@Suite("A cache that stays small")
struct BoundedCacheTests {
  @Test("it keeps what fits")
  func keeps() {
    var cache = BoundedCache<String, Int>(limit: 2)
    cache["a"] = 1
    cache["b"] = 2
    #expect((cache["a"], cache["b"], cache["c"]) == (1, 2, nil))
  }

  @Test("it empties itself for one key too many, and keeps that one")
  func overflows() {
    var cache = BoundedCache<String, Int>(limit: 2)
    for (index, key) in ["a", "b", "c"].enumerated() { cache[key] = index }
    #expect((cache["a"], cache["b"], cache["c"]) == (nil, nil, 2))
  }

  @Test("a new value for a known key empties nothing")
  func replaces() {
    var cache = BoundedCache<String, Int>(limit: 2)
    for (index, key) in ["a", "b", "a", "b"].enumerated() { cache[key] = index }
    #expect((cache["a"], cache["b"]) == (2, 3))
  }

  @Test("a known absence is not the same as knowing nothing")
  func optional() {
    var cache = BoundedCache<String, Int?>(limit: 2)
    cache["absent"] = .some(nil)
    #expect(cache["absent"] == .some(nil))
    #expect(cache["unknown"] == nil)
    cache.removeAll()
    #expect(cache["absent"] == nil)
  }
}
