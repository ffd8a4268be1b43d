/* A run for whose answer memory runs out on the way: the runs after it see what they would have seen. */
#include "failing_allocations.h"

enum { NEURONS = 4096, TICKS = 100, AFTER = 7, PERIOD = 3 };

static spk_context *context;
static spk_device *device;
static spk_model *model;
static spk_session *session;
static uint32_t all, one;

static void begin(void) {
  static int32_t biases[NEURONS];
  spk_population population = SPK_POPULATION_INIT;
  population.neuron_count = NEURONS;
  population.reads_out = 1;
  for (int i = 0; i < NEURONS; i++) biases[i] = i + 1;
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, "sim:", NULL, &device));
  OK(context, spk_model_create(context, "probes", &model));
  OK(context, spk_model_add_population(model, "all", &population, NULL));
  OK(context, spk_model_set_parameters(model, 0, SPK_BIAS, biases, NEURONS));
  OK(context, spk_session_open(device, model, NULL, &session));
  OK(context, spk_session_add_probe(session, 0, SPK_MEMBRANE, 0, NEURONS, &all));
  OK(context, spk_session_add_probe(session, 0, SPK_MEMBRANE, 0, 1, &one));
  OK(context, spk_session_set_probe_period(session, one, PERIOD));
}

static void end(void) {
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
}

/* All membranes lose everything each tick, so that they are their biases. */
static int sees_biases(void) {
  static int32_t values[AFTER * NEURONS];
  size_t count;
  OK(context, spk_session_read_probe(session, all, values, AFTER * NEURONS, &count));
  if (count != AFTER * NEURONS) return 0;
  for (size_t i = 0; i < count; i++)
    if (values[i] != (int32_t)(i % NEURONS) + 1) return 0;
  return 1;
}

int main(void) {
  int refused = 0;
  for (long number = 1, reached = 1; reached; number++) {
    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    begin();
    run.ticks = TICKS;
    __atomic_store_n(&made, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&failing, number, __ATOMIC_RELEASE);
    spk_status status = spk_session_run(session, &run, NULL, 0, NULL, 0, NULL);
    reached = __atomic_load_n(&made, __ATOMIC_ACQUIRE) >= number;
    __atomic_store_n(&failing, 0, __ATOMIC_RELEASE);
    refused += status == SPK_ERROR_NO_MEMORY;
    CHECK(status == SPK_OK || status == SPK_ERROR_NO_MEMORY);
    run.ticks = AFTER;
    for (int i = 0; i < PERIOD; i++) {
      OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
      if (!CHECK(sees_biases())) printf("  allocation %ld, run %d after it\n", number, i);
    }
    end();
  }
  CHECK(refused > 0);
  return check_tally();
}
