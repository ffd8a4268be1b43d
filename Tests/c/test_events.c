/* Two neurons whose spikes can be found by hand, with everything that is read from them.
 *
 * input --20, 1 tick--> A (threshold 10, forgets all) --15, 5 ticks--> B (threshold 20, forgets nothing, subtracts).
 * Spikes of the input at 2, 4, 6 make A fire at 3, 5, 7. B gets 15 at 8, 10 and 12: it stands at 15, fires at 10
 * with 30 and keeps 10, fires at 12 with 25 and keeps 5. */
#include "check.h"

enum { IN, A, B, TICKS = 16 };

static spk_context *context;
static spk_device *device;
static spk_session *session;
static const spk_event stimulus[] = {{2, IN, 0}, {4, IN, 0}, {6, IN, 0}};

static void open_session(void) {
  spk_model *model;
  spk_population input = SPK_POPULATION_INIT, a = SPK_POPULATION_INIT, b;
  spk_projection to_a = SPK_PROJECTION_INIT, to_b = SPK_PROJECTION_INIT;
  input.kind = SPK_INPUT;
  input.neuron_count = a.neuron_count = 1;
  a.threshold = 10;
  b = a;
  b.threshold = 20;
  b.reset = SPK_RESET_SUBTRACT;
  b.role = SPK_ROLE_OUTPUT;
  b.decays[0].membrane = 0;
  to_a.source = IN;
  to_a.target = to_b.source = A;
  to_b.target = B;
  to_b.delay_ticks = 5;
  OK(context, spk_model_create(context, "two", &model));
  OK(context, spk_model_add_population(model, "in", &input, NULL));
  OK(context, spk_model_add_population(model, "a", &a, NULL));
  OK(context, spk_model_add_population(model, "b", &b, NULL));
  OK(context, spk_model_add_projection(model, "in-a", &to_a, NULL));
  OK(context, spk_model_add_projection(model, "a-b", &to_b, NULL));
  OK(context, spk_model_set_weights(model, 0, (const int16_t[]){20}, 1));
  OK(context, spk_model_set_weights(model, 1, (const int16_t[]){15}, 1));
  OK(context, spk_session_open(device, model, NULL, &session));
  OK(context, spk_model_close(model));
}

static int same(const spk_event *events, size_t count, const spk_event *expected, size_t expected_count) {
  int equal = count == expected_count && memcmp(events, expected, count * sizeof *events) == 0;
  for (size_t i = 0; i < count && !equal; i++) {
    printf("  found tick %u population %u neuron %u\n", (unsigned)events[i].tick, (unsigned)events[i].population,
           (unsigned)events[i].neuron);
  }
  return equal;
}

static void the_output_is_recorded(void) {
  const spk_event expected[] = {{10, B, 0}, {12, B, 0}};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event events[8];
  int32_t state = 77;
  size_t count = 77;
  run.ticks = TICKS;
  OK(context, spk_session_run(session, &run, stimulus, 3, events, 8, &count));
  CHECK(same(events, count, expected, 2));
  OK(context, spk_session_read_state(session, B, SPK_MEMBRANE, 0, &state, 1));
  CHECK(state == 5);
  OK(context, spk_session_read_state(session, B, SPK_CURRENT1, 0, &state, 1));
  CHECK(state == 0);
  OK(context, spk_session_read_events(session, events, 8, &count));
  CHECK(count == 0);
}

static void more_events_than_room(void) {
  const spk_event expected[] = {{2, IN, 0}, {3, A, 0}, {4, IN, 0}, {5, A, 0}, {6, IN, 0},
                                {7, A, 0},  {10, B, 0}, {12, B, 0}};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event events[16];
  size_t count = 77;
  run.ticks = TICKS;
  run.flags = SPK_RUN_CLEAR;
  OK(context, spk_session_record(session, IN, 1));
  OK(context, spk_session_record(session, A, 1));
  REFUSED(context, SPK_ERROR_TOO_SMALL, "5", spk_session_run(session, &run, stimulus, 3, events, 3, &count));
  CHECK(same(events, count, expected, 3));
  OK(context, spk_session_read_events(session, events, 2, &count));
  CHECK(same(events, count, expected + 3, 2));
  OK(context, spk_session_read_events(session, events, 16, &count));
  CHECK(same(events, count, expected + 5, 3));
  OK(context, spk_session_read_events(session, events, 16, &count));
  CHECK(count == 0);
  OK(context, spk_session_run(session, &run, stimulus, 3, events, 8, &count));
  CHECK(same(events, count, expected, 8));
  OK(context, spk_session_record(session, IN, 0));
  OK(context, spk_session_record(session, A, 0));
  OK(context, spk_session_record(session, B, 0));
  OK(context, spk_session_run(session, &run, stimulus, 3, events, 16, &count));
  CHECK(count == 0);
  OK(context, spk_session_record(session, B, 1));
}

