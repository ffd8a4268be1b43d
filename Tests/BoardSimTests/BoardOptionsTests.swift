import Testing

@testable import BoardSim

/// The command line of spikelet-board.
struct BoardOptionsTests {
  private func options(_ arguments: [String]) throws -> BoardOptions {
    guard case .serve(let options) = try BoardCommand(arguments) else {
      throw ServingError("no board is asked for")
    }
    return options
  }

  @Test func `a path alone is one board of the default size`() throws {
    let options = try options(["--unix", "/run/b"])
    #expect(options.addresses == [.unix("/run/b")])
    #expect(options.cores == 8)
    #expect(options.neuronsPerCore == 1_024)
    #expect(options.synapseBytesPerCore == 131_072)
    #expect(!options.isQuiet)
  }

  @Test func `sizes are those given`() throws {
    let options = try options([
      "--tcp=0.0.0.0:7750", "--cores", "2", "--neurons=64", "--synapse-bytes", "4096", "--quiet",
    ])
    #expect(options.addresses == [.tcp(host: "0.0.0.0", port: 7750)])
    #expect(options.cores == 2)
    #expect(options.neuronsPerCore == 64)
    #expect(options.synapseBytesPerCore == 4_096)
    #expect(options.isQuiet)
  }

  @Test func `several boards have paths or ports in a row`() throws {
    #expect(
      try options(["--unix", "/b", "--boards", "3"]).addresses
        == [.unix("/b"), .unix("/b.1"), .unix("/b.2")])
    #expect(
      try options(["--boards", "2", "--tcp", "[::1]:7750"]).addresses.map(\.locator)
        == ["tcp:[::1]:7750", "tcp:[::1]:7751"])
    #expect(
      try options(["--boards", "2", "--tcp", "0"]).addresses.map(\.locator)
        == ["tcp:127.0.0.1:0", "tcp:127.0.0.1:0"])
  }

  @Test func `help and version are commands`() throws {
    #expect(try BoardCommand(["--help"]) == .help)
    #expect(try BoardCommand(["-h"]) == .help)
    #expect(try BoardCommand(["--quiet", "--version"]) == .version)
  }

  @Test(arguments: [
    ([], "give one of --unix PATH and --tcp [HOST:]PORT, once"),
    (["--unix", "/a", "--tcp", "1"], "give one of --unix PATH and --tcp [HOST:]PORT, once"),
    (["--unix"], "--unix: a value must follow"),
    (["--unix", ""], "a path of 0 bytes found, 1 .. 107 expected"),
    (["--unix", String(repeating: "p", count: 106), "--boards", "2"], "1 .. 107 expected"),
    (["--unix", "/a", "--cores", "0"], "--cores: 0 found, 1 .. 4096 expected"),
    (["--unix", "/a", "--cores", "4097"], "--cores: 4097 found, 1 .. 4096 expected"),
    (["--unix", "/a", "--neurons", "many"], "--neurons: many found, 1 .. 65536 expected"),
    (["--unix", "/a", "--synapse-bytes=-1"], "--synapse-bytes: -1 found"),
    (["--unix", "/a", "--boards", "65"], "--boards: 65 found, 1 .. 64 expected"),
    (["--unix", "/a", "--quiet=yes"], "--quiet: no value may follow"),
    (["--tcp", "65536"], "a port of 0 .. 65535 expected"),
    (["--tcp", "localhost:"], "a port of 0 .. 65535 expected"),
    (["--tcp", ":1"], "the host is missing"), (["--tcp", "[]:1"], "the host is missing"),
    (["--tcp", "::1:1"], "an IPv6 address stands in brackets"),
    (["--tcp", "65535", "--boards", "2"], "board 1 would be at port 65536, above 65535"),
    (["--usb"], "--usb: no such option"), (["/run/b"], "/run/b: no such option"),
  ])
  func `wrong options are named`(arguments: [String], words: String) {
    let found = #expect(throws: ServingError.self) { _ = try BoardCommand(arguments) }
    #expect(found?.sentence.contains(words) == true, "\(found?.sentence ?? "nothing was wrong")")
  }
}
