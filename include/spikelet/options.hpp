/** @file options.hpp
 * The structs of the C headers, filled with their defaults, and the constants that are macros there.
 *
 * Each function is named as its struct, without the prefix. What a parameter does not set is as the `…_INIT` macro has it.
 * Structs that point at arrays do not keep them alive.
 */
#ifndef SPIKELET_OPTIONS_HPP
#define SPIKELET_OPTIONS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "span.hpp"
#include "spikelet.h"

namespace spikelet {

// The macros are C, with casts of C. A context's options are in callbacks.hpp, as submissions are.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wzero-as-null-pointer-constant"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuseless-cast"
#endif
#endif

constexpr std::uint32_t no_threads = SPK_CONTEXT_NO_THREADS;
constexpr std::uint32_t run_learn = SPK_RUN_LEARN;
constexpr std::uint32_t run_clear = SPK_RUN_CLEAR;
constexpr std::uint32_t run_labelled = SPK_RUN_LABELLED;
constexpr std::uint32_t erbp_no_feedback = SPK_ERBP_NO_FEEDBACK;
constexpr std::uint32_t erbp_no_gate = SPK_ERBP_NO_GATE;
/** Every projection, where a projection's number is asked for. @since 0.1 */
constexpr std::uint32_t all_projections = SPK_ALL;
/** Every submission of a session. @since 0.1 */
constexpr std::uint64_t every_ticket = SPK_EVERY_TICKET;

namespace detail {

inline spk_context_options context_defaults() noexcept {
  const spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  return options;
}

inline spk_submission submission_defaults() noexcept {
  const spk_submission submission = SPK_SUBMISSION_INIT;
  return submission;
}

}  // namespace detail

/** The default board. @since 0.1 */
inline spk_board_options board_options() noexcept {
  const spk_board_options options = SPK_BOARD_OPTIONS_INIT;
  return options;
}

inline spk_capabilities capabilities() noexcept {
  const spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
  return capabilities;
}

inline spk_counters counters() noexcept {
  const spk_counters counters = SPK_COUNTERS_INIT;
  return counters;
}

inline spk_completion completion() noexcept {
  const spk_completion completion = SPK_COMPLETION_INIT;
  return completion;
}

inline spk_snapshot snapshot() noexcept {
  const spk_snapshot snapshot = SPK_SNAPSHOT_INIT;
  return snapshot;
}

inline spk_resume_report resume_report() noexcept {
  const spk_resume_report report = SPK_RESUME_REPORT_INIT;
  return report;
}

/** A leaky population, or one of another kind. @since 0.1 */
inline spk_population population(std::uint32_t neuron_count = 0, std::uint32_t kind = SPK_LEAKY,
                                 std::uint32_t role = SPK_ROLE_NONE) noexcept {
  spk_population population = SPK_POPULATION_INIT;
  population.neuron_count = neuron_count;
  population.kind = kind;
  population.role = role;
  return population;
}

/** A dense int8 projection onto I1 with one tick of delay and no rule. @since 0.1 */
inline spk_projection projection(std::uint32_t source = 0, std::uint32_t target = 0) noexcept {
  spk_projection projection = SPK_PROJECTION_INIT;
  projection.source = source;
  projection.target = target;
  return projection;
}

/** A classifier that learns.
 * @param layer_sizes  neurons, input first; must live until spikelet::model::build_erbp() has returned. @since 0.1
 */
inline spk_erbp_options erbp_options(span<const std::uint32_t> layer_sizes = {}, std::uint64_t seed = 1) noexcept {
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  options.layer_count = static_cast<std::uint32_t>(layer_sizes.size());
  options.layer_sizes = layer_sizes.data();
  options.seed = seed;
  return options;
}

/** A rule that is ready-made; give it its rate, and what else it names. @since 0.1
 * @param rule  SPK_RULE_…
 */
inline spk_rule_options rule_options(std::uint32_t rule = 0, double rate = 0.0, double ratio = 1.0) noexcept {
  spk_rule_options options = SPK_RULE_OPTIONS_INIT;
  options.rule = rule;
  options.rate = rate;
  options.ratio = ratio;
  return options;
}

inline spk_session_options session_options(std::uint64_t seed = 1) noexcept {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  options.seed = seed;
  return options;
}

/** @param flags  spikelet::run_learn, run_clear, run_labelled
 * @param signals  must live until the run was called or submitted, as the values that they point at
 * @param unit_signals  the same in physical units. @since 0.1
 */
inline spk_run_options run_options(std::uint32_t ticks = 1, std::uint32_t flags = 0,
                                   span<const spk_signal> signals = {},
                                   span<const spk_unit_signal> unit_signals = {}) noexcept {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  options.ticks = ticks;
  options.flags = flags;
  options.signal_count = static_cast<std::uint32_t>(signals.size());
  options.signals = signals.data();
  options.unit_signals = unit_signals.data();
  options.unit_signal_count = unit_signals.size();
  return options;
}

/** A frozen test of 64 ticks from a cleared state. @since 0.1
 * @param intensities  of all stimulus neurons; must live until the presentation was called or submitted
 * @param label        a neuron of the label population, or −1
 */
inline spk_presentation presentation(span<const std::uint8_t> intensities = {}, std::int32_t label = -1) noexcept {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.intensities = intensities.data();
  presentation.intensity_count = intensities.size();
  presentation.label = label;
  return presentation;
}

/** Where the scores of a presentation go; arrays that are empty are not wanted. @since 0.1 */
inline spk_scores scores(span<std::uint32_t> counts = {}, span<std::int64_t> potentials = {},
                         span<std::int32_t> first_spikes = {}) noexcept {
  spk_scores scores = SPK_SCORES_INIT;
  std::size_t room = counts.empty() && potentials.empty() && first_spikes.empty() ? 0 : UINT32_MAX;
  if (!counts.empty()) room = std::min(room, counts.size());
  if (!potentials.empty()) room = std::min(room, potentials.size());
  if (!first_spikes.empty()) room = std::min(room, first_spikes.size());
  scores.capacity = static_cast<std::uint32_t>(room);
  scores.counts = counts.empty() ? nullptr : counts.data();
  scores.potentials = potentials.empty() ? nullptr : potentials.data();
  scores.first_spikes = first_spikes.empty() ? nullptr : first_spikes.data();
  return scores;
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/** A value a tick for each neuron of an analogue population. @since 0.1
 * @param values  [ticks][neurons], unchecked as in C; must live until the run was called or submitted
 */
inline spk_signal signal(std::uint32_t population, const std::int16_t *values) noexcept {
  return {population, 0, values};
}

/** The same in physical units. @since 0.1 */
inline spk_unit_signal unit_signal(std::uint32_t population, const float *values) noexcept {
  return {population, 0, values};
}

}  // namespace spikelet

#endif
