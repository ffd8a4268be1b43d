/** @file arrays.hpp
 * Reads of arrays whose length the library knows, into a std::vector.
 */
#ifndef SPIKELET_ARRAYS_HPP
#define SPIKELET_ARRAYS_HPP

#include <vector>

#include "result.hpp"

namespace spikelet {
namespace detail {

// Asks how many elements there are, makes room, and reads them; again, should there be more by then.
// `read` is called as read(Element *elements, std::size_t capacity, std::size_t *count).
template <typename Element, typename Read>
result<std::vector<Element>> all(Read read) {
  std::vector<Element> elements;
  std::size_t count = 0;
  spk_status status = read(static_cast<Element *>(nullptr), std::size_t{0}, &count);
  while ((status == SPK_OK || status == SPK_ERROR_TOO_SMALL) && count > elements.size()) {
    elements.resize(count);
    status = read(elements.data(), elements.size(), &count);
  }
  if (count < elements.size()) elements.resize(count);
  return {status, std::move(elements)};
}

}  // namespace detail
}  // namespace spikelet

#endif
