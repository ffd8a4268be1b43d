/* What a context logs: each call that failed, once, with its sentence; and boards that come. */
#include "small_network.h"

enum { LEVELS = 2 };

static int lines[LEVELS];
static char last[LEVELS][512];
static int user;

static void keep(void *mine, uint32_t level, const char *message) {
  CHECK(mine == &user && level < LEVELS && message[0] != 0 && strchr(message, '\n') == NULL);
  lines[level]++;
  snprintf(last[level], sizeof last[level], "%s", message);
}

/* The call fails with a sentence, which is logged once. */
#define LOGGED(status, call)                                               \
  do {                                                                     \
    int before = lines[SPK_LOG_ERROR];                                     \
    REFUSED(small.context, status, "", call);                              \
    CHECK(lines[SPK_LOG_ERROR] == before + 1);                             \
    CHECK(strcmp(last[SPK_LOG_ERROR], spk_context_message(small.context)) == 0); \
  } while (0)

static void on_completion(const spk_completion *completion) {
  CHECK(strcmp(completion->message, last[SPK_LOG_ERROR]) == 0);
}

int main(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT, none = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_model *other = NULL;
  options.flags = SPK_CONTEXT_NO_THREADS;
  options.log = keep;
  options.log_user = &user;
  none.ticks = 0;
  small_network small = small_open_with(&options);
  CHECK(lines[SPK_LOG_ERROR] == 0);
  LOGGED(SPK_ERROR_ARGUMENT, spk_model_create(small.context, NULL, &other));
  LOGGED(SPK_ERROR_ARGUMENT, spk_model_find_population(small.model, NULL, NULL));
  LOGGED(SPK_ERROR_ARGUMENT, spk_device_capabilities(small.device, NULL));
  LOGGED(SPK_ERROR_ARGUMENT, spk_session_run(small.session, &none, NULL, 0, NULL, 0, NULL));
  LOGGED(SPK_ERROR_ARGUMENT, spk_session_submit_run(small.session, &none, NULL, 0, NULL, NULL));
  LOGGED(SPK_ERROR_STATE, spk_session_restore(small.session, small.model));
  LOGGED(SPK_ERROR_BUSY, spk_device_close(small.device));
  LOGGED(SPK_ERROR_NOT_FOUND, spk_device_unwatch(small.context, "sim:"));
  OK(small.context, spk_model_create(small.context, "other", &other));
  LOGGED(SPK_ERROR_ARGUMENT, spk_session_store(small.session, other));
  LOGGED(SPK_ERROR_ARGUMENT, spk_session_resume(small.session, other, NULL));
  LOGGED(SPK_ERROR_HANDLE, spk_session_resume(small.session, NULL, NULL));
  OK(small.context, spk_model_close(other));

  int before = lines[SPK_LOG_ERROR];
  REFUSED(NULL, SPK_ERROR_HANDLE, "", spk_model_check(other)); /* nobody's */
  CHECK(lines[SPK_LOG_ERROR] == before);
  submission.callback = on_completion;
  OK(small.context, spk_session_submit_run(small.session, &run, NULL, 0, &submission, NULL));
  OK(small.context, spk_session_cancel(small.session, SPK_EVERY_TICKET));
  OK(small.context, spk_session_drain(small.session, 10000));
  CHECK(lines[SPK_LOG_ERROR] == before + 1 && strstr(last[SPK_LOG_ERROR], "cancelled") != NULL);

  CHECK(lines[SPK_LOG_NOTICE] == 0);
  OK(small.context, spk_device_watch(small.context, "sim:", NULL, NULL));
  OK(small.context, spk_context_process(small.context, 0, NULL));
  CHECK(lines[SPK_LOG_NOTICE] == 1 && strstr(last[SPK_LOG_NOTICE], "sim:") != NULL);
  OK(small.context, spk_session_resume(small.session, small.model, NULL));
  CHECK(lines[SPK_LOG_NOTICE] == 2 && strstr(last[SPK_LOG_NOTICE], "goes on") != NULL);
  CHECK(lines[SPK_LOG_ERROR] == before + 1);
  small_close(&small);
  return check_tally();
}
