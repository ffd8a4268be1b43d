import Testing

@testable import BoardSim

/// The text of a plan, and what is drawn from a seed.
struct FaultPlanTests {
  private func texts(_ plan: String) throws -> [String] {
    try FaultPlan(plan).faults.map(\.description)
  }

  @Test func `a fault that is named stands where it is said`() throws {
    #expect(try texts("corrupt@1234") == ["corrupt@out:1234*1"])
    #expect(try texts("freeze@in:0*50") == ["freeze@in:0*50"])
    #expect(
      try texts("unplug@9,drop@out:5*3,short@5")
        == ["drop@out:5*3", "short@out:5*16", "unplug@out:9*300"])
  }

  @Test func `a seed draws the same faults everywhere`() throws {
    #expect(
      try texts("seed=7,count=4,kinds=corrupt+delay+unplug,span=10000")
        == ["unplug@in:1083*278", "delay@in:1798*33", "corrupt@out:9190*1", "corrupt@out:9346*4"])
    #expect(try FaultPlan("seed=7").faults.count == 5)
    #expect(try FaultPlan("seed=7") == FaultPlan("seed=7"))
    #expect(try FaultPlan("seed=7").faults != FaultPlan("seed=8").faults)
    #expect(try texts("seed=7,count=0,stall@1") == ["stall@out:1*100"])
  }

  @Test func `what is drawn is in its ranges and in order`() throws {
    let plan = try FaultPlan("seed=3,count=2000,span=500")
    #expect(plan.faults.count == 2_000)
    #expect(plan.faults.map(\.offset) == plan.faults.map(\.offset).sorted())
    for kind in BoardFault.Kind.allCases {
      for way in BoardFault.Way.allCases {
        #expect(plan.faults.filter { $0.kind == kind && $0.way == way }.count > 50)
      }
    }
    for fault in plan.faults {
      #expect((0..<500).contains(fault.offset))
      #expect(fault.kind.drawnAmounts.contains(fault.amount))
    }
  }

  @Test func `several boards have different draws and the same named faults`() throws {
    let plan = try FaultPlan("seed=7,count=3,drop@2")
    #expect(plan.ofBoard(0) == plan)
    #expect(try plan.ofBoard(1).faults == FaultPlan("seed=8,count=3,drop@2").faults)
  }

  @Test(arguments: [
    "", "drop", "drop@", "drop@x", "drop@-1", "drop@1*0", "drop@1*", "drop@up:1", "drop@in:1*2*3",
    "fire@1", "seed=x", "seed=1,", "count=10001", "kinds=", "kinds=drop+", "span=0", "speed=1",
    "drop@1@2",
  ])
  func `a wrong item is named`(text: String) {
    let found = #expect(throws: ServingError.self) { _ = try FaultPlan(text) }
    #expect(found?.sentence.contains("is no part of a plan") == true)
  }
}
