// Sizes and properties of the types, spans of every source, and structs that are filled with their defaults.
#include <type_traits>

#include "small_session.hpp"

namespace {

template <typename Handle, typename Object>
constexpr bool is_an_owner() {
  static_assert(sizeof(Handle) == sizeof(Object *) && alignof(Handle) == alignof(Object *), "one pointer");
  static_assert(std::is_standard_layout<Handle>::value, "as a member of a struct of C");
  static_assert(!std::is_polymorphic<Handle>::value, "no table of functions");
  static_assert(std::is_nothrow_default_constructible<Handle>::value, "null");
  static_assert(std::is_nothrow_move_constructible<Handle>::value && std::is_nothrow_move_assignable<Handle>::value, "");
  static_assert(!std::is_copy_constructible<Handle>::value && !std::is_copy_assignable<Handle>::value, "one owner");
  static_assert(std::is_nothrow_constructible<Handle, Object *>::value, "adopts");
  static_assert(!std::is_convertible<Object *, Handle>::value, "adopts only when asked to");
  static_assert(!std::is_convertible<Handle, bool>::value, "no number");
  static_assert(std::is_nothrow_destructible<Handle>::value, "");
  return true;
}

static_assert(is_an_owner<spikelet::context, spk_context>(), "");
static_assert(is_an_owner<spikelet::device, spk_device>(), "");
static_assert(is_an_owner<spikelet::model, spk_model>(), "");
static_assert(is_an_owner<spikelet::session, spk_session>(), "");

static_assert(std::is_trivially_copyable<spikelet::result<void>>::value, "");
static_assert(std::is_trivially_copyable<spikelet::result<std::size_t>>::value, "");
static_assert(sizeof(spikelet::result<void>) == sizeof(spk_status), "");
static_assert(sizeof(spikelet::result<std::uint32_t>) == 2 * sizeof(std::uint32_t), "in a register");
static_assert(sizeof(spikelet::result<std::size_t>) == 2 * sizeof(std::size_t), "in two");
static_assert(std::is_nothrow_move_constructible<spikelet::result<spikelet::session>>::value, "");
static_assert(!std::is_copy_constructible<spikelet::result<spikelet::session>>::value, "");
static_assert(!std::is_convertible<spikelet::result<void>, bool>::value, "");

static_assert(std::is_trivially_copyable<spikelet::span<int>>::value, "");
static_assert(sizeof(spikelet::span<int>) == 2 * sizeof(void *), "");
static_assert(std::is_convertible<std::vector<int> &, spikelet::span<int>>::value, "");
static_assert(std::is_convertible<const std::vector<int> &, spikelet::span<const int>>::value, "");
static_assert(!std::is_convertible<const std::vector<int> &, spikelet::span<int>>::value, "const stays const");
static_assert(!std::is_convertible<std::vector<int>, spikelet::span<int>>::value, "no writing to what ends");
static_assert(!std::is_convertible<std::vector<short> &, spikelet::span<int>>::value, "no other type");
static_assert(std::is_convertible<spikelet::span<int>, spikelet::span<const int>>::value, "");
static_assert(!std::is_convertible<spikelet::span<const int>, spikelet::span<int>>::value, "");
static_assert(!std::is_convertible<int *, spikelet::span<int>>::value, "a pointer has no count");

std::size_t count(spikelet::span<const int> numbers) { return numbers.size(); }

void spans_come_from_all_that_holds_an_array() {
  int plain[] = {1, 2, 3};
  const int fixed[] = {1, 2};
  std::array<int, 4> array = {{1, 2, 3, 4}};
  const std::array<int, 1> constant_array = {{1}};
  std::vector<int> vector = {1, 2, 3, 4, 5};
  const std::vector<int> &constant_vector = vector;
  CHECK(count(plain) == 3 && count(fixed) == 2 && count(array) == 4 && count(constant_array) == 1);
  CHECK(count(vector) == 5 && count(constant_vector) == 5 && count({plain, 2}) == 2 && count({}) == 0);
  CHECK(count(std::vector<int>(7)) == 7);

  spikelet::span<int> view = vector;
  view[0] = 9;
  CHECK(vector[0] == 9 && view.data() == vector.data() && !view.empty() && view.size_bytes() == 5 * sizeof(int));
  CHECK(count(view) == 5 && view.first(2).size() == 2 && *view.last(1).data() == 5 && view.subspan(3).size() == 2);
  CHECK(view.subspan(1, 3).size() == 3 && view.subspan(1, 3)[0] == 2);
  int sum = 0;
  for (int number : view) sum += number;
  CHECK(sum == 23);
  const spikelet::span<int> none;
  CHECK(none.empty() && none.data() == nullptr && none.begin() == none.end());
}

// Every call that takes an array takes each sort of it; here by one that reads and one that writes.
void calls_take_every_sort_of_array() {
  small::setup one;
  const std::int16_t plain[9] = {};
  const std::array<std::int16_t, 9> array = {};
  const std::vector<std::int16_t> vector(9, 7);
  CHECK(one.model.try_set_weights(small::input_output, plain).has_value());
  CHECK(one.model.try_set_weights(small::input_output, array).has_value());
  CHECK(one.model.try_set_weights(small::input_output, vector).has_value());
  CHECK(one.model.try_set_weights(small::input_output, {vector.data(), vector.size()}).has_value());

  std::int16_t plain_room[9] = {};
  std::array<std::int16_t, 9> array_room = {};
  std::vector<std::int16_t> vector_room(9);
  CHECK(*one.model.try_get_weights(small::input_output, plain_room) == 9 && plain_room[8] == 7);
  CHECK(*one.model.try_get_weights(small::input_output, array_room) == 9 && array_room[8] == 7);
  CHECK(*one.model.try_get_weights(small::input_output, vector_room) == 9 && vector_room == vector);
  CHECK(*one.model.try_get_weights(small::input_output, spikelet::span<std::int16_t>()) == 9);
}

template <typename Struct>
bool begins_with_its_size(const Struct &filled) {
  return filled.struct_size == sizeof(Struct);
}

void structs_are_filled() {
  using namespace spikelet;
  CHECK(begins_with_its_size(context_options()) && context_options().queue_depth == 16 && !context_options().log);
  CHECK(begins_with_its_size(board_options()) && board_options().neurons_per_core == 1024);
  CHECK(begins_with_its_size(capabilities()) && begins_with_its_size(counters()));
  CHECK(begins_with_its_size(completion()) && begins_with_its_size(spikelet::snapshot()));
  CHECK(begins_with_its_size(resume_report()));
  CHECK(begins_with_its_size(population()) && population(5).kind == SPK_LEAKY && population(5).neuron_count == 5);
  CHECK(population(2, SPK_INPUT, SPK_ROLE_LABEL).role == SPK_ROLE_LABEL && population().lower_bound == -8388608);
  CHECK(begins_with_its_size(projection(1, 2)) && projection(1, 2).target == 2 && projection().delay_ticks == 1);
  CHECK(begins_with_its_size(session_options(9)) && session_options(9).seed == 9);

  const std::uint32_t layers[] = {784, 100, 10};
  const spk_erbp_options erbp = erbp_options(layers, 3);
  CHECK(begins_with_its_size(erbp) && erbp.layer_count == 3 && erbp.layer_sizes == layers && erbp.seed == 3);

  const std::int16_t values[] = {1, 2, 3, 4};
  const spk_signal signals[] = {signal(small::value, values)};
  const spk_run_options run = run_options(2, run_learn | run_clear, signals);
  CHECK(begins_with_its_size(run) && run.ticks == 2 && run.flags == 3 && run.signal_count == 1);
  CHECK(run.signals == signals && signals[0].values == values && signals[0].population == small::value);

  const float floats[2] = {};
  const spk_unit_signal units[] = {unit_signal(small::value, floats)};
  const spk_run_options in_units = run_options(1, 0, {}, units);
  CHECK(in_units.unit_signals == units && in_units.unit_signal_count == 1 && in_units.signal_count == 0);
  CHECK(run.unit_signals == nullptr && run.unit_signal_count == 0);
  CHECK(units[0].values == floats && units[0].population == small::value && units[0].reserved == 0);

  const std::vector<std::uint8_t> image(12);
  const spk_presentation shown = presentation(image, 4);
  CHECK(begins_with_its_size(shown) && shown.intensities == image.data() && shown.intensity_count == 12);
  CHECK(shown.label == 4 && shown.ticks == 64 && shown.flags == run_clear && presentation().label == -1);

  std::uint32_t counts[3] = {};
  std::int64_t potentials[2] = {};
  CHECK(begins_with_its_size(scores()) && scores().capacity == 0 && scores().counts == nullptr);
  CHECK(scores(counts).capacity == 3 && scores(counts, potentials).capacity == 2 && scores({}, potentials).capacity == 2);

  spk_event events[5];
  std::int32_t probed[6];
  const spk_submission waits = submission();
  const spk_submission told = submission([](const spk_completion *) {}, counts, events, probed, 7);
  CHECK(begins_with_its_size(waits) && waits.callback == nullptr && waits.event_capacity == 0);
  CHECK(told.callback != nullptr && told.user == counts && told.events_out == events && told.event_capacity == 5);
  CHECK(told.probe_values == probed && told.probe_capacity == 6 && told.probe == 7 && told.probe_units == nullptr);
  float seen[4];
  const spk_submission sees = submission(nullptr, nullptr, {}, {}, 7, seen);
  CHECK(sees.probe_units == seen && sees.probe_capacity == 4 && sees.probe_values == nullptr && sees.probe == 7);
}

void constants_are_those_of_c() {
  CHECK(std::strcmp(spikelet::version(), spk_version()) == 0 && spikelet::law_version() == spk_law_version());
  CHECK(std::strcmp(spikelet::status_string(SPK_ERROR_BUSY), "busy") == 0);
  CHECK(spikelet::all_projections == UINT32_MAX && spikelet::every_ticket == 0 && spikelet::no_threads == 1);
  CHECK(spikelet::erbp_no_feedback == 1 && spikelet::erbp_no_gate == 2 && spikelet::run_labelled == 4);
}

}  // namespace

int main() {
  spans_come_from_all_that_holds_an_array();
  calls_take_every_sort_of_array();
  structs_are_filled();
  constants_are_those_of_c();
  return check_tally();
}
