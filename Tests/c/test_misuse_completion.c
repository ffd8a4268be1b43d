/* Completions, processing and descriptors: structs that are wrong, and contexts that are of the other kind. */
#include "small_network.h"

#include <stdint.h>

static spk_context *context;

static spk_context *without_threads(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_context *made = NULL;
  options.flags = SPK_CONTEXT_NO_THREADS;
  OK(NULL, spk_context_create(&options, &made));
  return made;
}

static void taking(void) {
  LONGER(spk_completion) newer = {SPK_COMPLETION_INIT, {0}};
  spk_completion *completion = &newer.known;
  REFUSED(context, SPK_ERROR_ARGUMENT, "completion", spk_context_next_completion(context, NULL, 0));
  completion->struct_size = 0;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_context_next_completion(context, completion, 0));
  completion->struct_size = sizeof *completion - 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_context_next_completion(context, completion, 0));
  completion->struct_size = UINT32_MAX;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_context_next_completion(context, completion, 0));
  completion->struct_size = sizeof newer;
  newer.tail[0] = 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_context_next_completion(context, completion, 0));
  newer.tail[0] = 0;
  completion->ticket = 77;
  REFUSED(context, SPK_ERROR_TIMEOUT, "0 ms", spk_context_next_completion(context, completion, 0));
  REFUSED(context, SPK_ERROR_TIMEOUT, "20 ms", spk_context_next_completion(context, completion, 20));
  CHECK(completion->ticket == 77 && completion->struct_size == sizeof newer);
}

/* A completion that waits is not taken by a call that is refused. */
static void nothing_is_taken_in_vain(void) {
  small_network small = {context, NULL, small_model(context), NULL};
  LONGER(spk_completion) newer = {SPK_COMPLETION_INIT, {0}};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  uint64_t ticket = 77;
  OK(context, spk_device_open(context, "sim:", NULL, &small.device));
  OK(context, spk_session_open(small.device, small.model, NULL, &small.session));
  OK(context, spk_session_submit_run(small.session, &run, NULL, 0, NULL, &ticket));
  OK(context, spk_session_drain(small.session, 10000));
  newer.known.struct_size = sizeof newer;
  newer.tail[7] = 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_context_next_completion(context, &newer.known, 0));
  newer.tail[7] = 0;
  OK(context, spk_context_next_completion(context, &newer.known, 0));
  CHECK(newer.known.ticket == ticket && newer.known.session == small.session && newer.tail[7] == 0);
  CHECK(newer.known.struct_size == sizeof newer && newer.known.message != NULL && newer.known.message[0] == 0);
  OK(context, spk_session_close(small.session));
  OK(context, spk_model_close(small.model));
  OK(context, spk_device_close(small.device));
}

static void descriptors(void) {
  int32_t one = -1, other = -1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "descriptor", spk_context_descriptor(context, NULL));
  OK(context, spk_context_descriptor(context, &one));
  OK(context, spk_context_descriptor(context, &other));
  CHECK(one >= 0 && one == other);
}

int main(void) {
  uint32_t handled = 77;
  OK(NULL, spk_context_create(NULL, &context));
  REFUSED(context, SPK_ERROR_STATE, "SPK_CONTEXT_NO_THREADS", spk_context_process(context, 0, &handled));
  REFUSED(context, SPK_ERROR_STATE, "thread", spk_context_process(context, UINT32_MAX, NULL));
  CHECK(handled == 77);
  taking();
  descriptors();
  nothing_is_taken_in_vain();
  OK(NULL, spk_context_close(context));

  context = without_threads();
  OK(context, spk_context_process(context, 0, NULL));
  OK(context, spk_context_process(context, 20, &handled));
  CHECK(handled == 0);
  taking();
  descriptors();
  nothing_is_taken_in_vain();
  OK(NULL, spk_context_close(context));
  return check_tally();
}
