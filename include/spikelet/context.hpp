/** @file context.hpp
 * A context owns devices, models and sessions; it takes completions, and watches boards.
 */
#ifndef SPIKELET_CONTEXT_HPP
#define SPIKELET_CONTEXT_HPP

#include <chrono>
#include <optional>

#include "arrays.hpp"
#include "callbacks.hpp"
#include "handle.hpp"

namespace spikelet {

namespace detail {

// Whole milliseconds as the C functions take them; what does not fit is the nearest that does.
constexpr std::uint32_t milliseconds(std::chrono::milliseconds time) noexcept {
  return time.count() <= 0 ? 0 : time.count() >= UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(time.count());
}

}  // namespace detail

/** Owns an ::spk_context. @since 0.1 */
class context : public handle<spk_context, spk_context_close> {
 public:
  using handle::handle;

  /** Makes a context. spk_context_create() */
  static result<context> try_create(const spk_context_options &options = context_options()) noexcept {
    spk_context *object = nullptr;
    const spk_status status = spk_context_create(&options, &object);
    return {status, context(object)};
  }

  /** The sentence of the last call on this thread that failed in this context. spk_context_message() */
  const char *message() const noexcept { return spk_context_message(get()); }

  /** Reads the boards that the context knows of; gives how many there are. spk_device_list() */
  result<std::size_t> try_boards(span<spk_board> boards) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_device_list(get(), boards.data(), boards.size(), &count);
    return {status, count};
  }
  result<std::vector<spk_board>> try_boards() const {
    return detail::all<spk_board>(
        [this](spk_board *boards, std::size_t capacity, std::size_t *count) noexcept {
          return spk_device_list(get(), boards, capacity, count);
        });
  }

  /** Watches a board, for a function or only to list it. spk_device_watch() */
  result<void> try_watch(text locator, spk_board_callback callback = nullptr, void *user = nullptr) noexcept {
    return spk_device_watch(get(), locator.get(), callback, user);
  }

  /** Watches a board for a handler.
   * @param handler  called as handler(const char *locator, bool is_present), at once and whenever that changes; must live
   *                 until unwatch() has returned
   */
  template <typename Handler, detail::if_handler<Handler, const char *, bool> = 0>
  result<void> try_watch(text locator, Handler &handler) noexcept {
    return try_watch(locator, detail::call_board<Handler>, detail::address(handler));
  }

  /** Watches a board no more. spk_device_unwatch() */
  result<void> try_unwatch(text locator) noexcept { return spk_device_unwatch(get(), locator.get()); }

  /** Takes the completion that came first; #SPK_ERROR_TIMEOUT if there is none. spk_context_next_completion() */
  result<spk_completion> try_next_completion(std::chrono::milliseconds timeout) noexcept {
    spk_completion first = completion();
    const spk_status status = spk_context_next_completion(get(), &first, detail::milliseconds(timeout));
    return {status, first};
  }

  /** Does what is due, in a context without threads; gives how much that was. spk_context_process() */
  result<std::uint32_t> try_process(std::chrono::milliseconds timeout) noexcept {
    std::uint32_t handled = 0;
    const spk_status status = spk_context_process(get(), detail::milliseconds(timeout), &handled);
    return {status, handled};
  }

  /** A descriptor for poll(2): readable when there is a completion, or something to process. spk_context_descriptor() */
  result<std::int32_t> try_descriptor() const noexcept {
    std::int32_t descriptor = -1;
    const spk_status status = spk_context_descriptor(get(), &descriptor);
    return {status, descriptor};
  }

#ifdef __cpp_exceptions
  /** @name The same, throwing an ::error. @{ */
  static context create(const spk_context_options &options = context_options()) { return try_create(options).value(); }
  std::size_t boards(span<spk_board> boards) const { return try_boards(boards).value(); }
  std::vector<spk_board> boards() const { return try_boards().value(); }
  void watch(text locator, spk_board_callback callback = nullptr, void *user = nullptr) {
    try_watch(locator, callback, user).value();
  }
  template <typename Handler, detail::if_handler<Handler, const char *, bool> = 0>
  void watch(text locator, Handler &handler) {
    try_watch(locator, handler).value();
  }
  void unwatch(text locator) { try_unwatch(locator).value(); }
  /** Nothing if the time ran out: that is no error here. */
  std::optional<spk_completion> next_completion(std::chrono::milliseconds timeout) {
    result<spk_completion> taken = try_next_completion(timeout);
    if (taken.status() == SPK_ERROR_TIMEOUT) return std::nullopt;
    return taken.value();
  }
  std::uint32_t process(std::chrono::milliseconds timeout) { return try_process(timeout).value(); }
  std::int32_t descriptor() const { return try_descriptor().value(); }
  /** @} */
#endif
};

static_assert(sizeof(context) == sizeof(spk_context *), "a context is one pointer");

}  // namespace spikelet

#endif
