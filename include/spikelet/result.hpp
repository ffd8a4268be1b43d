/** @file result.hpp
 * How a call ended, in the form that the caller chooses.
 *
 * Every operation exists twice: `try_…` gives a ::spikelet::result and never throws an ::spikelet::error; the one without
 * `try_` gives the value, and throws. Under -fno-exceptions there is the first form alone. Files of a program may differ in
 * that: no type or function of these headers is another one without exceptions.
 */
#ifndef SPIKELET_RESULT_HPP
#define SPIKELET_RESULT_HPP

#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "base.h"
#include "context.h"

#ifdef __cpp_exceptions
#include <stdexcept>
#endif

namespace spikelet {

/** Why a call failed. The sentence is the thread's: it is valid until this thread's next call. @since 0.1 */
struct failure {
  spk_status status;
  const char *message; /**< where, what was found, what was expected, what to do; never null */
};

#ifdef __cpp_exceptions

/** What a call throws: the status, and the sentence as what(). @since 0.1 */
class SPK_API error : public std::runtime_error {
 public:
  error(spk_status status, const char *sentence) : std::runtime_error(sentence), status_(status) {}
  explicit error(const failure &why) : error(why.status, why.message) {}

  spk_status status() const noexcept { return status_; }

 private:
  spk_status status_;
};

#endif

namespace detail {

// The value of a failed result is asked for: throws, or ends the process where there are no exceptions. The parameter keeps
// the two apart by name, for programs with files of both sorts.
#ifdef __cpp_exceptions
constexpr bool throws = true;

template <bool Throws>
[[noreturn]] void refuse(spk_status status) {
  throw error(status, spk_context_message(nullptr));
}
#else
constexpr bool throws = false;

template <bool Throws>
[[noreturn]] void refuse(spk_status) noexcept {
  std::abort();
}
#endif

// What results of all types have.
class outcome {
 public:
  constexpr outcome(spk_status status) noexcept : status_(status) {}

  /** True if the call succeeded. */
  constexpr bool has_value() const noexcept { return status_ == SPK_OK; }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  constexpr spk_status status() const noexcept { return status_; }

  /** Status and sentence: to be asked for on the thread of the call, and before its next one. */
  failure error() const noexcept { return {status_, has_value() ? "" : spk_context_message(nullptr)}; }

 private:
  spk_status status_;
};

}  // namespace detail

/** A value, or the reason why there is none. No larger than the two, and without an allocation. @since 0.1 */
template <typename Value>
class [[nodiscard]] result : public detail::outcome {
 public:
  using value_type = Value;

  result(spk_status status, Value value) noexcept(std::is_nothrow_move_constructible<Value>::value)
      : outcome(status), value_(std::move(value)) {}

  /** The value. Without one it throws an ::error; under -fno-exceptions it ends the process. */
  template <bool Throws = detail::throws>
  Value &value() & {
    if (!has_value()) detail::refuse<Throws>(status());
    return value_;
  }
  template <bool Throws = detail::throws>
  const Value &value() const & {
    if (!has_value()) detail::refuse<Throws>(status());
    return value_;
  }
  template <bool Throws = detail::throws>
  Value value() && {
    if (!has_value()) detail::refuse<Throws>(status());
    return std::move(value_);
  }

  /** The value, unchecked. Of a failed call: what it wrote, where its C function says so (a count, for example). */
  Value &operator*() & noexcept { return value_; }
  const Value &operator*() const & noexcept { return value_; }
  Value operator*() && noexcept(std::is_nothrow_move_constructible<Value>::value) { return std::move(value_); }
  Value *operator->() noexcept { return &value_; }
  const Value *operator->() const noexcept { return &value_; }

 private:
  Value value_;
};

/** That a call succeeded, or the reason why not. @since 0.1 */
template <>
class [[nodiscard]] result<void> : public detail::outcome {
 public:
  using value_type = void;

  constexpr result(spk_status status) noexcept : outcome(status) {}

  /** Nothing; as result<Value>::value() if the call failed. */
  template <bool Throws = detail::throws>
  void value() const {
    if (!has_value()) detail::refuse<Throws>(status());
  }
};

/** The library's version, "0.1.0". @since 0.1 */
inline const char *version() noexcept { return spk_version(); }

/** The version of the numeric law that the library computes by. @since 0.1 */
inline std::uint32_t law_version() noexcept { return spk_law_version(); }

/** A short name of the status, for logs. @since 0.1 */
inline const char *status_string(spk_status status) noexcept { return spk_status_string(status); }

}  // namespace spikelet

#endif
