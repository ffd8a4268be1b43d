/** @file session.hpp
 * A session is a model on a board: it runs ticks, presents, learns, and is read; at once, or by submissions.
 */
#ifndef SPIKELET_SESSION_HPP
#define SPIKELET_SESSION_HPP

#include "device.hpp"
#include "model.hpp"

namespace spikelet {

/** Ticks of learning runs and of frozen runs: the counts that draws depend on. @since 0.1 */
struct tick_counts {
  std::uint64_t learning, frozen;
};

namespace detail {

// Ends what is on its way before the session is closed. The wait has no end of its own: completions write into arrays and
// call handlers, which the caller may destroy next. Cancelled submissions end after their tick, at the latest when the
// session's time runs out.
inline spk_status end_session(spk_session *session) noexcept {
  std::uint32_t pending = 0;
  if (spk_session_pending(session, &pending) == SPK_OK && pending > 0) {
    static_cast<void>(spk_session_cancel(session, every_ticket));
    static_cast<void>(spk_session_drain(session, UINT32_MAX));
  }
  return spk_session_close(session);
}

}  // namespace detail

/** Owns an ::spk_session. Declare it after its device, and after what its submissions write to and call. @since 0.1
 *
 * The destructor cancels submissions, waits until each has ended and its callback has returned (which may take the session's
 * timeout), and closes. What was learnt is lost unless it was stored. Inside a completion callback it can neither wait nor close:
 * the session stays open. close() and try_close() neither cancel nor wait: #SPK_ERROR_BUSY while submissions are on their way.
 */
class session : public handle<spk_session, spk_session_close, detail::end_session> {
 public:
  using handle::handle;

  /** Places the model on the board and loads it. spk_session_open() */
  static result<session> try_open(const device &board, const model &network,
                                  const spk_session_options &options = session_options()) noexcept {
    spk_session *object = nullptr;
    const spk_status status = spk_session_open(board.get(), network.get(), &options, &object);
    return {status, session(object)};
  }

  /** Runs ticks; gives how many spikes were written to `events_out`. spk_session_run()
   *
   * With #SPK_ERROR_TOO_SMALL, _TIMEOUT and _CANCELLED the run took place, in part for the last two: `*result` is the count.
   * @param events_out  without room, all spikes wait for read_events()
   */
  result<std::size_t> try_run(const spk_run_options &options, span<const spk_event> events_in = {},
                              span<spk_event> events_out = {}) noexcept {
    std::size_t count = 0;
    const spk_status status = spk_session_run(get(), &options, events_in.data(), events_in.size(), events_out.data(),
                                              events_out.size(), &count);
    return {status, count};
  }

  /** Reads spikes that have not been read; gives how many were written. spk_session_read_events() */
  result<std::size_t> try_read_events(span<spk_event> events) noexcept {
    std::size_t count = 0;
    const spk_status status = spk_session_read_events(get(), events.data(), events.size(), &count);
    return {status, count};
  }
  /** Reads all that have not been read. */
  result<std::vector<spk_event>> try_read_events() {
    constexpr std::size_t step = 1024;
    std::vector<spk_event> events;
    for (;;) {
      const std::size_t before = events.size();
      events.resize(before + step);
      const auto written = try_read_events({events.data() + before, step});
      events.resize(before + (written ? *written : 0));
      if (!written || *written < step) return {written.status(), std::move(events)};
    }
  }

  /** Presents intensities; gives the output neuron that spiked most. spk_session_present()
   * @param scores  gets what its arrays have room for, beside count and best
   */
  result<std::uint32_t> try_present(const spk_presentation &presentation, spk_scores &scores) noexcept {
    const spk_status status = spk_session_present(get(), &presentation, &scores);
    return {status, scores.best};
  }
  result<std::uint32_t> try_present(const spk_presentation &presentation) noexcept {
    spk_scores best = scores();
    return try_present(presentation, best);
  }

  /** Submits a run; gives its ticket. spk_session_submit_run()
   * @param how  spikelet::submission(): where the completion and the results go
   */
  result<std::uint64_t> try_submit(const spk_run_options &options, span<const spk_event> events_in = {},
                                   const spk_submission &how = submission()) noexcept {
    std::uint64_t ticket = 0;
    const spk_status status =
        spk_session_submit_run(get(), &options, events_in.data(), events_in.size(), &how, &ticket);
    return {status, ticket};
  }

