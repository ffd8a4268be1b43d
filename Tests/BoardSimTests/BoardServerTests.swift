import CPlatform
import Fault
import Foundation
import Testing
import Transport
import WireProtocol

@testable import BoardSim

/// Boards behind sockets, in this process.
struct BoardServerTests {
  enum Place: CaseIterable, Sendable {
    case unix, tcp

    var address: BoardAddress {
      self == .unix ? .unix(freshPath()) : .tcp(host: "127.0.0.1", port: 0)
    }
  }

  private func server(_ place: Place = .unix) throws -> BoardServer {
    let server = try BoardServer(
      at: place.address, cores: 8, neuronsPerCore: 1_024, synapseBytesPerCore: 131_072)
    try server.start()
    return server
  }

  @Test(arguments: Place.allCases)
  func `a board says over a socket what it says in the process`(place: Place) throws {
    let server = try server(place)
    defer { server.stop() }
    // Twice, for the second host finds a fresh board.
    for _ in 0..<2 {
      let host = try HostUnderTest(server.locator)
      for (request, answer) in try GoldenSession().exchanges {
        try host.send(request)
        #expect(try host.receive(answer.count) == answer)
      }
    }
    let session = try GoldenSession()
    #expect(server.statistics[.connections] == 2)
    #expect(server.statistics[.requests] == UInt64(2 * session.exchanges.count))
    #expect(
      server.statistics[.bytesIn]
        == UInt64(2 * session.exchanges.reduce(0) { $0 + $1.request.count }))
  }

  @Test(arguments: [1, 7, 1_000_000])
  func `requests in pieces of any size are one stream`(piece: Int) throws {
    let server = try server()
    defer { server.stop() }
    let host = try HostUnderTest(server.locator)
    let exchanges = try GoldenSession().exchanges
    var requests = exchanges.flatMap(\.request)[...]
    while !requests.isEmpty {
      try host.send(Array(requests.prefix(piece)))
      requests = requests.dropFirst(piece)
    }
    let answers = exchanges.flatMap(\.answer)
    #expect(try host.receive(answers.count) == answers)
  }

  @Test(arguments: Place.allCases)
  func `a second host waits until the first is gone`(place: Place) throws {
    let server = try server(place)
    defer { server.stop() }
    var first: HostUnderTest? = try HostUnderTest(server.locator)
    #expect(try first?.hello() == helloAnswer())
    let second = try HostUnderTest(server.locator)
    try second.send(.hello())
    let soon = spk_platform_now() + 50_000_000
    let found = #expect(throws: Fault.self) { try second.receive(1, deadline: soon) }
    #expect(found?.status == .SPK_ERROR_TIMEOUT)
    #expect(try first?.hello(epoch: 2) == helloAnswer(epoch: 2))
    first = nil
    #expect(try second.receive(84) == helloAnswer())
  }

  @Test(arguments: Place.allCases)
  func `looking for a board does no harm to it`(place: Place) throws {
    let server = try server(place)
    defer { server.stop() }
    let locator = try Locator(text: server.locator)
    // More looks than the queue has places, before and while a host is served.
    for round in 0..<2 {
      for _ in 0..<200 { #expect(StreamLink.isThere(locator, deadline: inTenSeconds())) }
      let host = try HostUnderTest(server.locator)
      #expect(try host.hello() == helloAnswer())
      for _ in 0..<200 where round == 0 {
        #expect(StreamLink.isThere(locator, deadline: inTenSeconds()))
      }
      #expect(try host.hello(epoch: 2) == helloAnswer(epoch: 2))
    }
  }

  @Test func `garbage is passed over`() throws {
    let server = try server()
    defer { server.stop() }
    let tooLong = [UInt8].frame(
      type: 1, [UInt8](repeating: 0x53, count: FrameHeader.requestLimit + 1))
    for garbage in [[UInt8](repeating: 0x47, count: 100), tooLong, [0x53, 0x50, 0x4B]] {
      let host = try HostUnderTest(server.locator)
      try host.send(garbage)
      #expect(try host.hello() == helloAnswer())
    }
  }

  @Test(arguments: 1...60)
  func `no bytes break a server`(seed: Int) throws {
    let server = try server()
    defer { server.stop() }
    var generator = SplitMix(state: UInt64(seed))
    var bytes = try GoldenSession().exchanges.flatMap(\.request)
    for _ in 0..<(1 + seed / 10) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
        in: 0...255, using: &generator)
    }
    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
    do {
      let host = try HostUnderTest(server.locator)
      // The board may hang up before it has all.
      try? host.send(bytes)
    }
    #expect(try HostUnderTest(server.locator).hello() == helloAnswer())
  }

  @Test func `a host that never reads is waited for and ends with the server`() throws {
    let server = try server()
    let host = try HostUnderTest(server.locator)
    let hellos = (0..<1000).flatMap { [UInt8].hello(epoch: 1 + $0 % 2) }
    // What the sockets hold of the requests, and less than they hold of the answers.
    for _ in 0..<4 { try host.send(hellos) }
    server.stop()
    #expect(throws: Fault.self) { try HostUnderTest(server.locator) }
  }

  @Test func `a server that stops hangs up and removes its socket file`() throws {
    let path = freshPath()
    let server = try BoardServer(
      at: .unix(path), cores: 1, neuronsPerCore: 1, synapseBytesPerCore: 1)
    try server.start()
    let host = try HostUnderTest("unix:\(path)")
    #expect(try host.hello()[..<20] == helloAnswer()[..<20])
    server.stop()
    #expect(host.isHungUpOn())
    #expect(access(path, F_OK) != 0)
  }
}

/// The same numbers everywhere for a seed.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
