/* A network whose ticks take long enough to be interrupted between them: 600 neurons that nearly all fire, onto 10.
 * What it does depends on noise, so that any tick too many or too few shows. */
#ifndef TESTS_SLOW_NETWORK_H
#define TESTS_SLOW_NETWORK_H

#include "small_network.h"

#include <pthread.h>
#include <stdint.h>
#include <time.h>

enum { POOL, RESULT, POOL_SIZE = 600, RESULT_SIZE = 10, SLOW_TICKS = 65536, SLOW_EVENTS = RESULT_SIZE * SLOW_TICKS };

static inline spk_model *slow_model(spk_context *context) {
  static int16_t weights[POOL_SIZE * POOL_SIZE];
  spk_model *model = NULL;
  spk_population pool = small_population(SPK_LEAKY, POOL_SIZE, SPK_ROLE_NONE);
  spk_population result = small_population(SPK_LEAKY, RESULT_SIZE, SPK_ROLE_OUTPUT);
  pool.bias = 60;
  pool.noise = 30;
  result.noise = 60;
  spk_projection inside = small_projection(POOL, POOL, SPK_DENSE, SPK_INT8);
  spk_projection out = small_projection(POOL, RESULT, SPK_DENSE, SPK_INT8);
  for (int i = 0; i < POOL_SIZE * POOL_SIZE; i++) weights[i] = (int16_t)(i * 7 % 11 - 5);
  OK(context, spk_model_create(context, "slow", &model));
  OK(context, spk_model_add_population(model, "pool", &pool, NULL));
  OK(context, spk_model_add_population(model, "result", &result, NULL));
  OK(context, spk_model_add_projection(model, "inside", &inside, NULL));
  OK(context, spk_model_add_projection(model, "out", &out, NULL));
  OK(context, spk_model_set_weights(model, 0, weights, POOL_SIZE * POOL_SIZE));
  OK(context, spk_model_set_weights(model, 1, weights, POOL_SIZE * RESULT_SIZE));
  return model;
}

/* As small_network, with the slow one.
 * timeout: of the session, in milliseconds */
static inline small_network slow_open(const spk_context_options *options, uint32_t timeout) {
  small_network slow = {NULL, NULL, NULL, NULL};
  spk_session_options session = SPK_SESSION_OPTIONS_INIT;
  session.timeout_milliseconds = timeout;
  OK(NULL, spk_context_create(options, &slow.context));
  OK(slow.context, spk_device_open(slow.context, test_locator(), NULL, &slow.device));
  slow.model = slow_model(slow.context);
  OK(slow.context, spk_session_open(slow.device, slow.model, &session, &slow.session));
  return slow;
}

static inline void slow_reopen(small_network *slow, uint32_t timeout) {
  spk_session_options session = SPK_SESSION_OPTIONS_INIT;
  session.timeout_milliseconds = timeout;
  OK(slow->context, spk_session_close(slow->session));
  OK(slow->context, spk_session_open(slow->device, slow->model, &session, &slow->session));
}

/* A number that any tick more or less changes. */
static inline uint64_t slow_print(spk_session *session) {
  uint64_t hash = 14695981039346656037U, learning, frozen;
  int32_t state[POOL_SIZE];
  OK(NULL, spk_session_read_state(session, POOL, SPK_MEMBRANE, 0, state, POOL_SIZE));
  for (size_t i = 0; i < POOL_SIZE; i++) hash = (hash ^ (uint32_t)state[i]) * 1099511628211U;
  OK(NULL, spk_session_read_state(session, POOL, SPK_CURRENT1, 0, state, POOL_SIZE));
  for (size_t i = 0; i < POOL_SIZE; i++) hash = (hash ^ (uint32_t)state[i]) * 1099511628211U;
  OK(NULL, spk_session_ticks(session, &learning, &frozen));
  return ((hash ^ learning) * 1099511628211U ^ frozen) * 1099511628211U;
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void pause_milliseconds(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

#endif
