/** @file handle.hpp
 * The owner of an object of the library: one pointer, and nothing else.
 */
#ifndef SPIKELET_HANDLE_HPP
#define SPIKELET_HANDLE_HPP

#include "result.hpp"

namespace spikelet {

/** Owns an object, or none. Moves, and does not copy; one that was moved from owns none. @since 0.1
 *
 * The destructor closes what is owned. It never throws. If the library refuses (a parent with open children, a close inside
 * a callback), the object stays open until the process ends; the log callback of the context is told. So declare parents
 * before their children, or close by hand. Calls on an object are safe from any thread; moving and closing its owner while
 * another thread uses that owner is not, as with std::unique_ptr.
 *
 * @tparam Close  closes an object, or gives the status why not
 * @tparam End    closes an object for the destructor
 */
template <typename Object, spk_status (*Close)(Object *), spk_status (*End)(Object *) = Close>
class handle {
 public:
  using object_type = Object;

  /** Owns nothing: every call on it gives #SPK_ERROR_HANDLE. */
  constexpr handle() noexcept = default;

  /** Adopts an object of the C interface, or null. */
  constexpr explicit handle(Object *object) noexcept : object_(object) {}

  handle(handle &&other) noexcept : object_(other.release()) {}

  /** Closes what was owned, as the destructor does. Moving to itself changes nothing. */
  handle &operator=(handle &&other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }

  ~handle() { reset(); }

  /** The object, for the C interface; still owned here. */
  constexpr Object *get() const noexcept { return object_; }
  constexpr explicit operator bool() const noexcept { return object_ != nullptr; }

  /** Gives the object away: the caller closes it. */
  [[nodiscard]] Object *release() noexcept { return std::exchange(object_, nullptr); }

  /** Closes what is owned as the destructor does, and adopts another object or none. */
  void reset(Object *object = nullptr) noexcept {
    Object *const old = std::exchange(object_, object);
    if (old != nullptr) static_cast<void>(End(old));
  }

  /** Closes, and says whether it could: on failure the object is open, and still owned here. */
  result<void> try_close() noexcept {
    const spk_status status = Close(object_);
    if (status == SPK_OK) object_ = nullptr;
    return status;
  }

#ifdef __cpp_exceptions
  /** As try_close(), throwing an ::error. */
  void close() { try_close().value(); }
#endif

 private:
  Object *object_ = nullptr;
};

}  // namespace spikelet

#endif
