import CPlatform
import CSpikelet
import Fault
import Glibc
import Testing
import Transport

/// Ways in which a board is not there.
struct StreamConnectTests {
  private func opening(_ locator: Locator, within milliseconds: Int64 = 10_000) -> Fault? {
    fault { () throws(Fault) in
      _ = try StreamLink.open(locator, deadline: deadline(milliseconds))
    }
  }

  @Test func `without a socket file nobody is found`() throws {
    let locator = try Locator("unix:/no/such/board")
    let found = opening(locator)
    #expect(found?.status == .SPK_ERROR_NOT_FOUND)
    #expect(
      found?.sentence.text
        == "unix:/no/such/board: nobody is there (No such file or directory); "
        + "start spikelet-board --unix /no/such/board, or check the path")
    #expect(!StreamLink.isThere(locator, deadline: deadline(10_000)))
  }

  @Test(arguments: PlainServer.kinds)
  func `where nobody listens any more nobody is found`(kind: PlainServer.Kind) throws {
    let server = try PlainServer(kind)
    defer { server.removeFile() }
    server.end()
    let found = opening(server.locator)
    #expect(found?.status == .SPK_ERROR_NOT_FOUND)
    let text = try #require(found?.sentence.text)
    #expect(text.contains("nobody is there (Connection refused); start spikelet-board --"))
    #expect(text.hasPrefix(server.locator.sentence.text))
    #expect(!StreamLink.isThere(server.locator, deadline: deadline(10_000)))
  }

  @Test func `a host without an address is not found`() throws {
    // Two dots in a row are in no name, so that no server is asked.
    let found = opening(try Locator("tcp:no..host:7750"))
    #expect(found?.status == .SPK_ERROR_NOT_FOUND)
    let text = try #require(found?.sentence.text)
    #expect(
      text.contains("start spikelet-board --tcp 7750 there, or check host and port"), "\(text)")
  }

  @Test func `what the system refuses is a fault of input and output`() throws {
    let found = opening(try Locator("unix:/proc/version/board"))
    #expect(found?.status == .SPK_ERROR_IO)
    #expect(found?.sentence.text.contains("cannot connect (Not a directory)") == true)
  }

  @Test func `a full queue is waited for until the deadline`() throws {
    let server = try PlainServer(.unix, backlog: 0)
    defer { server.removeFile() }
    let first = try StreamLink.open(server.locator, deadline: deadline(10_000))
    let start = spk_platform_now()
    let found = opening(server.locator, within: 30)
    #expect(found?.status == .SPK_ERROR_TIMEOUT)
    #expect(spk_platform_now() - start >= 30_000_000)
    #expect(StreamLink.isThere(server.locator, deadline: deadline(10_000)))
    let later = Thread {
      usleep(30_000)
      _ = server.accept()
    }
    #expect(opening(server.locator) == nil)
    later.join()
    #expect(first.descriptor >= 0)
  }

  @Test(arguments: PlainServer.kinds)
  func `whoever listens is there`(kind: PlainServer.Kind) throws {
    let server = try PlainServer(kind)
    defer { server.removeFile() }
    #expect(StreamLink.isThere(server.locator, deadline: deadline(10_000)))
    #expect(server.accept().receive(1) == [])
  }

  @Test func `the simulated board is always there`() throws {
    #expect(StreamLink.isThere(try Locator("sim:"), deadline: 0))
  }

  @Test func `looking for a board leaves the sentence of the last fault`() throws {
    let found = fault { () throws(Fault) in _ = try Locator("unix:") }
    _ = StreamLink.isThere(try Locator("unix:/no/such/board"), deadline: deadline(100))
    #expect(found?.sentence.text.contains("a path must follow") == true)
  }

  @Test func `descriptors of failed attempts are closed`() throws {
    // More than a process may have open by default.
    let locator = try Locator("unix:/no/such/board")
    for _ in 0..<3000 { #expect(!StreamLink.isThere(locator, deadline: 0)) }
    let server = try PlainServer(.unix)
    defer { server.removeFile() }
    for _ in 0..<3000 {
      #expect(StreamLink.isThere(server.locator, deadline: deadline(10_000)))
      _ = server.accept()
    }
  }
}