  /** Submits a presentation; gives its ticket. spk_session_submit_present()
   * @param scores  it and its arrays are the library's until the completion is handed over
   */
  result<std::uint64_t> try_submit(const spk_presentation &presentation, spk_scores &scores,
                                   const spk_submission &how = submission()) noexcept {
    std::uint64_t ticket = 0;
    const spk_status status = spk_session_submit_present(get(), &presentation, &scores, &how, &ticket);
    return {status, ticket};
  }
  result<std::uint64_t> try_submit(const spk_presentation &presentation,
                                   const spk_submission &how = submission()) noexcept {
    std::uint64_t ticket = 0;
    const spk_status status = spk_session_submit_present(get(), &presentation, nullptr, &how, &ticket);
    return {status, ticket};
  }

  /** Submissions that have not ended. Never waits. spk_session_pending() */
  result<std::uint32_t> try_pending() const noexcept {
    std::uint32_t count = 0;
    const spk_status status = spk_session_pending(get(), &count);
    return {status, count};
  }

  /** Cancels one submission, or every one. spk_session_cancel() */
  result<void> try_cancel(std::uint64_t ticket = every_ticket) noexcept { return spk_session_cancel(get(), ticket); }

  /** Waits until every submission has ended; #SPK_ERROR_TIMEOUT if some have not. spk_session_drain() */
  result<void> try_drain(std::chrono::milliseconds timeout) noexcept {
    return spk_session_drain(get(), detail::milliseconds(timeout));
  }

  /** Records the spikes of a population, or no longer. spk_session_record() */
  result<void> try_record(std::uint32_t population, bool on = true) noexcept {
    return spk_session_record(get(), population, on ? 1 : 0);
  }

  /** Sets the held values of an analogue population. spk_session_set_values() */
  result<void> try_set_values(std::uint32_t population, span<const std::int16_t> values) noexcept {
    return spk_session_set_values(get(), population, values.data(), values.size());
  }

  /** Sets them in physical units. spk_session_set_values_units() */
  result<void> try_set_values_units(std::uint32_t population, span<const float> values) noexcept {
    return spk_session_set_values_units(get(), population, values.data(), values.size());
  }

  /** Clears state, currents and spikes under way. spk_session_clear() */
  result<void> try_clear() noexcept { return spk_session_clear(get()); }

  /** Switches a projection, or all_projections, on or off. spk_session_set_enabled() */
  result<void> try_set_enabled(std::uint32_t projection, bool on) noexcept {
    return spk_session_set_enabled(get(), projection, on ? 1 : 0);
  }

  /** Switches the rule of a projection, or of all_projections, on or off. spk_session_set_learning() */
  result<void> try_set_learning(std::uint32_t projection, bool on) noexcept {
    return spk_session_set_learning(get(), projection, on ? 1 : 0);
  }

  /** Scales the rule of a projection, or of all_projections, in 1/256. spk_session_set_rate() */
  result<void> try_set_rate(std::uint32_t projection, std::uint32_t rate) noexcept {
    return spk_session_set_rate(get(), projection, rate);
  }

  /** Reads all stored weights of a projection; gives how many there are. spk_session_read_weights() */
  result<std::size_t> try_read_weights(std::uint32_t projection, span<std::int16_t> weights) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_session_read_weights(get(), projection, weights.data(), weights.size(), &count);
    return {status, count};
  }
  result<std::vector<std::int16_t>> try_read_weights(std::uint32_t projection) const {
    return detail::all<std::int16_t>(
        [this, projection](std::int16_t *weights, std::size_t capacity, std::size_t *count) noexcept {
          return spk_session_read_weights(get(), projection, weights, capacity, count);
        });
  }

  /** Writes all stored weights of a projection. spk_session_write_weights() */
  result<void> try_write_weights(std::uint32_t projection, span<const std::int16_t> weights) noexcept {
    return spk_session_write_weights(get(), projection, weights.data(), weights.size());
  }

  /** Copies the weights on the board into a model of the same shape. spk_session_store() */
  result<void> try_store(model &network) const noexcept { return spk_session_store(get(), network.get()); }

  /** Copies all that the session goes on from into a model of the same shape. spk_session_snapshot() */
  result<void> try_snapshot(model &network) const noexcept { return spk_session_snapshot(get(), network.get()); }

