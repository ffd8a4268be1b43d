import WireProtocol

extension UsbBoard {
  /// What a control request came to.
  public enum Control: Equatable, Sendable {
    /// Bytes for the host, at most as many as it asked for; none for a request to the board.
    case data([UInt8])
    case stall
  }

  /// Answers a control request at once, whatever the firmware does.
  ///
  /// - Parameter data: of a request to the board; no request that is known has any.
  public func control(_ setup: UsbSetup, data: [UInt8] = []) -> Control {
    let answer: [UInt8]?
    switch setup.requestType & 0x7F {
    case 0x00: answer = deviceRequest(setup)
    case 0x01: answer = interfaceRequest(setup)
    case 0x02: answer = endpointRequest(setup)
    case 0x40: answer = vendorRequest(setup)
    default: answer = nil
    }
    guard let answer, setup.isToHost || data.isEmpty else { return .stall }
    return .data(Array(answer.prefix(Int(setup.length))))
  }

  private func deviceRequest(_ setup: UsbSetup) -> [UInt8]? {
    switch (setup.request, setup.isToHost) {
    // Powered by the bus, wakes nobody.
    case (UsbRequest.getStatus, true): return [0, 0]
    case (UsbRequest.setAddress, false): return []
    case (UsbRequest.getDescriptor, true): return descriptor(setup)
    case (UsbRequest.getConfiguration, true): return [configuration]
    case (UsbRequest.setConfiguration, false):
      guard setup.value <= UInt16(UsbDescriptor.configurationNumber) else { return nil }
      // All that a reset of the port shows to a board behind USB/IP.
      restart()
      configuration = UInt8(setup.value)
      return []
    default: return nil
    }
  }

  private func descriptor(_ setup: UsbSetup) -> [UInt8]? {
    let index = UInt8(setup.value & 0xFF)
    let type = UInt8(setup.value >> 8)
    if type == UsbDescriptor.string { return identity.stringDescriptor(index) }
    guard index == 0 else { return nil }
    switch type {
    case UsbDescriptor.device: return identity.deviceDescriptor
    case UsbDescriptor.configuration: return identity.configurationDescriptor
    case UsbDescriptor.deviceQualifier: return identity.deviceQualifier
    case UsbDescriptor.otherSpeed: return identity.otherSpeedConfiguration
    case UsbDescriptor.objectStore: return identity.objectStore
    default: return nil
    }
  }

  private func interfaceRequest(_ setup: UsbSetup) -> [UInt8]? {
    guard setup.index == 0, configuration != 0 else { return nil }
    switch (setup.request, setup.isToHost) {
    case (UsbRequest.getStatus, true): return [0, 0]
    case (UsbRequest.getInterface, true): return [0]
    case (UsbRequest.setInterface, false):
      guard setup.value == 0 else { return nil }
      halted = []
      return []
    default: return nil
    }
  }

  private func endpointRequest(_ setup: UsbSetup) -> [UInt8]? {
    let address = UInt8(truncatingIfNeeded: setup.index)
    let isControl = address & 0x7F == 0
    let isBulk = address == identity.inEndpoint || address == identity.outEndpoint
    guard setup.index <= 0xFF, isControl || (isBulk && configuration != 0) else { return nil }
    let endpointHalt: UInt16 = 0
    switch (setup.request, setup.isToHost) {
    case (UsbRequest.getStatus, true): return [halted.contains(address) ? 1 : 0, 0]
    case (UsbRequest.clearFeature, false) where setup.value == endpointHalt:
      halted.remove(address)
      return []
    case (UsbRequest.setFeature, false) where setup.value == endpointHalt:
      if isBulk { halted.insert(address) }
      return []
    default: return nil
    }
  }

  private func vendorRequest(_ setup: UsbSetup) -> [UInt8]? {
    switch (setup.request, setup.isToHost) {
    case (UsbRequest.identity, true):
      return capabilities.protocolVersion.bytes + capabilities.lawVersion.bytes
        + capabilities.firmwareVersion.bytes
    case (UsbRequest.reset, false):
      restart()
      return []
    case (UsbRequest.microsoft, true) where setup.index == UsbMicrosoft.descriptorIndex:
      return UsbMicrosoft.descriptorSet
    default: return nil
    }
  }
}
