import CPlatform
import Glibc

/// Why boards cannot be served; the sentence is for people.
public struct ServingError: Error, Equatable {
  public let sentence: String
  public init(_ sentence: String) { self.sentence = sentence }
}

/// Where a board is served.
public enum BoardAddress: Equatable, Sendable {
  /// A socket with a name in the file system, of at most 107 bytes.
  case unix(String)
  /// `host` is a name or an address without brackets. Port 0: one that the system picks.
  case tcp(host: String, port: Int)

  static let pathLimit = 107

  /// What a host opens the board by.
  public var locator: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let host, let port):
      host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
    }
  }

  /// The address of one of several boards: PATH, PATH.1, PATH.2 … or ports one after the other.
  ///
  /// - Throws: if the path gets too long or the port too large.
  public func ofBoard(_ index: Int) throws(ServingError) -> BoardAddress {
    switch self {
    case .unix(let path):
      let own = index == 0 ? path : "\(path).\(index)"
      guard !own.isEmpty, own.utf8.count <= Self.pathLimit else {
        throw ServingError(
          "\(own): a path of \(own.utf8.count) bytes found, 1 .. \(Self.pathLimit) expected")
      }
      return .unix(own)
    case .tcp(let host, let port):
      guard port + index <= 65_535 else {
        throw ServingError("board \(index) would be at port \(port + index), above 65535")
      }
      return .tcp(host: host, port: port == 0 ? 0 : port + index)
    }
  }
}

/// The sentence of errno, for a call that failed just now.
func systemReason() -> String { String(cString: strerror(errno)) }
