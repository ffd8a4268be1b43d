/* Threads: sessions side by side give what each gives alone, and calls on one object from several threads are safe. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 4, INPUTS = 30, LESSONS = 60, WEIGHTS = 2048, ROUNDS = 400 };

/* What one thread did. Statuses are kept and checked after the thread has ended. */
typedef struct work {
  uint64_t seed;
  spk_status status;
  uint32_t best[LESSONS];
  int16_t weights[WEIGHTS];
  size_t weight_count;
} work;

#define TRY(call)                               \
  do {                                          \
    one->status = (call);                       \
    if (one->status != SPK_OK) return NULL;     \
  } while (0)

static void *learn(void *argument) {
  work *one = argument;
  const uint32_t layers[] = {INPUTS, 20, 4};
  uint8_t intensities[INPUTS];
  spk_erbp_options network = SPK_ERBP_OPTIONS_INIT;
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
  network.layer_count = 3;
  network.layer_sizes = layers;
  network.seed = options.seed = one->seed;
  presentation.intensities = intensities;
  presentation.intensity_count = INPUTS;
  presentation.flags |= SPK_RUN_LEARN;
  TRY(spk_context_create(NULL, &context));
  TRY(spk_device_open(context, test_locator(), NULL, &device));
  TRY(spk_model_build_erbp(context, &network, &model));
  TRY(spk_session_open(device, model, &options, &session));
  for (uint32_t lesson = 0; lesson < LESSONS; lesson++) {
    spk_scores scores = SPK_SCORES_INIT;
    for (uint32_t i = 0; i < INPUTS; i++) intensities[i] = (uint8_t)(i % 4 == lesson % 4 ? 220 : 3 * i);
    presentation.label = (int32_t)(lesson % 4);
    TRY(spk_session_present(session, &presentation, &scores));
    one->best[lesson] = scores.best;
  }
  TRY(spk_session_read_weights(session, 0, one->weights, WEIGHTS, &one->weight_count));
  TRY(spk_session_close(session));
  TRY(spk_model_close(model));
  TRY(spk_device_close(device));
  TRY(spk_context_close(context));
  return NULL;
}

static void side_by_side(void) {
  static work alone[THREADS], together[THREADS];
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    alone[i].seed = together[i].seed = (uint64_t)i + 1;
    learn(&alone[i]);
  }
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, learn, &together[i]) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  for (int i = 0; i < THREADS; i++) {
    CHECK(alone[i].status == SPK_OK && alone[i].weight_count > 0);
    CHECK(memcmp(&alone[i], &together[i], sizeof alone[i]) == 0);
  }
  CHECK(memcmp(alone[0].weights, alone[1].weights, sizeof alone[0].weights) != 0);
}

/* Objects that several threads use at once. */
static struct {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} all;

static int refused[THREADS];

/* One thread runs, one presents, one reads weights, one writes them. All calls succeed. */
static void *use_the_session(void *argument) {
  int number = *(int *)argument;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  uint8_t intensities[INPUTS] = {255, 255, 255};
  int16_t weights[WEIGHTS];
  uint32_t populations, projections;
  size_t count;
  presentation.intensities = intensities;
  presentation.intensity_count = INPUTS;
  presentation.ticks = 4;
  for (int i = 0; i < ROUNDS; i++) {
    spk_status status = SPK_OK;
    switch (number) {
      case 0: status = spk_session_run(all.session, &run, NULL, 0, NULL, 0, NULL); break;
      case 1: status = spk_session_present(all.session, &presentation, NULL); break;
      case 2: status = spk_session_read_weights(all.session, 0, weights, WEIGHTS, &count); break;
      default: status = spk_model_counts(all.model, &populations, &projections);
    }
    refused[number] += status != SPK_OK;
  }
  return NULL;
}

/* While one thread cannot close what is in use, the calls of the others succeed. */
static void *close_in_vain(void *argument) {
  int number = *(int *)argument;
  spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
  for (int i = 0; i < 250 * ROUNDS; i++) {
    spk_model *model = NULL;
    switch (number) {
      case 0: refused[0] += spk_device_close(all.device) != SPK_ERROR_BUSY; break;
      case 1: refused[1] += spk_context_close(all.context) != SPK_ERROR_BUSY; break;
      case 2: refused[2] += spk_device_capabilities(all.device, &capabilities) != SPK_OK; break;
      default:
        refused[3] += spk_model_create(all.context, "m", &model) != SPK_OK;
        if (model != NULL) spk_model_close(model);
    }
  }
  return NULL;
}

