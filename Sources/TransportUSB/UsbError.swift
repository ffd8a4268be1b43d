import CLibUSB
import CSpikelet
import Fault

/// What libusb's error codes mean to the program, and what to do about them.
enum UsbError {
  @inline(never)
  static func fault(_ code: Int32) -> Fault {
    switch code {
    case LIBUSB_ERROR_ACCESS.rawValue:
      Fault(
        .SPK_ERROR_IO,
        "this user may not open the board; install packaging/60-spikelet.rules in /etc/udev/rules.d, and plug the board in again"
      )
    case LIBUSB_ERROR_BUSY.rawValue:
      Fault(.SPK_ERROR_BUSY, "another program, or another device of this one, has the board")
    case LIBUSB_ERROR_NOT_FOUND.rawValue, LIBUSB_ERROR_NO_DEVICE.rawValue:
      Fault(.SPK_ERROR_NOT_FOUND, "no such board is there; see that it is plugged in, and lsusb")
    case LIBUSB_ERROR_NO_MEM.rawValue:
      Fault(
        .SPK_ERROR_NO_MEMORY,
        "out of memory for transfers; raise usbcore's usbfs_memory_mb, or close other boards"
      )
    default:
      Fault(
        .SPK_ERROR_IO,
        "the board or its cable does not work as USB should (libusb error \(code)); plug it in again"
      )
    }
  }
}
