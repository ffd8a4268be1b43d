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

  @Test func `boards on USB have an address or a kernel`() throws {
    #expect(try options(["--vhci"]).usb == .vhci)
    let standard = BoardAddress.tcp(host: "127.0.0.1", port: 3_240)
    for arguments in [["--usbip"], ["--usbip", "--quiet"], ["--usbip", "3240"]] {
      #expect(try options(arguments).usb == .usbip(standard))
      #expect(try options(arguments).addresses.isEmpty)
    }
    #expect(try options(["--usbip=[::1]:1"]).usb == .usbip(.tcp(host: "::1", port: 1)))
  }

  @Test func `boards on USB are told apart by their serial numbers`() throws {
    let options = try options([
      "--usbip", "--serial", "LAB", "--id", "CAFE:4001", "--boards", "3",
    ])
    #expect(options.identities.map(\.serial) == ["LAB", "LAB.1", "LAB.2"])
    #expect(Set(options.identities.map(\.number)).count == 3)
    #expect(options.identities.allSatisfy { $0.vendor == 0xCAFE && $0.product == 0x4001 })
  }

  @Test func `faults are those of the plan`() throws {
    #expect(try options(["--unix", "/b"]).faults == nil)
    #expect(try options(["--vhci", "--fault", "seed=3"]).faults == FaultPlan("seed=3"))
  }

  @Test func `help and version are commands`() throws {
    #expect(try BoardCommand(["--help"]) == .help)
    #expect(try BoardCommand(["-h"]) == .help)
    #expect(try BoardCommand(["--quiet", "--version"]) == .version)
  }

  @Test(arguments: [
    ([], "give one of --unix, --tcp, --usbip and --vhci, once"),
    (["--unix", "/a", "--tcp", "1"], "give one of --unix, --tcp, --usbip and --vhci, once"),
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
    (["--usbip", "--vhci"], "give one of --unix, --tcp, --usbip and --vhci, once"),
    (["--usbip", "65536"], "--usbip 65536: a port of 0 .. 65535 expected"),
    (["--vhci=1"], "--vhci: no value may follow"),
    (["--unix", "/a", "--serial", "X"], "--serial is for boards on USB, with --usbip or --vhci"),
    (["--vhci", "--serial", ""], "--serial: 1 .. 120 characters expected"),
    (["--vhci", "--id", "1209"], "--id: 1209 found, VID:PID in hexadecimal expected"),
    (["--vhci", "--id", "1209:00001"], "VID:PID in hexadecimal expected"),
    (["--unix", "/a", "--fault", "x@1"], "--fault: \"x@1\" is no part of a plan"),
    (["--usb"], "--usb: no such option"), (["/run/b"], "/run/b: no such option"),
  ])
  func `wrong options are named`(arguments: [String], words: String) {
    let found = #expect(throws: ServingError.self) { _ = try BoardCommand(arguments) }
    #expect(found?.sentence.contains(words) == true, "\(found?.sentence ?? "nothing was wrong")")
  }
}