  /** Takes the session back to a snapshot. spk_session_restore() */
  result<void> try_restore(const model &network) noexcept { return spk_session_restore(get(), network.get()); }

  /** Brings the session back after its board was lost; gives what was lost with it. spk_session_resume() */
  result<spk_resume_report> try_resume(const model &network) noexcept {
    spk_resume_report report = resume_report();
    const spk_status status = spk_session_resume(get(), network.get(), &report);
    return {status, report};
  }

  /** Reads the state of values.size() neurons from `first` on. spk_session_read_state() */
  result<void> try_read_state(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                              span<std::int32_t> values) const noexcept {
    return spk_session_read_state(get(), population, variable, first, values.data(), values.size());
  }
  result<std::vector<std::int32_t>> try_read_state(std::uint32_t population, std::uint32_t variable,
                                                   std::uint32_t first, std::size_t count) const {
    std::vector<std::int32_t> values(count);
    const spk_status status = try_read_state(population, variable, first, values).status();
    return {status, std::move(values)};
  }

  /** Reads the state of values.size() neurons from `first` on in physical units. spk_session_read_state_units() */
  result<void> try_read_state_units(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                                    span<float> values) const noexcept {
    return spk_session_read_state_units(get(), population, variable, first, values.data(), values.size());
  }

  /** Writes the state of values.size() neurons from `first` on. spk_session_write_state() */
  result<void> try_write_state(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                               span<const std::int32_t> values) noexcept {
    return spk_session_write_state(get(), population, variable, first, values.data(), values.size());
  }

  /** Adds a probe; gives its number. spk_session_add_probe() */
  result<std::uint32_t> try_add_probe(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                                      std::uint32_t count) noexcept {
    std::uint32_t probe = 0;
    const spk_status status = spk_session_add_probe(get(), population, variable, first, count, &probe);
    return {status, probe};
  }

  /** Has a probe see one tick of `ticks`. spk_session_set_probe_period() */
  result<void> try_set_probe_period(std::uint32_t probe, std::uint32_t ticks) noexcept {
    return spk_session_set_probe_period(get(), probe, ticks);
  }

  /** Removes a probe. spk_session_remove_probe() */
  result<void> try_remove_probe(std::uint32_t probe) noexcept { return spk_session_remove_probe(get(), probe); }

  /** Reads what a probe saw, [ticks that it saw][neurons]; gives how many values there are. spk_session_read_probe() */
  result<std::size_t> try_read_probe(std::uint32_t probe, span<std::int32_t> values) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_session_read_probe(get(), probe, values.data(), values.size(), &count);
    return {status, count};
  }
  result<std::vector<std::int32_t>> try_read_probe(std::uint32_t probe) const {
    return detail::all<std::int32_t>(
        [this, probe](std::int32_t *values, std::size_t capacity, std::size_t *count) noexcept {
          return spk_session_read_probe(get(), probe, values, capacity, count);
        });
  }

  /** Reads what a probe saw in physical units; gives how many values there are. spk_session_read_probe_units() */
  result<std::size_t> try_read_probe_units(std::uint32_t probe, span<float> values) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_session_read_probe_units(get(), probe, values.data(), values.size(), &count);
    return {status, count};
  }
  result<std::vector<float>> try_read_probe_units(std::uint32_t probe) const {
    return detail::all<float>([this, probe](float *values, std::size_t capacity, std::size_t *count) noexcept {
      return spk_session_read_probe_units(get(), probe, values, capacity, count);
    });
  }

  /** Ticks since the session began. spk_session_ticks() */
  result<tick_counts> try_ticks() const noexcept {
    tick_counts counts{0, 0};
    const spk_status status = spk_session_ticks(get(), &counts.learning, &counts.frozen);
    return {status, counts};
  }

  /** Sets both counts. spk_session_set_ticks() */
  result<void> try_set_ticks(tick_counts counts) noexcept {
    return spk_session_set_ticks(get(), counts.learning, counts.frozen);
  }

