// A small network on a simulated board, made without exceptions: what most tests of the C++ headers start from.
//
//   input (3) --dense, learns--> output (3) <--sparse, 2 ticks-- value (2, analogue)
//
// An input spike makes the output of its number fire in the tick after.
#ifndef TESTS_SMALL_SESSION_HPP
#define TESTS_SMALL_SESSION_HPP

#include <spikelet/spikelet.hpp>

#include <array>
#include <cstring>

#include "../c/check.h"

namespace small {

constexpr std::uint32_t input = 0, output = 1, value = 2;
constexpr std::uint32_t input_output = 0, value_output = 1;

inline spikelet::model network(const spikelet::context &owner) {
  spikelet::model made = *spikelet::model::try_create(owner, "small");
  spk_population in = spikelet::population(3, SPK_INPUT, SPK_ROLE_STIMULUS);
  spk_population out = spikelet::population(3, SPK_LEAKY, SPK_ROLE_OUTPUT);
  out.threshold = 50;
  out.counts_per_unit = 100;
  out.decays[0].current1 = 2048;
  CHECK(*made.try_add_population("input", in) == input);
  CHECK(*made.try_add_population("output", out) == output);
  spk_population held = spikelet::population(2, SPK_ANALOGUE);
  held.counts_per_unit = 10;
  CHECK(*made.try_add_population("value", held) == value);

  spk_projection learns = spikelet::projection(input, output);
  learns.learning = 1;
  learns.low_limit = -100;
  learns.high_limit = 100;
  learns.term_count = 1;
  learns.terms[0].factor_a = SPK_FACTOR_DENDRITE;
  learns.terms[0].mantissa = 1;
  learns.terms[0].shift = 1;
  spk_projection sparse = spikelet::projection(value, output);
  sparse.connectivity = SPK_SPARSE;
  sparse.delay_ticks = 2;
  CHECK(*made.try_add_projection("input-output", learns) == input_output);
  CHECK(*made.try_add_projection("value-output", sparse) == value_output);

  const std::int16_t weights[] = {100, 0, 0, 0, 100, 0, 0, 0, 100}, few[] = {1, 2};
  const std::uint32_t rows[] = {0, 1, 2}, targets[] = {0, 2};
  CHECK(made.try_set_weights(input_output, weights).has_value());
  CHECK(made.try_set_synapses(value_output, rows, targets, few).has_value());
  return made;
}

// Members are destroyed from the last to the first: the session before all, the context after all.
struct setup {
  explicit setup(const spk_context_options &options = spikelet::context_options())
      : context(*spikelet::context::try_create(options)),
        device(*spikelet::device::try_open(context, "sim:")),
        model(network(context)),
        session(*spikelet::session::try_open(device, model)) {
    CHECK(context && device && model && session);
  }

  spikelet::context context;
  spikelet::device device;
  spikelet::model model;
  spikelet::session session;
};

// A spike of each input in turn, one every second tick.
inline std::array<spk_event, 3> spikes() { return {{{0, input, 0}, {2, input, 1}, {4, input, 2}}}; }

inline bool mentions(const char *sentence, const char *words) { return std::strstr(sentence, words) != nullptr; }

}  // namespace small

#endif
