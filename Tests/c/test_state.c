/* State that is written and read back, the refractory count in particular; and signals, tick by tick. */
#include "small_network.h"

#include <stdint.h>

enum { TICKS = 12, CAPACITY = 256 };

static small_network small;

static void state_goes_round(void) {
  static const int32_t edges[] = {0, 1, -1, (1 << 23) - 1, -(1 << 23)};
  int32_t written[4], found[4];
  for (uint32_t variable = SPK_MEMBRANE; variable <= SPK_REFRACTORY; variable++) {
    for (int i = 0; i < 4; i++) {
      written[i] = variable == SPK_REFRACTORY ? 255 - 80 * i : edges[(i + (int)variable) % 5];
    }
    OK(small.context, spk_session_write_state(small.session, HIDDEN, variable, 0, written, 4));
    OK(small.context, spk_session_read_state(small.session, HIDDEN, variable, 0, found, 4));
    CHECK(memcmp(found, written, sizeof found) == 0);
    const int32_t two[] = {7, 8};
    written[1] = 7, written[2] = 8;
    OK(small.context, spk_session_write_state(small.session, HIDDEN, variable, 1, two, 2));
    OK(small.context, spk_session_read_state(small.session, HIDDEN, variable, 0, found, 4));
    CHECK(memcmp(found, written, sizeof found) == 0);
    OK(small.context, spk_session_read_state(small.session, HIDDEN, variable, 2, found, 1));
    CHECK(found[0] == 8);
  }
  OK(small.context, spk_session_clear(small.session));
  for (uint32_t variable = SPK_MEMBRANE; variable <= SPK_REFRACTORY; variable++) {
    OK(small.context, spk_session_read_state(small.session, HIDDEN, variable, 0, found, 4));
    for (int i = 0; i < 4; i++) CHECK(found[i] == 0);
  }
}

/* A current that stays for a tick makes all four fire at once, but those that are refractory. */
static void refractory_neurons_are_silent(void) {
  const int32_t waits[] = {0, 1, 2, 200}, strong[] = {5000, 5000, 5000, 5000};
  spk_run_options one_tick = SPK_RUN_OPTIONS_INIT;
  spk_event events[CAPACITY];
  int32_t found[4];
  size_t count = 0;
  OK(small.context, spk_session_clear(small.session));
  OK(small.context, spk_session_record(small.session, HIDDEN, 1));
  OK(small.context, spk_session_write_state(small.session, HIDDEN, SPK_REFRACTORY, 0, waits, 4));
  uint32_t fired[4] = {99, 99, 99, 99};
  for (uint32_t tick = 0; tick < 4; tick++) {
    OK(small.context, spk_session_write_state(small.session, HIDDEN, SPK_MEMBRANE, 0, strong, 4));
    OK(small.context, spk_session_run(small.session, &one_tick, NULL, 0, events, CAPACITY, &count));
    for (size_t i = 0; i < count; i++) {
      if (events[i].population == HIDDEN && fired[events[i].neuron] == 99) fired[events[i].neuron] = tick;
    }
  }
  CHECK(fired[0] == 0 && fired[1] == 1 && fired[2] == 2 && fired[3] == 99);
  OK(small.context, spk_session_read_state(small.session, HIDDEN, SPK_REFRACTORY, 0, found, 4));
  CHECK(found[0] == 0 && found[2] == 0 && found[3] == 196);
}

static size_t drive(int by_signal, uint32_t parts, spk_event *events) {
  int16_t values[2 * TICKS];
  size_t total = 0;
  for (int i = 0; i < 2 * TICKS; i++) values[i] = (int16_t)(i % 5 == 0 ? 300 : (97 * i) % 500 - 250);
  small_reopen(&small);
  OK(small.context, spk_session_record(small.session, HIDDEN, 1));
  for (uint32_t part = 0; part < parts; part++) {
    uint32_t ticks = TICKS / parts;
    spk_signal signal = {VALUE, 0, &values[2 * ticks * part]};
    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    size_t count = 0;
    run.ticks = ticks;
    run.signals = by_signal ? &signal : NULL;
    run.signal_count = (uint32_t)by_signal;
    if (!by_signal) OK(small.context, spk_session_set_values(small.session, VALUE, signal.values, 2));
    OK(small.context, spk_session_run(small.session, &run, NULL, 0, &events[total], CAPACITY - total, &count));
    for (size_t i = 0; i < count; i++) events[total + i].tick += ticks * part;
    total += count;
  }
  return total;
}

/* A signal is as setting the values before each tick, in one run or in several, and its last values are held. */
static void signals_are_values_tick_by_tick(void) {
  spk_event each[CAPACITY], once[CAPACITY], parts[CAPACITY];
  spk_run_options more = SPK_RUN_OPTIONS_INIT;
  more.ticks = 7;
  size_t count = drive(0, TICKS, each);
  OK(small.context, spk_session_run(small.session, &more, NULL, 0, NULL, 0, NULL));
  uint64_t print = small_session_print(small.session);
  CHECK(count > 0);
  CHECK(drive(1, 1, once) == count && memcmp(each, once, count * sizeof each[0]) == 0);
  OK(small.context, spk_session_run(small.session, &more, NULL, 0, NULL, 0, NULL));
  CHECK(small_session_print(small.session) == print);
  CHECK(drive(1, 3, parts) == count && memcmp(each, parts, count * sizeof each[0]) == 0);
  OK(small.context, spk_session_run(small.session, &more, NULL, 0, NULL, 0, NULL));
  CHECK(small_session_print(small.session) == print);
}

/* A population that never fires counts down what was written, too. */
static void read_outs_count_down(void) {
  const int32_t waits[] = {5, 1, 0};
  spk_population population = small_population(SPK_LEAKY, 3, SPK_ROLE_NONE);
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
  int32_t found[3];
  population.reads_out = 1;
  run.ticks = 3;
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  OK(context, spk_model_create(context, "read-out", &model));
  OK(context, spk_model_add_population(model, "read-out", &population, NULL));
  OK(context, spk_session_open(device, model, NULL, &session));
  OK(context, spk_session_write_state(session, 0, SPK_REFRACTORY, 0, waits, 3));
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  OK(context, spk_session_read_state(session, 0, SPK_REFRACTORY, 0, found, 3));
  CHECK(found[0] == 2 && found[1] == 0 && found[2] == 0);
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
}

int main(void) {
  small = small_open();
  state_goes_round();
  refractory_neurons_are_silent();
  signals_are_values_tick_by_tick();
  small_close(&small);
  read_outs_count_down();
  return check_tally();
}
