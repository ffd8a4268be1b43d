// A program of which one file has no exceptions: in the other, a value that is not there is thrown all the same.
#include <exception>

#include "small_session.hpp"

std::uint32_t populations_without_exceptions(const spikelet::model &model);

int main() {
  small::setup one;
  CHECK(populations_without_exceptions(one.model) == 3);
  try {
    const spikelet::model none;
    none.try_check().value();
    check_that(0, __FILE__, __LINE__, "an error was expected");
  } catch (const spikelet::error &problem) {
    CHECK(problem.status() == SPK_ERROR_HANDLE);
  }
  return check_tally();
}
