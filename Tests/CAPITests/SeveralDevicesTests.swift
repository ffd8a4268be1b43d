import CSpikelet
import Glibc
import Testing

/// Devices of one context, which do not wait for each other.
@Suite(.serialized) struct SeveralDevicesTests {
  @Test(arguments: [UInt32(0), 1])
  func `a blocking run on one device does not hold up submissions to another`(flags: UInt32) throws
  {
    let rig = try Rig(.behindSocket, flags: flags, hidden: 600)
    var device: OpaquePointer?
    var session: OpaquePointer?
    try expectOK(spk_device_open(rig.context, "sim:", nil, &device))
    try expectOK(spk_session_open(device, rig.model, nil, &session))
    let blocking = Guarded(spk_status.SPK_OK)
    let crew = Crew()
    crew.start {
      let status = rig.run(ticks: 65_536)
      blocking.with { $0 = status }
    }
    usleep(100_000)
    // One that waits until the run has ended, and then some to the other device.
    #expect(rig.submit(ticks: 1) == .SPK_OK)
    for _ in 0..<20 {
      var options = runOptions(1)
      #expect(spk_session_submit_run(session, &options, nil, 0, nil, nil) == .SPK_OK)
      let (status, completion) = rig.take(milliseconds: 1_000)
      #expect(status == .SPK_OK && completion.session == session)
    }
    #expect(rig.pending() == 1)
    // What waits for the board can be cancelled by itself; the run of the other thread goes on.
    #expect(spk_session_cancel(rig.session, 1) == .SPK_OK)
    usleep(50_000)
    #expect(!crew.hasEnded(within: 0))
    let start = monotonicSeconds()
    #expect(spk_session_cancel(rig.session, 0) == .SPK_OK)
    let (status, completion) = rig.take(milliseconds: 5_000)
    #expect(status == .SPK_OK && completion.session == rig.session)
    #expect(completion.status == UInt32(spk_status.SPK_ERROR_CANCELLED.rawValue))
    #expect(monotonicSeconds() - start < 2)
    try #require(crew.hasEnded())
    #expect(blocking.current == .SPK_ERROR_CANCELLED)
    #expect(spk_session_close(session) == .SPK_OK)
    #expect(spk_device_close(device) == .SPK_OK)
    rig.end()
  }

  @Test func `a board that is given up is readable in the descriptor`() throws {
    let rig = try Rig(.behindSocket, flags: 1, hidden: 600)
    var descriptor: Int32 = -1
    #expect(spk_context_descriptor(rig.context, &descriptor) == .SPK_OK)
    let crew = Crew()
    crew.start { #expect(rig.run(ticks: 65_536) == .SPK_ERROR_CANCELLED) }
    usleep(50_000)
    #expect(rig.submit(ticks: 1) == .SPK_OK)
    #expect(spk_context_process(rig.context, 0, nil) == .SPK_OK)
    #expect(rig.pending() == 1)
    #expect(spk_session_cancel(rig.session, 0) == .SPK_OK)
    var handled: UInt32 = 0
    var passes = 0
    while handled == 0 {
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      try #require(poll(&wanted, 1, 10_000) == 1, "the program would wait for ever")
      #expect(spk_context_process(rig.context, 0, &handled) == .SPK_OK)
      passes += 1
    }
    #expect(passes < 20, "the program would never rest")
    #expect(rig.take(milliseconds: 0).status == .SPK_OK)
    try #require(crew.hasEnded())
    rig.end()
  }
}
