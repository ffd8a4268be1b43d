/// What the command line of `spikelet-board` asks for.
public enum BoardCommand: Equatable {
  case serve(BoardOptions)
  case help
  case version

  /// - Parameter arguments: without the name of the program.
  /// - Throws: what is wrong with them, and what is expected.
  public init(_ arguments: [String]) throws(ServingError) {
    var options = BoardOptions()
    var addresses: [BoardAddress] = []
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
      if attached != nil, ["--quiet", "--help", "--version"].contains(name) {
        throw ServingError("\(name): no value may follow")
      }
      switch name {
      case "--unix": addresses.append(.unix(try value()))
      case "--tcp": addresses.append(try tcpAddress(try value()))
      case "--cores": options.cores = try number(1...4_096)
      case "--neurons": options.neuronsPerCore = try number(1...65_536)
      case "--synapse-bytes": options.synapseBytesPerCore = try number(1...(1 << 40))
      case "--boards": options.boards = try number(1...64)
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
    guard addresses.count == 1 else {
      throw ServingError("give one of --unix PATH and --tcp [HOST:]PORT, once")
    }
    for index in 0..<options.boards { options.addresses.append(try addresses[0].ofBoard(index)) }
    self = .serve(options)
  }
}

/// Boards to serve; one like the simulated board of the library if nothing is said.
public struct BoardOptions: Equatable {
  /// One for each board.
  public var addresses: [BoardAddress] = []
  public var cores = 8
  public var neuronsPerCore = 1_024
  public var synapseBytesPerCore = 131_072
  public var boards = 1
  public var isQuiet = false

  static let usage = """
    usage: spikelet-board --unix PATH | --tcp [HOST:]PORT [options]

    Serves simulated neuromorphic boards to programs that use Spikelet, which open them by the locator that is printed.

      --unix PATH          at a socket in the file system; one that nobody serves any more is replaced
      --tcp [HOST:]PORT    at a port of this machine (127.0.0.1), or of the address of HOST; an IPv6 address stands in
                           brackets; port 0 takes a free one. Whoever can connect can use the board.
      --boards N           boards to serve (1): at PATH, PATH.1, PATH.2 …, or at ports one after the other
      --cores N            of each board (8)
      --neurons N          of each core (1024)
      --synapse-bytes N    of each core (131072)
      --quiet              prints neither locators nor counts
      --version            prints the versions of program, protocol and numeric law
      --help               prints this

    A board serves one connection at a time and forgets its network when that ends. SIGINT and SIGTERM end the program.
    It exits with 0, with 1 if it cannot serve, and with 2 if the options are wrong.

    """
}

/// `PORT`, `HOST:PORT` or `[ADDRESS]:PORT`.
private func tcpAddress(_ text: String) throws(ServingError) -> BoardAddress {
  var host = "127.0.0.1"
  var digits = text[...]
  if let colon = text.lastIndex(of: ":") {
    host = String(text[..<colon])
    digits = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw ServingError("--tcp \(text): an IPv6 address stands in brackets, as in [::1]:7750")
    }
    guard !host.isEmpty else { throw ServingError("--tcp \(text): the host is missing") }
  }
  guard let port = Int(digits), (0...65_535).contains(port) else {
    throw ServingError("--tcp \(text): a port of 0 .. 65535 expected")
  }
  return .tcp(host: host, port: port)
}
