/** @file callbacks.hpp
 * What the library calls: functions with a `user` pointer as in C, or handlers, which are objects that can be called.
 *
 * A handler is the caller's, is taken by reference, and is never copied: its address is the `user` pointer, so nothing is
 * allocated. Each function says how long it must live. Nothing may be thrown through the library: an exception that leaves
 * a handler ends the process (std::terminate).
 */
#ifndef SPIKELET_CALLBACKS_HPP
#define SPIKELET_CALLBACKS_HPP

#include <memory>

#include "options.hpp"
#include "result.hpp"

namespace spikelet {

namespace detail {

// An object of a class, const or not, that can be called with these arguments: no function, no pointer, no temporary.
template <typename Handler, typename... Arguments>
using if_handler =
    std::enable_if_t<std::is_class<Handler>::value && std::is_invocable<Handler &, Arguments...>::value, int>;

template <typename Handler>
void *address(Handler &handler) noexcept {
  return const_cast<void *>(static_cast<const volatile void *>(std::addressof(handler)));
}

template <typename Handler>
void call_log(void *user, std::uint32_t level, const char *message) noexcept {
  (*static_cast<Handler *>(user))(level, message);
}

template <typename Handler>
void call_board(void *user, const char *locator, std::uint32_t is_present) noexcept {
  (*static_cast<Handler *>(user))(locator, is_present != 0);
}

template <typename Handler>
void call_completion(const spk_completion *completion) noexcept {
  (*static_cast<Handler *>(completion->user))(*completion);
}

}  // namespace detail

/** A context that logs nothing, or to a function. @since 0.1 */
inline spk_context_options context_options(spk_log_callback log = nullptr, void *user = nullptr) noexcept {
  spk_context_options options = detail::context_defaults();
  options.log = log;
  options.log_user = user;
  return options;
}

/** A context that logs to a handler. @since 0.1
 * @param log  called as log(std::uint32_t level, const char *message); must live as long as the context
 */
template <typename Handler, detail::if_handler<Handler, std::uint32_t, const char *> = 0>
spk_context_options context_options(Handler &log) noexcept {
  return context_options(detail::call_log<Handler>, detail::address(log));
}

/** A submission whose completion goes to a function, or waits for spikelet::context::next_completion(). @since 0.1
 *
 * @param callback      null: the completion waits
 * @param user          handed over with the completion
 * @param events_out    gets the spikes of recorded populations; the library's until the completion is handed over
 * @param probe_values  gets what `probe` saw, [ticks that it saw][neurons]; the library's until then, too
 * @param probe_units   gets the same in physical units, in place of `probe_values`
 */
inline spk_submission submission(spk_completion_callback callback = nullptr, void *user = nullptr,
                                 span<spk_event> events_out = {}, span<std::int32_t> probe_values = {},
                                 std::uint32_t probe = 0, span<float> probe_units = {}) noexcept {
  spk_submission submission = detail::submission_defaults();
  submission.callback = callback;
  submission.user = user;
  submission.events_out = events_out.data();
  submission.event_capacity = events_out.size();
  submission.probe_values = probe_values.empty() ? nullptr : probe_values.data();
  submission.probe_units = probe_units.empty() ? nullptr : probe_units.data();
  submission.probe_capacity = probe_units.empty() ? probe_values.size() : probe_units.size();
  submission.probe = probe;
  return submission;
}

/** A submission whose completion goes to a handler. @since 0.1
 *
 * It may submit again, except for a completion with #SPK_ERROR_CANCELLED: a session that is being destroyed waits for the
 * last one.
 * @param handler  called once, as handler(const spk_completion &), on the context's thread or inside
 *                 spikelet::context::process(); must live until it has returned, or the session is closed
 */
template <typename Handler, detail::if_handler<Handler, const spk_completion &> = 0>
spk_submission submission(Handler &handler, span<spk_event> events_out = {}, span<std::int32_t> probe_values = {},
                          std::uint32_t probe = 0, span<float> probe_units = {}) noexcept {
  return submission(detail::call_completion<Handler>, detail::address(handler), events_out, probe_values, probe,
                    probe_units);
}

/** How a submission ended, as a status. @since 0.1 */
inline spk_status status(const spk_completion &completion) noexcept {
  return static_cast<spk_status>(completion.status);
}

/** How a submission ended, with the completion's own sentence. @since 0.1 */
inline failure outcome(const spk_completion &completion) noexcept {
  return {status(completion), completion.message == nullptr ? "" : completion.message};
}

#ifdef __cpp_exceptions
/** Throws an ::error with the completion's sentence if the submission failed. Not inside a handler. @since 0.1 */
inline void check(const spk_completion &completion) {
  if (status(completion) != SPK_OK) throw error(outcome(completion));
}
#endif

}  // namespace spikelet

#endif
