import Fault
import Foundation
import Testing

/// The 64-bit FNV-1a hash of the serial number SIM0001.
private let sim0001: UInt64 = 0xCD75_9B03_43EF_C227

/// The program spikelet-board, as a process of its own.
struct BoardProgramTests {
  /// A process, and the lines that it has printed.
  private final class Program {
    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private var rest = Data()

    init(_ arguments: [String]) throws {
      // Tests and programs are built into one folder.
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "spikelet-board")
      process.arguments = arguments
      process.standardOutput = output
      process.standardError = errors
      try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// The next line of the output; nil at its end.
    func line() -> String? {
      while true {
        if let end = rest.firstIndex(of: 10) {
          defer { rest.removeSubrange(...end) }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        let more = output.fileHandleForReading.availableData
        guard !more.isEmpty else { return nil }
        rest.append(more)
      }
    }

    /// What the process exits with, and what it said was wrong.
    func end() -> (status: Int32, errors: String) {
      let said = errors.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `boards are served until a signal and leave no files`(signal: Int32) throws {
    let path = freshPath()
    let program = try Program(["--unix", path, "--boards", "2", "--cores", "3"])
    for locator in ["unix:\(path)", "unix:\(path).1"] {
      #expect(program.line() == "spikelet-board: serving \(locator)")
    }
    let hosts = try [HostUnderTest("unix:\(path)"), HostUnderTest("unix:\(path).1")]
    let answers = try hosts.map { host in try host.hello() }
    #expect(try answers.allSatisfy { try $0[..<20] == helloAnswer()[..<20] })
    #expect(answers[0][28..<72] == answers[1][28..<72] && answers[0] != answers[1])
    kill(program.process.processIdentifier, signal)
    let end = program.end()
    #expect(end.status == 0)
    #expect(end.errors == "")
    #expect(program.process.terminationReason == .exit)
    #expect(access(path, F_OK) != 0)
    #expect(access(path + ".1", F_OK) != 0)
    for host in hosts { #expect(host.isHungUpOn()) }
  }

  @Test func `a board that was killed is replaced and a living one is not`() throws {
    let path = freshPath()
    let killed = try Program(["--unix", path])
    #expect(killed.line() != nil)
    let second = try Program(["--unix", path]).end()
    #expect(second.status == 1)
    #expect(second.errors.contains("another program serves there; end it or use another path"))
    kill(killed.process.processIdentifier, SIGKILL)
    _ = killed.end()
    #expect(access(path, F_OK) == 0)
    let next = try Program(["--unix", path])
    #expect(next.line() == "spikelet-board: serving unix:\(path)")
    #expect(try HostUnderTest("unix:\(path)").hello() == helloAnswer(identity: sim0001))
    kill(next.process.processIdentifier, SIGTERM)
    #expect(next.end().status == 0)
  }

  @Test func `a free port is printed and served`() throws {
    let program = try Program(["--tcp", "0"])
    let line = try #require(program.line())
    let locator = try #require(line.split(separator: " ").last)
    #expect(locator.hasPrefix("tcp:127.0.0.1:"))
    #expect(try HostUnderTest(String(locator)).hello() == helloAnswer(identity: sim0001))
    kill(program.process.processIdentifier, SIGINT)
    #expect(program.end().status == 0)
  }

  @Test func `boards on USB are printed and served`() throws {
    let program = try Program(["--usbip", "0", "--boards", "2", "--id", "1209:0002"])
    let words = try #require(program.line()).split(separator: " ")
    #expect(words.count == 5)
    #expect(words[2].hasPrefix("usbip:127.0.0.1:"))
    #expect(words[3...] == ["1-1,", "usb:serial=SIM0001"])
    #expect(program.line()?.hasSuffix("1-2, usb:serial=SIM0001.1") == true)
    let host = try UsbipHost(place: String(words[2].dropFirst(6)))
    let description = try host.take("1-2").description
    #expect(Array(description[300..<304]) == [0x12, 0x09, 0x00, 0x02])
    kill(program.process.processIdentifier, SIGTERM)
    #expect(program.end().status == 0)
    #expect(host.isHungUpOn())
  }

  @Test func `faults that struck are named at the end`() throws {
    let program = try Program(["--unix", freshPath(), "--fault", "delay@4*1,drop@in:7*2,drop@999"])
    let line = try #require(program.line())
    let host = try HostUnderTest(String(try #require(line.split(separator: " ").last)))
    try host.send(.hello())
    #expect(try host.receive(78).count == 78)
    kill(program.process.processIdentifier, SIGTERM)
    #expect(
      program.line() == "spikelet-board: faults that struck: delay@out:4*1 drop@in:7*2")
    #expect(program.end().status == 0)
  }

  @Test func `without a controller in the kernel nothing can attach`() throws {
    // Where there is one, whoever runs the tests may be allowed to.
    guard access("/sys/devices/platform/vhci_hcd.0", F_OK) != 0 else { return }
    let end = try Program(["--vhci"]).end()
    #expect(end.status == 1)
    #expect(end.errors.contains("load it, as with `modprobe vhci_hcd`"))
  }

  @Test func `wrong options exit with 2 and a sentence`() throws {
    let program = try Program(["--unix", "/tmp/x", "--cores", "0"])
    #expect(program.line() == nil)
    let end = program.end()
    #expect(end.status == 2)
    #expect(
      end.errors
        == "spikelet-board: --cores: 0 found, 1 .. 4096 expected; see spikelet-board --help\n")
  }

  @Test func `version and help are printed`() throws {
    let version = try Program(["--version"])
    #expect(version.line() == "spikelet-board 0.1.0 (wire protocol 1, numeric law 1)")
    #expect(version.end().status == 0)
    let help = try Program(["--help"])
    #expect(help.line()?.hasPrefix("usage: spikelet-board --unix PATH") == true)
    #expect(help.end().status == 0)
  }
}
