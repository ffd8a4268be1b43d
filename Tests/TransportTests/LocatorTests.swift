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
    ("sim:0", "nothing may follow"), ("", "this version opens sim:, unix:, tcp: and usb:"),
    ("unix", "not known"), ("UNIX:/x", "not known"), ("file:/x", "not known"),
    (String(repeating: "x", count: 100_000), "not known"),
  ])
  func `a malformed locator is refused with what is wrong`(text: String, words: String) {
    let found = fault { () throws(Fault) in _ = try Locator(text) }
    #expect(found?.status == .SPK_ERROR_ARGUMENT)
    #expect(found?.sentence.text.contains(words) == true, "\(found?.sentence.text ?? "no fault")")
  }

  @Test func `a usb locator has numbers and a name`() throws {
    let any = UsbAddress(try Locator("usb:"))
    #expect(any.vendor == 0x1209 && any.product == 1 && any.name == .none)
    let other = UsbAddress(try Locator("usb:id=AbCd:0f02"))
    #expect(other.vendor == 0xABCD && other.product == 0x0F02 && other.name == .none)
    #expect(UsbAddress(try Locator("usb:serial=A,B")).name == .serial)
    #expect(UsbAddress(try Locator("usb:bus=255,port=1.2.3.4.5.6.7")).name == .path)
    #expect(UsbAddress(try Locator("usb:id=1209:0002,bus=1,port=2")).product == 2)
    let opened = UsbAddress(try Locator("usb:fd=12"))
    #expect(opened.name == .descriptor && opened.descriptor == 12)
    let longest = String(repeating: "s", count: 126)
    #expect(UsbAddress(try Locator("usb:id=1209:0001,serial=" + longest)).name == .serial)
  }

  @Test(arguments: [
    ("usb:serial=A", "usb:serial=A", true), ("usb:id=1209:0002,serial=A", "usb:serial=A", true),
    ("usb:serial=A", "usb:serial=AB", false), ("usb:serial=AB", "usb:serial=A", false),
    ("usb:serial=bus=1,port=2", "usb:bus=1,port=2", false),
    ("usb:bus=1,port=2.3", "usb:bus=1,port=2.3", true),
    ("usb:id=1209:0001,bus=1,port=2", "usb:bus=1,port=2.3", false),
  ])
  func `a board is named as in its own locator`(given: String, own: String, fits: Bool) throws {
    let locator = try Locator(given)
    #expect(UsbAddress(locator).isName(in: locator, of: try Locator(own)) == fits)
  }

  @Test(arguments: [
    ("usb:1234", "may follow \"usb:\""), ("usb:serial", "may follow \"usb:\""),
    ("usb:id=1209:0001,", "may follow \"usb:\""), ("usb:id=1209:0001,fd=3", "may follow"),
    ("usb:id=1209:0001,id=1209:0001", "may follow"), ("usb:id=", "\"id=1209:0001\""),
    ("usb:id=1209", "four hexadecimal digits"), ("usb:id=1209:1", "four hexadecimal digits"),
    ("usb:id=1209:00001", "four hexadecimal digits"), ("usb:id=12g9:0001", "four hexadecimal"),
    ("usb:id=1209:0001;serial=A", "four hexadecimal digits"),
    ("usb:serial=", "1 .. 126 characters"),
    ("usb:serial=" + String(repeating: "s", count: 127), "1 .. 126 characters"),
    ("usb:bus=1", "belong together"), ("usb:bus=0,port=1", "belong together"),
    ("usb:bus=256,port=1", "belong together"), ("usb:bus=1,port=", "belong together"),
    ("usb:bus=1,port=01", "belong together"), ("usb:bus=1,port=1.", "belong together"),
    ("usb:bus=1,port=1,serial=A", "belong together"),
    ("usb:bus=1,port=1.2.3.4.5.6.7.8", "at most seven"), ("usb:fd=", "an open descriptor"),
    ("usb:fd=-1", "an open descriptor"), ("usb:fd=1x", "an open descriptor"),
    ("usb:fd=99999999999999999999", "an open descriptor"),
    ("usb:" + String(repeating: "x", count: 100_000), "may follow"),
  ])
  func `a malformed usb locator is refused with what is wrong`(text: String, words: String) {
    let found = fault { () throws(Fault) in _ = try Locator(text) }
    #expect(found?.status == .SPK_ERROR_ARGUMENT)
    #expect(found?.sentence.text.contains(words) == true, "\(found?.sentence.text ?? "no fault")")
  }

  @Test func `locators are equal if their texts are`() throws {
    #expect(try Locator("unix:/a") == Locator("unix:/a"))
    #expect(try Locator("unix:/a") != Locator("unix:/b"))
    #expect(try Locator("tcp:a:1") != Locator("tcp:a:12"))
  }
}
