/* A board in the process that several threads simulate: its bits, its end, and processes that fork. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many neurons that every tick is shared. */
enum { NEURONS = 12000, FAN = 20, TICKS = 30, MOST_EVENTS = 200000 };

typedef struct network {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} network;

static spk_event events[2][MOST_EVENTS];
static int32_t membranes[2][NEURONS];

static network network_open(uint32_t threads) {
  network made = {NULL, NULL, NULL, NULL};
  static uint32_t starts[NEURONS + 1], targets[NEURONS * FAN];
  static int16_t weights[NEURONS * FAN];
  static int32_t bias[NEURONS];
  spk_board_options board = SPK_BOARD_OPTIONS_INIT;
  spk_population cells = SPK_POPULATION_INIT;
  spk_projection sparse = SPK_PROJECTION_INIT;
  for (uint32_t i = 0; i < NEURONS; i++) {
    bias[i] = (int32_t)(i * 7 % 50) + 20;
    starts[i + 1] = (i + 1) * FAN;
    for (uint32_t j = 0; j < FAN; j++) {
      targets[i * FAN + j] = j * (NEURONS / FAN) + i * 31 % (NEURONS / FAN);
      weights[i * FAN + j] = (int16_t)((int)(i + j) % 90 - 45);
    }
  }
  board.cores = 12, board.threads = threads;
  cells.neuron_count = NEURONS, cells.threshold = 400, cells.noise = 50, cells.decays[0].membrane = 200;
  sparse.compartment = SPK_MEMBRANE, sparse.connectivity = SPK_SPARSE, sparse.delay_ticks = 2;
  OK(NULL, spk_context_create(NULL, &made.context));
  OK(made.context, spk_device_open(made.context, "sim:", &board, &made.device));
  OK(made.context, spk_model_create(made.context, "threads", &made.model));
  OK(made.context, spk_model_add_population(made.model, "cells", &cells, NULL));
  OK(made.context, spk_model_set_parameters(made.model, 0, SPK_BIAS, bias, NEURONS));
  OK(made.context, spk_model_add_projection(made.model, "each other", &sparse, NULL));
  OK(made.context, spk_model_set_synapses(made.model, 0, starts, targets, weights, NEURONS * FAN));
  OK(made.context, spk_session_open(made.device, made.model, NULL, &made.session));
  OK(made.context, spk_session_record(made.session, 0, 1));
  return made;
}

static void network_close(network *one) {
  OK(one->context, spk_session_close(one->session));
  OK(one->context, spk_model_close(one->model));
  OK(one->context, spk_device_close(one->device));
  OK(NULL, spk_context_close(one->context));
}

/* The first ticks from where the network is, into one of the two places. */
static size_t network_run(const network *one, int place) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  size_t count = 0;
  run.ticks = TICKS;
  OK(one->context, spk_session_run(one->session, &run, NULL, 0, events[place], MOST_EVENTS, &count));
  OK(one->context, spk_session_read_state(one->session, 0, SPK_MEMBRANE, 0, membranes[place], NEURONS));
  return count;
}

/* Whether so many threads give what one gave in place 0. */
static int same(uint32_t threads, size_t count) {
  network one = network_open(threads);
  int equal = network_run(&one, 1) == count && memcmp(events[0], events[1], count * sizeof *events[0]) == 0 &&
              memcmp(membranes[0], membranes[1], sizeof membranes[0]) == 0;
  network_close(&one);
  return equal;
}

static void *run_elsewhere(void *one) {
  network_run(one, 1);
  return NULL;
}

int main(void) {
  network alone = network_open(0);
  size_t count = network_run(&alone, 0);
  CHECK(count > 1000);
  CHECK(same(1, count) && same(2, count) && same(3, count) && same(64, count));

  /* Whichever thread calls: this one, then another. */
  network both = network_open(2);
  pthread_t thread;
  CHECK(network_run(&both, 1) == count);
  CHECK(pthread_create(&thread, NULL, run_elsewhere, &both) == 0 && pthread_join(thread, NULL) == 0);
  network_run(&alone, 0);
  CHECK(memcmp(membranes[0], membranes[1], sizeof membranes[0]) == 0);

  /* A child has a board with threads of its own; the parent goes on with its own. */
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    network own = network_open(2);
    int equal = network_run(&own, 1) == count;
    network_close(&own);
    _exit(equal && check_failures == 0 ? 0 : 1);
  }
  int status = -1;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  CHECK(network_run(&both, 1) == network_run(&alone, 0));
  CHECK(memcmp(membranes[0], membranes[1], sizeof membranes[0]) == 0);
  network_close(&both);
  network_close(&alone);
  return check_tally();
}
