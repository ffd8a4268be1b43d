import CPlatform
import Glibc

/// One host of USB/IP: first it asks for a list or for a device, then it has the device until it hangs up.
///
/// Never waits; `wanted` says what to poll for.
final class UsbipConnection {
  /// Bytes for the host that may wait before its transfers from the board do.
  private static let outputLimit = 4 << 20
  /// Transfers under way, and their bytes to the board, beyond which a host is not a sound one.
  private static let transferCountLimit = 1 << 16
  private static let transferBytesLimit = 64 << 20

  /// A bulk transfer under way.
  private struct Transfer {
    let command: UsbipCommand
    var data: ArraySlice<UInt8> = []
  }

  let descriptor: Int32
  private let exports: [UsbipExport]
  private var export: UsbipExport?
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var endsWhenSent = false
  private var toBoard: [Transfer] = []
  private var toBoardBytes = 0
  private var toHost: [Transfer] = []
  /// Control requests to a board that is frozen.
  private var controls: [Transfer] = []

  /// - Parameter export: the device, if the host has it already.
  init(_ descriptor: Int32, _ exports: [UsbipExport], export: UsbipExport? = nil) {
    self.descriptor = descriptor
    self.exports = exports
    if let export { take(export) }
  }

  deinit {
    close(descriptor)
    guard let export else { return }
    // Nobody is left to hear of what was under way.
    export.board.busReset()
    export.isTaken = false
  }

  var wanted: [pollfd] {
    var board: Int32 = 0
    // A board that holds something back is waited for by time.
    let isAwake = wakeTime == nil
    if !toHost.isEmpty, hasRoom, isAwake { board |= POLLIN }
    if !toBoard.isEmpty || export?.board.isBehind == true, isAwake { board |= POLLOUT }
    let host = (endsWhenSent ? 0 : POLLIN) | (sent < output.count ? POLLOUT : 0)
    return [
      pollfd(fd: descriptor, events: Int16(host), revents: 0),
      pollfd(
        fd: board == 0 ? -1 : export?.board.descriptor ?? -1, events: Int16(board), revents: 0),
    ]
  }

  /// Does what can be done at once.
  ///
  /// - Returns: false if the host is gone, or has said what it must not say.
  func work() -> Bool {
    guard receive(), takeInput() else { return false }
    moveTransfers()
    if export?.board.returnTime != nil { return false }
    return send() && !(endsWhenSent && sent == output.count)
  }

  /// When to work again, whatever there is to poll.
  var wakeTime: Int64? { export?.board.wakeTime }

  private var hasRoom: Bool { output.count - sent < Self.outputLimit }

  private func take(_ export: UsbipExport) {
    export.isTaken = true
    export.board.busReset()
    export.board.statistics.add(.connections, 1)
    self.export = export
  }

  // MARK: Bytes of the host

  private func receive() -> Bool {
    guard !endsWhenSent else { return true }
    while true {
      var count = 0
      var failure: Int32 = 0
      let room = 1 << 16
      input += [UInt8](unsafeUninitializedCapacity: room) { piece, length in
        count = recv(descriptor, piece.baseAddress, room, 0)
        failure = errno
        length = max(0, count)
      }
      if count < 0 { return failure == EAGAIN || failure == EINTR }
      if count == 0 { return false }
      if count < room { return true }
      // A whole command is worked on before more is taken.
      if input.count > UsbipMessage.transferLimit + UsbipMessage.commandBytes { return true }
    }
  }

  private func send() -> Bool {
    while sent < output.count {
      let count = output.withUnsafeBytes {
        spk_platform_send(descriptor, $0.baseAddress! + sent, output.count - sent)
      }
      guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
      sent += count
    }
    output = []
    sent = 0
    return true
  }

  private func takeInput() -> Bool {
    var start = 0
    defer { input.removeFirst(start) }
    while !endsWhenSent {
      let rest = input[start...]
      guard let count = export == nil ? operate(rest) : obey(rest) else { return false }
      if count == 0 { return true }
      start += count
    }
    return true
  }

  // MARK: Before the import

