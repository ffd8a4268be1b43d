import CSpikelet
import Fault
import Testing

@testable import Transport

struct LocatorTests {
  private func parts(_ text: String) throws -> [String] {
    let locator = try Locator(text)
    #expect(locator.sentence.text == text)
    return locator.withPlace { [String(cString: $0), String(cString: $1)] }
  }

  @Test func `a unix locator has the path`() throws {
    #expect(try Locator("unix:/run/board").kind == .unix)
    #expect(try parts("unix:/run/board") == ["/run/board", ""])
    #expect(try parts("unix:a:1") == ["a:1", ""])
    let longest = String(repeating: "p", count: 107)
    #expect(try parts("unix:" + longest) == [longest, ""])
  }

  @Test func `a tcp locator has host and port`() throws {
    #expect(try Locator("tcp:localhost:7750").kind == .tcp)
    #expect(try parts("tcp:localhost:7750") == ["localhost", "7750"])
    #expect(try parts("tcp:127.0.0.1:1") == ["127.0.0.1", "1"])
    #expect(try parts("tcp:[::1]:65535") == ["::1", "65535"])
    let longest = String(repeating: "h", count: 255)
    #expect(try parts("tcp:\(longest):65535") == [longest, "65535"])
    #expect(try parts("tcp:[\(longest)]:65535") == [longest, "65535"])
  }

  @Test func `the simulated board has nothing behind its name`() throws {
    #expect(try Locator("sim:").kind == .simulated)
    #expect(try Locator("sim:").sentence.text == "sim:")
  }

  @Test(arguments: [
    ("unix:", "locator \"unix:\": a path must follow"),
    ("unix:" + String(repeating: "p", count: 108), "108 bytes found, at most 107 expected"),
    ("tcp:", "a host and a port must follow"),
    ("tcp:localhost", "a host and a port must follow"),
    ("tcp::1", "the host is missing"),
    ("tcp:h:", "a port of 1 .. 65535 must follow the last \":\""),
    ("tcp:h:0", "a port of 1 .. 65535"), ("tcp:h:65536", "a port of 1 .. 65535"),
    ("tcp:h:-1", "a port of 1 .. 65535"), ("tcp:h:80x", "a port of 1 .. 65535"),
    ("tcp:h:000080", "a port of 1 .. 65535"),
    ("tcp:h:18446744073709551697", "a port of 1 .. 65535"),
    ("tcp:::1:80", "an IPv6 address stands in brackets"),
    ("tcp:[::1]", "a port of 1 .. 65535"), ("tcp:[]:80", "stands in brackets"),
    ("tcp:[::1:80", "stands in brackets"), ("tcp:::1]:80", "stands in brackets"),
    ("tcp:" + String(repeating: "h", count: 256) + ":1", "256 bytes found, at most 255 expected"),
    ("sim:0", "nothing may follow"), ("", "this version opens sim:, unix: and tcp:"),
    ("unix", "not known"), ("UNIX:/x", "not known"), ("file:/x", "not known"),
    (String(repeating: "x", count: 100_000), "not known"),
  ])
  func `a malformed locator is refused with what is wrong`(text: String, words: String) {
    let found = fault { () throws(Fault) in _ = try Locator(text) }
    #expect(found?.status == .SPK_ERROR_ARGUMENT)
    #expect(found?.sentence.text.contains(words) == true, "\(found?.sentence.text ?? "no fault")")
  }

  @Test func `usb is not opened yet`() {
    let found = fault { () throws(Fault) in _ = try Locator("usb:serial=1") }
    #expect(found?.status == .SPK_ERROR_UNSUPPORTED)
    #expect(found?.sentence.text.contains("this version opens sim:, unix: and tcp:") == true)
  }

  @Test func `locators are equal if their texts are`() throws {
    #expect(try Locator("unix:/a") == Locator("unix:/a"))
    #expect(try Locator("unix:/a") != Locator("unix:/b"))
    #expect(try Locator("tcp:a:1") != Locator("tcp:a:12"))
  }
}
