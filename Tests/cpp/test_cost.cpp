// The wrapped call takes the time of the plain one: measured on spk_session_pending(), which takes no lock and never waits.
// Tests/cpp/no-more-code compares the machine code.
#include <algorithm>
#include <chrono>

#include "small_session.hpp"

namespace {

constexpr int calls = 20000, rounds = 300;

// Nanoseconds of a call in the fastest of a round of each, taken in turn: what else runs only adds.
template <typename Plain, typename Wrapped>
std::array<double, 2> fastest(Plain plain, Wrapped wrapped) {
  std::array<double, 2> best = {{1e9, 1e9}};
  const auto time = [](auto call) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; i++) call();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    return taken.count() / calls;
  };
  for (int round = 0; round < rounds; round++) {
    best[0] = std::min(best[0], time(plain));
    best[1] = std::min(best[1], time(wrapped));
  }
  return best;
}

}  // namespace

int main() {
  small::setup one;
  std::uint32_t sum = 0;
  spk_session *const object = one.session.get();
  const auto plain = [&] {
    std::uint32_t count = 0;
    if (spk_session_pending(object, &count) == SPK_OK) sum += count;
  };
  const auto wrapped = [&] {
    if (const auto count = one.session.try_pending()) sum += *count;
  };
  const std::array<double, 2> best = fastest(plain, wrapped);
  std::printf("spk_session_pending: plain %.2f ns, wrapped %.2f ns\n", best[0], best[1]);
  CHECK(sum == 0 && best[0] > 0);
  CHECK(best[1] < best[0] * 1.15 + 1);
  return check_tally();
}
