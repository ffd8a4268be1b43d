// The form without exceptions: every call, its result, and what a failed one says. Compiled with and without exceptions.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "small_session.hpp"

namespace {

void a_failed_result_has_a_status_and_a_sentence() {
  small::setup one;
  const auto failed = one.model.try_find_population("nowhere");
  CHECK(!failed && !failed.has_value() && failed.status() == SPK_ERROR_NOT_FOUND);
  CHECK(failed.error().status == SPK_ERROR_NOT_FOUND && small::mentions(failed.error().message, "nowhere"));
  CHECK(small::mentions(one.context.message(), "nowhere"));

  const auto found = one.model.try_find_population("value");
  CHECK(found && *found == small::value && found.value() == small::value);
  CHECK(found.error().status == SPK_OK && found.error().message[0] == 0);
  CHECK(one.model.try_find_population(std::string("output")).value() == small::output);

  const auto device = spikelet::device::try_open(one.context, "nothing:");
  CHECK(!device && device->get() == nullptr && device.error().message[0] != 0);
}

// A value that is not there: without exceptions the process ends. With them test_errors has what is thrown.
void a_value_that_is_not_there_ends_the_process() {
#ifndef __cpp_exceptions
  const pid_t child = fork();
  if (child == 0) {
    const spikelet::model none;
    none.try_check().value();
    _exit(0);
  }
  int end = 0;
  CHECK(child > 0 && waitpid(child, &end, 0) == child && WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT);
#endif
}

void devices() {
  small::setup one;
  const spk_board_options size = spikelet::board_options();
  CHECK(one.device.try_capabilities()->cores == size.cores);
  CHECK(one.device.try_counters()->requests > 0);
  spikelet::device second = *spikelet::device::try_open(one.context, std::string("sim:"), &size);
  CHECK(second.try_capabilities()->law_version == spikelet::law_version() && second.try_close());
  const auto boards = one.context.try_boards();
  CHECK(boards && boards->size() == 1 && std::strcmp((*boards)[0].locator, "sim:") == 0);
  spk_board room[2];
  CHECK(*one.context.try_boards(room) == 1 && room[0].is_present == 1);
}

void models_in_files_and_memory() {
  small::setup one;
  CHECK(one.model.try_check().has_value());
  const auto bytes = one.model.try_save_memory();
  CHECK(bytes && !bytes->empty());
  std::vector<std::uint8_t> room(bytes->size());
  CHECK(*one.model.try_save_memory(room) == room.size() && room == *bytes);
  const auto small_room = one.model.try_save_memory(spikelet::span<std::uint8_t>(room).first(1));
  CHECK(small_room.status() == SPK_ERROR_TOO_SMALL && *small_room == room.size());
  CHECK(spikelet::model::try_load_memory(one.context, room).has_value());

  char path[] = "/tmp/spikelet-cpp-XXXXXX";
  const int file = mkstemp(path);
  CHECK(file >= 0 && close(file) == 0);
  CHECK(one.model.try_save_file(path).has_value() && spikelet::model::try_load_file(one.context, path).has_value());
  CHECK(unlink(path) == 0 && spikelet::model::try_load_file(one.context, path).status() == SPK_ERROR_NOT_FOUND);

  const std::uint32_t layers[] = {4, 3, 2};
  CHECK(spikelet::model::try_build_erbp(one.context, spikelet::erbp_options(layers)).has_value());

  spk_projection projection = spikelet::projection(0, 0);
  CHECK(spikelet::model::try_apply_rule(one.context, spikelet::rule_options(SPK_RULE_BALANCE, 0.5), projection).has_value());
  CHECK(projection.term_count == 3 && projection.skip_diagonal == 1);
  CHECK(spikelet::model::try_apply_rule(one.context, spikelet::rule_options(SPK_RULE_BALANCE), projection).status() ==
        SPK_ERROR_ARGUMENT);
}

void networks_are_described_and_read_back() {
  small::setup one;
  CHECK(one.model.try_counts()->populations == 3 && one.model.try_counts()->projections == 2);
  const auto output = one.model.try_get_population(small::output);
  CHECK(output && std::strcmp(output->name, "output") == 0 && output->description.threshold == 50);
  const auto projection = one.model.try_get_projection(small::value_output);
  CHECK(projection && std::strcmp(projection->name, "value-output") == 0 && projection->description.delay_ticks == 2);
  CHECK(*one.model.try_find_projection("value-output") == small::value_output);

  const std::int32_t thresholds[] = {40, 50, 60};
  std::int32_t room[3] = {};
  CHECK(one.model.try_set_parameters(small::output, SPK_THRESHOLD, thresholds).has_value());
  CHECK(one.model.try_get_parameters(small::output, SPK_THRESHOLD, room).has_value() && room[2] == 60);
  CHECK(*one.model.try_get_parameters(small::output, SPK_THRESHOLD) == (std::vector<std::int32_t>{40, 50, 60}));
  CHECK(one.model.try_get_parameters(7, SPK_THRESHOLD).status() == SPK_ERROR_ARGUMENT);
  CHECK(one.model.try_get_weights(small::input_output)->size() == 9);

  const auto cores = one.model.try_place();
  CHECK(cores && cores->size() == 8 && (*cores)[0].neurons > 0);
  std::vector<spk_core_use> room_for_cores(8);
  CHECK(*one.model.try_place(spikelet::board_options(), room_for_cores) == 8 && room_for_cores[0].bytes > 0);
}

void synapses_are_checked_for_their_lengths() {
  small::setup one;
  auto all = one.model.try_get_synapses(small::value_output);
  CHECK(all && all->row_starts == (std::vector<std::uint32_t>{0, 1, 2}));
  CHECK(all->targets == (std::vector<std::uint32_t>{0, 2}) && all->weights == (std::vector<std::int16_t>{1, 2}));
  all->weights[1] = -8;
  CHECK(one.model.try_set_synapses(small::value_output, *all).has_value());
  CHECK(one.model.try_get_synapses(small::value_output)->weights[1] == -8);

  const std::uint32_t short_rows[] = {0, 2};
  REFUSED(nullptr, SPK_ERROR_ARGUMENT, "row_starts",
          one.model.try_set_synapses(small::value_output, short_rows, all->targets, all->weights).status());
  REFUSED(nullptr, SPK_ERROR_ARGUMENT, "weights",
          one.model.try_set_synapses(small::value_output, all->row_starts, all->targets, {}).status());
  CHECK(one.model.try_get_synapses(9).status() == SPK_ERROR_ARGUMENT);
  CHECK(one.model.try_get_synapses(small::value_output)->weights[1] == -8);
}

void runs_and_their_spikes() {
  small::setup one;
  spk_event room[4] = {};
  const auto written = one.session.try_run(spikelet::run_options(8), small::spikes(), room);
  CHECK(written && *written == 3 && room[0].population == small::output && room[2].neuron == 2);

  CHECK(*one.session.try_run(spikelet::run_options(8), small::spikes()) == 0);
  CHECK(*one.session.try_read_events(spikelet::span<spk_event>(room).first(2)) == 2);
  const auto rest = one.session.try_read_events();
  CHECK(rest && rest->size() == 1 && (*rest)[0].neuron == 2 && one.session.try_read_events()->empty());

  const auto more = one.session.try_run(spikelet::run_options(8), small::spikes(), {room, 1});
  CHECK(more.status() == SPK_ERROR_TOO_SMALL && *more == 1 && one.session.try_read_events()->size() == 2);
  CHECK(one.session.try_ticks()->frozen == 24 && one.session.try_ticks()->learning == 0);
  CHECK(one.session.try_set_ticks({3, 4}).has_value() && one.session.try_ticks()->learning == 3);
}

// More spikes than are read at a time.
void all_spikes_are_read() {
  small::setup one;
  CHECK(one.session.try_record(small::input).has_value());
  std::vector<spk_event> in;
  for (std::uint32_t tick = 0; tick < 3000; tick++) in.push_back({tick, small::input, 1});
  CHECK(one.session.try_run(spikelet::run_options(3000), in).has_value());
  const auto all = one.session.try_read_events();
  CHECK(all && all->size() > 3000 && all->front().tick == 0 && all->back().tick == 2999);
}

void units_go_in_and_come_out() {
  small::setup one;
  const float held[] = {0.5f, -2.04f}, values[] = {0.1f, 3276.7f};
  const std::int32_t dendrites[3] = {50, -25, 1};
  float found[3] = {};
  CHECK(one.session.try_set_values_units(small::value, held).has_value());
  CHECK(one.session.try_set_values_units(small::value, {held, 1}).status() == SPK_ERROR_ARGUMENT);
  const spk_unit_signal signal[] = {spikelet::unit_signal(small::value, values)};
  CHECK(one.session.try_run(spikelet::run_options(1, spikelet::run_clear, {}, signal)).has_value());
  const auto probe = one.session.try_add_probe(small::output, SPK_DENDRITE, 0, 3);
  CHECK(one.session.try_write_state(small::output, SPK_DENDRITE, 0, dendrites).has_value());
  CHECK(one.session.try_read_state_units(small::output, SPK_DENDRITE, 0, found).has_value());
  CHECK(found[0] == 0.5f && found[1] == -0.25f && found[2] == 0.01f);
  CHECK(one.session.try_run(spikelet::run_options(1)) && *one.session.try_read_probe_units(*probe, found) == 3);
  CHECK(one.session.try_read_probe_units(*probe)->size() == 3 && found[0] == 0); /* all of it decays */
}

void presentations_and_their_scores() {
  small::setup one;
  const std::uint8_t image[] = {0, 255, 40};
  std::uint32_t counts[3] = {};
  spk_scores scores = spikelet::scores(counts);
  CHECK(*one.session.try_present(spikelet::presentation(image)) == 1);
  CHECK(*one.session.try_present(spikelet::presentation(image), scores) == 1 && scores.count == 3 && counts[1] > 0);
  CHECK(one.session.try_present(spikelet::presentation({image, 2})).status() == SPK_ERROR_ARGUMENT);
}

void sessions_are_set_and_read() {
  small::setup one;
  const std::int16_t values[] = {5, 6}, signals[] = {1, 2, 3, 4};
  std::int32_t state[3] = {7, 8, 9};
  CHECK(one.session.try_set_values(small::value, values).has_value());
  const spk_signal signal[] = {spikelet::signal(small::value, signals)};
  CHECK(one.session.try_run(spikelet::run_options(2, spikelet::run_clear, signal)).has_value());
  CHECK(one.session.try_clear() && one.session.try_record(small::input) && one.session.try_record(small::input, false));
  CHECK(one.session.try_set_enabled(small::value_output, false) && one.session.try_set_enabled(small::value_output, true));
  CHECK(one.session.try_set_learning(spikelet::all_projections, false) && one.session.try_set_rate(small::input_output, 128));

  CHECK(one.session.try_write_state(small::output, SPK_DENDRITE, 0, state).has_value());
  state[2] = 0;
  CHECK(one.session.try_read_state(small::output, SPK_DENDRITE, 0, state) && state[2] == 9);
  CHECK(*one.session.try_read_state(small::output, SPK_DENDRITE, 1, 2) == (std::vector<std::int32_t>{8, 9}));

  auto weights = one.session.try_read_weights(small::input_output);
  CHECK(weights && weights->size() == 9 && (*weights)[4] == 100);
  (*weights)[4] = 60;
  CHECK(one.session.try_write_weights(small::input_output, *weights).has_value());
  std::int16_t room[9] = {};
  CHECK(*one.session.try_read_weights(small::input_output, room) == 9 && room[4] == 60);
  CHECK(one.session.try_store(one.model) && (*one.model.try_get_weights(small::input_output))[4] == 60);
}

void probes() {
  small::setup one;
  const auto probe = one.session.try_add_probe(small::output, SPK_MEMBRANE, 0, 3);
  CHECK(probe && *probe == 0 && one.session.try_run(spikelet::run_options(6), small::spikes()).has_value());
  const auto seen = one.session.try_read_probe(*probe);
  std::vector<std::int32_t> room(18);
  CHECK(seen && seen->size() == 18 && *one.session.try_read_probe(*probe, room) == 18 && room == *seen);
  CHECK(one.session.try_set_probe_period(*probe, 4) && !one.session.try_set_probe_period(*probe, 0));
  CHECK(one.session.try_run(spikelet::run_options(6)) && one.session.try_read_probe(*probe)->size() == 6);
  CHECK(one.session.try_remove_probe(*probe) && !one.session.try_remove_probe(*probe));
}

void snapshots_go_back_and_on() {
  small::setup one;
  CHECK(one.model.try_snapshot()->is_there == 0 && one.session.try_restore(one.model).status() == SPK_ERROR_STATE);
  CHECK(one.session.try_run(spikelet::run_options(5), small::spikes()).has_value());
  CHECK(one.session.try_snapshot(one.model).has_value());
  CHECK(one.model.try_snapshot()->is_there == 1 && one.model.try_snapshot()->frozen_ticks == 5);
  CHECK(one.session.try_run(spikelet::run_options(5)) && one.session.try_restore(one.model));
  CHECK(one.session.try_ticks()->frozen == 5);
  const auto report = one.session.try_resume(one.model);
  CHECK(report && report->was_lost == 0 && report->frozen_ticks == 0);
}

}  // namespace

int main() {
  a_failed_result_has_a_status_and_a_sentence();
  a_value_that_is_not_there_ends_the_process();
  devices();
  models_in_files_and_memory();
  networks_are_described_and_read_back();
  synapses_are_checked_for_their_lengths();
  runs_and_their_spikes();
  all_spikes_are_read();
  presentations_and_their_scores();
  units_go_in_and_come_out();
  sessions_are_set_and_read();
  probes();
  snapshots_go_back_and_on();
  return check_tally();
}
