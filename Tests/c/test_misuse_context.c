/* Contexts: arguments, sentences of failed calls, order of closing; and the functions that cannot fail. */
#include "small_network.h"

#include <pthread.h>

static void status_strings(void) {
  for (int status = SPK_OK; status <= SPK_ERROR_FULL; status++) {
    const char *name = spk_status_string((spk_status)status);
    if (!CHECK(name != NULL && name[0] != 0)) continue;
    for (int other = SPK_OK; other < status; other++) CHECK(strcmp(name, spk_status_string((spk_status)other)) != 0);
  }
  CHECK(strcmp(spk_status_string(SPK_OK), "ok") == 0);
  CHECK(strcmp(spk_status_string(SPK_ERROR_ARGUMENT), "argument") == 0);
  const int32_t unknown[] = {19, 1000, -1, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    spk_status status;
    memcpy(&status, &unknown[i], sizeof status);
    const char *name = spk_status_string(status);
    CHECK(name != NULL && name[0] != 0);
  }
  CHECK(strcmp(spk_version(), "0.1.0") == 0);
  CHECK(spk_law_version() == 1);
}

static void options(void) {
  static const struct {
    uint32_t struct_size, flags, queue_depth, reserved;
    const char *words;
  } refused[] = {
      {0, 0, 16, 0, "struct_size"},
      {(uint32_t)sizeof(spk_context_options) - 1, 0, 16, 0, "struct_size"},
      {1 << 20, 0, 16, 0, "struct_size"},
      {(uint32_t)sizeof(spk_context_options), 2, 16, 0, "flags"},
      {(uint32_t)sizeof(spk_context_options), SPK_CONTEXT_NO_THREADS | 1u << 31, 16, 0, "flags"},
      {(uint32_t)sizeof(spk_context_options), 0, 0, 0, "queue_depth"},
      {(uint32_t)sizeof(spk_context_options), 0, 4097, 0, "queue_depth"},
      {(uint32_t)sizeof(spk_context_options), 0, UINT32_MAX, 0, "queue_depth"},
      {(uint32_t)sizeof(spk_context_options), 0, 16, 1, "reserved"},
  };
  spk_context *context = NULL;
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    spk_context_options bad = SPK_CONTEXT_OPTIONS_INIT;
    bad.struct_size = refused[i].struct_size;
    bad.flags = refused[i].flags;
    bad.queue_depth = refused[i].queue_depth;
    bad.reserved = refused[i].reserved;
    REFUSED(NULL, SPK_ERROR_ARGUMENT, refused[i].words, spk_context_create(&bad, &context));
  }
  LONGER(spk_context_options) newer = {SPK_CONTEXT_OPTIONS_INIT, {0}};
  newer.known.struct_size = sizeof newer;
  newer.tail[7] = 1;
  REFUSED(NULL, SPK_ERROR_ARGUMENT, "struct_size", spk_context_create(&newer.known, &context));
  CHECK(context == NULL);
  newer.tail[7] = 0;
  newer.known.queue_depth = 4096;
  OK(NULL, spk_context_create(&newer.known, &context));
  OK(NULL, spk_context_close(context));
}

static void *message_of_another_thread(void *context) {
  static char text[2];
  text[0] = spk_context_message(context)[0];
  text[1] = spk_context_message(NULL)[0];
  return text;
}

static void messages(void) {
  spk_context *one, *other;
  spk_model *model = NULL;
  OK(NULL, spk_context_create(NULL, &one));
  OK(NULL, spk_context_create(NULL, &other));
  REFUSED(one, SPK_ERROR_ARGUMENT, "null", spk_model_create(one, NULL, &model));
  CHECK(model == NULL);
  CHECK(spk_context_message(one)[0] != 0);
  CHECK(strcmp(spk_context_message(one), spk_context_message(NULL)) == 0);
  CHECK(spk_context_message(other)[0] == 0);
  CHECK(spk_context_message((const spk_context *)(uintptr_t)0x1234)[0] == 0);

  pthread_t thread;
  void *text = NULL;
  CHECK(pthread_create(&thread, NULL, message_of_another_thread, one) == 0);
  CHECK(pthread_join(thread, &text) == 0);
  CHECK(((const char *)text)[0] == 0 && ((const char *)text)[1] == 0);

  OK(one, spk_model_create(one, "m", &model));
  CHECK(spk_context_message(one)[0] != 0);
  OK(one, spk_model_close(model));
  REFUSED(NULL, SPK_ERROR_HANDLE, "model", spk_model_check(model));
  OK(NULL, spk_context_close(one));
  OK(NULL, spk_context_close(other));
}

static void order_of_closing(void) {
  small_network small = small_open();
  spk_session *second = NULL;
  REFUSED(small.context, SPK_ERROR_BUSY, "session", spk_session_open(small.device, small.model, NULL, &second));
  CHECK(second == NULL);
  REFUSED(small.context, SPK_ERROR_BUSY, "open", spk_device_close(small.device));
  REFUSED(small.context, SPK_ERROR_BUSY, "open", spk_context_close(small.context));
  OK(small.context, spk_session_clear(small.session));
  OK(small.context, spk_session_close(small.session));
  REFUSED(small.context, SPK_ERROR_BUSY, "open", spk_context_close(small.context));
  OK(small.context, spk_device_close(small.device));
  REFUSED(small.context, SPK_ERROR_BUSY, "open", spk_context_close(small.context));
  OK(small.context, spk_model_check(small.model));
  OK(small.context, spk_model_close(small.model));
  OK(NULL, spk_context_close(small.context));
}

int main(void) {
  CHECK(spk_context_message(NULL)[0] == 0);
  status_strings();
  REFUSED(NULL, SPK_ERROR_ARGUMENT, "context", spk_context_create(NULL, NULL));
  options();
  messages();
  order_of_closing();
  return check_tally();
}