/* All but one of the threads that close a session come too late. */
static void *close_the_session(void *argument) {
  int number = *(int *)argument;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  for (int i = 0; i < 20; i++) spk_session_run(all.session, &run, NULL, 0, NULL, 0, NULL);
  refused[number] = spk_session_close(all.session) == SPK_ERROR_HANDLE;
  for (int i = 0; i < 20; i++) spk_session_run(all.session, &run, NULL, 0, NULL, 0, NULL);
  return NULL;
}

/* [ticket] completions; added to atomically. */
static uint32_t ended[2 * ROUNDS + 1];

static void note_end(const spk_completion *completion) {
  __atomic_add_fetch(&ended[completion->ticket], 1, __ATOMIC_ACQ_REL);
}

/* Two threads submit, by callback and for the queue in turn; one takes and drains, one cancels and asks. */
static void *submit_and_take(void *argument) {
  int number = *(int *)argument;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_counters counters = SPK_COUNTERS_INIT;
  uint32_t pending;
  for (int i = 0; i < ROUNDS; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    spk_status status;
    submission.callback = i % 2 == 0 ? note_end : NULL;
    if (number < 2) {
      while ((status = spk_session_submit_run(all.session, &run, NULL, 0, &submission, NULL)) == SPK_ERROR_FULL) {
        status = spk_context_next_completion(all.context, &completion, 1);
        if (status == SPK_OK) note_end(&completion);
      }
      refused[number] += status != SPK_OK;
    } else if (number == 2) {
      status = spk_context_next_completion(all.context, &completion, (uint32_t)i % 3);
      if (status == SPK_OK) note_end(&completion);
      refused[number] += status != SPK_OK && status != SPK_ERROR_TIMEOUT;
      status = spk_session_drain(all.session, (uint32_t)i % 2);
      refused[number] += status != SPK_OK && status != SPK_ERROR_TIMEOUT;
    } else {
      status = spk_session_cancel(all.session, (uint64_t)i % ROUNDS);
      refused[number] += status != SPK_OK && status != SPK_ERROR_NOT_FOUND;
      refused[number] += spk_session_pending(all.session, &pending) != SPK_OK || pending > 17; /* one whose callback runs */
      refused[number] += spk_device_counters(all.device, &counters) != SPK_OK;
    }
  }
  return NULL;
}

/* Every submission ends once. */
static void each_ended_once(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  uint64_t last = 0;
  OK(NULL, spk_session_drain(all.session, 60000));
  while (spk_context_next_completion(all.context, &completion, 0) == SPK_OK) note_end(&completion);
  OK(NULL, spk_session_submit_run(all.session, &run, NULL, 0, NULL, &last));
  OK(NULL, spk_context_next_completion(all.context, &completion, 60000));
  CHECK(last == 2 * ROUNDS + 1 && completion.ticket == last);
  for (uint64_t ticket = 1; ticket < last; ticket++) {
    if (!CHECK(ended[ticket] == 1)) return;
  }
}

static int together(void *(*body)(void *)) {
  pthread_t threads[THREADS];
  int numbers[THREADS], sum = 0;
  for (int i = 0; i < THREADS; i++) {
    numbers[i] = i;
    refused[i] = 0;
    CHECK(pthread_create(&threads[i], NULL, body, &numbers[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    sum += refused[i];
  }
  return sum;
}

int main(void) {
  const uint32_t layers[] = {INPUTS, 20, 4};
  spk_erbp_options network = SPK_ERBP_OPTIONS_INIT;
  network.layer_count = 3;
  network.layer_sizes = layers;
  side_by_side();
  OK(NULL, spk_context_create(NULL, &all.context));
  OK(NULL, spk_device_open(all.context, test_locator(), NULL, &all.device));
  OK(NULL, spk_model_build_erbp(all.context, &network, &all.model));
  OK(NULL, spk_session_open(all.device, all.model, NULL, &all.session));
  CHECK(together(use_the_session) == 0);
  CHECK(together(close_in_vain) == 0);
  CHECK(together(submit_and_take) == 0);
  each_ended_once();
  for (int i = 0; i < 20; i++) {
    CHECK(together(close_the_session) == THREADS - 1);
    OK(NULL, spk_session_open(all.device, all.model, NULL, &all.session));
  }
  OK(NULL, spk_session_close(all.session));
  OK(NULL, spk_model_close(all.model));
  OK(NULL, spk_device_close(all.device));
  OK(NULL, spk_context_close(all.context));
  return check_tally();
}
