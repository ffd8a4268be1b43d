// The headers in C++17: each on its own name, every INIT macro, and a small run.
#include <spikelet/base.h>
#include <spikelet/context.h>
#include <spikelet/device.h>
#include <spikelet/erbp.h>
#include <spikelet/model.h>
#include <spikelet/session.h>
#include <spikelet/spikelet.h>
#include <spikelet/submission.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

void check(spk_status status) {
  if (status == SPK_OK) return;
  throw std::runtime_error(std::string(spk_status_string(status)) + ": " + spk_context_message(nullptr));
}

template <typename Handle, spk_status (*close)(Handle *)>
struct closer {
  void operator()(Handle *handle) const { close(handle); }
};

using context = std::unique_ptr<spk_context, closer<spk_context, spk_context_close>>;
using device = std::unique_ptr<spk_device, closer<spk_device, spk_device_close>>;
using model = std::unique_ptr<spk_model, closer<spk_model, spk_model_close>>;
using session = std::unique_ptr<spk_session, closer<spk_session, spk_session_close>>;

template <typename Owner, typename Open>
Owner open(Open open_handle) {
  typename Owner::pointer handle = nullptr;
  check(open_handle(&handle));
  return Owner(handle);
}

// Structs that the caller fills are plain, and begin with their size.
template <typename Struct>
bool starts_with_its_size(const Struct &value) {
  static_assert(std::is_standard_layout<Struct>::value && std::is_trivially_copyable<Struct>::value, "plain");
  return value.struct_size == sizeof(Struct);
}

bool macros_fit() {
  const spk_context_options context = SPK_CONTEXT_OPTIONS_INIT;
  const spk_board_options board = SPK_BOARD_OPTIONS_INIT;
  const spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
  const spk_counters counters = SPK_COUNTERS_INIT;
  const spk_snapshot snapshot = SPK_SNAPSHOT_INIT;
  const spk_resume_report report = SPK_RESUME_REPORT_INIT;
  const spk_submission submission = SPK_SUBMISSION_INIT;
  const spk_completion completion = SPK_COMPLETION_INIT;
  const spk_erbp_options erbp = SPK_ERBP_OPTIONS_INIT;
  const spk_population population = SPK_POPULATION_INIT;
  const spk_projection projection = SPK_PROJECTION_INIT;
  const spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  const spk_run_options run = SPK_RUN_OPTIONS_INIT;
  const spk_presentation presentation = SPK_PRESENTATION_INIT;
  const spk_scores scores = SPK_SCORES_INIT;
  return starts_with_its_size(context) && starts_with_its_size(counters) && starts_with_its_size(snapshot) &&
         starts_with_its_size(report) && starts_with_its_size(submission) && starts_with_its_size(completion) &&
         starts_with_its_size(board) && starts_with_its_size(capabilities) && starts_with_its_size(erbp) &&
         starts_with_its_size(population) && starts_with_its_size(projection) && starts_with_its_size(options) &&
         starts_with_its_size(run) && starts_with_its_size(presentation) && starts_with_its_size(scores) &&
         population.decay_set_count == 1 && population.lower_bound == -8388608 && projection.delay_ticks == 1 &&
         presentation.label == -1 && erbp.floor == 10;
}

// Three outputs, of which the one whose inputs are bright is to spike most: weights 100 on the diagonal.
std::vector<std::uint32_t> counts_of_a_small_run() {
  context owner = open<context>([](spk_context **handle) { return spk_context_create(nullptr, handle); });
  device board = open<device>(
      [&](spk_device **handle) { return spk_device_open(owner.get(), "sim:", nullptr, handle); });
  model network = open<model>([&](spk_model **handle) { return spk_model_create(owner.get(), "c++", handle); });
  spk_population input = SPK_POPULATION_INIT, output = SPK_POPULATION_INIT;
  input.kind = SPK_INPUT;
  input.role = SPK_ROLE_STIMULUS;
  output.role = SPK_ROLE_OUTPUT;
  output.threshold = 50;
  input.neuron_count = output.neuron_count = 3;
  check(spk_model_add_population(network.get(), "input", &input, nullptr));
  check(spk_model_add_population(network.get(), "output", &output, nullptr));
  spk_projection projection = SPK_PROJECTION_INIT;
  projection.target = 1;
  check(spk_model_add_projection(network.get(), "input-output", &projection, nullptr));
  const std::vector<std::int16_t> weights = {100, 0, 0, 0, 100, 0, 0, 0, 100};
  check(spk_model_set_weights(network.get(), 0, weights.data(), weights.size()));

  session running = open<session>(
      [&](spk_session **handle) { return spk_session_open(board.get(), network.get(), nullptr, handle); });
  const std::vector<std::uint8_t> intensities = {0, 255, 60};
  std::vector<std::uint32_t> counts(3);
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.intensities = intensities.data();
  presentation.intensity_count = intensities.size();
  spk_scores scores = SPK_SCORES_INIT;
  scores.counts = counts.data();
  scores.capacity = 3;
  check(spk_session_present(running.get(), &presentation, &scores));
  if (scores.best != 1 || scores.count != 3) throw std::runtime_error("output 1 was expected to be the best");
  return counts;
}

}  // namespace

int main() {
  try {
    if (!macros_fit()) throw std::runtime_error("an INIT macro does not fit its struct");
    const std::vector<std::uint32_t> counts = counts_of_a_small_run();
    if (counts[0] != 0 || counts[1] <= counts[2] || counts[2] == 0) {
      throw std::runtime_error("the counts do not follow the intensities");
    }
    std::printf("outputs spiked %u, %u and %u times\n", counts[0], counts[1], counts[2]);
    return 0;
  } catch (const std::exception &problem) {
    std::printf("%s\n", problem.what());
    return 1;
  }
}
