/// A sentence that goes straight to where the thread keeps it: `"core \(index) has \(bytes) bytes free"`.
///
/// There are hundreds of them, so literals and numbers are held back and handed over up to three numbers at a time: a
/// sentence is a call or two, with constants for arguments.
public struct FaultText: ExpressibleByStringInterpolation {
  public typealias StringLiteralType = StaticString
  public typealias Literal = UnsafePointer<UInt8>

  @inline(__always)
  public init(stringLiteral value: StaticString) { ThreadMessage.append(literal: value.utf8Start) }

  @inline(__always)
  public init(stringInterpolation: Interpolation) {
    var rest = stringInterpolation
    rest.flush()
  }

  public struct Interpolation: StringInterpolationProtocol {
    public typealias StringLiteralType = StaticString

    private var literals: (Literal?, Literal?, Literal?) = (nil, nil, nil)
    private var numbers: (Int, Int) = (0, 0)
    private var numberCount = 0

    @inline(__always)
    public init(literalCapacity: Int, interpolationCount: Int) {}

    @inline(__always)
    public mutating func appendLiteral(_ literal: StaticString) {
      guard literal.utf8CodeUnitCount > 0 else { return }
      switch numberCount {
      case 0: literals.0 = literal.utf8Start
      case 1: literals.1 = literal.utf8Start
      default:
        literals.2 = literal.utf8Start
        flush()
      }
    }

    @inline(__always)
    public mutating func appendInterpolation(_ value: some FixedWidthInteger) {
      if numberCount == 2 { flush() }
      if numberCount == 0 {
        numbers.0 = Int(clamping: value)
      } else {
        numbers.1 = Int(clamping: value)
      }
      numberCount += 1
    }

    @inline(__always)
    public mutating func appendInterpolation(_ value: StaticString) {
      flush()
      ThreadMessage.append(literal: value.utf8Start)
    }

    @inline(__always)
    public mutating func appendInterpolation(_ value: Float) {
      flush()
      ThreadMessage.append(value)
    }

    @inline(__always)
    public mutating func appendInterpolation(_ value: Sentence) {
      flush()
      ThreadMessage.append(value)
    }

    @inline(__always)
    public mutating func appendInterpolation(_ value: UnsafeBufferPointer<UInt8>) {
      flush()
      ThreadMessage.append(value)
    }

    /// Hands over what is held back.
    @inline(__always)
    public mutating func flush() {
      switch numberCount {
      case 0:
        if let literal = literals.0 { ThreadMessage.append(literal: literal) }
      case 1: ThreadMessage.append(literals.0, numbers.0, literals.1)
      default:
        ThreadMessage.append(literals.0, numbers.0, literals.1, numbers.1, literals.2)
      }
      literals = (nil, nil, nil)
      numberCount = 0
    }
  }
}