#ifdef __cpp_exceptions
  /** @name The same, throwing an ::error. @{ */
  static session open(const device &board, const model &network,
                      const spk_session_options &options = session_options()) {
    return try_open(board, network, options).value();
  }
  std::size_t run(const spk_run_options &options, span<const spk_event> events_in = {},
                  span<spk_event> events_out = {}) {
    return try_run(options, events_in, events_out).value();
  }
  std::size_t read_events(span<spk_event> events) { return try_read_events(events).value(); }
  std::vector<spk_event> read_events() { return try_read_events().value(); }
  std::uint32_t present(const spk_presentation &presentation, spk_scores &scores) {
    return try_present(presentation, scores).value();
  }
  std::uint32_t present(const spk_presentation &presentation) { return try_present(presentation).value(); }
  std::uint64_t submit(const spk_run_options &options, span<const spk_event> events_in = {},
                       const spk_submission &how = submission()) {
    return try_submit(options, events_in, how).value();
  }
  std::uint64_t submit(const spk_presentation &presentation, spk_scores &scores,
                       const spk_submission &how = submission()) {
    return try_submit(presentation, scores, how).value();
  }
  std::uint64_t submit(const spk_presentation &presentation, const spk_submission &how = submission()) {
    return try_submit(presentation, how).value();
  }
  std::uint32_t pending() const { return try_pending().value(); }
  void cancel(std::uint64_t ticket = every_ticket) { try_cancel(ticket).value(); }
  void drain(std::chrono::milliseconds timeout) { try_drain(timeout).value(); }
  void record(std::uint32_t population, bool on = true) { try_record(population, on).value(); }
  void set_values(std::uint32_t population, span<const std::int16_t> values) {
    try_set_values(population, values).value();
  }
  void set_values_units(std::uint32_t population, span<const float> values) {
    try_set_values_units(population, values).value();
  }
  void clear() { try_clear().value(); }
  void set_enabled(std::uint32_t projection, bool on) { try_set_enabled(projection, on).value(); }
  void set_learning(std::uint32_t projection, bool on) { try_set_learning(projection, on).value(); }
  void set_rate(std::uint32_t projection, std::uint32_t rate) { try_set_rate(projection, rate).value(); }
  std::size_t read_weights(std::uint32_t projection, span<std::int16_t> weights) const {
    return try_read_weights(projection, weights).value();
  }
  std::vector<std::int16_t> read_weights(std::uint32_t projection) const { return try_read_weights(projection).value(); }
  void write_weights(std::uint32_t projection, span<const std::int16_t> weights) {
    try_write_weights(projection, weights).value();
  }
  void store(model &network) const { try_store(network).value(); }
  void snapshot(model &network) const { try_snapshot(network).value(); }
  void restore(const model &network) { try_restore(network).value(); }
  spk_resume_report resume(const model &network) { return try_resume(network).value(); }
  void read_state(std::uint32_t population, std::uint32_t variable, std::uint32_t first, span<std::int32_t> values) const {
    try_read_state(population, variable, first, values).value();
  }
  std::vector<std::int32_t> read_state(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                                       std::size_t count) const {
    return try_read_state(population, variable, first, count).value();
  }
  void read_state_units(std::uint32_t population, std::uint32_t variable, std::uint32_t first, span<float> values) const {
    try_read_state_units(population, variable, first, values).value();
  }
  void write_state(std::uint32_t population, std::uint32_t variable, std::uint32_t first,
                   span<const std::int32_t> values) {
    try_write_state(population, variable, first, values).value();
  }
  std::uint32_t add_probe(std::uint32_t population, std::uint32_t variable, std::uint32_t first, std::uint32_t count) {
    return try_add_probe(population, variable, first, count).value();
  }
  void set_probe_period(std::uint32_t probe, std::uint32_t ticks) { try_set_probe_period(probe, ticks).value(); }
  void remove_probe(std::uint32_t probe) { try_remove_probe(probe).value(); }
  std::size_t read_probe(std::uint32_t probe, span<std::int32_t> values) const {
    return try_read_probe(probe, values).value();
  }
  std::vector<std::int32_t> read_probe(std::uint32_t probe) const { return try_read_probe(probe).value(); }
  std::size_t read_probe_units(std::uint32_t probe, span<float> values) const {
    return try_read_probe_units(probe, values).value();
  }
  std::vector<float> read_probe_units(std::uint32_t probe) const { return try_read_probe_units(probe).value(); }
  tick_counts ticks() const { return try_ticks().value(); }
  void set_ticks(tick_counts counts) { try_set_ticks(counts).value(); }
  /** @} */
#endif
};

static_assert(sizeof(session) == sizeof(spk_session *), "a session is one pointer");

}  // namespace spikelet

#endif
