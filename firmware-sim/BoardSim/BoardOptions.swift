/// What the command line of `spikelet-board` asks for.
public enum BoardCommand: Equatable {
  case serve(BoardOptions)
  case help
  case version

  /// - Parameter arguments: without the name of the program.
  /// - Throws: what is wrong with them, and what is expected.
  public init(_ arguments: [String]) throws(ServingError) {
    var options = BoardOptions()
    var places: [BoardPlace] = []
    var usbOption: String?
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = argument.hasPrefix("--") ? String(parts[0]) : argument
      let attached = argument.hasPrefix("--") && parts.count == 2 ? String(parts[1]) : nil
      func value() throws(ServingError) -> String {
        guard let value = attached ?? rest.popFirst() else {
          throw ServingError("\(name): a value must follow")
        }
        return value
      }
      func number(_ range: ClosedRange<Int>) throws(ServingError) -> Int {
        let text = try value()
        guard let number = Int(text), range.contains(number) else {
          throw ServingError(
            "\(name): \(text) found, \(range.lowerBound) .. \(range.upperBound) expected")
        }
        return number
      }
      if attached != nil, ["--quiet", "--help", "--version", "--vhci"].contains(name) {
        throw ServingError("\(name): no value may follow")
      }
      switch name {
      case "--unix": places.append(.stream(.unix(try value())))
      case "--tcp": places.append(.stream(try tcpAddress(try value(), option: name)))
      case "--usbip":
        let follows = rest.first.map { !$0.hasPrefix("-") } ?? false
        let text = attached ?? (follows ? rest.removeFirst() : "\(UsbipServer.port)")
        places.append(.usbip(try tcpAddress(text, option: name)))
      case "--vhci": places.append(.vhci)
      case "--serial":
        options.identity.serial = try serial(try value())
        usbOption = name
      case "--id":
        (options.identity.vendor, options.identity.product) = try ids(try value())
        usbOption = name
      case "--cores": options.cores = try number(1...4_096)
      case "--neurons": options.neuronsPerCore = try number(1...65_536)
      case "--synapse-bytes": options.synapseBytesPerCore = try number(1...(1 << 40))
      case "--boards": options.boards = try number(1...64)
      case "--fault": options.faults = try FaultPlan(try value())
      case "--quiet": options.isQuiet = true
      case "--help", "-h":
        self = .help
        return
      case "--version":
        self = .version
        return
      default: throw ServingError("\(argument): no such option")
      }
    }
    guard places.count == 1 else {
      throw ServingError("give one of --unix, --tcp, --usbip and --vhci, once")
    }
    switch places[0] {
    case .stream(let first):
      if let usbOption {
        throw ServingError("\(usbOption) is for boards on USB, with --usbip or --vhci")
      }
      for index in 0..<options.boards { options.addresses.append(try first.ofBoard(index)) }
    case .usbip(let address): options.usb = .usbip(address)
    case .vhci: options.usb = .vhci
    }
    self = .serve(options)
  }
}

/// Where the options want boards.
private enum BoardPlace {
  case stream(BoardAddress)
  case usbip(BoardAddress)
  case vhci
}

/// Boards to serve; one like the simulated board of the library if nothing is said.
public struct BoardOptions: Equatable {
  /// How boards on USB get to a kernel.
  public enum Usb: Equatable, Sendable {
    /// Served at an address, for `usbip attach`.
    case usbip(BoardAddress)
    /// Attached to the kernel of this machine.
    case vhci
  }

  /// One for each board behind a socket; none for boards on USB.
  public var addresses: [BoardAddress] = []
  /// Nil for boards behind sockets.
  public var usb: Usb?
  /// Of the first board; behind a socket, the serial number counts alone.
  public var identity = UsbIdentity()
  public var cores = 8
  public var neuronsPerCore = 1_024
  public var synapseBytesPerCore = 131_072
  public var boards = 1
  public var isQuiet = false

  /// What goes wrong on the links; nil: nothing.
  public var faults: FaultPlan?

  /// One for each board: SERIAL, SERIAL.1, SERIAL.2 …
  var identities: [UsbIdentity] {
    (0..<boards).map { index in
      var identity = identity
      if index > 0 { identity.serial += ".\(index)" }
      // 64-bit FNV-1a.
      identity.number = identity.serial.utf8.reduce(0xCBF2_9CE4_8422_2325) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01B3
      }
      return identity
    }
  }

  static let usage = """
    usage: spikelet-board --unix PATH | --tcp [HOST:]PORT | --usbip [[HOST:]PORT] | --vhci [options]

    Serves simulated neuromorphic boards to programs that use Spikelet, which open them by the locator that is printed.

      --unix PATH          at a socket in the file system; one that nobody serves any more is replaced
      --tcp [HOST:]PORT    at a port of this machine (127.0.0.1), or of the address of HOST; an IPv6 address stands in
                           brackets; port 0 takes a free one. Whoever can connect can use the board.
      --usbip [[HOST:]PORT]  as USB devices, which `usbip attach -r HOST -b 1-1` brings to a kernel (127.0.0.1:3240)
      --vhci               as USB devices of this machine's kernel; needs root and the module vhci_hcd
      --boards N           boards to serve (1): at PATH, PATH.1, PATH.2 …, at ports one after the other, or with the
                           bus ids 1-1, 1-2 …; and the serial numbers SERIAL, SERIAL.1, SERIAL.2 …
      --serial SERIAL      serial number of the board, whose hash is its identity (SIM0001)
      --id VID:PID         its vendor and product, in hexadecimal (1209:0001)
      --fault PLAN         makes the links go wrong, as described below
      --cores N            of each board (8)
      --neurons N          of each core (1024)
      --synapse-bytes N    of each core (131072)
      --quiet              prints neither locators nor counts
      --version            prints the versions of program, protocol and numeric law
      --help               prints this

    A board serves one connection (on USB, one host) at a time and forgets its network when that ends. SIGINT and SIGTERM end the program.
    It exits with 0, with 1 if it cannot serve, and with 2 if the options are wrong.

    \(FaultPlan.usage)
    """
}

/// `PORT`, `HOST:PORT` or `[ADDRESS]:PORT`.
private func tcpAddress(_ text: String, option: String) throws(ServingError) -> BoardAddress {
  var host = "127.0.0.1"
  var digits = text[...]
  if let colon = text.lastIndex(of: ":") {
    host = String(text[..<colon])
    digits = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw ServingError("\(option) \(text): an IPv6 address stands in brackets, as in [::1]:7750")
    }
    guard !host.isEmpty else { throw ServingError("\(option) \(text): the host is missing") }
  }
  guard let port = Int(digits), (0...65_535).contains(port) else {
    throw ServingError("\(option) \(text): a port of 0 .. 65535 expected")
  }
  return .tcp(host: host, port: port)
}

/// With room for the numbers of several boards behind it.
private func serial(_ text: String) throws(ServingError) -> String {
  guard (1...120).contains(text.utf16.count), text.unicodeScalars.allSatisfy({ $0.value >= 32 })
  else { throw ServingError("--serial: 1 .. 120 characters expected") }
  return text
}

/// `1209:0001`.
private func ids(_ text: String) throws(ServingError) -> (vendor: UInt16, product: UInt16) {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2, parts.allSatisfy({ (1...4).contains($0.count) }),
    let vendor = UInt16(parts[0], radix: 16), let product = UInt16(parts[1], radix: 16)
  else { throw ServingError("--id: \(text) found, VID:PID in hexadecimal expected, as 1209:0001") }
  return (vendor, product)
}