  /// - Returns: bytes that were worked on, 0 if more have to come, nil if they are wrong.
  private func operate(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= UsbipMessage.headBytes else { return 0 }
    let head = Array(bytes.prefix(UsbipMessage.headBytes))
    guard UInt16(head[0]) << 8 | UInt16(head[1]) == UsbipMessage.version,
      let operation = UsbipMessage.Operation(rawValue: UInt16(head[2]) << 8 | UInt16(head[3]))
    else { return nil }
    switch operation {
    case .listDevices:
      let there = exports.filter { !$0.isTaken && $0.isThere }
      output += UsbipMessage.head(operation) + UInt32(there.count).bigBytes
      for export in there { output += export.description + export.interfaceDescription }
      endsWhenSent = true
      return head.count
    case .importDevice:
      let length = head.count + UsbipMessage.nameBytes
      guard bytes.count >= length else { return 0 }
      let name = bytes.dropFirst(head.count).prefix(UsbipMessage.nameBytes).prefix { $0 != 0 }
      let named = exports.first { $0.isThere && $0.busIdentifier.utf8.elementsEqual(name) }
      guard let named, !named.isTaken else {
        let why = named == nil ? UsbipMessage.Refusal.noDevice : .busy
        output += UsbipMessage.head(operation, status: why.rawValue)
        endsWhenSent = true
        return length
      }
      take(named)
      output += UsbipMessage.head(operation) + named.description
      return length
    }
  }

  // MARK: After it

  /// - Returns: as `operate`.
  private func obey(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= UsbipMessage.commandBytes else { return 0 }
    guard let command = UsbipCommand(bytes.prefix(UsbipMessage.commandBytes)),
      command.device == export?.device
    else { return nil }
    let length = UsbipMessage.commandBytes + command.dataBytes
    guard bytes.count >= length else { return 0 }
    let data = bytes.dropFirst(UsbipMessage.commandBytes).prefix(command.dataBytes)
    switch command.kind {
    case .unlink: unlink(command)
    case .submit:
      guard submit(command, data) else { return nil }
    }
    return length
  }

  private func submit(_ command: UsbipCommand, _ data: ArraySlice<UInt8>) -> Bool {
    guard command.endpoint != 0 else {
      controls.append(Transfer(command: command, data: ArraySlice(Array(data))))
      if controls.count == 1 { answerControls() }
      return controls.count <= Self.transferCountLimit
    }
    if command.isToHost {
      toHost.append(Transfer(command: command))
    } else {
      toBoard.append(Transfer(command: command, data: ArraySlice(Array(data))))
      toBoardBytes += data.count
    }
    return toHost.count + toBoard.count <= Self.transferCountLimit
      && toBoardBytes <= Self.transferBytesLimit
  }

  /// In their order; none while the board is frozen.
  private func answerControls() {
    while let request = controls.first, export?.board.isFrozen == false {
      controls.removeFirst()
      control(request.command, request.data)
    }
  }

  private func control(_ command: UsbipCommand, _ data: ArraySlice<UInt8>) {
    guard let board = export?.board, command.setup.isToHost == command.isToHost || data.isEmpty
    else { return finish(command, .stall) }
    switch board.control(command.setup, data: Array(data)) {
    case .data(let bytes) where command.isToHost:
      finish(command, .well, Array(bytes.prefix(command.length)))
    case .data: finish(command, .well, count: data.count)
    case .stall: finish(command, .stall)
    }
  }

  /// Gives a transfer up, unless its answer is on the way already.
  private func unlink(_ command: UsbipCommand) {
    let before = toHost.count + toBoard.count + controls.count
    controls.removeAll { $0.command.sequence == command.target }
    toHost.removeAll { $0.command.sequence == command.target }
    toBoard.removeAll { transfer in
      guard transfer.command.sequence == command.target else { return false }
      toBoardBytes -= transfer.command.length
      return true
    }
    let found = toHost.count + toBoard.count + controls.count < before
    output += UsbipMessage.unlinked(command.sequence, found ? .unlinked : .well)
  }

  private func moveTransfers() {
    guard let board = export?.board else { return }
    board.wake()
    answerControls()
    while let transfer = toBoard.first {
      let result = board.bulkOut(transfer.command.endpoint, transfer.data)
      if case .accepted(let count) = result, count < transfer.data.count {
        toBoard[0].data = transfer.data.dropFirst(count)
        break
      }
      toBoard.removeFirst()
      toBoardBytes -= transfer.command.length
      let isWell = result != .stall
      let left = isWell ? 0 : transfer.data.count
      finish(
        transfer.command, isWell ? .well : .stall, count: transfer.command.length - left)
    }
    while let command = toHost.first?.command, hasRoom {
      switch board.bulkIn(command.endpoint | 0x80, max: command.length) {
      case .notYet: return
      case .stall: finish(command, .stall)
      case .overflow: finish(command, .overflow)
      case .bytes(let bytes):
        let isShort = bytes.count < command.length
        finish(
          command, isShort && command.flags & UsbipCommand.shortIsError != 0 ? .short : .well, bytes
        )
      }
      toHost.removeFirst()
    }
  }

  private func finish(
    _ command: UsbipCommand, _ status: UsbipMessage.Status, _ bytes: [UInt8] = [], count: Int? = nil
  ) {
    output += UsbipMessage.transferred(
      command.sequence, status, count: count ?? bytes.count, bytes)
  }
}
