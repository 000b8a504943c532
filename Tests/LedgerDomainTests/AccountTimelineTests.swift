import LedgerDomain
import Testing

@Suite("A timeline")
struct AccountTimelineTests {
  @Test("without changes lets money in, and out to the limit it was opened with")
  func empty() {
    var timeline = AccountTimeline(openingLimitMinor: 100)
    #expect(timeline.effect(of: .movement(minorUnits: 5), at: .second(0)) == .harmless)
    #expect(timeline.effect(of: .movement(minorUnits: -100), at: .second(0)) == .harmless)
    #expect(
      timeline.effect(of: .movement(minorUnits: -103), at: .second(4))
        == .overdraws(at: .second(4), shortMinorUnits: 3))
  }

  @Test("looks at the balance after everything at one instant")
  func sameInstant() {
    var timeline = AccountTimeline(openingLimitMinor: 0)
    timeline.insert(.movement(minorUnits: -500), at: .second(10))
    timeline.insert(.movement(minorUnits: 500), at: .second(10))
    timeline.insert(.movement(minorUnits: -30), at: .second(20))
    timeline.insert(.movement(minorUnits: 40), at: .second(20))
    #expect(timeline.effect(of: .movement(minorUnits: -10), at: .second(20)) == .harmless)
    #expect(
      timeline.effect(of: .movement(minorUnits: -11), at: .second(20))
        == .overdraws(at: .second(20), shortMinorUnits: 1))
    #expect(
      timeline.effect(of: .movement(minorUnits: -10), at: .second(15))
        == .overdraws(at: .second(15), shortMinorUnits: 10))
  }

  @Test("balances that do not fit in 64 bits are no fault inside an instant, only after it")
  func overflowInsideAnInstant() {
    var timeline = AccountTimeline(openingLimitMinor: 0)
    timeline.insert(.movement(minorUnits: .max), at: .second(10))
    timeline.insert(.movement(minorUnits: -10), at: .second(10))
    timeline.insert(.movement(minorUnits: -.max + 10), at: .second(20))
    let deposit = AccountTimeline.Change.movement(minorUnits: 10)
    #expect(timeline.effect(of: deposit, at: .second(10)) == .harmless)
    #expect(timeline.effect(of: .movement(minorUnits: 11), at: .second(10)) == .overflow)
    #expect(timeline.effect(of: .movement(minorUnits: 11), at: .second(5)) == .overflow)
    #expect(timeline.effect(of: .movement(minorUnits: 11), at: .second(20)) == .harmless)
  }

  @Test("names the first instant that is overdrawn and what is short there, not the worst")
  func firstInstant() {
    var timeline = AccountTimeline(openingLimitMinor: 0)
    timeline.insert(.movement(minorUnits: 100), at: .second(10))
    timeline.insert(.movement(minorUnits: -60), at: .second(20))
    timeline.insert(.movement(minorUnits: -40), at: .second(30))
    #expect(
      timeline.effect(of: .movement(minorUnits: -50), at: .second(10))
        == .overdraws(at: .second(20), shortMinorUnits: 10))
  }

  @Test("looks at nothing before the change")
  func nothingBefore() {
    var timeline = AccountTimeline(openingLimitMinor: 0)
    timeline.insert(.movement(minorUnits: -100), at: .second(10))
    timeline.insert(.movement(minorUnits: 200), at: .second(20))
    #expect(timeline.effect(of: .movement(minorUnits: -100), at: .second(20)) == .harmless)
    #expect(timeline.effect(of: .movement(minorUnits: -100), at: .second(25)) == .harmless)
  }

  @Test("knows the limit that is in force at each instant")
  func limits() {
    var timeline = AccountTimeline(openingLimitMinor: 10)
    timeline.insert(.limit(minorUnits: 50), at: .second(20))
    timeline.insert(.limit(minorUnits: 0), at: .second(30))
    timeline.insert(.movement(minorUnits: 45), at: .second(30))
    #expect(
      timeline.effect(of: .movement(minorUnits: -11), at: .second(19))
        == .overdraws(at: .second(19), shortMinorUnits: 1))
    #expect(timeline.effect(of: .movement(minorUnits: -45), at: .second(20)) == .harmless)
    #expect(
      timeline.effect(of: .movement(minorUnits: -46), at: .second(20))
        == .overdraws(at: .second(30), shortMinorUnits: 1))
    #expect(
      timeline.effect(of: .movement(minorUnits: -51), at: .second(20))
        == .overdraws(at: .second(20), shortMinorUnits: 1))
  }

  @Test("lets a lower limit reach to the next one, and no further")
  func lowerLimit() {
    var timeline = AccountTimeline(openingLimitMinor: 50)
    timeline.insert(.movement(minorUnits: -40), at: .second(10))
    timeline.insert(.movement(minorUnits: 15), at: .second(20))
    timeline.insert(.limit(minorUnits: 40), at: .second(30))
    #expect(timeline.effect(of: .limit(minorUnits: 25), at: .second(20)) == .harmless)
    #expect(
      timeline.effect(of: .limit(minorUnits: 24), at: .second(20))
        == .overdraws(at: .second(20), shortMinorUnits: 1))
  }

  @Test("says what is short even if that is more than 64 bits hold")
  func shortIsClamped() {
    var timeline = AccountTimeline(openingLimitMinor: -5)
    timeline.insert(.movement(minorUnits: -.max), at: .second(10))
    #expect(
      timeline.effect(of: .movement(minorUnits: -1), at: .second(10))
        == .overdraws(at: .second(10), shortMinorUnits: .max))
  }

  @Test("reports a balance beyond 64 bits rather than an overdraft, whichever counts first")
  func overflowFirst() {
    var timeline = AccountTimeline(openingLimitMinor: 0)
    timeline.insert(.limit(minorUnits: .max), at: .second(15))
    timeline.insert(.movement(minorUnits: -.max), at: .second(20))
    #expect(timeline.effect(of: .movement(minorUnits: -10), at: .second(10)) == .overflow)
  }
}
