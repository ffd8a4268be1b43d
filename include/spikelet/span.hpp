/** @file span.hpp
 * Arrays of the caller, as the calls of the C++ header take them: a pointer and a count.
 *
 * `span` is std::span where the standard library has it (C++20), and a small one of the same behaviour in C++17. It is the
 * one type here that depends on the standard: do not pass it between files that are compiled to different ones.
 */
#ifndef SPIKELET_SPAN_HPP
#define SPIKELET_SPAN_HPP

#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

#if __has_include(<version>)
#include <version>
#endif
#ifdef __cpp_lib_span
#include <span>
#endif

namespace spikelet {

#ifdef __cpp_lib_span

template <typename Element>
using span = std::span<Element>;

#else

/** A view of `size()` elements that somebody else owns. @since 0.1
 *
 * Comes implicitly from a C array, a std::array, a std::vector, another span: from all that has data() and size(). A view of
 * elements that can be written to does not come from a temporary.
 */
template <typename Element>
class span {
  template <typename Other>
  static constexpr bool gives = std::is_convertible<Other (*)[], Element (*)[]>::value;
  template <typename Container>
  static constexpr bool outlives = std::is_lvalue_reference<Container>::value || std::is_const<Element>::value;

 public:
  using element_type = Element;
  using value_type = std::remove_cv_t<Element>;
  using size_type = std::size_t;
  using iterator = Element *;

  constexpr span() noexcept = default;
  constexpr span(Element *data, std::size_t size) noexcept : data_(data), size_(size) {}

  template <typename Other, std::size_t Count, typename = std::enable_if_t<gives<Other>>>
  constexpr span(Other (&array)[Count]) noexcept : data_(array), size_(Count) {}

  template <typename Container, typename = std::enable_if_t<!std::is_array<std::remove_reference_t<Container>>::value>,
            typename Other = std::remove_pointer_t<decltype(std::data(std::declval<Container &>()))>,
            typename = decltype(std::size(std::declval<Container &>())),
            typename = std::enable_if_t<gives<Other> && outlives<Container>>>
  constexpr span(Container &&container) noexcept(noexcept(std::data(container)))
      : data_(std::data(container)), size_(std::size(container)) {}

  constexpr Element *data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(Element); }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr Element *begin() const noexcept { return data_; }
  constexpr Element *end() const noexcept { return data_ + size_; }
  constexpr Element &operator[](std::size_t index) const noexcept { return data_[index]; }
  constexpr span first(std::size_t count) const noexcept { return {data_, count}; }
  constexpr span last(std::size_t count) const noexcept { return {data_ + (size_ - count), count}; }
  constexpr span subspan(std::size_t offset) const noexcept { return {data_ + offset, size_ - offset}; }
  constexpr span subspan(std::size_t offset, std::size_t count) const noexcept { return {data_ + offset, count}; }

 private:
  Element *data_ = nullptr;
  std::size_t size_ = 0;
};

#endif

/** A text that ends with a zero: a C string, or a std::string. Not kept after the call. @since 0.1 */
class text {
 public:
  constexpr text(const char *characters) noexcept : characters_(characters) {}
  text(const std::string &string) noexcept : characters_(string.c_str()) {}

  constexpr const char *get() const noexcept { return characters_; }

 private:
  const char *characters_;
};

}  // namespace spikelet

#endif
