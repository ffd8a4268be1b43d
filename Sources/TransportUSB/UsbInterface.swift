import CLibUSB
import CSpikelet
import Fault

/// Where a board takes and gives bytes: an interface of the vendor's class with a bulk endpoint each way.
struct UsbInterface {
  let number: Int32
  let setting: Int32
  private(set) var input: UInt8 = 0
  private(set) var output: UInt8 = 0

  /// Reads the descriptors of an open device and takes the first such interface.
  ///
  /// - Throws: PROTOCOL if there is none.
  static func find(_ handle: OpaquePointer) throws(Fault) -> UsbInterface {
    var read: UnsafeMutablePointer<libusb_config_descriptor>?
    try check(libusb_get_active_config_descriptor(libusb_get_device(handle), &read))
    defer { libusb_free_config_descriptor(read) }
    if let read {
      for index in 0..<Int(read.pointee.bNumInterfaces) {
        let interface = read.pointee.interface[index]
        for setting in 0..<Int(interface.num_altsetting) {
          let found = UsbInterface(interface.altsetting[setting])
          if found.input != 0, found.output != 0 { return found }
        }
      }
    }
    throw Fault(
      .SPK_ERROR_PROTOCOL,
      "no interface of the vendor's class with a bulk endpoint each way found; see that this is a board, and its firmware"
    )
  }

  private init(_ descriptor: libusb_interface_descriptor) {
    number = Int32(descriptor.bInterfaceNumber)
    setting = Int32(descriptor.bAlternateSetting)
    guard descriptor.bInterfaceClass == UInt8(LIBUSB_CLASS_VENDOR_SPEC.rawValue) else { return }
    for index in 0..<Int(descriptor.bNumEndpoints) {
      let endpoint = descriptor.endpoint[index]
      guard endpoint.bmAttributes & 3 == UInt8(LIBUSB_ENDPOINT_TRANSFER_TYPE_BULK.rawValue) else {
        continue
      }
      if endpoint.bEndpointAddress & 0x80 == 0 {
        if output == 0 { output = endpoint.bEndpointAddress }
      } else if input == 0 {
        input = endpoint.bEndpointAddress
      }
    }
  }
}