/* A run of 16 ticks is the same as runs of 7 and 9: spikes under way arrive in the next run, until they are cleared. */
static void runs_follow_each_other(void) {
  const spk_event expected[] = {{3, B, 0}, {5, B, 0}};
  spk_run_options first = SPK_RUN_OPTIONS_INIT, second = SPK_RUN_OPTIONS_INIT;
  spk_event events[8];
  int32_t state = 77;
  size_t count = 77;
  first.ticks = 7;
  first.flags = SPK_RUN_CLEAR;
  second.ticks = 9;
  OK(context, spk_session_run(session, &first, stimulus, 3, events, 8, &count));
  CHECK(count == 0);
  OK(context, spk_session_run(session, &second, NULL, 0, events, 8, &count));
  CHECK(same(events, count, expected, 2));
  OK(context, spk_session_run(session, &first, stimulus, 3, events, 8, &count));
  OK(context, spk_session_clear(session));
  OK(context, spk_session_run(session, &second, NULL, 0, events, 8, &count));
  CHECK(count == 0);
  OK(context, spk_session_read_state(session, B, SPK_MEMBRANE, 0, &state, 1));
  CHECK(state == 0);
}

static void probes_see_each_tick(void) {
  const int32_t expected[TICKS] = {0, 0, 0, 0, 0, 0, 0, 0, 15, 15, 10, 10, 5, 5, 5, 5};
  const int32_t current[TICKS] = {0, 0, 0, 20, 0, 20, 0, 20};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  uint32_t membrane_probe, current_probe;
  int32_t values[TICKS];
  size_t count = 77;
  run.ticks = TICKS;
  run.flags = SPK_RUN_CLEAR;
  OK(context, spk_session_add_probe(session, B, SPK_MEMBRANE, 0, 1, &membrane_probe));
  OK(context, spk_session_add_probe(session, A, SPK_CURRENT1, 0, 1, &current_probe));
  OK(context, spk_session_read_probe(session, membrane_probe, values, TICKS, &count));
  CHECK(count == 0);
  OK(context, spk_session_run(session, &run, stimulus, 3, NULL, 0, NULL));
  OK(context, spk_session_read_probe(session, membrane_probe, values, TICKS, &count));
  CHECK(count == TICKS && memcmp(values, expected, sizeof values) == 0);
  OK(context, spk_session_read_probe(session, current_probe, values, TICKS, &count));
  CHECK(count == TICKS && memcmp(values, current, sizeof values) == 0);
  OK(context, spk_session_remove_probe(session, membrane_probe));
  OK(context, spk_session_read_probe(session, current_probe, values, TICKS, &count));
  CHECK(count == TICKS && memcmp(values, current, sizeof values) == 0);
  run.ticks = 4;
  OK(context, spk_session_run(session, &run, stimulus, 1, NULL, 0, NULL));
  OK(context, spk_session_read_probe(session, current_probe, values, TICKS, &count));
  CHECK(count == 4 && memcmp(values, current, 4 * sizeof values[0]) == 0);
  OK(context, spk_session_remove_probe(session, current_probe));
}

static void a_projection_is_switched_off(void) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event events[8];
  size_t count = 77;
  run.ticks = TICKS;
  run.flags = SPK_RUN_CLEAR;
  OK(context, spk_session_set_enabled(session, 1, 0));
  OK(context, spk_session_run(session, &run, stimulus, 3, events, 8, &count));
  CHECK(count == 0);
  OK(context, spk_session_set_enabled(session, SPK_ALL, 1));
  OK(context, spk_session_run(session, &run, stimulus, 3, events, 8, &count));
  CHECK(count == 2);
}

static void ticks_are_counted(void) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  uint64_t learning = 77, frozen = 77;
  OK(context, spk_session_set_ticks(session, 0, 0));
  run.ticks = 65536;
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  run.ticks = 3;
  run.flags = SPK_RUN_LEARN;
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  OK(context, spk_session_ticks(session, &learning, &frozen));
  CHECK(learning == 3 && frozen == 65536);
  OK(context, spk_session_clear(session));
  OK(context, spk_session_ticks(session, &learning, NULL));
  CHECK(learning == 3);
  OK(context, spk_session_set_ticks(session, ((uint64_t)1 << 56) - 1, 7));
  OK(context, spk_session_ticks(session, &learning, &frozen));
  CHECK(learning == ((uint64_t)1 << 56) - 1 && frozen == 7);
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  open_session();
  the_output_is_recorded();
  more_events_than_room();
  runs_follow_each_other();
  probes_see_each_tick();
  a_projection_is_switched_off();
  ticks_are_counted();
  OK(context, spk_session_close(session));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
  return check_tally();
}
