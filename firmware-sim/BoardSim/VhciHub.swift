import CPlatform
import Glibc

/// The virtual host controller of Linux, which takes devices that processes give it.
public struct VhciHub: Sendable {
  private let folder: String

  public init(folder: String = "/sys/devices/platform/vhci_hcd.0") { self.folder = folder }

  /// Puts a device into a free port.
  ///
  /// - Returns: the socket at which the kernel speaks USB/IP to it; does not block.
  /// - Throws: if there is no such controller, or it does not take the device.
  func attach(device: UInt32, speed: UsbSpeed) throws(ServingError) -> Int32 {
    let port = try freePort()
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw ServingError("no pair of sockets to be had: \(systemReason())")
    }
    // The kernel takes hold of its end by the number that this process has for it.
    defer { close(ends[1]) }
    do throws(ServingError) {
      try write("\(port) \(ends[1]) \(device) \(speed.rawValue)")
    } catch {
      close(ends[0])
      throw error
    }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return ends[0]
  }

  /// Lines of `status`: hub ("hs" or "ss"), port, state (4: free), speed, device, socket, bus id.
  private func freePort() throws(ServingError) -> Int {
    let text = try read("status")
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 3, words[0] == "hs", words[2] == "004", let port = Int(words[1]) {
        return port
      }
    }
    throw ServingError("\(folder): no free port; detach a device, as with `usbip detach -p 0`")
  }

  private func read(_ name: String) throws(ServingError) -> String {
    let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(name) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count >= 0 else { throw failure(name) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private func write(_ text: String) throws(ServingError) {
    let file = open("\(folder)/attach", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("attach") }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw failure("attach") }
  }

  private func failure(_ name: String) -> ServingError {
    let remedy =
      switch errno {
      case ENOENT: "; the kernel has no such controller: load it, as with `modprobe vhci_hcd`"
      case EACCES, EPERM: "; only root may attach devices: use sudo, or --usbip and `usbip attach`"
      default: ""
      }
    return ServingError("\(folder)/\(name): \(systemReason())\(remedy)")
  }
}
