import CPlatform
import CSpikelet
import Fault
import Glibc
import Testing
import Transport

/// Bytes over an open link, against a socket without a board.
struct StreamLinkTests {
  @Test(arguments: PlainServer.kinds)
  func `bytes go both ways as they are`(kind: PlainServer.Kind) throws {
    let ends = try ConnectedEnds(kind)
    let peer = ends.peer
    try ends.link.send([1, 0, 255])
    #expect(peer.receive(3) == [1, 0, 255])
    peer.send([7, 8])
    #expect(try ends.link.receive() == [7, 8])
  }

  @Test func `what does not fit the buffer comes with the next call`() throws {
    let ends = try ConnectedEnds(.unix)
    let peer = ends.peer
    peer.send([1, 2, 3, 4, 5])
    #expect(try ends.link.receive(capacity: 2) == [1, 2])
    #expect(try ends.link.receive(capacity: 3) == [3, 4, 5])
  }

  @Test func `a receive takes what is there and never waits`() throws {
    let ends = try ConnectedEnds(.unix)
    let peer = ends.peer
    peer.send([9])
    #expect(try ends.link.receiveNow() == [9])
    let start = spk_platform_now()
    #expect(try ends.link.receiveNow() == [])
    #expect(spk_platform_now() - start < 1_000_000_000)
  }

  @Test func `a long send arrives whole at a peer that reads late`() throws {
    let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for kind in PlainServer.kinds {
      let ends = try ConnectedEnds(kind)
      let peer = ends.peer
      let received = Received()
      let reader = Thread {
        usleep(20_000)
        received.bytes = peer.receive(bytes.count)
      }
      try ends.link.send(bytes)
      reader.join()
      #expect(received.bytes == bytes)
    }
  }

  @Test func `a send to a peer that does not read is cut short and goes on once it does`() throws {
    let ends = try ConnectedEnds(.unix)
    let peer = ends.peer
    let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let showsRoom = ends.link.showsRoom
    #expect(showsRoom)
    var sent = 0
    while true {
      let count = try ends.link.sendNow(bytes[sent...])
      if count == 0 { break }
      sent += count
    }
    #expect(sent > 0 && sent < bytes.count)
    var wanted = pollfd(fd: ends.link.descriptor, events: Int16(POLLOUT), revents: 0)
    #expect(poll(&wanted, 1, 0) == 0)
    #expect(peer.receive(sent) == Array(bytes[..<sent]))
    #expect(poll(&wanted, 1, 10_000) == 1)
    #expect(try ends.link.sendNow(bytes[sent...]) > 0)
  }

  @Test(arguments: PlainServer.kinds)
  func `what was sent before the peer hung up arrives and then the link is lost`(
    kind: PlainServer.Kind
  ) throws {
    let ends = try ConnectedEnds(kind)
    let peer = ends.peer
    peer.send([1, 2])
    peer.end()
    #expect(try ends.link.receive() == [1, 2])
    for _ in 0..<2 {
      let found = fault { () throws(Fault) in _ = try ends.link.receive() }
      #expect(found?.status == .SPK_ERROR_LOST)
      #expect(found?.sentence.text.hasPrefix("the board is lost") == true)
    }
  }

  @Test(arguments: PlainServer.kinds)
  func `sending to a peer that has hung up is a lost link and no signal`(
    kind: PlainServer.Kind
  ) throws {
    let ends = try ConnectedEnds(kind)
    let peer = ends.peer
    try ends.link.send([1])
    peer.end()
    var found: Fault?
    // TCP learns of it from the answer to what it has sent.
    for _ in 0..<1000 where found == nil {
      found = fault { () throws(Fault) in try ends.link.send([2]) }
      usleep(1_000)
    }
    #expect(found?.status == .SPK_ERROR_LOST)
  }

  @Test func `the descriptor can be polled for input`() throws {
    let ends = try ConnectedEnds(.unix)
    let peer = ends.peer
    var wanted = pollfd(fd: ends.link.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&wanted, 1, 0) == 0)
    peer.send([1])
    #expect(poll(&wanted, 1, 10_000) == 1)
  }

  @Test func `a link that is closed is seen by the peer`() throws {
    let server = try PlainServer(.unix)
    defer { server.removeFile() }
    do { _ = try StreamLink.open(server.locator, deadline: deadline(10_000)) }
    #expect(server.accept().receive(1) == [])
  }
}

/// A link and the other end of its connection.
private final class ConnectedEnds {
  let link: Link
  let peer: PlainPeer

  init(_ kind: PlainServer.Kind) throws {
    let server = try PlainServer(kind)
    defer { server.removeFile() }
    link = try StreamLink.open(server.locator, deadline: deadline(10_000))
    peer = server.accept()
  }
}

private final class Received: @unchecked Sendable { var bytes: [UInt8] = [] }
