import BoardFirmware
import Glibc
import WireProtocol

/// The program `spikelet-board`.
public enum BoardProgram {
  /// The whole process: runs the command line, and exits.
  public static func main() -> Never { exit(run(Array(CommandLine.arguments.dropFirst()))) }

  /// Serves until a signal asks to end. Uses the process as its own: signals, output.
  ///
  /// - Parameter arguments: without the name of the program.
  /// - Returns: what to exit with: 0, 1 if it cannot serve, 2 if the options are wrong.
  static func run(_ arguments: [String]) -> Int32 {
    let command: BoardCommand
    do throws(ServingError) {
      command = try BoardCommand(arguments)
    } catch {
      put("spikelet-board: \(error.sentence); see spikelet-board --help\n", to: STDERR_FILENO)
      return 2
    }
    switch command {
    case .help: put(BoardOptions.usage)
    case .version:
      put(
        "spikelet-board \(version) (wire protocol \(protocolVersion), numeric law \(lawVersion))\n")
    case .serve(let options):
      do throws(ServingError) {
        try serve(options)
      } catch {
        put("spikelet-board: \(error.sentence)\n", to: STDERR_FILENO)
        return 1
      }
    }
    return 0
  }

  private static func serve(_ options: BoardOptions) throws(ServingError) {
    // Before there are threads: they take over the mask, and the signals are left to `awaitEnd`.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)

    let statistics = BoardStatistics()
    let serving =
      if let usb = options.usb {
        try serveUsb(usb, options, statistics)
      } else {
        try serveStreams(options, statistics)
      }
    if !options.isQuiet {
      for place in serving.places { put("spikelet-board: \(place)\n") }
    }
    let showsCounts = !options.isQuiet && isatty(STDOUT_FILENO) == 1
    awaitEnd(&signals, showsCounts ? statistics : nil)
    if options.faults != nil, !options.isQuiet {
      let faults = statistics.faults.map(\.description).joined(separator: " ")
      put("spikelet-board: faults that struck: \(faults)\n")
    }
    // A board may be in the middle of a long run; nobody waits for it.
    serving.end()
    _exit(0)
  }

  /// What is printed of the boards, and what must be done before the process ends.
  private typealias Serving = (places: [String], end: () -> Void)

  private static func serveStreams(
    _ options: BoardOptions, _ statistics: BoardStatistics
  ) throws(ServingError) -> Serving {
    var servers: [BoardServer] = []
    for (index, address) in options.addresses.enumerated() {
      servers.append(
        try BoardServer(
          at: address, cores: options.cores, neuronsPerCore: options.neuronsPerCore,
          synapseBytesPerCore: options.synapseBytesPerCore,
          number: options.identities[index].number, faults: options.faults?.ofBoard(index),
          statistics: statistics))
    }
    for server in servers { try server.start() }
    return (
      servers.map { "serving \($0.locator)" }, { for server in servers { server.removeFile() } }
    )
  }

  private static func serveUsb(
    _ usb: BoardOptions.Usb, _ options: BoardOptions, _ statistics: BoardStatistics
  ) throws(ServingError) -> Serving {
    var boards: [UsbBoard] = []
    for (index, identity) in options.identities.enumerated() {
      boards.append(
        try UsbBoard(
          identity, cores: options.cores, neuronsPerCore: options.neuronsPerCore,
          synapseBytesPerCore: options.synapseBytesPerCore,
          faults: options.faults?.ofBoard(index), statistics: statistics))
    }
    let server: UsbipServer
    let verb: String
    switch usb {
    case .usbip(let address):
      server = try UsbipServer(at: address, boards)
      verb = "serving usbip:\(server.place ?? "")"
    case .vhci:
      server = try UsbipServer(at: nil, boards)
      try server.attach(to: VhciHub())
      verb = "attached"
    }
    try server.start()
    let places = zip(server.busIdentifiers, options.identities).map { busIdentifier, identity in
      "\(verb) \(busIdentifier), usb:serial=\(identity.serial)"
    }
    return (places, {})
  }

  /// Waits for one of `signals`, with the counts in one place of the terminal meanwhile.
  private static func awaitEnd(_ signals: inout sigset_t, _ statistics: BoardStatistics?) {
    var second = timespec(tv_sec: 1, tv_nsec: 0)
    while true {
      let signal =
        statistics == nil ? sigwaitinfo(&signals, nil) : sigtimedwait(&signals, nil, &second)
      if let statistics {
        put("\r\u{1B}[2Kspikelet-board: \(statistics.line)\(signal > 0 ? "\n" : "")")
      }
      if signal > 0 { return }
    }
  }

  private static var version: String {
    let number = Firmware.version
    return "\(number >> 16).\(number >> 8 & 255).\(number & 255)"
  }

  private static var protocolVersion: UInt32 { ProtocolVersion.newest }

  private static var lawVersion: UInt32 {
    BoardCapabilities(cores: 1, neuronsPerCore: 1, synapseBytesPerCore: 1).lawVersion
  }

  /// Writes at once; whoever has closed the other end misses it.
  private static func put(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let length = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard length > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(0, length))
    }
  }
}
