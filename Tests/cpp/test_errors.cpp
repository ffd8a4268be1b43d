// The form with exceptions: what is thrown, and that every call has a twin that throws.
#include <cstdlib>
#include <exception>

#include "small_session.hpp"

namespace {

// The error that a call throws; counted as a failure if it throws none.
template <typename Call>
spikelet::error thrown_by(Call call) {
  try {
    call();
  } catch (const spikelet::error &problem) {
    return problem;
  }
  check_that(0, __FILE__, __LINE__, "an error was expected");
  return spikelet::error(SPK_OK, "");
}

void an_error_carries_the_status_and_the_sentence() {
  small::setup one;
  const spikelet::error missing = thrown_by([&] { one.model.find_population("nowhere"); });
  CHECK(missing.status() == SPK_ERROR_NOT_FOUND && small::mentions(missing.what(), "nowhere"));

  const spikelet::error kept = thrown_by([&] { spikelet::model::load_file(one.context, "/no/such/file"); });
  CHECK(one.model.try_check() && small::mentions(kept.what(), "/no/such/file"));

  const auto failed = one.model.try_find_population("elsewhere");
  const spikelet::error by_hand(failed.error());
  CHECK(by_hand.status() == SPK_ERROR_NOT_FOUND && small::mentions(by_hand.what(), "elsewhere"));
}

void an_error_is_a_runtime_error() {
  try {
    spikelet::model().check();
    check_that(0, __FILE__, __LINE__, "an error was expected");
  } catch (const std::runtime_error &problem) {
    CHECK(problem.what()[0] != 0);
  }
}

void an_error_unwinds_and_closes() {
  spikelet::context context = spikelet::context::create();
  thrown_by([&] {
    auto device = spikelet::device::open(context, "sim:");
    auto model = small::network(context);
    auto session = spikelet::session::open(device, model);
    session.set_rate(small::input_output, 1000);
  });
  CHECK(context.try_close().has_value());
}

void close_says_why_it_could_not() {
  spikelet::context context = spikelet::context::create();
  spikelet::model model = spikelet::model::create(context, "open");
  const spikelet::error busy = thrown_by([&] { context.close(); });
  CHECK(busy.status() == SPK_ERROR_BUSY && context);
  model.close();
  context.close();
  CHECK(!model && !context);
}

void models_throw_or_give() {
  small::setup one;
  spikelet::model &model = one.model;
  CHECK(model.counts().populations == 3 && model.find_projection("value-output") == small::value_output);
  CHECK(std::strcmp(model.get_population(0).name, "input") == 0 && model.get_projection(1).description.delay_ticks == 2);
  CHECK(model.add_population("more", spikelet::population(3)) == 3);
  CHECK(model.add_projection("more", spikelet::projection(0, 3)) == 2);
  model.set_parameters(3, SPK_BIAS, std::vector<std::int32_t>{1, 2, 3});
  std::int32_t room[3] = {};
  model.get_parameters(3, SPK_BIAS, room);
  CHECK(room[2] == 3 && model.get_parameters(3, SPK_BIAS)[1] == 2);
  std::vector<std::int16_t> weights = model.get_weights(2);
  weights[8] = -3;
  model.set_weights(2, weights);
  CHECK(model.get_weights(2, weights) == 9 && weights[8] == -3);
  const spikelet::synapses few = model.get_synapses(1);
  model.set_synapses(1, few);
  model.set_synapses(1, few.row_starts, few.targets, few.weights);
  model.check();
  std::vector<std::uint8_t> bytes = model.save_memory();
  CHECK(model.save_memory(bytes) == bytes.size());
  CHECK(spikelet::model::load_memory(one.context, bytes).counts().populations == 4);
  std::vector<spk_core_use> cores = model.place();
  CHECK(model.place(spikelet::board_options(), cores) == 8 && model.snapshot().is_there == 0);
  const std::uint32_t layers[] = {4, 2};
  CHECK(spikelet::model::build_erbp(one.context, spikelet::erbp_options(layers)).counts().populations > 2);
  spk_projection projection = spikelet::projection();
  spikelet::model::apply_rule(one.context, spikelet::rule_options(SPK_RULE_FEED_FORWARD, 0.25, 2.0), projection);
  CHECK(projection.term_count == 2 && projection.terms[0].mantissa == 1 && projection.terms[0].shift == 1);
  CHECK(thrown_by([&] { model.save_file("/no/such/folder/file"); }).status() != SPK_OK);
}

void devices_throw_or_give() {
  small::setup one;
  CHECK(one.device.capabilities().cores == 8 && one.device.counters().losses == 0);
  spk_board room[1];
  CHECK(one.context.boards().size() == 1 && one.context.boards(room) == 1);
  CHECK(thrown_by([&] { spikelet::device::open(one.context, "nothing:"); }).status() != SPK_OK);
}

void sessions_throw_or_give() {
  small::setup one;
  spikelet::session &session = one.session;
  spk_event events[8];
  CHECK(session.run(spikelet::run_options(8), small::spikes(), events) == 3);
  CHECK(session.run(spikelet::run_options(8), small::spikes()) == 0 && session.read_events(events) == 3);
  CHECK(session.read_events().empty() && session.ticks().frozen == 16);
  session.set_ticks({1, 2});
  const std::uint8_t image[] = {255, 0, 0};
  spk_scores scores = spikelet::scores();
  CHECK(session.present(spikelet::presentation(image)) == 0);
  CHECK(session.present(spikelet::presentation(image), scores) == 0 && scores.count == 3);
  session.record(small::input);
  session.record(small::input, false);
  session.set_values(small::value, std::array<std::int16_t, 2>{{1, 2}});
  session.set_values_units(small::value, std::array<float, 2>{{0.1f, -2.5f}});
  session.set_enabled(small::value_output, true);
  session.set_learning(spikelet::all_projections, true);
  session.set_rate(spikelet::all_projections, 256);
  session.clear();
  std::vector<std::int16_t> weights = session.read_weights(0);
  CHECK(session.read_weights(0, weights) == 9);
  session.write_weights(0, weights);
  session.store(one.model);
  session.snapshot(one.model);
  session.restore(one.model);
  CHECK(session.resume(one.model).was_lost == 0);
  std::vector<std::int32_t> state = session.read_state(small::output, SPK_MEMBRANE, 0, 3);
  session.read_state(small::output, SPK_MEMBRANE, 0, state);
  session.write_state(small::output, SPK_MEMBRANE, 0, state);
  const std::uint32_t probe = session.add_probe(small::output, SPK_MEMBRANE, 0, 1);
  session.run(spikelet::run_options(4));
  std::vector<std::int32_t> seen = session.read_probe(probe);
  CHECK(seen.size() == 4 && session.read_probe(probe, seen) == 4);
  std::vector<float> units = session.read_probe_units(probe);
  CHECK(units.size() == 4 && session.read_probe_units(probe, units) == 4);
  session.read_state_units(small::output, SPK_MEMBRANE, 0, {units.data(), 3});
  session.set_probe_period(probe, 2);
  session.remove_probe(probe);
  CHECK(thrown_by([&] { session.read_probe(probe); }).what()[0] != 0);
}

}  // namespace

int main() {
  try {
    an_error_carries_the_status_and_the_sentence();
    an_error_is_a_runtime_error();
    an_error_unwinds_and_closes();
    close_says_why_it_could_not();
    models_throw_or_give();
    devices_throw_or_give();
    sessions_throw_or_give();
  } catch (const std::exception &problem) {
    std::printf("not expected: %s\n", problem.what());
    return 1;
  }
  return check_tally();
}
