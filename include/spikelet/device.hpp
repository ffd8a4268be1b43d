/** @file device.hpp
 * A device is an open board: real, or simulated bit for bit.
 */
#ifndef SPIKELET_DEVICE_HPP
#define SPIKELET_DEVICE_HPP

#include "context.hpp"

namespace spikelet {

/** Owns an ::spk_device. Declare it after its context. @since 0.1 */
class device : public handle<spk_device, spk_device_close> {
 public:
  using handle::handle;

  /** Opens a board. spk_device_open()
   * @param board  size of a simulated board in this process; null for the default
   */
  static result<device> try_open(const context &owner, text locator,
                                 const spk_board_options *board = nullptr) noexcept {
    spk_device *object = nullptr;
    const spk_status status = spk_device_open(owner.get(), locator.get(), board, &object);
    return {status, device(object)};
  }

  /** What the board said when it was opened. spk_device_capabilities() */
  result<spk_capabilities> try_capabilities() const noexcept {
    spk_capabilities capabilities = spikelet::capabilities();
    const spk_status status = spk_device_capabilities(get(), &capabilities);
    return {status, capabilities};
  }

  /** What was sent and received. spk_device_counters() */
  result<spk_counters> try_counters() const noexcept {
    spk_counters counters = spikelet::counters();
    const spk_status status = spk_device_counters(get(), &counters);
    return {status, counters};
  }

#ifdef __cpp_exceptions
  /** @name The same, throwing an ::error. @{ */
  static device open(const context &owner, text locator, const spk_board_options *board = nullptr) {
    return try_open(owner, locator, board).value();
  }
  spk_capabilities capabilities() const { return try_capabilities().value(); }
  spk_counters counters() const { return try_counters().value(); }
  /** @} */
#endif
};

static_assert(sizeof(device) == sizeof(spk_device *), "a device is one pointer");

}  // namespace spikelet

#endif
