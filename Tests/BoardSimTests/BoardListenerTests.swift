import Fault
import Foundation
import Testing

@testable import BoardSim

/// Addresses that boards take, and give back.
struct BoardListenerTests {
  private func serving(_ address: BoardAddress) -> Result<BoardListener, ServingError> {
    do throws(ServingError) {
      return .success(try BoardListener(address))
    } catch {
      return .failure(error)
    }
  }

  private func refusal(_ address: BoardAddress) -> String {
    guard case .failure(let error) = serving(address) else { return "served" }
    return error.sentence
  }

  @Test func `a socket file that nobody listens at is replaced`() throws {
    let path = freshPath()
    do {
      let killed = try BoardListener(.unix(path))
      // A second name keeps the file, as after a kill.
      #expect(link(path, path + ".kept") == 0)
      #expect(killed.accept() == nil)
    }
    #expect(rename(path + ".kept", path) == 0)
    #expect(refusesConnections(path))
    let listener = try BoardListener(.unix(path))
    #expect(!refusesConnections(path))
    #expect(listener.accept() != nil)
  }

  private func refusesConnections(_ path: String) -> Bool {
    do throws(Fault) {
      _ = try HostUnderTest("unix:\(path)")
      return false
    } catch {
      return error.sentence.text.contains("Connection refused")
    }
  }

  @Test func `a socket that somebody listens at is left alone`() throws {
    let address = BoardAddress.unix(freshPath())
    let listener = try BoardListener(address)
    #expect(
      refusal(address)
        == "\(address.locator): another program serves there; end it or use another path")
    #expect(listener.accept() != nil, "the question has come")
  }

  @Test func `a file that is no socket is left alone`() throws {
    let path = freshPath()
    try Data([1]).write(to: URL(filePath: path))
    defer { unlink(path) }
    #expect(refusal(.unix(path)).contains("a file that is no socket is there"))
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([1]))
  }

  @Test func `a listener removes its own file and no other`() throws {
    let path = freshPath()
    defer { unlink(path) }
    do {
      let listener = try BoardListener(.unix(path))
      #expect(listener.address.locator == "unix:\(path)")
      unlink(path)
      try Data([1]).write(to: URL(filePath: path))
    }
    #expect(access(path, F_OK) == 0)
  }

  @Test func `a port in use and a host without an address are refused`() throws {
    let listener = try BoardListener(.tcp(host: "127.0.0.1", port: 0))
    #expect(refusal(listener.address) == "\(listener.address.locator): Address already in use")
    #expect(refusal(.tcp(host: "no..host", port: 0)).hasPrefix("tcp:no..host:0: "))
  }

  @Test func `a free port is named`() throws {
    guard case .tcp(_, let port) = try BoardListener(.tcp(host: "127.0.0.1", port: 0)).address
    else {
      Issue.record("another kind of address")
      return
    }
    #expect(port > 0)
  }
}
