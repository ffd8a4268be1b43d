// Pairs of functions that ought to compile to the same machine code: plain_X in C's manner, wrapped_X with the C++ headers.
// Compared by Tests/cpp/no-more-code. The plain ones are noexcept because the calls of the C++ headers are.
#include <spikelet/spikelet.hpp>

using spikelet::model;
using spikelet::session;

static_assert(sizeof(session) == sizeof(spk_session *), "a session is passed as its pointer is");

extern "C" {

std::uint32_t plain_pending(spk_session *const &object) noexcept {
  std::uint32_t count = 0;
  return spk_session_pending(object, &count) == SPK_OK ? count : UINT32_MAX;
}
std::uint32_t wrapped_pending(const session &object) noexcept {
  const auto count = object.try_pending();
  return count ? *count : UINT32_MAX;
}

spk_status plain_rate(spk_session *&object, std::uint32_t rate) noexcept {
  return spk_session_set_rate(object, UINT32_MAX, rate);
}
spk_status wrapped_rate(session &object, std::uint32_t rate) noexcept {
  return object.try_set_rate(spikelet::all_projections, rate).status();
}

std::size_t plain_weights(spk_session *const &object, std::int16_t *room, std::size_t size) noexcept {
  std::size_t count = 0;
  return spk_session_read_weights(object, 1, room, size, &count) == SPK_OK ? count : 0;
}
std::size_t wrapped_weights(const session &object, std::int16_t *room, std::size_t size) noexcept {
  const auto count = object.try_read_weights(1, {room, size});
  return count ? *count : 0;
}

std::size_t plain_run(spk_session *&object, const spk_run_options &options, const spk_event *in, std::size_t in_count,
                      spk_event *out, std::size_t room) noexcept {
  std::size_t count = 0;
  return spk_session_run(object, &options, in, in_count, out, room, &count) == SPK_OK ? count : 0;
}
std::size_t wrapped_run(session &object, const spk_run_options &options, const spk_event *in, std::size_t in_count,
                        spk_event *out, std::size_t room) noexcept {
  const auto count = object.try_run(options, {in, in_count}, {out, room});
  return count ? *count : 0;
}

std::uint32_t plain_find(spk_model *const &object, const char *name) noexcept {
  std::uint32_t index = 0;
  return spk_model_find_population(object, name, &index) == SPK_OK ? index : UINT32_MAX;
}
std::uint32_t wrapped_find(const model &object, const char *name) noexcept {
  const auto index = object.try_find_population(name);
  return index ? *index : UINT32_MAX;
}

void plain_close(spk_model *&object) noexcept {
  spk_model *const old = object;
  object = nullptr;
  if (old != nullptr) spk_model_close(old);
}
void wrapped_close(model &object) noexcept { object.reset(); }
}
